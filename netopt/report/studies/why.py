"""Why a site is open or is not, in sentences and a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import bullets, heading, indented, show
from netopt.report.studies.study import change_words, effects_table
from netopt.report.words import amount, count, listed, money

if TYPE_CHECKING:
    from netopt.study.sites.worth import Worth

__all__ = ["flip_words", "headline", "print_why", "why_json"]


def print_why(worth: Worth, console: Console) -> None:
    """Print what it costs to force a site, and what would turn the choice."""
    show(console, _blocks(worth))


def _blocks(worth: Worth) -> Iterator[RenderableType]:
    yield Text(headline(worth), style="bold")
    units, customers = worth.served()
    if units > 0:
        who = f"{amount(units)} units straight to {count(customers, 'customer')}"
        yield indented(Text(f"It sends {who}." if worth.is_open else f"Open, it would send {who}."))
    yield from (indented(Text(line)) for line in flip_words(worth))
    beside = worth.comparison()
    if beside is None:
        yield from (indented(Text(str(line).strip())) for line in worth.forced.summary.get("reasons", [])[1:4])
        return
    yield from (
        "",
        heading(f"{'Without' if worth.is_open else 'With'} {worth.site}"),
        bullets(change_words(beside)[2:]),
    )
    yield indented(effects_table(beside))


def headline(worth: Worth) -> str:
    """Return the answer in one sentence."""
    currency, scale = str(worth.chosen.summary["currency"] or ""), worth.chosen.cost
    state = "open" if worth.is_open else "not open"
    forced = "without it" if worth.is_open else "with it"
    if not worth.forced.found:
        if worth.forced.summary["status"] == "infeasible":
            return f"{worth.site} is {state}: there is no plan {forced}."
        return f"{worth.site} is {state}; whether there is a plan {forced} was not found out in time."
    if worth.extra < 0:
        return (
            f"{worth.site} is {state}, but the plan {forced} costs {money(-worth.extra, currency, scale)} less: "
            "the choice was within the gap."
        )
    return f"{worth.site} is {state}: the best plan {forced} costs {money(worth.extra, currency, scale)} more."


def flip_words(worth: Worth) -> list[str]:
    """Return how sure that is, and what would turn the choice."""
    if not worth.forced.found:
        return []
    currency, scale = str(worth.chosen.summary["currency"] or ""), worth.chosen.cost
    if not worth.decided:
        return ["That is within the gap: it is not proved which choice is cheaper. A smaller --gap tells."]
    most = money(worth.at_most, currency, scale)
    lines = [f"Proved: it costs at least {money(worth.at_least, currency, scale)} and at most {most} more."]
    least, sure = worth.flip()
    fixed = worth.fixed_cost()
    said = f"its fixed cost of {money(fixed, currency, scale)} a period"
    if worth.is_open:
        beyond = f"; beyond {money(sure, currency, scale)} it is not" if np.isfinite(sure) else ""
        lines.append(f"It stays worth it as long as {said} rises by less than {money(least, currency, scale)}{beyond}.")
    elif worth.never():
        lines.append(f"It would not be opened even without {said}.")
    else:
        enough = f"; by {money(sure, currency, scale)} it would" if np.isfinite(sure) and sure <= fixed else ""
        lines.append(f"It would not be opened if {said} fell by less than {money(least, currency, scale)}{enough}.")
    opened, closed = worth.instead()
    if opened:
        lines.append(f"In its place: {listed(opened, 8)}.")
    if closed:
        lines.append(f"In return closes: {listed(closed, 8)}.")
    return lines


def why_json(worth: Worth) -> dict[str, Any]:
    """Return what is known, as plain data."""

    def known(value: float) -> float | None:
        return value if np.isfinite(value) else None

    least, sure = worth.flip()
    beside = worth.comparison()
    return {
        "site": worth.site,
        "open": worth.is_open,
        "status": worth.forced.summary["status"],
        "cost": worth.chosen.cost,
        "forced_cost": known(worth.forced.cost),
        "extra": known(worth.extra),
        "at_least": known(worth.at_least),
        "at_most": known(worth.at_most),
        "fixed_cost": worth.fixed_cost(),
        "flips_not_below": known(least) if worth.forced.found else None,
        "flips_beyond": known(sure) if worth.forced.found else None,
        "effects": [] if beside is None else beside.costs().to_dict("records"),
    }
