"""What the network costs more with one site or lane out, and how much then goes unmet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.figures.studies.listed import ZERO, listed_layout
from netopt.report.figures.style import BLUE, VERMILION, Figure, hover, label, layout
from netopt.report.words import amount, money

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["outages"]

_MOST = 40


def outages(table: pd.DataFrame, currency: str, scale: float) -> Figure:
    """Return a bar for each outage, the worst first, of another colour where demand goes unmet.

    Parameters
    ----------
    table : DataFrame
        ``scenario``, ``change`` (money, without what unmet demand is priced at), ``unmet`` (units), ``opens``.
    currency : str
        Of the money.
    scale : float
        A cost beside which the figures are rounded.
    """
    known = table[table["change"].notna()].head(_MOST)
    if known.empty:
        return {"data": [], "layout": layout("No outage has a plan.")}
    names = [str(name) for name in known["scenario"]]
    change, unmet = (known[name].fillna(0.0).to_numpy(dtype=float).tolist() for name in ("change", "unmet"))
    words = [
        [label(name), money(more, currency, scale), amount(short), label(opens) or "nothing"]
        for name, more, short, opens in zip(names, change, unmet, known["opens"].fillna(""), strict=True)
    ]
    data = []
    for title, colour, here in (
        ("all demand met", BLUE, [at for at, short in enumerate(unmet) if short <= 0]),
        ("demand goes unmet", VERMILION, [at for at, short in enumerate(unmet) if short > 0]),
    ):
        if here:
            rows = ("%{customdata[1]} more", "%{customdata[2]} units unmet", "opens %{customdata[3]}")
            data.append({
                "type": "bar", "orientation": "h", "name": title, "y": here, "x": [change[at] for at in here],
                "marker": {"color": colour}, "customdata": [words[at] for at in here],
                "hovertemplate": hover("%{customdata[0]}", *rows),
            })  # fmt: skip
    worst = max(range(len(names)), key=change.__getitem__)
    says = f"{names[worst]} costs the most: {money(change[worst], currency, scale)} more."
    short = sum(units > 0 for units in unmet)
    says += (
        f" In {short} of {len(names)} outages demand goes unmet." if short else " All demand is met in every outage."
    )
    return {"data": data, "layout": listed_layout(says, names, xaxis=ZERO)}
