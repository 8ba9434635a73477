"""The tables as the analyst typed them, checked but with nothing filled in."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from netopt import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Tables"]


@dataclass(frozen=True)
class Tables:
    """Checked tables under their names in the contract.

    Blank cells stay blank: defaults and period overrides are resolved by `netopt.network`, so that a table can be
    written back as it was read.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Tables that have rows. Columns: those the input has, under their contract names, in the order of the
        dictionary; text as ``str`` dtype and numbers as ``float64``, both with NaN for blank. Index ``row``:
        the row in the source as a spreadsheet counts it (header = row 1).
    sources : mapping of str to str
        Where each table came from, for messages: ``lanes.csv``, ``network.csv``, ``network.xlsx, sheet lanes``.
    sha256 : str
        Digest of the input, hexadecimal.
    path : str or None
        Where the input was read from; None for frames in memory.
    edits : tuple of mapping
        What was changed after reading, see `netopt.network.edits.Edit`; the digest is of the input before.
    """

    frames: Mapping[str, pd.DataFrame]
    sources: Mapping[str, str]
    sha256: str
    path: str | None = None
    edits: tuple[Mapping[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Keep the mappings from being changed."""
        object.__setattr__(self, "frames", MappingProxyType(dict(self.frames)))
        object.__setattr__(self, "sources", MappingProxyType(dict(self.sources)))

    def __contains__(self, table: str) -> bool:
        """Whether the input has a table with rows."""
        return table in self.frames

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return a table, empty (with every column of the dictionary) where the input has none."""
        if table in self.frames:
            return self.frames[table]
        columns = schema.tables()[table].columns.values()
        empty = {c.name: pd.Series(dtype="float64" if c.numeric else "str") for c in columns}
        return pd.DataFrame(empty, index=pd.Index([], name="row", dtype="int64"))

    def source(self, table: str) -> str:
        """Return where a table came from, for messages."""
        return self.sources.get(table, f"{table} table")
