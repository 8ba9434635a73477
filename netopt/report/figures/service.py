"""After how many days goods reach the customers, and what of it keeps its promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.report.figures.style import BLUE, GREY, VERMILION, Figure, hover, layout, over_time
from netopt.report.words import amount, share

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["days_and_promises", "delivered"]

FloatArray = npt.NDArray[np.float64]

_NOTHING = 1e-9
_MOST = 14
"""Bars; where goods take longer, a bar is several days."""

_FATES = (("in time", BLUE), ("late", VERMILION), ("nothing promised", GREY))


def days_and_promises(plan: Plan) -> Figure:
    """Return units by the days that they take from their last site, and whether that is in time."""
    table = delivered(plan)
    known = table[table["days"].notna()]
    if known.empty or not (known["days"] > 0).any():
        return {"data": [], "layout": layout("How long goods take is not known.")}
    step = int(np.ceil(max(known["days"].max(), 1.0) / _MOST))
    last = (np.ceil(known["days"].to_numpy() / step - _NOTHING).clip(min=1) * step).astype(np.int64)
    total = float(known["quantity"].sum())
    bars = pd.DataFrame({"last": last, "fate": known["fate"], "units": known["quantity"]})
    sums = bars.pivot_table(index="last", columns="fate", values="units", aggfunc="sum", fill_value=0.0)
    classes = list(range(step, int(last.max()) + step, step))
    sums = sums.reindex(index=classes, fill_value=0.0)
    names = [str(end) if step == 1 else f"{end - step + 1} to {end}" for end in classes]
    traces = [
        {
            "type": "bar", "name": fate, "x": names, "y": sums[fate].tolist(), "marker": {"color": colour},
            "customdata": [[amount(units), share(units / total)] for units in sums[fate]],
            "hovertemplate": hover("%{x} days", f"%{{customdata[0]}} units {fate}", "%{customdata[1]} of all"),
        }
        for fate, colour in _FATES
        if fate in sums
    ]  # fmt: skip
    title = "days from the last site to the customer"
    return {"data": traces, "layout": over_time(_says(known), len(classes), "stack", title)}


def delivered(plan: Plan) -> pd.DataFrame:
    """Return what reaches customers: ``quantity``, ``days`` from the last site, processing included, and its ``fate``.

    Returns
    -------
    DataFrame
        A row for each flow to a customer; its fate is ``in time``, ``late`` or ``nothing promised``.
    """
    network, flows = plan.network, plan.flows()
    flows = flows[flows["destination"].isin(network.customers.names.index)]
    asked = plan.service()[["customer", "product", "period", "promise_days"]]
    asked = asked.rename(columns={"customer": "destination", "period": "arrival"})
    found = flows.merge(asked, how="left", on=["destination", "product", "arrival"])
    site, period = network.facilities.names.codes(found["origin"]), network.periods.names.codes(found["period"])
    days = network.facilities.processing_days[site, period] + found["days"].to_numpy(dtype=np.float64)
    promise = found["promise_days"].to_numpy(dtype=np.float64)
    with np.errstate(invalid="ignore"):
        late = days > promise + _NOTHING
    fate = np.where(np.isnan(promise), "nothing promised", np.where(late, "late", "in time"))
    return pd.DataFrame({"quantity": found["quantity"].to_numpy(), "days": days, "fate": fate})


def _whole(span: float) -> str:
    number = max(int(np.ceil(span - _NOTHING)), 1)
    return "a day" if number == 1 else f"{number} days"


def _says(known: pd.DataFrame) -> str:
    order = known.sort_values("days", kind="stable")
    part = order["quantity"].cumsum() / order["quantity"].sum()
    half, most = (order["days"][part >= level - _NOTHING].iloc[0] for level in (0.5, 0.95))
    return f"Half of the units are there within {_whole(half)}, 95% within {_whole(most)}."
