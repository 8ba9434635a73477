"""Bars below one another, each with its name beside it: scenarios, options, sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netopt.report.figures.style import label, layout

__all__ = ["ZERO", "listed_layout"]

ZERO = {"zeroline": True, "zerolinewidth": 1.5, "zerolinecolor": "rgba(128,128,128,0.7)"}
"""An axis on which more and less lie on two sides."""

_NAME = 28
_BAR, _AROUND = 30, 84


def listed_layout(says: str, names: Sequence[str], **more: Any) -> dict[str, Any]:
    """Return the layout of bars at 0, 1, 2 and so on, the first at the top.

    Parameters
    ----------
    says : str
        The finding.
    names : sequence of str
        What stands beside each bar; long ones are cut there, so bars lie at numbers, which two names never share.
    **more
        As in `netopt.report.figures.style.layout`.
    """
    names_axis = {
        "range": [len(names) - 0.5, -0.5],
        "showgrid": False,
        "tickmode": "array",
        "tickvals": list(range(len(names))),
        "ticktext": [label(name, _NAME) for name in names],
    }
    money_axis = {"tickformat": "~s"} | more.pop("xaxis", {})
    return layout(
        says,
        **({"barmode": "relative", "bargap": 0.35, "height": _AROUND + _BAR * len(names), "showlegend": True} | more),
        xaxis=money_axis,
        yaxis=names_axis,
    )
