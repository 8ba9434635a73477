"""What the page asks for in a window of its own: an edit in words, and where tables are written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import run, ui

from netopt.errors import NetoptError
from netopt.ui.export import save_as
from netopt.ui.parts import complain, tell

if TYPE_CHECKING:
    from netopt.ui.draft import Draft
    from netopt.ui.state import Workspace

__all__ = ["ask_edit", "ask_path"]

Act = Callable[[Callable[["Draft"], object]], Awaitable[bool]]

_EXAMPLES = (
    "demand[customer.region=West].quantity*=1.2",
    "facilities.Reno.capacity=900",
    "lanes[mode=air].status=closed",
)


def ask_edit(act: Act) -> None:
    """Ask for an edit in words, as ``--set`` takes it."""
    with _window("What if", "A change of one row or of many, in the words of --set. Undo takes it back.") as dialog:
        words = ui.input("Change", placeholder=_EXAMPLES[0]).props("outlined autofocus").classes("wide")
        for example in _EXAMPLES:
            ui.label(example).classes("note code")

        async def make() -> None:
            if await act(lambda draft: draft.edit(str(words.value or "").strip())):
                dialog.close()

        words.on("keydown.enter", make)
        _buttons("Make the change", make, dialog)


def ask_path(workspace: Workspace, saved: Callable[[], None]) -> None:
    """Ask where the tables are to be written."""
    about = "A .csv or .xlsx file on this machine, or a folder for one CSV file per table."
    with _window("Save the tables as", about) as dialog:
        start = (workspace.folder or Path.cwd()) / f"{Path(workspace.name).stem}-edited.csv"
        path = ui.input("Path", value=str(start)).props("outlined autofocus").classes("wide")
        over = ui.checkbox("Write over a file that is there").props("dense")

        async def save() -> None:
            target = Path(str(path.value or "").strip()).expanduser()
            try:
                await run.io_bound(save_as, workspace, target, over=bool(over.value))
            except (NetoptError, OSError, ValueError) as error:
                complain(error)
                return
            dialog.close()
            tell(f"Saved as {target}.", "positive")
            saved()

        _buttons("Save", save, dialog)


@contextmanager
def _window(title: str, about: str) -> Iterator[ui.dialog]:
    with ui.dialog(value=True) as dialog, ui.card().classes("dialog"):
        ui.label(title).classes("title")
        ui.label(about).classes("note")
        yield dialog
    dialog.on("hide", dialog.delete)


def _buttons(words: str, pressed: Callable[[], Awaitable[None]], dialog: ui.dialog) -> None:
    with ui.row().classes("controls"):
        ui.button(words, on_click=pressed).props("no-caps unelevated")
        ui.button("Close", on_click=dialog.close, color=None).props("no-caps flat")
