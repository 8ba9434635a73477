"""Places as marks: open sites by type, sites that stay shut, customers by what they want and when it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.network import Network
from netopt.report.figures.style import GREEN, GREY, KINDS, ORANGE, SYMBOLS, VERMILION, plural, singular
from netopt.report.words import amount, days, money, percent

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PROMISES", "customer_traces", "diameters", "place_template", "site_traces"]

FloatArray = npt.NDArray[np.float64]

_SITE, _CUSTOMER = (10.0, 19.0), (4.0, 20.0)
"""Diameters of the smallest and the largest, pixels; areas are in proportion between them."""

PROMISES = {
    "in time": ("circle", GREEN),
    "late": ("triangle-down", VERMILION),
    "not all delivered": ("x", ORANGE),
    "nothing promised": ("circle", GREY),
}
"""What becomes of a customer's promise: mark and colour."""

_ALL = 1 - 1e-9
"""Less is missing than the solver's dust."""


def site_traces(
    network: Network, sites: pd.DataFrame, through: FloatArray, currency: str, whole: bool
) -> Iterator[dict[str, Any]]:
    """Yield sites that are open, by type, then those that are not.

    Parameters
    ----------
    network : Network
        The sites by position.
    sites : DataFrame
        ``name``, ``open``, ``utilization``, ``cost``, ``opened``, ``closed`` of the periods that are shown.
    through : ndarray
        Units that pass through each site in what is shown, shape (facilities,).
    currency : str
        Of the cost.
    whole : bool
        Whether all products are shown: then cost and utilization are told, too.
    """
    found = sites.groupby("name", sort=False)[["open", "utilization", "cost", "opened", "closed"]]
    table = found.agg({"open": "max", "utilization": "max", "cost": "sum", "opened": "max", "closed": "max"})
    table = table.reindex(list(network.facilities.names)).fillna({"open": 0, "cost": 0.0, "opened": 0, "closed": 0})
    opened, starts, stops = (table[name].to_numpy() > 0 for name in ("open", "opened", "closed"))
    size = diameters(through, _SITE)
    kinds = network.facilities.type
    for kind in dict.fromkeys(kinds):
        at = np.nonzero((kinds == kind) & opened)[0]
        if not len(at):
            continue
        words = [
            [
                "opens" if starts[i] else "closes later" if stops[i] else "open",
                amount(through[i]),
                _full(table["utilization"].iloc[i], whole),
                money(table["cost"].iloc[i], currency) if whole else "",
            ]
            for i in at.tolist()
        ]
        rows = ["%{customdata[1]}", "%{customdata[2]} units through"]
        rows += ["%{customdata[3]}", "costs %{customdata[4]}"] if whole else []
        yield {
            "type": "scatter", "mode": "markers", "name": plural(kind), "showlegend": False,
            "marker": {
                "symbol": SYMBOLS.get(kind, "circle"), "color": KINDS.get(kind, GREY), "size": size[at].tolist(),
                "line": {"width": [2.5 if starts[i] else 1 for i in at], "color": "#FFFFFF"}, "opacity": 1,
            },
            "meta": {"layer": "places", "place": kind},
            "hovertemplate": place_template(kind, rows), "at": at.tolist(), "words": words,
        }  # fmt: skip
    for kind in dict.fromkeys(kinds):
        at = np.nonzero((kinds == kind) & ~opened)[0]
        if not len(at):
            continue
        words = [["closes" if stops[i] else "not open"] for i in at.tolist()]
        yield {
            "type": "scatter", "mode": "markers", "name": f"{plural(kind)} not open", "showlegend": False,
            "marker": {
                "symbol": ["x-thin-open" if stops[i] else f"{SYMBOLS.get(kind, 'circle')}-open" for i in at],
                "color": KINDS.get(kind, GREY), "size": 9, "line": {"width": 1.5}, "opacity": 0.9,
            },
            "meta": {"layer": "shut", "place": kind},
            "hovertemplate": place_template(kind, ["%{customdata[1]}"]), "at": at.tolist(), "words": words,
        }  # fmt: skip


def customer_traces(network: Network, service: pd.DataFrame, shown: npt.NDArray[np.int64]) -> Iterator[dict[str, Any]]:
    """Yield customers once by what they want, and once by whether they get it in time.

    Parameters
    ----------
    network : Network
        Positions of customers begin after the facilities.
    service : DataFrame
        Of the products and periods that are shown.
    shown : ndarray of int
        Positions of the customers that are drawn.
    """
    asked_for = service["promise_days"].notna()
    table = (
        service.assign(
            promised=service["delivered"].where(asked_for, 0.0),
            kept=service["on_time"].where(asked_for, 0.0),
            unit_days=service["average_days"].fillna(0.0) * service["delivered"],
            timed=service["delivered"].where(service["average_days"].notna(), 0.0),
            asked=asked_for.astype(float),
        )
        .groupby("customer", sort=False)[["demand", "delivered", "promised", "kept", "unit_days", "timed", "asked"]]
        .sum()
    )
    names = network.customers.names
    table = table[table.index.isin(names.array[shown])]
    if table.empty:
        return
    position = len(network.facilities) + names.codes(table.index.to_series())
    wants, gets, promised, kept, unit_days, timed, asked = (
        table[name].to_numpy(dtype=np.float64) for name in table.columns
    )
    size = diameters(wants, _CUSTOMER)
    fate = np.select(
        [gets < wants * _ALL, kept < promised * _ALL, asked > 0],
        ["not all delivered", "late", "in time"],
        default="nothing promised",
    )
    spent = np.divide(unit_days, timed, out=np.zeros(len(timed)), where=timed > 0)
    share = np.divide(kept, promised, out=np.full(len(kept), np.nan), where=promised > 0)
    words = [
        [
            amount(wanted),
            amount(got),
            days(after) if after else "",
            str(what) if np.isnan(part) else f"{percent(min(part, 1.0))} of what is promised comes in time",
        ]
        for wanted, got, after, part, what in zip(wants, gets, spent, share, fate, strict=True)
    ]
    rows = ["wants %{customdata[1]}, gets %{customdata[2]}", "%{customdata[4]}"]
    if spent.any():
        rows.insert(1, "after %{customdata[3]} on average")
    common = {
        "type": "scatter",
        "mode": "markers",
        "showlegend": False,
        "hovertemplate": place_template("customer", rows),
    }

    def marked(at: Sequence[int], symbol: str, colour: str, meta: dict[str, Any], name: str) -> dict[str, Any]:
        marker = {
            "symbol": symbol, "color": colour, "size": size[at].tolist(), "opacity": 0.75,
            "line": {"width": 0.5, "color": "#FFFFFF"},
        }  # fmt: skip
        return {
            **common, "name": name, "marker": marker, "meta": {"layer": "places", "place": "customer"} | meta,
            "at": position[at].tolist(), "words": [words[i] for i in at],
        }  # fmt: skip

    yield marked(list(range(len(table))), "circle", GREY, {"customers": "demand"}, "customers")
    for name, (symbol, colour) in PROMISES.items():
        at = np.nonzero(fate == name)[0].tolist()
        if at:
            yield marked(at, symbol, colour, {"customers": "promise", "fate": name}, name)


def place_template(kind: str, rows: Sequence[str]) -> str:
    """Return the tooltip of places of a type: the name, then rows whose words begin at ``customdata[1]``."""
    return f"<b>%{{customdata[0]}}</b><br>{', '.join([singular(kind), '<br>'.join(rows)])}<extra></extra>"


def _full(share: float, whole: bool) -> str:
    if not whole:
        return ""
    return f"{percent(share)} of its capacity" if np.isfinite(share) else "no limit of capacity"


def diameters(values: FloatArray, span: tuple[float, float]) -> FloatArray:
    """Return diameters between the smallest and the largest, whose areas grow with the values."""
    most = float(np.max(values, initial=0.0))
    share = np.sqrt(np.maximum(values, 0.0) / most) if most > 0 else np.zeros(len(values))
    found: FloatArray = np.round(span[0] + (span[1] - span[0]) * share, 1)
    return found
