"""Where one more unit is worth most: of capacity, supply and whatever else holds the plan back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netopt.report.figures.style import BLUE, ORANGE, Figure, height, hover, label, layout, rows
from netopt.report.words import money

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["worth_of_limits"]

_SENTENCE = re.compile(r"one more (?:unit of )?(.*) (?:saves|costs) [\d,.]+, for the chosen sites")

_MOST = 12
_ROOM = 1.2
"""Length of the axis beside the longest bar: its figure stands behind it."""

_NAME = 30
"""Letters in a line of a name."""


def worth_of_limits(plan: Plan) -> Figure:
    """Return what one more unit of the limits that matter most is worth, for the chosen sites."""
    table, currency = plan.prices(), plan.network.settings.currency
    limits = table[table["what"] != "demand"] if len(table) else table
    if not len(limits):
        return {"data": [], "layout": layout("No limit holds the plan back.")}
    top = limits.reindex(limits["price"].abs().sort_values(ascending=False, kind="stable").index).head(_MOST)
    names = [_limit(str(words)) for words in top["words"]]
    saves = [price < 0 for price in top["price"]]
    words = [money(abs(price), currency) for price in top["price"]]
    verbs = ["saves" if good else "costs" for good in saves]
    bars = {
        "type": "bar", "orientation": "h", "y": list(range(len(top))), "x": top["price"].abs().tolist(),
        "text": [label(word) for word in words], "textposition": "outside", "cliponaxis": False,
        "marker": {"color": [BLUE if good else ORANGE for good in saves]},
        "customdata": [
            [label(name), f"one more unit {verb} {label(word)}, for the chosen sites"]
            for name, verb, word in zip(names, verbs, words, strict=True)
        ],
        "hovertemplate": hover("%{customdata[0]}", "%{customdata[1]}"),
    }  # fmt: skip
    says = f"One more unit of {names[0]} {verbs[0]} {words[0]}, for the chosen sites."
    across = {"range": [0, float(top["price"].abs().max()) * _ROOM], "tickformat": "~g", "nticks": 6}
    figure = layout(says, height=height(len(top)), bargap=0.4, xaxis=across, yaxis=rows(names, _NAME))
    return {"data": [bars], "layout": figure}


def _limit(words: str) -> str:
    """Return ``capacity at Reno`` of the sentence that says what one more unit of it is worth."""
    found = _SENTENCE.match(words)
    return found[1] if found else words
