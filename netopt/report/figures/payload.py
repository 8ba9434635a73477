"""The map as the page keeps it: every view that can be chosen, every place and lane of them once."""

from __future__ import annotations

from typing import Any

from netopt.report.figures.map import Atlas, View

__all__ = ["payload"]

_MOST_VIEWS, _MOST_SINGLES = 40, 80
"""Views up to which pairs of a product and a period can be chosen, and up to which single ones can."""

_MOST_DRAWN = 60_000
"""Lanes and customers of all views together, some 4 MB; what does not fit is left out, pairs first, then periods."""

Choice = tuple[str | None, str | None]


def payload(atlas: Atlas) -> dict[str, Any]:
    """Return what `page.js` draws: ``views`` by product and period, ``places``, ``behind``, ``layout`` and ``notes``.

    Parameters
    ----------
    atlas : Atlas
        Of a plan.
    """
    chosen, notes = _chosen(atlas)
    products, periods = ("", *atlas.carried.products), ("", *atlas.carried.periods)
    views = {
        f"{products.index(product or '')},{periods.index(period or '')}": atlas.view(product, period)
        for product, period in chosen
    }
    return {
        "behind": atlas.ground.behind,
        "layout": atlas.ground.layout(views["0,0"]["says"]),
        "places": _compact(atlas, list(views.values())),
        "views": views,
        "products": [name for name in atlas.carried.products if (name, None) in chosen],
        "periods": [name for name in atlas.carried.periods if (None, name) in chosen],
        "notes": [*atlas.notes, *notes],
    }


def _chosen(atlas: Atlas) -> tuple[list[Choice], list[str]]:
    """Return the products and periods that can be chosen, and what cannot."""
    sizes = {choice: atlas.carried.count(*choice) + atlas.dots for choice in atlas.carried.choices()}
    singles = [choice for choice in sizes if None in choice]
    products = [choice for choice in singles if choice[1] is None]
    ways = [
        (list(sizes), ""),
        (singles, "A product and a period cannot be chosen together"),
        (products, "Single periods cannot be chosen"),
        (singles[:1], "Single products and periods cannot be chosen"),
    ]

    def fits(choices: list[Choice]) -> bool:
        most = _MOST_VIEWS if len(choices) > len(singles) else _MOST_SINGLES
        return len(choices) <= most and sum(sizes[choice] for choice in choices) <= _MOST_DRAWN

    kept, left = next((way for way in ways if fits(way[0])), ways[-1])
    return kept, [f"{left}: that would be too much for one page."] if len(kept) < len(sizes) else []


def _compact(atlas: Atlas, views: list[View]) -> dict[str, list[Any]]:
    """Return the places that are drawn, and let the views speak of those."""
    marks = [trace for view in views for trace in view["traces"] if trace["meta"]["layer"] != "lanes"]
    ends = [(view["lanes"], end) for view in views for end in ("from", "to")]
    holders = [*ends, *((mark, "at") for mark in marks)]
    used = sorted({place for holder, key in holders for place in holder[key]})
    new = {old: at for at, old in enumerate(used)}
    for holder, key in holders:
        holder[key] = [new[place] for place in holder[key]]
    return {key: [values[old] for old in used] for key, values in atlas.places.items()}
