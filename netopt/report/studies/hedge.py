"""Sites decided once as tables and sentences, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.network.sites import CONSIDER
from netopt.report.console import TextTable
from netopt.report.studies.study import signed
from netopt.report.words import amount, count, gap_words, listed, money, more, percent

if TYPE_CHECKING:
    from netopt.study.uncertainty.hedged import Between, Hedge
    from netopt.study.uncertainty.site_set import SiteSet

__all__ = [
    "CASES",
    "SETS",
    "cases_table",
    "hedge_answer",
    "measures_table",
    "money_of",
    "regret_frame",
    "regret_table",
    "sets_table",
    "sites_table",
]

_SAME = 1e-9

CASES = (
    "Regret: what these sites cost more than the best ones for the case. The decision is the same in every case, and "
    "so are its fixed, opening and closing costs, unless a case changes them: a site that is out stays paid for."
)
SETS = (
    "Broken: the probability that some demand goes unmet, or cannot be met as promised. Where that leaves no plan, the "
    "cost is without limit, and what goes unmet is what cannot be served for less than the price put on it."
)


def hedge_answer(hedge: Hedge) -> tuple[str, list[str]]:
    """Return the answer in a few words, and the sentences that explain it."""
    if not hedge.study.base.found and hedge.cases[0].weight > 0:
        return "The base has no plan", ["There is nothing to hedge."]
    if hedge.hedged is None:
        return _without_sites(hedge)
    return _head(hedge, hedge.hedged), [
        _cost_words(hedge),
        *_planning(hedge),
        _knowing(hedge),
        *_regret(hedge, hedge.hedged),
        _promises(hedge, hedge.hedged),
        *_outages(hedge),
        *_how(hedge),
    ]


def _currency(hedge: Hedge) -> str:
    return str(hedge.study.base.summary["currency"] or "")


def _scale(hedge: Hedge) -> float:
    """Return the cost that figures are rounded by; the base may have no plan, and need none where it is not likely."""
    costs = (hedge.here_and_now.value, hedge.wait_and_see.value, hedge.study.base.cost)
    return next((float(cost) for cost in costs if np.isfinite(cost)), np.inf)


def _forecast(hedge: Hedge) -> str:
    return "the base" if hedge.forecast == "base" else "the mean demand"


def _head(hedge: Hedge, hedged: SiteSet) -> str:
    """Return what is decided otherwise than one forecast would have it."""
    if hedge.usual is None:
        return f"Open {listed(_chosen(hedge, hedged), 6)}"
    network = hedge.cases[0].network
    now, usual = hedged.sites(network), hedge.usual.sites(network)
    opens, closes = [name for name in now if name not in usual], [name for name in usual if name not in now]
    if not opens and not closes and not hedged.same(hedge.usual):
        return f"The sites of {_forecast(hedge)}, in other periods, hedge best"
    if not opens and not closes:
        return f"The sites planned for {_forecast(hedge)} hedge best as well"
    words = [f"open {listed(opens, 6)}"] * bool(opens) + [f"do without {listed(closes, 6)}"] * bool(closes)
    return f"To be ready for every case, {' and '.join(words)}"


def _chosen(hedge: Hedge, sites: SiteSet) -> list[str]:
    """Return the open ones among the sites that are to be decided on."""
    network = hedge.cases[0].network
    free = (network.facilities.status == CONSIDER).any(axis=1)
    return [str(name) for name in network.facilities.names.array[free & sites.open.any(axis=1)]]


def _without_sites(hedge: Hedge) -> tuple[str, list[str]]:
    """Return what is said where no sites serve every case."""
    fix = "With --unmet-cost, demand that must be met may go unmet at a price."
    stuck = [each.name for each in hedge.likely if hedge.study[each.name].summary["status"] == "infeasible"]
    if stuck:
        words = f"In {listed(stuck, 8)}, there is no plan whatever sites are open."
        return "No sites serve every case", [words, fix]
    if hedge.status == "infeasible":
        return "No sites serve every case", ["Each case has a plan, but no two-stage plan has one for all.", fix]
    return "No sites were found in time", ["Give it more time, or a larger gap."]


def _cost_words(hedge: Hedge) -> str:
    cost = hedge.here_and_now
    over = count(len(hedge.likely), "case")
    words = f"On average over {over}, the network then costs {money(cost.value, _currency(hedge), _scale(hedge))}"
    if not np.isfinite(cost.at_least):
        return f"{words}; how close to the least possible that is, is not known."
    gap = max(0.0, cost.value - cost.at_least) / max(abs(cost.value), 1e-12)
    return f"{words}, within {gap_words(gap)} of the least that any one choice of sites can cost."


def _planning(hedge: Hedge) -> Iterator[str]:
    """Yield what it helps to plan with the cases rather than with one forecast."""
    if hedge.usual is None or hedge.hedged is None or hedge.usual is hedge.hedged:
        return
    worth, scale = hedge.stochastic_solution, _scale(hedge)
    if np.isnan(worth.value):
        yield f"What planning with all cases saves beside the sites planned for {_forecast(hedge)} is not known."
        return
    if not np.isfinite(worth.value):
        broken = hedge.broken(hedge.usual)
        yield (
            f"The sites planned for {_forecast(hedge)} cannot serve every case: with a probability of "
            f"{percent(broken)} a promise is broken."
        )
        return
    figures = money(worth.value, _currency(hedge), scale)
    yield (
        f"Planning with all cases saves {figures} on average beside the sites planned for {_forecast(hedge)}"
        f"{_proved(worth, scale)}."
    )


def _proved(between: Between, scale: float) -> str:
    if not (np.isfinite(between.at_least) and np.isfinite(between.at_most)):
        return ""
    if between.at_most - between.at_least <= _SAME * abs(scale):
        return ""
    return f"; between the cheapest plans it is {money(between.at_least, scale=scale)} to " + money(
        between.at_most, scale=scale
    )


def _knowing(hedge: Hedge) -> str:
    worth = hedge.perfect_information
    if not np.isfinite(worth.at_most):
        return "What knowing the future would be worth is not known."
    if worth.at_most <= _SAME * abs(_scale(hedge)):
        return "Knowing in advance what happens would be worth nothing: the same sites are best in every case."
    figures = money(worth.at_most, _currency(hedge), _scale(hedge))
    return f"Knowing in advance what happens would be worth at most {figures} on average."


def _regret(hedge: Hedge, hedged: SiteSet) -> Iterator[str]:
    rows, scale = hedge.table().to_dict("records"), _scale(hedge)
    own = next(row for row in rows if row["sites"] == hedged.name)
    least = min(rows, key=lambda row: float(row["largest_regret"]))
    if own["largest_regret"] > _SAME * abs(scale):
        yield _most_regret(hedge, hedged, own)
    if least["largest_regret"] < own["largest_regret"] - _SAME * abs(scale):
        dearer = signed(float(least["expected_cost"]) - float(own["expected_cost"]), scale)
        known = np.isfinite(least["regret_at_most"])
        figures = money(least["regret_at_most" if known else "largest_regret"], scale=scale)
        most = f"at most {figures}" if known else f"{figures} beside the best plans that were found"
        yield f"Regretted least are the {least['sites']}: {most}, for {dearer} on average."
    if hedge.least_regret is not None and least["largest_regret"] > _SAME * abs(scale):
        yield _least_regret(hedge, float(least["largest_regret"]))


def _most_regret(hedge: Hedge, hedged: SiteSet, row: dict[Any, Any]) -> str:
    """Return what the sites cost more than the best ones at most, by what is proved of those."""
    (most, where), currency, scale = hedge.regret_at_most(hedged), _currency(hedge), _scale(hedge)
    if np.isfinite(most):
        figures = money(most, currency, scale)
        return f"Whatever happens, these sites cost at most {figures} more than the best ones, in {where}."
    figures = money(row["largest_regret"], currency, scale)
    return (
        f"These sites cost up to {figures} more than the best ones that were found, in {row['worst_case']}; how much "
        "at most is not known."
    )


def _least_regret(hedge: Hedge, found: float) -> str:
    decision, scale = hedge.least_regret, _scale(hedge)
    proved = -np.inf if decision is None else decision.proved
    if proved <= 0 or not np.isfinite(proved):
        return "No bound above zero is proved of the smallest largest regret."
    if found - proved <= 1e-6 * abs(scale):
        return f"No sites have a largest regret below {money(min(found, proved), scale=scale)}, proved."
    return f"It is proved that no sites have a largest regret below {money(proved, scale=scale)}."


def _promises(hedge: Hedge, hedged: SiteSet) -> str:
    broken = hedge.broken(hedged)
    if not np.isfinite(broken):
        return "Whether all demand is met is not known in every case."
    if broken == 0:
        return "All demand is met in every case."
    table = hedge.table()
    units = float(table["expected_unmet"][table["sites"] == hedged.name].iloc[0])
    return f"With a probability of {percent(broken)} some demand goes unmet, {amount(units)} units on average."


def _outages(hedge: Hedge) -> Iterator[str]:
    hit = [f"{listed(case.out, 4)} in {case.name}" for case in hedge.cases if case.out]
    if hit:
        yield f"Out, and still paid for where it is open: {listed(hit, 4)}."


def _how(hedge: Hedge) -> Iterator[str]:
    decision = hedge.decision
    if hedge.forecast != "base":
        yield "The forecast to compare with is the mean demand over the cases."
    elif hedge.usual is not None:
        yield "The forecast to compare with is the base."
    if hedge.status != "optimal":
        yield "It was stopped before the asked gap. More --time-limit, or a larger --gap, closes it."
    lent = decision is not None and decision.proved > hedge.wait_and_see.at_least + _SAME * _scale(hedge)
    if decision is not None and decision.method == "benders" and lent:
        yield "The cases were decomposed: HiGHS bounds the decisions, over cuts that are proved of each case."


# -- tables --------------------------------------------------------------------------------------------------------


def measures_table(hedge: Hedge) -> TextTable:
    """Return what the decision costs and what planning and knowing are worth, with what is proved of each."""
    scale = _scale(hedge)
    rows = [
        [str(row["meaning"]), *(_money(row[name], scale) for name in ("value", "at_least", "at_most"))]
        for row in hedge.measures().to_dict("records")
    ]
    return TextTable({"": "name", "found": "number", "at least": "number", "at most": "number"}, rows)


def _money(value: Any, scale: float) -> str:
    if pd.isna(value):
        return "not known"
    return money(float(value), scale=scale) if np.isfinite(value) else ("no limit" if value > 0 else "not known")


def sites_table(hedge: Hedge, most: int) -> TextTable:
    """Return the sites that are to be decided on: what is decided, what the forecast has, how likely it is wanted."""
    network = hedge.cases[0].network
    free = np.nonzero((network.facilities.status == CONSIDER).any(axis=1))[0]
    wanted = _asked_for(hedge)
    now, usual = hedge.hedged, hedge.usual
    rows = []
    for at in free:
        name = str(network.facilities.names.array[at])
        marks = ["" if each is None else _mark(each, int(at)) for each in (now, usual)]
        if any(marks) or wanted.get(name, 0.0) > 0:
            rows.append([name, *marks, percent(round(wanted.get(name, 0.0), 6))])
    if len(rows) > most:
        rows = [*rows[:most], [more(len(rows) - most, "hedge.csv"), "", "", ""]]
    kinds = {"hedged": "name", "forecast": "name", "wanted": "number"}
    return TextTable({"site": "name", **kinds}, rows)


def _mark(sites: SiteSet, at: int) -> str:
    opened = sites.open[at]
    if opened.all():
        return "open"
    return f"open in {int(opened.sum())} of {len(opened)}" if opened.any() else ""


def _asked_for(hedge: Hedge) -> dict[str, float]:
    """Return for each site the probability of the cases whose own plan has it open."""
    found: dict[str, float] = {}
    for case in hedge.likely:
        for name in hedge.study[case.name].open_sites():
            found[name] = found.get(name, 0.0) + case.weight
    return found


def cases_table(hedge: Hedge, most: int) -> TextTable:
    """Return every case with the sites that hedge best: cost, regret, unmet demand, service."""
    table, scale = hedge.costs(), _scale(hedge)
    name = "" if hedge.hedged is None else hedge.hedged.name
    shown = table[(table["sites"] == name) & (table["probability"] > 0)].to_dict("records")
    rows = [_case_cells(row, scale) for row in shown]
    kinds = {"probability": "number", "out": "name", "cost": "number", "regret": "number", "unmet": "number"}
    columns = {"case": "name", **kinds, "on time": "number"}
    if not any(row[2] for row in rows):
        del columns["out"]
        rows = [[*row[:2], *row[3:]] for row in rows]
    if len(rows) > most:
        rows = [*rows[:most], [more(len(rows) - most, "hedge_cases.csv"), *[""] * (len(columns) - 1)]]
    return TextTable(columns, rows)


def _case_cells(row: dict[Any, Any], scale: float) -> list[str]:
    return [
        str(row["case"]),
        percent(round(row["probability"], 6)),
        str(row["out"]),
        money(row["cost"], scale=scale) if pd.notna(row["cost"]) else str(row["status"]),
        money(row["regret"], scale=scale) if pd.notna(row["regret"]) else "",
        amount(row["unmet"]) if pd.notna(row["unmet"]) else "",
        percent(row["on_time"]) if pd.notna(row["on_time"]) else "",
    ]


def sets_table(hedge: Hedge) -> TextTable:
    """Return the sets of sites side by side: expected cost, regret, promises."""
    table, scale = hedge.table(), _scale(hedge)
    cheapest = float(table["expected_cost"].min()) if len(table) else np.inf
    rows = []
    for at, row in enumerate(table.to_dict("records")):
        cost = float(row["expected_cost"])
        rows.append(
            [
                str(row["sites"]),
                _cost(cost, scale) if at == 0 or not np.isfinite(cost) else signed(cost - cheapest, scale),
                _cost(float(row["largest_regret"]), scale),
                str(row["worst_case"]),
                percent(round(row["broken"], 6)) if pd.notna(row["broken"]) else "not known",
                amount(row["expected_unmet"]) if pd.notna(row["expected_unmet"]) else "",
                percent(row["on_time"]) if pd.notna(row["on_time"]) else "",
            ]
        )
    kinds = {"on average": "number", "largest regret": "number", "in": "name", "broken": "number", "unmet": "number"}
    return TextTable({"sites": "name", **kinds, "on time": "number"}, rows)


def _cost(value: float, scale: float) -> str:
    return money(value, scale=scale) if np.isfinite(value) else "no limit"


def money_of(hedge: Hedge) -> tuple[str, float]:
    """Return the currency, and a cost beside which figures are rounded."""
    return _currency(hedge), _scale(hedge)


def regret_frame(hedge: Hedge) -> pd.DataFrame:
    """Return the regret of each set of sites in the cases that may happen, and its largest: infinite without a plan."""
    table = hedge.costs()
    table = table[table["probability"] > 0]
    cases, names = list(dict.fromkeys(table["case"])), [each.name for each in hedge.sets]
    wide = table.pivot_table(index="sites", columns="case", values="regret", dropna=False)
    wide = wide.reindex(index=names, columns=cases).fillna(np.inf)
    return wide.assign(largest=wide.max(axis=1))


def regret_table(hedge: Hedge, most: int) -> TextTable:
    """Return the regret of each set of sites in each case, the likeliest cases first; nothing for too many of them."""
    table, scale = hedge.costs(), _scale(hedge)
    table = table[table["probability"] > 0]
    cases = list(dict.fromkeys(table["case"]))
    if len(cases) > most:
        return TextTable({"sites": "name"}, [])
    rows = []
    for each in hedge.sets:
        own = table[table["sites"] == each.name].set_index("case")["regret"]
        rows.append(
            [each.name, *("no plan" if pd.isna(own[case]) else money(own[case], scale=scale) for case in cases)]
        )
    return TextTable({"sites": "name", **dict.fromkeys(cases, "number")}, rows)
