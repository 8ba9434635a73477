"""A new name for a site, customer, product or period, also where other tables use it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network.edited import naming
from netopt.network.filters import Rows
from netopt.read.problems import fold

__all__ = ["DECLARING", "is_taken", "renamed"]

DECLARING = ("facilities", "customers", "products", "periods")
"""Tables whose names others use."""


def renamed(frames: Mapping[str, pd.DataFrame], table: str, old: str, new: str) -> tuple[dict[str, pd.DataFrame], int]:
    """Return the tables that change when a name does, and how many cells of other tables are among it.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Tables by name, all of which stand up to the checks.
    table : str
        One of `DECLARING`.
    old, new : str
        Names; a new one that is taken is for the reader to refuse.
    """
    changed, cells = dict[str, pd.DataFrame](), 0
    for name, frame in frames.items():
        columns = {"groups": ["member"], table: ["name"]}.get(name, naming(table, name))
        for column in (column for column in columns if column in frame):
            codes, words = pd.factorize(frame[column], use_na_sentinel=True)
            met = np.array([*(fold(str(word)) == fold(old) for word in words), False], dtype=bool)[codes]
            if name == "groups":
                met &= _of_kind(frames, table)
            if met.any():
                changed[name] = changed.get(name, frame).assign(**{column: frame[column].mask(met, new)})
                cells += int(met.sum()) if name != table else 0
    return changed, cells


def _of_kind(frames: Mapping[str, pd.DataFrame], table: str) -> npt.NDArray[np.bool_]:
    """Return which rows of the groups are of a group whose members are declared in a table."""
    declared = {fold(str(name)) for name in frames[table]["name"]}
    alike = {name for name, members in Rows(frames).groups.items() if {fold(each) for each in members} <= declared}
    return np.array([fold(str(name)) in alike for name in frames["groups"]["name"]], dtype=bool)


def is_taken(frames: Mapping[str, pd.DataFrame], table: str, name: str) -> bool:
    """Return whether something that others could mean by it has a name already."""
    kin = ("facilities", "customers") if table in ("facilities", "customers") else (table,)
    tables = [frames[each]["name"] for each in (*kin, "groups") if each in frames and "name" in frames[each]]
    return any(fold(str(each)) == fold(name) for names in tables for each in names.dropna())
