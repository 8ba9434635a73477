"""Stock at the end of each period, what was asked of it, and the room that there is, of all sites and of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.plan.audit.stated import Stated
from netopt.plan.audit.stock import cycle_stock, outflow_ahead
from netopt.report.figures.style import GREY, INK, SERIES, VERMILION, Figure, hover, inert, label, layout, over_time
from netopt.report.words import amount

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["stock_over_time"]

FloatArray = npt.NDArray[np.float64]

_SITES, _PRODUCTS = 24, 7
_ALL = "all sites"


def stock_over_time(plan: Plan, *, site: str | None = None) -> Figure:
    """Return stock by product over time; of the other sites, traces that are not visible.

    Parameters
    ----------
    plan : Plan
        With stock.
    site : str, optional
        Which one is seen; all of them together without it.

    Raises
    ------
    ValueError
        When the site has no stock.
    """
    inventory = plan.inventory()
    if inventory.empty or not (inventory["stock"] > 0).any():
        return {"data": [], "layout": layout("No stock is kept at the end of any period.")}
    held = _held(plan)
    names = [str(plan.network.facilities.names[at]) for at in held.sites]
    if site is not None and site not in names:
        raise ValueError(f"there is no stock at {site!r}; use one of {', '.join(names)}")
    groups = [(_ALL, held.sites), *zip(names, ([at] for at in held.sites), strict=True)]
    traces = [
        {**trace, "visible": name == (site or _ALL), "meta": {"site": name}}
        for name, sites in groups
        for trace in _traces(plan, held, sites)
    ]
    total = held.stock.sum(axis=(0, 1))
    highest = int(total.argmax())
    says = f"Stock is highest at the end of {plan.network.periods.names[highest]}, with {amount(total[highest])} units."
    return {"data": traces, "layout": over_time(says, len(plan.network.periods), "stack")}


@dataclass(frozen=True)
class _Held:
    """Arrays of shape (facilities, products, periods), or without products where they are summed.

    Parameters
    ----------
    sites : list of int
        Those with stock, the fullest first.
    stock, asked : ndarray
        Units at the end of a period, and the least that minimum, safety stock and cover ask for.
    room : ndarray
        Units of stock that fit beside what passes through, shape (facilities, periods); infinite without a limit, NaN
        where storage is not counted in units.
    """

    sites: list[int]
    stock: FloatArray
    asked: FloatArray
    room: FloatArray


def _held(plan: Plan) -> _Held:
    network = plan.network
    stated, records = Stated.from_frames(network, plan.tables), network.inventory
    ahead = np.where(records["cover_days"] > 0, outflow_ahead(stated), 0.0)
    least = np.maximum.reduce([records["min_stock"], records["safety_stock"], ahead])
    asked = np.zeros(stated.shape)
    at = records.entity, records.product, records.period
    asked[at] = np.where(stated.open[records.entity, records.period], least, 0.0)
    measure = network.products.measure[network.facilities.storage_unit]
    cycle = np.einsum("fk,fkt->ft", measure, cycle_stock(stated))
    room = np.where((measure == 1).all(axis=1)[:, None], network.facilities.storage_capacity - cycle, np.nan)
    most = stated.stock.sum(axis=1).max(axis=1)
    sites = [int(site) for site in np.argsort(-most, kind="stable")[:_SITES] if most[site] > 0]
    return _Held(sites, stated.stock, asked, room)


def _traces(plan: Plan, held: _Held, sites: list[int]) -> Iterator[dict[str, Any]]:
    """Yield the stock of some sites by product, then what is asked of it and the room, where there are any."""
    periods = [label(name) for name in plan.network.periods.names]
    stocks = held.stock if len(sites) > 1 else held.stock[sites]  # all sites together are truly all of them
    by_product = stocks.sum(axis=0)
    order = [int(k) for k in np.argsort(-by_product.sum(axis=1), kind="stable") if by_product[k].any()]
    parts = [(plan.network.products.names[k], by_product[k]) for k in order[:_PRODUCTS]]
    if order[_PRODUCTS:]:
        parts.append((f"{len(order) - _PRODUCTS} other products", by_product[order[_PRODUCTS:]].sum(axis=0)))
    for at, (name, units) in enumerate(parts):
        yield {
            "type": "bar", "name": label(name), "x": periods, "y": units.tolist(),
            "marker": {"color": SERIES[at] if at < _PRODUCTS else GREY},
            "customdata": [[amount(value)] for value in units],
            "hovertemplate": hover(f"{inert(name)}, end of %{{x}}", "%{customdata[0]} units"),
        }  # fmt: skip
    asked = (held.asked if len(sites) > 1 else held.asked[sites]).sum(axis=(0, 1))
    if asked.any():
        yield _line("asked for", "minimum, safety stock and cover", asked, periods, INK, "solid")
    room = held.room[sites].sum(axis=0)
    if np.isfinite(room).any() and not np.isnan(room).any():
        yield _line("room", "storage that is not taken by what passes through", room, periods, VERMILION, "dash")


def _line(name: str, means: str, units: FloatArray, periods: list[str], colour: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines+markers", "name": name, "x": periods,
        "y": [float(value) if np.isfinite(value) else None for value in units],
        "line": {"color": colour, "width": 2, "dash": dash, "shape": "hvh"}, "marker": {"size": 5},
        "customdata": [[amount(value)] for value in units],
        "hovertemplate": hover(f"{name}, end of %{{x}}", "%{customdata[0]} units", means),
    }  # fmt: skip
