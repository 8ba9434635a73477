"""The tables, one grid at a time: cells are typed, rows added and removed, and every change is checked at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
from nicegui import ui

from netopt import schema
from netopt.report.words import count, safe
from netopt.ui.grid import PAGE, by_cell, column_defs, grid_options, grid_rows, problem_words, table_of
from netopt.ui.parts import button, tell
from netopt.ui.typed import columns_of

if TYPE_CHECKING:
    from netopt.ui.draft import Draft
    from netopt.ui.state import Workspace

__all__ = ["TablesView"]

Act = Callable[[Callable[["Draft"], object]], Awaitable[bool]]

_MOST_PROBLEMS = 20
_TYPED = "(e) => emit({row: e.data.row, column: e.colId, text: String(e.newValue ?? '')})"
_FOCUS = """setTimeout(() => {{
  const api = getElement({grid})?.api, node = api?.getRowNode('{row}');
  if (node) {{ api.ensureNodeVisible(node, 'middle'); api.ensureColumnVisible('{column}');
    api.setFocusedCell(node.rowIndex, '{column}'); }}
}}, 150)"""


class TablesView:
    """All tables.

    Parameters
    ----------
    workspace : Workspace
        What is shown.
    act : callable
        Makes a change of the draft, away from the page's own thread; False where it has said what is wrong.
    """

    def __init__(self, workspace: Workspace, act: Act) -> None:
        self._workspace, self._act = workspace, act
        self._table = "facilities"
        self._search, self._first, self._every = "", 0, False
        self._shape: object = None
        self._drawn: object = None
        self._grid: ui.aggrid | None = None
        self._tabs = ui.row().classes("tables")
        self._about = ui.label().classes("note")
        with ui.row().classes("controls"):
            self._find = ui.input(placeholder="Find rows", on_change=self._sought)
            self._find.props("dense outlined clearable debounce=300 aria-label='Find rows'")
            button("Add row", "add", self._add)
            button("Duplicate", "content_copy", self._duplicate)
            button("Delete rows", "delete", self._delete)
            self._columns = ui.switch("All columns", on_change=self._all_columns).props("dense")
            self._pager = ui.row().classes("controls")
        self._wrong = ui.column().classes("problems")
        self._holder = ui.element("div").classes("grid")

    @property
    def _frame(self) -> pd.DataFrame:
        return self._workspace.draft.now.frames.get(self._table, pd.DataFrame())

    def update(self) -> None:
        """Draw what has changed."""
        now = self._workspace.draft.now
        if self._table not in now.frames:
            self._table = next(iter(now.frames))
        told = (now, self._table, self._search, self._first, self._every)
        if told == self._drawn:
            return
        self._drawn = told
        self._list_tables()
        self._list_problems()
        self._about.text = schema.tables()[self._table].description
        rows, total = grid_rows(self._table, self._frame, by_cell(now.problems), self._search, self._first)
        self._draw_pager(total)
        shape = column_defs(self._table, now.frames, every=self._every)
        if self._grid is not None and shape == self._shape:
            self._grid.run_grid_method("setGridOption", "rowData", rows)  # keeps the place, the order and the focus
            return
        self._shape = shape
        self._holder.clear()
        with self._holder:
            self._grid = ui.aggrid(grid_options(shape, rows), auto_size_columns=False).classes("fill")
            self._grid.on("cellValueChanged", self._typed, js_handler=_TYPED)

    def _list_tables(self) -> None:
        frames = self._workspace.draft.now.frames
        wrong = {table_of(problem) for problem in self._workspace.draft.problems}
        self._tabs.clear()
        with self._tabs:
            for name in (name for name in schema.tables() if name in frames):
                each = button(f"{name} {len(frames[name]):,}", "", partial(self._open, name))
                each.classes("on" * (name == self._table) + " wrong" * (name in wrong))
            with button("Add table", "add", None), ui.menu():
                for name in (name for name in schema.tables() if name not in frames and columns_of(name)):
                    with ui.menu_item(on_click=partial(self._add_table, name)), ui.column().classes("close"):
                        ui.label(name)
                        ui.label(schema.tables()[name].description).classes("note")

    def _list_problems(self) -> None:
        problems = self._workspace.draft.problems
        self._wrong.clear()
        with self._wrong:
            for problem in problems[:_MOST_PROBLEMS]:
                table = table_of(problem)
                where = table if problem.row is None else f"{table} row {problem.row}"
                where += f", {problem.column}" if problem.column else ""
                show = partial(self._show, table, problem.row, problem.column)
                button(f"{safe(where)}: {problem_words(problem)}", "error_outline", show).props("align=left")
            if len(problems) > _MOST_PROBLEMS:
                ui.label(f"and {len(problems) - _MOST_PROBLEMS:,} more").classes("note")

    def _draw_pager(self, total: int) -> None:
        self._pager.clear()
        with self._pager:
            if total <= PAGE:
                ui.label(count(total, "row")).classes("note")
                return
            last = min(self._first + PAGE, total)
            before = button("", "chevron_left", partial(self._turn, -PAGE)).props("aria-label='Rows before'")
            before.set_enabled(self._first > 0)
            ui.label(f"{self._first + 1:,} to {last:,} of {count(total, 'row')}").classes("note")
            after = button("", "chevron_right", partial(self._turn, PAGE)).props("aria-label='Rows after'")
            after.set_enabled(last < total)

    # -- what is clicked and typed ------------------------------------------------------------------------------------

    def _open(self, table: str) -> None:
        self._table, self._first, self._search = table, 0, ""
        self._find.value = ""
        self.update()

    def _turn(self, by: int) -> None:
        self._first = max(0, self._first + by)
        self.update()

    def _sought(self, event: Any) -> None:
        self._search, self._first = str(event.value or "").strip(), 0
        self.update()

    def _all_columns(self, event: Any) -> None:
        self._every = bool(event.value)
        self.update()

    async def _typed(self, event: Any) -> None:
        said, table = event.args, self._table
        row, column = int(said["row"]), str(said["column"])
        if column not in schema.tables()[table].columns or row not in self._frame.index:
            return
        cells = list[int]()
        if not await self._act(lambda draft: cells.append(draft.set_cell(table, row, column, str(said["text"])))):
            self._drawn = None  # the cell goes back to what it was
            self.update()
        elif cells[0]:
            tell(f"Renamed in {count(cells[0], 'cell')} of other tables as well.")

    async def _add(self) -> None:
        await self._grow(None)

    async def _duplicate(self) -> None:
        chosen = await self._chosen()
        if len(chosen) != 1:
            tell("Choose one row to duplicate, with the box at its left.")
            return
        await self._grow(chosen[0])

    async def _grow(self, like: int | None) -> None:
        table, made = self._table, list[int]()
        if await self._act(lambda draft: made.append(draft.add_row(table, like))):
            self._search, self._find.value = "", ""
            self._show(table, made[0], None)

    async def _add_table(self, table: str) -> None:
        made = list[int]()
        if await self._act(lambda draft: made.append(draft.add_row(table))):
            self._every = self._columns.value = True
            self._show(table, made[0], None)

    async def _delete(self) -> None:
        chosen, table, gone = await self._chosen(), self._table, list[int]()
        if not chosen:
            tell("Choose rows to delete, with the boxes at their left.")
            return
        if await self._act(lambda draft: gone.append(draft.remove_rows(table, chosen))):
            more = f", and {count(gone[0], 'row')} of other tables that named what is gone" if gone[0] else ""
            tell(f"{count(len(chosen), 'row')} deleted{more}. Undo brings all back.")

    async def _chosen(self) -> list[int]:
        rows = await self._grid.get_selected_rows() if self._grid is not None else []
        return [int(row["row"]) for row in rows]

    def _show(self, table: str, row: int | None, column: str | None) -> None:
        """Turn to a cell."""
        if table in self._workspace.draft.now.frames and table != self._table:
            self._open(table)
        if row is None or row not in self._frame.index:
            self.update()
            return
        known = [each.name for each in columns_of(self._table)]
        if column in known and column not in self._frame:
            self._every = self._columns.value = True
        if not self._search:
            self._first = int(self._frame.index.get_indexer(pd.Index([row]))[0]) // PAGE * PAGE
        self.update()
        if self._grid is not None:
            target = column if column in known else known[0]
            self._grid.client.run_javascript(_FOCUS.format(grid=self._grid.id, row=int(row), column=target))
