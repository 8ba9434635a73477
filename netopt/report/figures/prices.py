"""Where one more unit is worth most: of capacity, supply and whatever else holds the plan back."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from netopt.report.figures.style import BLUE, ORANGE, Figure, hover, label, layout
from netopt.report.words import money

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["prices"]

_MOST = 12
_ROOM = 1.2
"""Length of the axis beside the longest bar: its figure stands behind it."""

_NAME = 30
"""Letters in a line of a name."""


def prices(plan: Plan) -> Figure:
    """Return what one more unit of the limits that matter most is worth, for the chosen sites."""
    table, currency = plan.prices(), plan.network.settings.currency
    limits = table[table["what"] != "demand"] if len(table) else table
    if not len(limits):
        return {"data": [], "layout": layout("No limit holds the plan back.")}
    top = limits.reindex(limits["price"].abs().sort_values(ascending=False, kind="stable").index).head(_MOST)
    names = [_limit(str(words)) for words in top["words"]]
    saves = [price < 0 for price in top["price"]]
    words = [money(abs(price), currency) for price in top["price"]]
    bars = {
        "type": "bar", "orientation": "h", "y": list(range(len(top))), "x": top["price"].abs().tolist(), "text": words,
        "textposition": "outside", "cliponaxis": False,
        "marker": {"color": [BLUE if good else ORANGE for good in saves]},
        "customdata": [
            [label(name), f"one more unit {'saves' if good else 'costs'} {word}, for the chosen sites"]
            for name, good, word in zip(names, saves, words, strict=True)
        ],
        "hovertemplate": hover("%{customdata[0]}", "%{customdata[1]}"),
    }  # fmt: skip
    verb = "saves" if saves[0] else "costs"
    says = f"One more unit of {names[0]} {verb} {words[0]}, for the chosen sites."
    axes = {
        "xaxis": {"range": [0, float(top["price"].abs().max()) * _ROOM], "tickformat": "~g", "nticks": 6},
        "yaxis": {
            "autorange": "reversed", "showgrid": False,
            "tickvals": list(range(len(top))), "ticktext": [_lines(name) for name in names],
        },
    }  # fmt: skip
    return {"data": [bars], "layout": layout(says, height=34 * len(top) + 44, bargap=0.4, **axes)}


def _lines(name: str) -> str:
    return "<br>".join(label(line) for line in wrap(name, _NAME))


def _limit(words: str) -> str:
    """Return ``capacity at Reno`` of the sentence that says what one more of it is worth."""
    said = words.removeprefix("one more ").removeprefix("unit of ")
    for verb in (" saves ", " costs "):
        if verb in said:
            return said.rsplit(verb, 1)[0]
    return said
