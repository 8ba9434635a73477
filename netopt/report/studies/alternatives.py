"""Sets of open sites as tables and sentences, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.report.console import TextTable
from netopt.report.studies.study import signed
from netopt.report.words import at_most, count, gap_words, listed, money, money_at_least, more, percent
from netopt.solve.control import gap_between

if TYPE_CHECKING:
    from netopt.study.sites.alternatives import Alternatives

__all__ = [
    "NOTE", "ROLES_NOTE", "SWAPS_NOTE", "alternatives_answer", "matrix_table", "roles_table", "sets_table",
    "swaps_table",
]  # fmt: skip

NOTE = (
    "Above: what the plan of the set costs more than the best one. Opens and closes: beside the first set. Each set "
    "has a plan of its own in which exactly its sites are open, known within its gap."
)
ROLES_NOTE = (
    "Must-have: in every set. Never: in none. Otherwise: no plan in which the site is the other way round than in the "
    "best one costs less than so much more, as proved."
)
SWAPS_NOTE = (
    "Two sites stand in for one another where a set with one of them stays within the limit with the other in its "
    "place. Swap in: so many sets. Of: sets with exactly one of the two. More: what the second site costs "
    "more in the place of the first."
)

_NAMED = 12
_DOT = "●"


def alternatives_answer(found: Alternatives) -> tuple[str, list[str]]:
    """Return the answer in a few words, and the sentences that explain it."""
    if found.search is None:
        return "The base has no plan", ["There is nothing to compare with."]
    if not found.sites:
        return "There is nothing to choose", ["Every site is open or closed by its status, or by its stock."]
    return _head(found), [
        _best(found),
        *_proof(found),
        *_undecided(found),
        *_spread(found),
        *_common(found),
        *_standing_in(found),
    ]


def _share(found: Alternatives) -> str:
    return f"{found.within * 100:.6g}%"  # as it was asked for, not rounded


def _of(found: Alternatives) -> str:
    return f"sets of open sites ({found.kind})" if found.kind else "sets of open sites"


def _head(found: Alternatives) -> str:
    number = len(found.found)
    if number == 1:
        only = "No other set" if found.complete else "No other set found"
        of = f" of open sites ({found.kind})" if found.kind else " of open sites"
        return f"{only}{of} is within {_share(found)} of the best plan"
    if found.count is not None and found.finished:
        return f"The {len(found.listed)} best {_of(found)} within {_share(found)} of the best plan"
    least = "" if found.finished else "At least "
    return f"{least}{number:,} {_of(found)} are within {_share(found)} of the best plan"


def _currency(found: Alternatives) -> str:
    return str(found.base.summary["currency"] or "")


def _best(found: Alternatives) -> str:
    gap = gap_between(found.best, min(found.floor, found.best))
    sure = f", within {gap_words(gap)} of the cheapest" if np.isfinite(gap) else ""
    if found.best < found.base.cost:
        sure += ", and less than the base came to, within its gap"
    limit = money(found.limit, _currency(found), found.best)
    if gap > found.within / 2 > 0:
        sure += f". That is much beside {_share(found)}; a smaller --gap tells the sets apart"
    return f"The best plan costs {money(found.best, _currency(found))}{sure}. A set may cost {limit}."


def _proof(found: Alternatives) -> Iterator[str]:
    search = found.search
    if search is None:
        return
    solved = f"{count(search.begun, 'part')} of all sets {'was' if search.begun == 1 else 'were'} solved"
    if found.rest == np.inf:
        yield f"No other set has a plan: {solved}, and the rest is proved to have none."
        return
    least = money_at_least(found.rest, _currency(found)) if np.isfinite(found.rest) else ""
    if found.complete:
        yield f"Every other set is proved to cost at least {least}, which is more than that: {solved}."
    elif found.finished:
        order = "which is no less than the last of these" if found.ranked else "which is within the gap of these"
        yield f"Every set that is not listed is proved to cost at least {least}, {order}: {solved}."
    elif found.undecided and found.count is None and not search.open_parts():
        least = money_at_least(search.rest, _currency(found))
        yield f"Every set that was not found is proved to cost at least {least}: {solved}."
    else:
        why = "The search was stopped" if search.stopped else "Parts were left open by the time limit"
        known = f"no other set costs less than {least}" if found.rest > -np.inf else "nothing is proved"
        yield f"{why} after {count(search.begun, 'part')} of all sets, and there may be more: {known}."


def _undecided(found: Alternatives) -> Iterator[str]:
    number = len(found.undecided)
    if number and found.count is None:
        sets = f"{count(number, 'more set')} {'is' if number == 1 else 'are'}"
        yield f"Whether {sets} within it is not decided within the gap; a smaller --gap tells."


def _spread(found: Alternatives) -> Iterator[str]:
    if found.different is None or found.search is None or len(found.listed) < 2:
        return
    apart = min((one ^ other).bit_count() for one in found.listed for other in found.listed if one != other)
    among = "all of them" if found.complete else "those that were found"
    yield (
        f"Listed are {len(found.listed)} of {among}, chosen to differ: any two in {count(apart, 'site')} at least, "
        "which is no less than half of what is possible for so many."
    )


def _common(found: Alternatives) -> Iterator[str]:
    roles, share = found.roles(), _share(found)
    words = {
        ("must-have", True): f"In every set within {share}, proved",
        ("must-have", False): "In every set found, which is not proved of others",
        ("never", True): f"In no set within {share}, proved",
        ("never", False): "In no set found, which is not proved of others",
        ("sometimes", True): "In some sets and not in others",
    }
    for (role, proved), said in words.items():
        names = roles["site"][(roles["role"] == role) & (roles["proved"] == proved)].tolist()
        if names:
            yield f"{said}: {listed(names, _NAMED)}."


def _standing_in(found: Alternatives) -> Iterator[str]:
    always = found.swaps()
    always = always[always["always_one"]] if len(found.found) > 1 else always.head(0)
    pairs = [f"{row['site']} or {row['other']}" for row in always.to_dict("records")]
    if pairs:
        where = f"every set within {_share(found)}" if found.complete else "every set found"
        yield f"In {where}, one of the two and never both: {listed(pairs, _NAMED)}."


def sets_table(found: Alternatives, most: int, *, narrow: bool = False) -> TextTable:
    """Return a row for each set, the cheapest first; `narrow` leaves out what other columns say as well."""
    table = found.table()
    rows = [_set(row, found.best) for row in table.head(most).to_dict("records")]
    if len(table) > most:
        rows.append([more(len(table) - most, "alternatives.csv"), *[""] * (len(_SETS) - 1)])
    says = [title not in _OPTIONAL or len({row[at] for row in rows}) > 1 for at, title in enumerate(_SETS)]
    kept = [at for at, title in enumerate(_SETS) if says[at] and not (narrow and title in _SAID_TWICE)]
    return TextTable(
        {title: _SETS[title] for title in (list(_SETS)[at] for at in kept)}, [[row[at] for at in kept] for row in rows]
    )


_SETS = {
    "set": "name", "cost": "number", "more": "number", "above": "number", "sites": "number", "opens": "words",
    "closes": "words", "days": "number", "on time": "number", "met": "number",
}  # fmt: skip
_SAID_TWICE = ("more", "sites")
_OPTIONAL = ("days", "on time", "met")


def _set(row: dict[Any, Any], best: float) -> list[str]:
    return [
        str(row["set"]),
        money(row["cost"], scale=best),
        signed(row["cost"] - best, best) if row["cost"] > best else "",
        at_most(row["above"]) if row["above"] > 0 else "",
        str(row["sites"]),
        str(row["opens"]).replace("; ", ", "),
        str(row["closes"]).replace("; ", ", "),
        f"{row['days']:.2f}" if pd.notna(row["days"]) else "",
        percent(row["on_time"]),
        percent(row["demand_met"]),
    ]


def matrix_table(found: Alternatives, most: int) -> TextTable:
    """Return sites by sets, a dot where the site is open; sites that are open in no set are left out."""
    sets, roles = found.listed[:most], found.roles()
    at = {name: place for place, name in enumerate(found.sites)}
    rows = []
    for row in roles[roles["role"] != "never"].to_dict("records"):
        dots = [_DOT if sites >> at[str(row["site"])] & 1 else "" for sites in sets]
        rows.append([str(row["site"]), percent(row["share"]), *dots])
    kinds = {str(number): "name" for number in range(1, len(sets) + 1)}
    return TextTable({"site": "name", "of sets": "number", **kinds}, rows)


def roles_table(found: Alternatives) -> TextTable:
    """Return a row for each site: whether it is in every set, in some or in none, and what doing otherwise costs."""
    rows = []
    for row in found.roles().to_dict("records"):
        least = row["otherwise_at_least"]
        otherwise = signed(least - found.best, found.best) if pd.notna(least) and least > found.best else ""
        said = "no plan" if row["otherwise"] == "no plan" else otherwise
        proved = "" if row["role"] == "sometimes" else "yes" if row["proved"] else "no"
        rows.append([str(row["site"]), str(row["type"]), str(row["role"]), proved, percent(row["share"]), said])
    kinds = {"type": "name", "role": "name", "proved": "name", "of sets": "number", "otherwise": "number"}
    return TextTable({"site": "name", **kinds}, rows)


def swaps_table(found: Alternatives, most: int) -> TextTable:
    """Return pairs of sites that stand in for one another."""
    table = found.swaps()
    rows = []
    for row in table.head(most).to_dict("records"):
        least, largest = (signed(row[name], found.best) for name in ("least", "most"))
        between = least if least == largest else f"{least} to {largest}"
        always = "always one" if row["always_one"] else ""
        rows.append([str(row["site"]), str(row["other"]), str(2 * row["swaps"]), str(row["either"]), always, between])
    if len(table) > most:
        rows.append([more(len(table) - most, "site_swaps.csv"), "", "", "", "", ""])
    kinds = {"or": "name", "swap in": "number", "of": "number", "": "name", "more": "number"}
    return TextTable({"site": "name", **kinds}, rows)
