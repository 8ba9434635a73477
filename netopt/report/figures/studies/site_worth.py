"""What each site is worth: the change of cost without it, or with it, and what is proved of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.figures.studies.listed import ZERO, listed_layout
from netopt.report.figures.style import BLUE, VERMILION, Figure, hover, label, layout
from netopt.report.words import money

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["site_worth"]

_MOST = 40


def site_worth(table: pd.DataFrame, currency: str, scale: float) -> Figure:
    """Return a bar for each site, the most worth at the top, with the proved range as a line.

    Parameters
    ----------
    table : DataFrame
        ``site``, ``open``, ``worth``, ``at_least``, ``at_most`` (money; missing where not known).
    currency : str
        Of the money.
    scale : float
        A cost beside which the figures are rounded.
    """
    known = table[table["worth"].notna()].sort_values("worth", ascending=False, kind="stable").head(_MOST)
    if known.empty:
        return {"data": [], "layout": layout("There is no plan without any of the sites.")}
    names = [str(site) for site in known["site"]]
    worth = [float(value) for value in known["worth"]]
    first = "saves the most" if worth[0] > 0 else "would cost the least to open"
    says = f"{names[0]} {first}: {money(abs(worth[0]), currency, scale)}."
    low, high = (known[name].fillna(known["worth"]).to_numpy(dtype=float) for name in ("at_least", "at_most"))
    ends = [(min(least, value), max(most, value)) for least, most, value in zip(low, high, worth, strict=True)]
    words = [
        [label(name), money(value, currency, scale), *(money(end, currency, scale) for end in both)]
        for name, value, both in zip(names, worth, ends, strict=True)
    ]
    data = []
    for state, colour in (("open", BLUE), ("not open", VERMILION)):
        here = [at for at, is_open in enumerate(known["open"]) if bool(is_open) == (state == "open")]
        if not here:
            continue
        data.append({
            "type": "bar", "orientation": "h", "name": state, "y": here, "x": [worth[at] for at in here],
            "marker": {"color": colour},
            "error_x": {
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 4, "color": "rgba(128,128,128,0.9)",
                "array": [ends[at][1] - worth[at] for at in here],
                "arrayminus": [worth[at] - ends[at][0] for at in here],
            },
            "customdata": [words[at] for at in here],
            "hovertemplate": hover(
                "%{customdata[0]}", "worth %{customdata[1]}", "proved: %{customdata[2]} to %{customdata[3]}"
            ),
        })  # fmt: skip
    return {"data": data, "layout": listed_layout(says, names, xaxis=ZERO)}
