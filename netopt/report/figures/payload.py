"""The map as the page keeps it: every view that can be chosen, every place and lane of them once."""

from __future__ import annotations

from typing import Any

from netopt.report.figures.map import Atlas, View

__all__ = ["payload"]

_MOST_VIEWS = 40
"""Pairs of a product and a period are left out where there would be more views than this."""

_MOST_LANES = 60_000
"""Lanes of all views together, some 4 MB; what does not fit is left out, pairs first, then periods."""

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
    sizes = {choice: atlas.carried.count(*choice) for choice in atlas.carried.choices()}
    singles = [choice for choice in sizes if None in choice]
    if len(sizes) <= _MOST_VIEWS and sum(sizes.values()) <= _MOST_LANES:
        return list(sizes), []
    notes = ["A product and a period cannot be chosen together: there are too many pairs for one page."]
    if len(singles) == len(sizes):
        notes = []
    products = [choice for choice in singles if choice[1] is None]
    for kept, words in ((singles, ""), (products, "Periods"), (singles[:1], "Products and periods")):
        if sum(sizes[choice] for choice in kept) <= _MOST_LANES or len(kept) == 1:
            left = f"{words} cannot be chosen: there are too many lanes for one page."
            return kept, [left] if words and len(kept) < len(singles) else notes
    return singles[:1], notes


def _compact(atlas: Atlas, views: list[View]) -> dict[str, list[Any]]:
    """Return the places that are drawn, and let the views speak of those."""
    used = sorted(
        {place for view in views for end in ("from", "to") for place in view["lanes"][end]}
        | {
            place
            for view in views
            for trace in view["traces"]
            if trace["meta"]["layer"] != "lanes"
            for place in trace["at"]
        }
    )
    new = {old: at for at, old in enumerate(used)}
    for view in views:
        for end in ("from", "to"):
            view["lanes"][end] = [new[place] for place in view["lanes"][end]]
        for trace in view["traces"]:
            if trace["meta"]["layer"] != "lanes":
                trace["at"] = [new[place] for place in trace["at"]]
    return {key: [values[old] for old in used] for key, values in atlas.places.items()}
