"""A workbook to fill in: lists to pick from, checks of numbers and a note on every title, all from the dictionary."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xlsxwriter.utility import xl_col_to_name, xl_range, xl_rowcol_to_cell

from netopt import schema
from netopt.read.names import DECLARED, PLACE
from netopt.read.rules import EITHER
from netopt.read.worksheet import (
    DARK,
    INK,
    LAST_ROW,
    SOFT,
    TEXT_FORMAT,
    TINT,
    column_width,
    new_workbook,
    on_paper,
    write_note,
)
from netopt.read.write import replacing, write_cells

if TYPE_CHECKING:
    import os

    import pandas as pd

__all__ = ["GUIDE", "note", "write_template"]

GUIDE = "_guide"
"""Sheet that says how to fill in the others; names that begin so are passed over by the reader."""

_EXAMPLES = 2
_GUIDE_WIDTH, _NAME_WIDTH = 19, 24
_RANGES: Mapping[str, tuple[str, str, Mapping[str, float]]] = {
    "nonnegative": ("decimal", ">=", {"value": 0}),
    "positive": ("decimal", ">", {"value": 0}),
    "fraction": ("decimal", "between", {"minimum": 0, "maximum": 1}),
    "whole": ("integer", ">=", {"value": 0}),
    "latitude": ("decimal", "between", {"minimum": -90, "maximum": 90}),
    "longitude": ("decimal", "between", {"minimum": -180, "maximum": 180}),
}
"""What a spreadsheet calls the numbers that a type allows."""


def write_template(
    tables: Mapping[str, pd.DataFrame],
    path: str | os.PathLike[str],
    examples: Mapping[str, pd.DataFrame] | None = None,
) -> None:
    """Write tables, empty or filled, as a workbook in which they are pleasant to fill in, and read back the same.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables by their names in the contract, with the columns that the sheets get. All of it is held in memory.
    path : path
        Where, ending in ``.xlsx``; written whole or not at all.
    examples : mapping of str to DataFrame, optional
        Tables of another network, whose first rows the guide shows. They stand on a sheet that is never read, so that
        no example can become part of a network by mistake.
    """
    target = Path(path)
    frames = {name: tables[name] for name in schema.tables() if name in tables}
    with replacing(target) as file, new_workbook(file, "A network for netopt") as workbook:
        look = _Look.of(workbook)
        _Guide(workbook.add_worksheet(GUIDE), look).write(target.name, frames, examples)
        known = _name_lists(workbook, frames)
        for name, frame in frames.items():
            _sheet(workbook.add_worksheet(name), look, schema.tables()[name], frame, known)


def note(column: schema.Column) -> list[str]:
    """Return what the dictionary says of a column, in lines."""
    return [
        f"{column.description.rstrip('.')}.",
        f"Holds: {column.holds}",
        *([f"Unit: {column.unit}"] if column.unit else []),
        *([f"Blank means: {column.default}"] if column.default else []),
        "Required in every row" if column.required else "Optional",
    ]


class _Look(NamedTuple):
    """The formats of a workbook."""

    title: Any
    heading: Any
    name: Any
    required: Any
    optional: Any
    example: Any
    text: Any
    date: Any
    number: Any

    @classmethod
    def of(cls, workbook: Any) -> _Look:
        return cls(
            title=workbook.add_format({"bold": True, "font_size": 16, "font_color": DARK}),
            heading=workbook.add_format({"bold": True, "font_size": 12, "font_color": DARK}),
            name=workbook.add_format({"bold": True}),
            required=workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": DARK, "indent": 1}),
            optional=workbook.add_format({"font_color": INK, "bg_color": TINT, "indent": 1}),
            example=workbook.add_format({"italic": True, "font_color": SOFT, "align": "left", "indent": 1}),
            text=workbook.add_format({"num_format": TEXT_FORMAT, "indent": 1}),
            date=workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left", "indent": 1}),
            number=workbook.add_format({"num_format": "General"}),
        )

    def header(self, column: schema.Column | None) -> Any:
        return self.required if column is not None and column.required else self.optional

    def cell(self, column: schema.Column | None) -> Any:
        if column is None or not (column.numeric or column.type == "date"):
            return self.text
        return self.number if column.numeric else self.date


def _name_lists(workbook: Any, frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Name the filled cells of every name column, for lists to pick from; return the kinds of thing they name."""
    known = []
    for table, kind in DECLARED.items():
        if table in frames and "name" in frames[table].columns:
            letter = xl_col_to_name(list(frames[table].columns).index("name"))
            column = f"{table}!${letter}:${letter}"
            last = f"INDEX({column},MAX(2,COUNTA({column})))"  # the title counts as one, so that this is the last row
            workbook.define_name(f"{kind}_names", f"={table}!${letter}$2:{last}")
            known.append(kind)
    return known


def _sheet(sheet: Any, look: _Look, table: schema.Table, frame: pd.DataFrame, known: Sequence[str]) -> None:
    titles = [str(name) for name in frame.columns]
    columns = [table.columns.get(title) for title in titles]
    sheet.freeze_panes(1, 0)
    on_paper(sheet)
    sheet.set_tab_color(DARK if table.required or table.name in EITHER else TINT)
    for at, (title, column) in enumerate(zip(titles, columns, strict=True)):
        texts = [*(column.choices if column is not None else ()), *frame.iloc[:, at].dropna().astype(str)]
        width = max(column_width(title, texts), _NAME_WIDTH if column is not None and _names_something(column) else 0)
        sheet.set_column(at, at, width, look.cell(column))
        if column is None:
            continue
        write_note(sheet, at, note(column))
        rule = _rule(table.name, column, at, known)
        if rule is not None:
            sheet.data_validation(1, at, LAST_ROW, at, rule)
        if not column.numeric:  # a name may be 2139
            sheet.ignore_errors({"number_stored_as_text": xl_range(1, at, LAST_ROW, at)})
    heads = [{"header": t, "header_format": look.header(c)} for t, c in zip(titles, columns, strict=True)]
    shape = {"name": table.name, "columns": heads, "style": "Table Style Light 1"}
    sheet.add_table(0, 0, max(len(frame), 1), len(titles) - 1, shape)
    write_cells(sheet, frame)


def _names_something(column: schema.Column) -> bool:
    return column.type == "name" or column.refers_to is not None


def _rule(table: str, column: schema.Column, at: int, known: Sequence[str]) -> dict[str, Any] | None:
    """Return what a spreadsheet is to check when a cell of a column is filled in; None where anything may stand.

    What the reader would refuse is stopped. Names are only warned of: theirs may be the next sheet to be filled in, and
    a group may stand for them.
    """
    said = {"error_title": column.name, "error_message": f"{column.name} holds: {column.holds}."}
    words = list(schema.setting_keys()) if (table, column.name) == ("settings", "key") else list(column.choices)
    if words:
        return said | {"validate": "list", "source": words, "error_message": f"Pick one of: {', '.join(words)}."}
    if column.type in _RANGES:
        validate, criteria, bounds = _RANGES[column.type]
        return said | {"validate": validate, "criteria": criteria, **bounds}
    if column.type == "date":
        first = datetime.date(1900, 1, 1)
        return said | {"validate": "date", "criteria": ">=", "value": first, "error_type": "warning"}
    return _name_rule(column, at, known)


def _name_rule(column: schema.Column, at: int, known: Sequence[str]) -> dict[str, Any] | None:
    kinds = PLACE if column.refers_to == "place" else (column.refers_to,)
    if not set(kinds) <= set(known):
        return None
    sheets = " or ".join(table for table, kind in DECLARED.items() if kind in kinds)
    message = f"This name is not in the sheet {sheets} yet. Keep it if it will be, or if it is the name of a group."
    said = {"error_title": column.name, "error_message": message, "error_type": "warning"}
    if len(kinds) == 1:
        return said | {"validate": "list", "source": f"={kinds[0]}_names"}
    cell = xl_rowcol_to_cell(1, at)  # a list comes from one column only; two are counted
    return said | {"validate": "custom", "value": f"={'+'.join(f'COUNTIF({kind}_names,{cell})' for kind in kinds)}>0"}


class _Guide:
    """The sheet that says how to fill in the others, written from the top down.

    Parameters
    ----------
    sheet : Worksheet
        Still empty.
    look : _Look
        Formats of its workbook.
    """

    def __init__(self, sheet: Any, look: _Look) -> None:
        self.sheet = sheet
        self.look = look
        self.row = 0

    def write(self, file: str, frames: Mapping[str, pd.DataFrame], examples: Mapping[str, pd.DataFrame] | None) -> None:
        """Write all of it."""
        self.sheet.hide_gridlines(2)
        self.sheet.set_column(0, 20, _GUIDE_WIDTH)
        on_paper(self.sheet, titles=0)
        self._line(["A network for netopt"], [self.look.title])
        for sentence in _sentences(file, filled=examples is None):
            self._line([sentence])
        self.row += 1
        self._line(["required", "Every row needs something in a column with a title like this."], [self.look.required])
        self._line(["optional", "A column with a title like this may stay blank, or be deleted."], [self.look.optional])
        self._heading("Sheets")
        for name in frames:
            table = schema.tables()[name]
            need = "needed" if table.required else f"needed, or {_other(name)}" if name in EITHER else "optional"
            self._line([name, need, f"{table.description}."])
        if examples is not None:
            self._examples(examples)
        if "settings" in frames:
            self._heading("Keys of the sheet settings")
            for key in schema.setting_keys().values():
                blank = f" Without it: {key.default}." if key.default else ""
                self._line([key.name, key.unit or key.holds, f"{key.description.rstrip('.')}.{blank}"])

    def _examples(self, examples: Mapping[str, pd.DataFrame]) -> None:
        self._heading("Examples of rows; they are not part of your network, and this sheet is never read")
        for table in schema.tables().values():
            if table.name not in examples or not (table.required or table.name in EITHER):
                continue
            rows = examples[table.name].head(_EXAMPLES).dropna(axis="columns", how="all")
            self._line([table.name], [self.look.name])
            self._line(list(rows.columns), [self.look.header(table.columns.get(str(name))) for name in rows.columns])
            for values in rows.itertuples(index=False):
                cells = [None if value != value else value for value in values]
                self._line(cells, [self.look.example] * len(cells))
            self.row += 1

    def _heading(self, words: str) -> None:
        self.row += 1
        self._line([words], [self.look.heading])

    def _line(self, cells: Sequence[str | float | None], formats: Sequence[Any] = ()) -> None:
        for at, value in enumerate(cells):
            look = formats[at] if at < len(formats) else None
            if isinstance(value, str):
                self.sheet.write_string(self.row, at, value, look)
            elif value is not None:
                self.sheet.write_number(self.row, at, value, look)
        self.row += 1


def _sentences(file: str, *, filled: bool) -> Iterator[str]:
    needed = [table.name for table in schema.tables().values() if table.required]
    sheets = f"{', '.join(needed)}, and {' or '.join(EITHER)}"
    if filled:
        yield "A small network that can be solved: type over what is there. Sheets and columns may be added or deleted."
        yield f"Needed are {sheets}."
    else:
        yield f"Fill in the sheets {sheets}. The others are optional; delete what you do not need."
    yield "Blank never means zero: it means the default that the note on a title says, and for a capacity, no limit."
    yield "Hold the pointer over a title for its meaning and unit. Cells for a choice, or for a name, offer a list."
    yield "Sheets and columns whose names begin with _, x_, note or comment are yours: they are not read, as this one."
    yield f"Then run: netopt {'solve' if filled else 'check'} {file}"


def _other(name: str) -> str:
    return next(other for other in EITHER if other != name)
