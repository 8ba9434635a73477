"""Tables of sets of open sites: the sets, the role of each site, sites that stand in for one another, and the proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.study.outcome import Outcome
from netopt.study.sites.parts import Decided, Part, bits

if TYPE_CHECKING:
    from netopt.study.sites.alternatives import Alternatives

__all__ = ["parts_of", "roles_of", "sets_of", "swaps_of"]

_SETS = (
    "set", "cost", "above", "bound", "gap", "sites", "opens", "closes", "moves", "on_time", "demand_met", "days",
    "open", "plan",
)  # fmt: skip
_ROLES = (
    "site", "type", "role", "proved", "sets", "share", "best_with", "best_without", "otherwise_at_least", "otherwise",
)  # fmt: skip
_SWAPS = ("site", "other", "swaps", "either", "share", "always_one", "least", "most")
_PARTS = ("part", "with", "without", "status", "cost", "bound", "bound_by", "proved_bound", "above")
_ORDER = {"must-have": 0, "sometimes": 1, "never": 2}


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def sets_of(found: Alternatives) -> pd.DataFrame:
    """Return a row for each set that is listed, the cheapest first.

    Returns
    -------
    DataFrame
        ``set`` (a number), ``cost``, ``above`` (share beside the best), ``bound`` (no plan with the set costs less),
        ``gap``, ``sites`` (how many of those decided are open), ``opens`` and ``closes`` (beside the cheapest set),
        ``moves`` (how many do), ``on_time``, ``demand_met`` (shares), ``days`` (mean, from the last site), ``open``
        (which), and ``plan`` (the scenario that is its plan).
    """
    rows = [_set(found, at, sites) for at, sites in enumerate(found.listed, 1)]
    return pd.DataFrame(rows, columns=[*_SETS])


def _set(found: Alternatives, number: int, sites: int) -> dict[str, Any]:
    plan, bound, first = found.plan(sites), found.bound(sites), found.found[0]
    figures, named = plan.figures(), _decided(found).named
    return {
        "set": number,
        "cost": plan.cost,
        "above": (plan.cost - found.best) / abs(found.best) if found.best else 0.0,
        "bound": _known(bound),
        "gap": _known((plan.cost - bound) / abs(plan.cost)) if plan.cost else None,
        "sites": sites.bit_count(),
        "opens": "; ".join(named(sites & ~first)),
        "closes": "; ".join(named(first & ~sites)),
        "moves": (sites ^ first).bit_count(),
        **{name: figures[name] for name in ("on_time", "demand_met", "days")},
        "open": "; ".join(named(sites)),
        "plan": plan.name,
    }


def _decided(found: Alternatives) -> Decided:
    if found.search is None:
        raise ValueError("the base has no plan, so there are no sets")
    return found.search.decided


def roles_of(found: Alternatives) -> pd.DataFrame:
    """Return a row for each decided site: must-have, never, or sometimes; by all sets found within the limit.

    Returns
    -------
    DataFrame
        ``site``, ``type``, ``role`` (must-have: in every set; never: in none; sometimes), ``proved`` (whether that
        holds for all sets within the limit, found or not), ``sets`` (with it), ``share`` of the sets, ``best_with`` and
        ``best_without`` (cost of the cheapest plan found of each), ``otherwise_at_least`` (what no plan costs less than
        in which the site is the other way round than in the cheapest one, money), ``otherwise`` (in words: within,
        dearer, no plan, or not known).
    """
    rows = [_role(found, at, name) for at, name in enumerate(found.sites)] if found.found else []
    table = pd.DataFrame(rows, columns=[*_ROLES])
    order = np.lexsort((-table["sets"].to_numpy(dtype=float), table["role"].map(_ORDER).to_numpy(dtype=float)))
    return table.iloc[order].reset_index(drop=True)


def _role(found: Alternatives, at: int, name: str) -> dict[str, Any]:
    site, facilities = 1 << at, found.base.network.facilities
    having = sum(bool(sites & site) for sites in found.found)
    role = "must-have" if having == len(found.found) else "sometimes" if having else "never"
    apart = Part(0, site) if found.found[0] & site else Part(site, 0)
    costs: dict[bool, list[float]] = {True: [], False: []}
    for sites, plan in found.plans.items():
        costs[bool(sites & site)].append(plan.cost)
    otherwise = found.bound_of(apart)
    return {
        "site": name,
        "type": str(facilities.type[[str(each) for each in facilities.names].index(name)]),
        "role": role,
        "proved": role == "sometimes" or otherwise > found.limit or found.everywhere_but(apart),
        "sets": having,
        "share": having / len(found.found),
        "best_with": min(costs[True], default=None),
        "best_without": min(costs[False], default=None),
        "otherwise_at_least": _known(otherwise),
        "otherwise": _otherwise(found, role, otherwise),
    }


def _otherwise(found: Alternatives, role: str, bound: float) -> str:
    if role == "sometimes":
        return "within"
    return "no plan" if bound == np.inf else "dearer" if bound > found.limit else "not known"


def swaps_of(found: Alternatives) -> pd.DataFrame:
    """Return pairs of sites that stand in for one another, those that do so most often first.

    A pair is interchangeable where some set within the limit has one of them and not the other one, and the set with
    the other one in its place is within the limit, too.

    Returns
    -------
    DataFrame
        ``site`` and ``other``, ``swaps`` (pairs of sets that differ in these two alone), ``either`` (sets with exactly
        one of the two), ``share`` of those in which the other one may take its place, ``always_one`` (whether every set
        found has exactly one of the two), ``least`` and ``most`` (what the set with ``other`` costs more, money).
    """
    among, rows = set(found.found), []
    every = (1 << len(found.sites)) - 1
    for one in bits(every):
        for other in bits(every & ~((one << 1) - 1)):
            pairs = [x for x in found.found if x & one and not x & other and x ^ one ^ other in among]
            if pairs:
                rows.append(_swap(found, one, other, pairs))
    table = pd.DataFrame(rows, columns=[*_SWAPS])
    return table.sort_values(["swaps", "share"], ascending=False, kind="stable").reset_index(drop=True)


def _swap(found: Alternatives, one: int, other: int, pairs: Sequence[int]) -> dict[str, Any]:
    either = [sites for sites in found.found if bool(sites & one) != bool(sites & other)]
    more = [found.plan(sites ^ one ^ other).cost - found.plan(sites).cost for sites in pairs]
    if sum(more) < 0:  # the cheaper one of the two first
        one, other, more = other, one, [-each for each in more]
    ((name,), (instead,)) = (_decided(found).named(site) for site in (one, other))
    return {
        "site": name,
        "other": instead,
        "swaps": len(pairs),
        "either": len(either),
        "share": 2 * len(pairs) / len(either),
        "always_one": len(either) == len(found.found),
        "least": min(more),
        "most": max(more),
    }


def parts_of(found: Alternatives) -> pd.DataFrame:
    """Return every part that was solved, in its order: what the proof is made of.

    Returns
    -------
    DataFrame
        ``part`` (the scenario), ``with`` and ``without`` (sites), ``status`` (cut off: stopped as soon as it was proved
        to be above), ``cost`` of its plan, ``bound``, ``bound_by``, ``proved_bound`` (needs no solver to check; blank
        where there is no plan), and ``above`` (whether it is proved that no plan of the part is within the limit).
    """
    solved = () if found.search is None else found.search.answers.solved
    return pd.DataFrame([_part(found, each.part, each.outcome) for each in solved], columns=[*_PARTS])


def _part(found: Alternatives, part: Part, outcome: Outcome) -> dict[str, Any]:
    named, above, summary = _decided(found).named, outcome.bound > found.limit, outcome.summary
    return {
        "part": outcome.name,
        "with": "; ".join(named(part.opened)),
        "without": "; ".join(named(part.shut)),
        "status": "cut off" if above and summary["status"] in ("feasible", "interrupted") else summary["status"],
        "cost": outcome.cost if outcome.found else None,
        "bound": _known(outcome.bound),
        "bound_by": str(summary.get("bound_by", "")) if np.isfinite(outcome.bound) else "",
        "proved_bound": summary.get("proved_bound"),
        "above": above,
    }
