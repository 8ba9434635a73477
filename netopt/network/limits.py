"""Limits: counts and totals over groups of sites and lanes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network.catalog import Periods, Products
from netopt.network.lanes import Flows, Lanes, Places
from netopt.network.resolve import BLANK, Names, members_of_groups, number, text
from netopt.network.sites import Facilities
from netopt.read import Tables

__all__ = ["Limit", "limits_of"]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Limit:
    """One row of the limits table.

    Parameters
    ----------
    what : {'open_sites', 'open_periods', 'flow'}
        What is counted.
    sites : ndarray of bool
        Facilities it is counted over, shape (facilities,).
    customers : ndarray of bool or None
        Customers that the flow has to reach, shape (customers,); None where no customer is named.
    mode : int
        Position, `BLANK` for all.
    products, periods : ndarray of bool
        Products it sums over, shape (products,), and periods it holds in, shape (periods,): each on its own, but for
        ``open_periods``, which counts over all of them.
    at_least, at_most : float
        NaN where blank.
    row : int
        Row in the source.
    words : str
        The filters as typed, for messages.
    """

    what: str
    sites: BoolArray
    customers: BoolArray | None
    mode: int
    products: BoolArray
    periods: BoolArray
    at_least: float
    at_most: float
    row: int
    words: str

    @property
    def stated(self) -> BoolArray:
        """Periods with a row of their own, shape (periods,): the last one where the limit counts over all of them."""
        if self.what != "open_periods":
            return self.periods
        last = np.zeros(len(self.periods), dtype=bool)
        last[np.nonzero(self.periods)[0][-1:]] = True
        return last

    def counts(self, lanes: Lanes, flows: Flows) -> BoolArray:
        """Return which flows a limit on flow counts: what leaves its sites, for its customers where it names some."""
        counted = self.sites[lanes.origin[flows.lane]] & self.products[flows.product]
        if self.customers is not None:
            reached = np.append(np.zeros(len(self.sites), dtype=bool), self.customers)
            counted &= reached[lanes.destination[flows.lane]]
        if self.mode != BLANK:
            counted &= lanes.mode[flows.lane] == self.mode
        return counted


def limits_of(
    tables: Tables, places: Places, facilities: Facilities, products: Products, periods: Periods, modes: Names
) -> tuple[Limit, ...]:
    """Return the rows of the limits table, their filters resolved."""
    frame = tables["limits"]
    columns = ("what", "where", "type", "region", "mode", "product", "period")
    words = {name: text(frame, "limits", name) for name in columns}
    groups = members_of_groups(tables)

    def among(names: Names, word: str) -> BoolArray:
        chosen: BoolArray = np.isin(names.array, groups.get(word, [word])) if word else np.ones(len(names), dtype=bool)
        return chosen

    mode = modes.codes(pd.Series(words["mode"]))
    least, most = number(frame, "limits", "at_least"), number(frame, "limits", "at_most")
    n_i = len(facilities)
    found = []
    for at, row in enumerate(frame.index):
        where = among(places.names, words["where"][at])
        reaches = where[n_i:] if words["where"][at] and where[n_i:].any() else None
        inside = where[:n_i] if reaches is None else np.ones(n_i, dtype=bool)
        if words["type"][at]:
            inside = inside & (facilities.type == words["type"][at])
        if words["region"][at]:
            inside = inside & (facilities.region == words["region"][at])
        said = ", ".join(f"{name} {words[name][at]}" for name in list(words)[1:] if words[name][at])
        found.append(
            Limit(
                what=words["what"][at],
                sites=inside,
                customers=reaches,
                mode=int(mode[at]) if words["mode"][at] else BLANK,
                products=among(products.names, words["product"][at]),
                periods=among(periods.names, words["period"][at]),
                at_least=float(least[at]),
                at_most=float(most[at]),
                row=int(row),
                words=said,
            )
        )
    return tuple(found)
