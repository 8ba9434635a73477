"""Places as marks: open sites by type, sites that stay shut, customers by what they want and when it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.network import Network
from netopt.report.figures.ground import UNITS_ACROSS, Ground
from netopt.report.figures.labels import ABOVE, BESIDE, Box, placed
from netopt.report.figures.lanes import in_tiers
from netopt.report.figures.style import GREEN, GREY, KINDS, ORANGE, SYMBOLS, VERMILION, cash, label, plural, singular
from netopt.report.words import amount, days, percent, safe

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PROMISES", "customer_traces", "diameters", "name_traces", "place_template", "site_traces"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Trace = dict[str, Any]

_SITE, _CUSTOMER = (10.0, 19.0), (4.0, 20.0)
"""Diameters of the smallest and the largest, pixels; areas are in proportion between them."""

PROMISES = {
    "in time": ("circle", GREEN),
    "late": ("triangle-down", VERMILION),
    "not all delivered": ("x", ORANGE),
    "nothing promised": ("circle", GREY),
}
"""What becomes of a customer's promise: mark and colour."""

_PLAIN = {"symbol": "circle", "color": GREY}

_ALL = 1 - 1e-9
"""Less is missing than the solver's dust."""

_MOST_NAMES, _LONGEST, _FEW = 60, 32, 25
"""Sites that have their names beside them, letters of a name, and customers up to which they have theirs as well."""


def site_traces(
    network: Network, sites: pd.DataFrame, through: FloatArray, on: npt.NDArray[np.bool_], *, whole: bool
) -> Iterator[Trace]:
    """Yield sites that are not open, then those that are, by type.

    Parameters
    ----------
    network : Network
        The sites by position.
    sites : DataFrame
        ``name``, ``open``, ``utilization``, ``cost``, ``opened``, ``closed`` of the periods that are shown.
    through : ndarray
        Units that pass through each site in what is shown, shape (facilities,).
    on : ndarray of bool
        Which places are on the drawing, shape (places,).
    whole : bool
        Whether all products are shown: then cost and utilization are told, too.
    """
    columns = {"open": "max", "utilization": "max", "cost": "sum", "opened": "max", "closed": "max"}
    table = sites.groupby("name", sort=False)[list(columns)].agg(columns).reindex(list(network.facilities.names))
    opened, starts, stops = (table[name].to_numpy() > 0 for name in ("open", "opened", "closed"))
    here, kinds = on[: len(through)], network.facilities.type
    for kind in in_tiers(kinds):
        at = np.nonzero((kinds == kind) & here & ~opened)[0]
        if len(at):
            yield _shut(kind, at, stops)
    full, cost = (table[name].to_numpy(dtype=np.float64) for name in ("utilization", "cost"))
    size = diameters(through, _SITE)
    rows = ["%{customdata[1]}", "%{customdata[2]} units through"]
    rows += ["%{customdata[3]}", "costs %{customdata[4]}"] if whole else []
    currency = network.settings.currency
    for kind in in_tiers(kinds):
        at = np.nonzero((kinds == kind) & here & opened)[0]
        if not len(at):
            continue
        words = [
            [
                "opens" if starts[i] else "closes in between" if stops[i] else "open",
                amount(through[i]),
                *([_full(full[i]), cash(cost[i], currency)] if whole else []),
            ]
            for i in at.tolist()
        ]
        yield {
            "type": "scatter", "mode": "markers", "name": plural(kind), "showlegend": False, "uid": f"open-{kind}",
            "marker": {
                "symbol": SYMBOLS.get(kind, "circle"), "color": KINDS.get(kind, GREY), "size": size[at].tolist(),
                "line": {"width": 1, "color": "#FFFFFF"}, "opacity": 1,
            },
            "meta": {"layer": "places", "place": kind},
            "hovertemplate": place_template(kind, rows), "at": at.tolist(), "words": words,
        }  # fmt: skip


def _shut(kind: str, at: IntArray, stops: npt.NDArray[np.bool_]) -> Trace:
    symbol = SYMBOLS.get(kind, "circle")
    return {
        "type": "scatter", "mode": "markers", "name": f"{plural(kind)} not open", "showlegend": False,
        "marker": {
            "symbol": ["x" if stops[i] else f"{symbol}-open" for i in at], "size": [11 if stops[i] else 9 for i in at],
            "color": [VERMILION if stops[i] else KINDS.get(kind, GREY) for i in at], "line": {"width": 1.5},
            "opacity": 0.9,
        },
        "meta": {"layer": "shut", "place": kind},
        "hovertemplate": place_template(kind, ["%{customdata[1]}"]), "at": at.tolist(),
        "words": [["closes" if stops[i] else "not open"] for i in at.tolist()],
    }  # fmt: skip


def _full(share: float) -> str:
    return f"{percent(share)} of its capacity" if np.isfinite(share) else "no limit of capacity"


def name_traces(network: Network, sites: pd.DataFrame, through: FloatArray, ground: Ground) -> Iterator[Trace]:
    """Yield the names of the sites that goods pass through, where there is room for them.

    Parameters
    ----------
    network : Network
        The sites by position.
    sites : DataFrame
        ``name`` and ``opened`` in the periods that are shown.
    through : ndarray
        Units that pass through each site, shape (facilities,).
    ground : Ground
        Where the places are.
    """
    x, y, n_c = ground.x, ground.y, len(network.customers)
    n_i = len(through)
    busy = np.nonzero((through > 0) & np.isfinite(x[:n_i]))[0]
    busy = busy[np.argsort(-through[busy], kind="stable")[:_MOST_NAMES]]
    if n_c <= _FEW:
        busy = np.append(busy, n_i + np.nonzero(np.isfinite(x[n_i : n_i + n_c]))[0])
    starts = set(sites["name"][sites["opened"] > 0])
    names = [safe(name, _LONGEST) + " (opens)" * (name in starts) for name in network.places.names.array[busy]]
    frame, sides = Box(0, 0, UNITS_ACROSS, ground.height), ABOVE if ground.kind == "layers" else BESIDE
    beside = placed(x[busy], y[busy], names, frame, sides)
    kinds = network.places.kinds[busy]
    for kind in in_tiers(kinds):
        mine = [at for at in beside if kinds[at] == kind]
        if mine:
            yield {
                "type": "scatter", "mode": "markers+text", "showlegend": False, "hoverinfo": "skip",
                "marker": {"size": 17, "opacity": 0}, "textfont": {"size": 12},
                "text": [label(names[at]) for at in mine], "textposition": [beside[at] for at in mine],
                "meta": {"layer": "names", "place": kind}, "at": busy[mine].tolist(),
            }  # fmt: skip


def customer_traces(network: Network, service: pd.DataFrame, shown: IntArray) -> Iterator[Trace]:
    """Yield customers by what becomes of their promise; their ``meta`` says how all of them look without it.

    Parameters
    ----------
    network : Network
        Positions of customers begin after the facilities.
    service : DataFrame
        Of the products and periods that are shown.
    shown : ndarray of int
        Positions of the customers that are drawn.
    """
    table = _by_customer(service)
    names = network.customers.names
    table = table[table.index.isin(names.array[shown])]
    if table.empty:
        return
    position = len(network.facilities) + names.codes(table.index.to_series())
    wants, gets, promised, kept, unit_days, timed, asked = (
        table[name].to_numpy(dtype=np.float64) for name in table.columns
    )
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
            days(after),
            str(what) if np.isnan(part) else f"{percent(min(part, 1.0))} of what is promised comes in time",
        ]
        for wanted, got, after, part, what in zip(wants, gets, spent, share, fate, strict=True)
    ]
    rows = ["wants %{customdata[1]}, gets %{customdata[2]}", "%{customdata[4]}"]
    if spent.any():
        rows.insert(1, "after %{customdata[3]} on average")
    size = diameters(wants, _CUSTOMER)

    for name, (symbol, colour) in PROMISES.items():
        at = np.nonzero(fate == name)[0]
        if len(at):
            yield {
                "type": "scatter", "mode": "markers", "name": name, "showlegend": False,
                "marker": {
                    "symbol": symbol, "color": colour, "size": size[at].tolist(), "opacity": 0.75,
                    "line": {"width": 0.5, "color": "#FFFFFF"},
                },
                "meta": {"layer": "places", "place": "customer", "fate": name, "plain": _PLAIN},
                "hovertemplate": place_template("customer", rows), "at": position[at].tolist(),
                "words": [words[i] for i in at.tolist()],
            }  # fmt: skip


def _by_customer(service: pd.DataFrame) -> pd.DataFrame:
    """Return sums by customer: what it wants and gets, what of it is promised and kept, days, and what has any."""
    promised, timed = service["promise_days"].notna(), service["average_days"].notna()
    parts = service.assign(
        promised=service["delivered"].where(promised, 0.0),
        kept=service["on_time"].where(promised, 0.0),
        unit_days=service["average_days"].fillna(0.0) * service["delivered"],
        timed=service["delivered"].where(timed, 0.0),
        asked=promised.astype(float),
    )
    columns = ["demand", "delivered", "promised", "kept", "unit_days", "timed", "asked"]
    return parts.groupby("customer", sort=False)[columns].sum()


def place_template(kind: str, rows: Sequence[str]) -> str:
    """Return the tooltip of places of a type: the name, then rows whose words begin at ``customdata[1]``."""
    return f"<b>%{{customdata[0]}}</b><br>{', '.join([singular(kind), '<br>'.join(rows)])}<extra></extra>"


def diameters(values: FloatArray, span: tuple[float, float]) -> FloatArray:
    """Return diameters between the smallest and the largest, whose areas grow with the values."""
    most = float(np.max(values, initial=0.0))
    share = np.sqrt(np.maximum(values, 0.0) / most) if most > 0 else np.zeros(len(values))
    found: FloatArray = np.round(span[0] + (span[1] - span[0]) * share, 1)
    return found
