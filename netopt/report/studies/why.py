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
        yield from (indented(Text(str(line).strip())) for line in worth.forced.summary.get("reasons", [])[1:])
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
        return f"{worth.site} is {state}; no plan {forced} was found in time."
    if worth.extra < 0:
        return (
            f"{worth.site} is {state}, but the plan {forced} costs {money(-worth.extra, currency, scale)} less: "
            "the choice was within the gap."
        )
    return f"{worth.site} is {state}: the best plan {forced} costs {money(worth.extra, currency, scale)} more."


def flip_words(worth: Worth) -> list[str]:
    """Return how sure that is, and what would turn the choice."""
    said = _bounds_words(worth)
    if worth.forced.summary["status"] == "infeasible":
        return said
    if worth.decided:
        said += [*_turning(worth)]
    elif np.isfinite(worth.flip()[1]) or np.isfinite(worth.surely_kept()):
        said += [_open_question(worth)]
    opened, closed = worth.instead()
    if opened:
        said.append(f"In its place: {listed(opened, 8)}.")
    if closed:
        said.append(f"In return closes: {listed(closed, 8)}.")
    return said


def _bounds_words(worth: Worth) -> list[str]:
    """Return what is proved of the difference between the cheapest plans."""
    currency, scale = str(worth.chosen.summary["currency"] or ""), worth.chosen.cost
    if not np.isfinite(worth.at_least):
        return []  # there is no such plan, or nothing is proved
    least = money(abs(worth.at_least), currency, scale)
    if not np.isfinite(worth.at_most):
        return [f"Proved: it costs at least {least} more."] if worth.decided else []
    most = money(worth.at_most, currency, scale)
    if worth.decided:
        return [f"Proved: it costs at least {least} and at most {most} more."]
    return [
        "That is within the gap: it is not proved which choice is cheaper. A smaller --gap tells.",
        f"Proved is that it saves at most {least} and costs at most {most} more.",
    ]


def _turning(worth: Worth) -> Iterator[str]:
    """Yield what would turn a choice that is proved: its fixed cost, and what a unit through it costs."""
    currency, scale = str(worth.chosen.summary["currency"] or ""), worth.chosen.cost
    (least, sure), (each, surely_each) = worth.flip(), worth.flip_by_unit()
    fixed = worth.fixed_cost()
    said = f"its fixed cost of {money(fixed, currency, scale)} a period"
    if worth.is_open:
        beyond = f"; beyond {money(sure, currency, scale)} it is not" if np.isfinite(sure) else ""
        yield f"It stays worth it as long as {said} rises by less than {money(least, currency, scale)}{beyond}."
        if np.isfinite(each):
            yield f"It stays worth it as long as a unit through it costs less than {money(each, currency)} more."
        return
    if worth.never():
        yield f"It would not be opened even without {said}."
    else:
        enough = f"; by {money(sure, currency, scale)} it would" if np.isfinite(sure) and sure <= fixed else ""
        yield f"It would not be opened if {said} fell by less than {money(least, currency, scale)}{enough}."
    if np.isfinite(surely_each):
        before = f"less than {money(each, currency)}" if each > 0 else "very little"
        yield f"Nor if a unit through it cost {before} less; {money(surely_each, currency)} less would open it."


def _open_question(worth: Worth) -> str:
    """Return by how much the fixed cost would have to change for a choice that is not proved to be sure."""
    currency, scale = str(worth.chosen.summary["currency"] or ""), worth.chosen.cost
    (_, sure), kept = worth.flip(), worth.surely_kept()
    one, other = ("rose", "fell") if worth.is_open else ("fell", "rose")
    parts = []
    if np.isfinite(sure):
        parts.append(f"{one} by {money(sure, currency, scale)} the choice would surely turn")
    if np.isfinite(kept):
        parts.append(f"{other} by {money(kept, currency, scale)} it would surely stay")
    return f"If its fixed cost of {money(worth.fixed_cost(), currency, scale)} a period {', and if it '.join(parts)}."


def why_json(worth: Worth) -> dict[str, Any]:
    """Return what is known, as plain data."""

    def known(value: float) -> float | None:
        return value if np.isfinite(value) else None

    (least, sure), (each, surely_each), kept = worth.flip(), worth.flip_by_unit(), worth.surely_kept()
    possible = worth.forced.summary["status"] != "infeasible"
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
        "flips_not_below": known(least) if possible else None,
        "flips_beyond": known(sure) if possible else None,
        "flips_by_unit_not_below": known(each) if possible else None,
        "flips_by_unit_beyond": known(surely_each) if possible else None,
        "surely_kept": known(kept) if possible else None,
        "effects": [] if beside is None else beside.costs().to_dict("records"),
    }
