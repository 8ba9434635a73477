"""The tables as somebody is typing them: every change is read and checked as a file would be, and can be undone.

What does not stand up to the checks stays as typed, with its problems; the last network that did is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.network import Network
from netopt.network.differences import differences
from netopt.network.edits import Edit, as_edit
from netopt.network.filters import quoted
from netopt.read import Tables, read_tables
from netopt.read.raw import cell_text
from netopt.ui.renaming import DECLARING, is_taken, renamed
from netopt.ui.typed import filled, with_blank_rows, with_cell

__all__ = ["Draft", "Version"]

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Version:
    """The tables at one moment.

    Parameters
    ----------
    label : str
        What was done last, for the undo button.
    frames : mapping of str to DataFrame
        As typed; a new row that is still blank is among them.
    tables : Tables
        The last ones that stood up to the checks.
    edits : tuple of Edit, or None
        What leads from the file to them; None where no words say it.
    problems : tuple of Problem
        What is wrong with the frames; none where they are those of the tables.
    """

    label: str
    frames: Frames
    tables: Tables
    edits: tuple[Edit, ...] | None = ()
    problems: tuple[Problem, ...] = ()


class Draft:
    """A network that is being changed.

    Parameters
    ----------
    network : Network
        As it was read.
    """

    def __init__(self, network: Network) -> None:
        self.base = network
        self._built = network
        self._versions = [Version("", dict(network.tables.frames), network.tables)]
        self._at = 0
        self._saved = self._versions[0]

    @property
    def now(self) -> Version:
        """The tables as they are."""
        return self._versions[self._at]

    @property
    def network(self) -> Network:
        """The last network that stood up to the checks; it says which edits lead to it from the file."""
        if self._built.tables is not self.now.tables:  # only one is kept: a large network takes much memory
            self._built = Network.from_tables(self.now.tables)
        return self._built

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the tables as they are typed."""
        return self.now.problems

    @property
    def undoing(self) -> str | None:
        """What `undo` takes back, None where there is nothing."""
        return self.now.label if self._at else None

    @property
    def redoing(self) -> str | None:
        """What `redo` makes again, None where there is nothing."""
        return self._versions[self._at + 1].label if self._at + 1 < len(self._versions) else None

    @property
    def unsaved(self) -> bool:
        """Whether the tables differ from what is on the disk, as far as this page wrote it."""
        return self.now.frames is not self._saved.frames

    def undo(self) -> None:
        """Take the last change back."""
        self._at = max(self._at - 1, 0)

    def redo(self) -> None:
        """Make a change again that was taken back."""
        self._at = min(self._at + 1, len(self._versions) - 1)

    def mark_saved(self) -> None:
        """Note that the tables as they are now are on the disk."""
        self._saved = self.now

    def go_back_to(self, version: Version, label: str) -> None:
        """Take the tables of another moment; that can be undone as well."""
        self._push(replace(version, label=label))

    # -- changes ------------------------------------------------------------------------------------------------------

    def edit(self, *edits: str | Mapping[str, Any] | Edit, label: str = "") -> None:
        """Make edits as `Network.edit` does.

        Parameters
        ----------
        *edits : str, mapping or Edit
            ``facilities.Reno.capacity=900`` and the like.
        label : str
            What was done, for the undo button.

        Raises
        ------
        InputError
            When an edit cannot be made, or the tables do not stand up to the checks; nothing changes then.
        """
        if self.problems:
            raise InputError(self.problems)
        listed = [as_edit(edit) for edit in edits]
        now = self.now
        network = self.network.edit(*listed)
        known = None if now.edits is None else _joined(now.edits, listed)
        frames = {name: with_blank_rows(now.frames.get(name), frame) for name, frame in network.tables.frames.items()}
        frames |= {name: frame for name, frame in now.frames.items() if not filled(frame)}
        self._take(network, Version(label or "; ".join(map(str, listed)), frames, network.tables, known))

    def set_status(self, site: str, status: str) -> None:
        """Say whether a site must be open, must be closed, or is for the solver to choose (``consider``)."""
        words = {"open": "open", "closed": "closed", "consider": "let the solver choose"}[status]
        self.edit(Edit("facilities", f"name={quoted(site)}", "status", "set", status), label=f"{site}: {words}")

    def set_cell(self, table: str, row: int, column: str, text: str) -> int:
        """Type a cell; a new name is used in the other tables as well, and the return is in how many cells.

        Parameters
        ----------
        table, column : str
            Names in the contract.
        row : int
            Number of the row, as the table counts them.
        text : str
            As typed; empty for blank.
        """
        frame, known = self.now.frames[table], schema.tables()[table].columns[column]
        value = text.strip()
        before = cell_text(frame[column].loc[row]) or "" if column in frame else ""
        if before == value:
            return 0
        finished = not self.problems and frame.loc[row].notna().any()
        if finished and (table, column) == ("facilities", "status") and value in (*known.choices, ""):
            where = {name: cell_text(frame[name].loc[row]) for name in ("name", "period") if name in frame}
            said = ";".join(f"{name}={quoted(cell)}" if cell else f"{name}=" for name, cell in where.items())
            self.edit(Edit(table, said, column, "set", value), label=f"{table} row {row}, {column}")
            return 0  # an edit also writes down what a blank `initial` meant
        if (
            finished
            and table in DECLARING
            and column == "name"
            and value
            and not is_taken(self.now.frames, table, value)
        ):
            frames, cells = renamed(self.now.frames, table, before, value)
            self._type(frames, f"{before} is now {value}")
            return cells
        self._type({table: with_cell(table, frame, row, known, value)}, f"{table} row {row}, {column}")
        return 0

    def add_row(self, table: str, like: int | None = None) -> int:
        """Add a row below all others, blank or like another one, and return its number."""
        row = self._next_row()
        frame = self.now.frames.get(table)
        if frame is None:
            columns = [column for column in schema.tables()[table].columns.values() if column.required or column.key]
            blank = {c.name: pd.Series([np.nan], dtype="float64" if c.numeric else "str") for c in columns}
            fresh = pd.DataFrame(blank).set_axis(pd.Index([row], name="row", dtype="int64"))
            self._type({table: fresh}, f"{table}: a row added")
            return row
        labels = frame.index.append(pd.Index([row], dtype="int64")).rename("row")
        grown = frame.reindex(labels)
        if like is not None:
            grown = pd.concat([frame, frame.loc[[like]].set_axis(pd.Index([row]))]).rename_axis("row")
        self._type({table: grown}, f"{table}: a row added")
        return row

    def remove_rows(self, table: str, rows: Iterable[int]) -> int:
        """Remove rows, and those of other tables that name what is then gone; return how many of those.

        Raises
        ------
        InputError
            When the tables do not stand up to the checks without them; nothing changes then.
        """
        frame = self.now.frames[table]
        gone = [row for row in rows if row in frame.index]
        filled = [row for row in gone if frame.loc[row].notna().any()]
        label = f"{table}: {len(gone)} {'row' if len(gone) == 1 else 'rows'} removed"
        before = {name: len(each) for name, each in self.now.frames.items()}
        if filled and not self.problems and table in DECLARING and self._removed_by_edit(table, filled, label):
            after = self.now.frames
            return sum(before[name] - len(after.get(name, ())) for name in before if name != table)
        self._type({table: frame.drop(index=gone)}, label)
        return 0

    def _removed_by_edit(self, table: str, rows: list[int], label: str) -> bool:
        """Remove rows by the words that name them, which takes what names them along; False where words do not."""
        names = self.now.tables[table]["name"]
        gone = set(names.loc[rows]) - set(names.drop(index=rows))
        if not gone or set(names.index[names.isin(gone)]) != set(rows):
            return False
        self.edit(*(Edit(table, f"name={quoted(str(name))}", action="remove") for name in sorted(gone)), label=label)
        return True

    def _type(self, frames: Frames, label: str) -> None:
        """Take tables as typed, and keep the network where they do not stand up to the checks."""
        now = self.now
        typed = {name: frame for name, frame in {**now.frames, **frames}.items() if len(frame)}
        try:
            read = read_tables({name: frame.dropna(how="all") for name, frame in typed.items() if filled(frame)})
            network = Network.from_tables(read)
        except InputError as error:
            self._push(Version(label, typed, now.tables, now.edits, error.problems))
            return
        whole = {name: with_blank_rows(frame, read.frames.get(name)) for name, frame in typed.items()}
        more = None if now.edits is None else differences(now.tables, read.frames)
        edits = None if now.edits is None or more is None else _joined(now.edits, more)
        self._take(network, Version(label, whole, read, edits))

    def _take(self, network: Network, version: Version) -> None:
        """Take tables that stand up to the checks, under the name of the file that they come from."""
        start, edits = self.base.tables, version.edits
        tables = version.tables
        if edits is not None:
            sources = {name: start.sources.get(name, source) for name, source in tables.sources.items()}
            said = tuple(edit.to_json() for edit in edits)
            tables = Tables(tables.frames, sources, start.sha256, start.path, (*start.edits, *said))
        self._built = replace(network, tables=tables)
        self._push(replace(version, tables=tables))

    def _push(self, version: Version) -> None:
        self._versions[self._at + 1 :] = [version]
        self._at += 1

    def _next_row(self) -> int:
        every = [
            int(frame.index.max()) for version in self._versions for frame in version.frames.values() if len(frame)
        ]
        return max(every, default=1) + 1


def _joined(known: tuple[Edit, ...], more: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return edits one after the other; a cell that is set anew is said once."""
    listed = list(known)
    for edit in more:
        if listed and edit.action == "set" and _place(edit) == _place(listed[-1]):
            listed.pop()
        listed.append(edit)
    return tuple(listed)


def _place(edit: Edit) -> tuple[str, ...]:
    return edit.action, edit.table, edit.filter, edit.column
