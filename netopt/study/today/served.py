"""What every demand got from stated flows: how much, in time, after how many days, and from where."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netopt.network import BLANK
from netopt.plan.audit.arrays import FloatArray, summed
from netopt.plan.audit.customers import SAME_DAYS
from netopt.plan.audit.stated import Stated

__all__ = ["service_of"]


def service_of(plan: Stated) -> pd.DataFrame:
    """Return the service table of a plan from its flows alone.

    Parameters
    ----------
    plan : Stated
        What the flows state.

    Returns
    -------
    DataFrame
        ``customer``, ``product``, ``period``, ``demand``, ``delivered``, ``on_time``, ``promise_days``,
        ``average_days``, ``sources``: a row for every demand.
    """
    network, moves, wants = plan.network, plan.moves, plan.network.demand
    rows = np.nonzero((plan.wanted_by != BLANK) & (moves.quantity > 0))[0]
    record, quantity = plan.wanted_by[rows], moves.quantity[rows]
    days = network.facilities.processing_days[moves.origin[rows], moves.period[rows]]
    days = days + network.lanes.days[moves.lane[rows], moves.period[rows]]
    promise = wants["promise_days"]
    asked = promise[record]
    kept = np.isnan(asked) | (days <= asked + SAME_DAYS * np.maximum(np.nan_to_num(asked), 1.0))

    def total(values: FloatArray) -> FloatArray:
        return summed(record, values, len(wants))

    delivered = total(quantity)
    average = np.divide(total(quantity * days), delivered, out=np.full(len(wants), np.nan), where=delivered > 0)
    biggest = np.lexsort((-quantity, record))
    origin = network.facilities.names.array[moves.origin[rows]][biggest]
    sources = (
        pd.Series(origin, dtype=object).groupby(record[biggest]).agg(lambda names: "; ".join(dict.fromkeys(names)))
    )
    return pd.DataFrame(
        {
            "customer": network.customers.names.array[wants.entity],
            "product": network.products.names.array[wants.product],
            "period": network.periods.names.array[wants.period],
            "demand": wants["quantity"],
            "delivered": delivered,
            "on_time": total(quantity * kept),
            "promise_days": promise,
            "average_days": average,
            "sources": sources.reindex(range(len(wants)), fill_value="").to_numpy(dtype=object),
        }
    )
