"""What each option costs more than the best one, case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netopt.report.figures.studies.listed import listed_layout
from netopt.report.figures.style import SERIES, Figure, hover, label, layout
from netopt.report.words import money

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["regret"]

_CASES = 8
"""Cases that have a colour of their own; with more of them, each option has its largest regret alone."""

_BAR, _AROUND = 13, 90


def regret(table: pd.DataFrame, currency: str, scale: float) -> Figure:
    """Return a bar for each option and case.

    Parameters
    ----------
    table : DataFrame
        Options by cases, money; further columns ``largest`` and ``expected``. Infinite where there is no plan.
    currency : str
        Of the money.
    scale : float
        A cost beside which the figures are rounded.
    """
    cases = [name for name in table.columns if name not in ("largest", "expected")]
    shown = cases if len(cases) <= _CASES else ["largest"]
    finite = table[np.isfinite(table["largest"].to_numpy(dtype=float))]
    if finite.empty:
        return {"data": [], "layout": layout("Every option has a case without a plan.")}
    steady = str(finite["largest"].idxmin())
    worst = money(float(finite["largest"].min()), currency, scale)
    says = f"{_option(steady)} is regretted least: at most {worst} more than the best choice, whatever happens."
    names = [_option(str(name)) for name in table.index]
    data = []
    for at, case in enumerate(shown):
        values = [float(value) if np.isfinite(value) else None for value in table[case]]
        words = ["no plan" if value is None else money(value, currency, scale) for value in values]
        data.append({
            "type": "bar", "orientation": "h", "name": label(case), "x": values, "y": list(range(len(names))),
            "marker": {"color": SERIES[at % len(SERIES)]},
            "customdata": [[label(name), said] for name, said in zip(names, words, strict=True)],
            "hovertemplate": hover(f"%{{customdata[0]}}, {label(case)}", "%{customdata[1]} more than the best"),
        })  # fmt: skip
    height = _AROUND + _BAR * len(names) * max(len(shown), 2)
    return {"data": data, "layout": listed_layout(says, names, barmode="group", height=height)}


def _option(name: str) -> str:
    return "no option" if name == "base" else name
