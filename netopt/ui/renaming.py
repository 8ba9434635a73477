"""A new name for a site, customer, product or period, also where other tables use it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from netopt.network.edited import naming
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
        # a member of a group is one thing only, or the reader had refused it
        columns = {"groups": ["member"], table: ["name"]}.get(name, naming(table, name))
        for column in (column for column in columns if column in frame):
            codes, words = pd.factorize(frame[column], use_na_sentinel=True)
            met = np.array([*(fold(str(word)) == fold(old) for word in words), False], dtype=bool)[codes]
            if met.any():
                changed[name] = changed.get(name, frame).assign(**{column: frame[column].mask(met, new)})
                cells += int(met.sum()) if name != table else 0
    return changed, cells


def is_taken(frames: Mapping[str, pd.DataFrame], table: str, name: str) -> bool:
    """Return whether something that others could mean by it has a name already."""
    kin = ("facilities", "customers") if table in ("facilities", "customers") else (table,)
    tables = [frames[each]["name"] for each in (*kin, "groups") if each in frames and "name" in frames[each]]
    return any(fold(str(each)) == fold(name) for names in tables for each in names.dropna())
