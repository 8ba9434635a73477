"""Cost beside service: which plans are cheaper or quicker than all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netopt.report.figures.style import BLUE, GREY, Figure, hover, label, layout
from netopt.report.words import money, percent

if TYPE_CHECKING:
    from netopt.study.outcome import Outcome

__all__ = ["frontier"]

_NAMED = 12


def frontier(outcomes: Sequence[Outcome]) -> Figure:
    """Return a point for each plan, and a line through those that no other plan beats in cost and days.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Plans for the same demand; those without a plan, or in which nobody knows the days, are left out.
    """
    points = []
    for outcome in outcomes:
        figures = outcome.figures()
        days, on_time = figures["days"], figures["on_time"]
        if outcome.found and isinstance(days, float) and isinstance(on_time, float):
            points.append((outcome.name, outcome.cost, days, on_time))
    if len(points) < 2 or len({round(days, 6) for _, _, days, _ in points}) < 2:
        return {"data": [], "layout": layout("All plans take the same days.")}
    points.sort(key=lambda point: (point[1], point[2]))
    best: list[int] = []
    for at, (_, _, days, _) in enumerate(points):
        if not best or days < points[best[-1]][2] - 1e-9:
            best.append(at)
    currency, scale = str(outcomes[0].summary["currency"] or ""), points[0][1]
    first, last = points[best[0]], points[best[-1]]
    says = f"{first[0]} costs the least"
    if first is not last:
        more = money(last[1] - first[1], currency, scale)
        says += f"; {last[0]} is {first[2] - last[2]:.2f} days quicker for {more} more"
    words = [
        [label(name), money(cost, currency), f"{days:.2f} days", percent(share)] for name, cost, days, share in points
    ]
    rows = ("%{customdata[1]}", "%{customdata[2]}", "%{customdata[3]} in time")
    data = [
        {"type": "scatter", "mode": "lines", "name": "none is cheaper and quicker", "hoverinfo": "skip",
         "x": [points[at][2] for at in best], "y": [points[at][1] for at in best],
         "line": {"color": BLUE, "width": 1.5, "shape": "hv"}},
        {"type": "scatter", "mode": "markers+text", "name": "plans",
         "x": [point[2] for point in points], "y": [point[1] for point in points],
         "text": [label(point[0], 20) if at in best and len(best) <= _NAMED else "" for at, point in enumerate(points)],
         "textposition": "top right", "cliponaxis": False,
         "marker": {"size": 10, "color": [BLUE if at in best else GREY for at in range(len(points))]},
         "customdata": words,
         "hovertemplate": hover("%{customdata[0]}", *rows)},
    ]  # fmt: skip
    axes = {
        "xaxis": {"title": {"text": "mean days to the customer", "standoff": 8}, "tickformat": ".2f"},
        "yaxis": {"tickformat": "~s"},
    }
    return {"data": data, "layout": layout(f"{says}.", height=360, margin={"t": 24, "r": 80}, **axes)}
