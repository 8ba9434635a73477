"""A study as tables and sentences, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from netopt.report.console import TextTable
from netopt.report.words import amount, at_most, count, days, gap_words, listed, money, more, percent
from netopt.study.scenario import BASE
from netopt.study.today.as_run import AS_RUN

if TYPE_CHECKING:
    from netopt.study.comparison import Comparison
    from netopt.study.outcome import Outcome
    from netopt.study.study import Study

__all__ = [
    "answer",
    "carried_words",
    "change_words",
    "costs_table",
    "customers_table",
    "effects_table",
    "regret_table",
    "scenarios_table",
    "signed",
    "today_table",
    "today_words",
    "without_plan",
    "worth_of",
    "worth_title",
]

_PARTS = ("change", "price", "volume", "rerouting")


def signed(value: float, scale: float) -> str:
    """Return money with its sign, ``+`` for more."""
    figures = money(value, scale=scale)
    return figures if figures.startswith("-") or not any(digit in figures for digit in "123456789") else f"+{figures}"


def answer(study: Study) -> tuple[str, list[str]]:
    """Return the answer in a few words, and the sentences that explain it."""
    if not study.base.found:
        return "The base has no plan", ["Scenarios are shown all the same, but there is nothing to compare them with."]
    head, lines = _best_option(study) if len(study.options) > 1 else _dearest(study)
    return head, [*lines, *today_words(study)]


def _dearest(study: Study) -> tuple[str, list[str]]:
    """Return what the base costs, and the scenarios that cost the most and the least."""
    changes = {each.name: each.cost - study.base.cost for each in study.outcomes[1:] if each.found}
    head = f"{money(study.base.cost, _currency(study))} in the base"
    if not changes:
        return head, []
    dearest, cheapest = max(changes, key=changes.__getitem__), min(changes, key=changes.__getitem__)
    scale = study.base.cost
    lines = [f"{dearest} costs the most: {signed(changes[dearest], scale)} beside the base."]
    if cheapest != dearest:
        lines.append(f"{cheapest} costs the least: {signed(changes[cheapest], scale)} beside the base.")
    return head, lines


def today_words(study: Study) -> Iterator[str]:
    """Yield what the network costs as it is run, and what the base saves beside that."""
    if study.today is None:
        return
    cost, base = study.today.outcome.cost, study.base
    saved = cost - base.cost
    share = f" ({percent(abs(saved) / abs(cost))})" if cost else ""
    beside = f"{money(abs(saved), scale=cost)}{share} {'less' if saved >= 0 else 'more'}"
    proved = ""
    if np.isfinite(base.bound) and saved >= 0:
        proved = f"; no plan for it saves more than {money(max(saved, cost - base.bound), scale=cost)}"
    yield f"As it is run today, the network costs {money(cost, _currency(study))}; the base costs {beside}{proved}."
    sites = study.today.outcome.tables["sites"]
    opening = list(dict.fromkeys(sites["name"][sites["opened"] == 1]))
    if opening:
        yield (
            f"Not existing before the first period by the network: {listed(opening, 8)}. Opening counts as paid today; "
            "where it stood before, set initial to existing."
        )
    unpriced = int(study.today.run.worthless.sum())
    if unpriced:
        yield (
            f"{count(unpriced, 'flow')} of today's without a rate and without spend: what is run today costs more than "
            "said here."
        )


def _best_option(study: Study) -> tuple[str, list[str]]:
    """Return the option that costs least in the base, how sure that is, and the one that is regretted least."""
    costs, scale, currency = study.costs()["base"], study.base.cost, _currency(study)
    cheapest = str(costs.idxmin())
    if cheapest == "base":
        head = "None of the options saves anything"
        lines = [f"In the base, none of them costs less than {money(scale, currency)}."]
    else:
        saving = study.base.cost - study[cheapest].cost
        head = f"{cheapest} saves {money(saving, currency, scale)}"
        lines = [_how_sure(study.compare("base", cheapest))]
    if len(study.cases) > 1:
        lines += _over_cases(study)
    return head, lines


def _how_sure(beside: Comparison) -> str:
    """Return what is proved of a saving."""
    least, most, scale = -beside.most, -beside.least, beside.before.cost
    if not (np.isfinite(least) and np.isfinite(most)):
        return "How much of that is sure is not known."
    if least > 0:
        return f"Between the cheapest plans it saves {money(least, scale=scale)} to {money(most, scale=scale)}, proved."
    return (
        f"That is within the gap: between the cheapest plans it may save {money(most, scale=scale)} or cost "
        f"{money(-least, scale=scale)}. A smaller --gap tells."
    )


def _over_cases(study: Study) -> Iterator[str]:
    regret, scale, currency = study.regret(), study.base.cost, _currency(study)
    steady, worst = str(regret["largest"].idxmin()), float(regret["largest"].min())
    if worst == 0:
        best = _no_option(steady)
        yield f"{best[:1].upper()}{best[1:]} is the best choice in all {len(study.cases)} cases."
    elif np.isfinite(worst):
        yield (
            f"Over all {count(len(study.cases), 'case')}, {_no_option(steady)} is regretted least: at most "
            f"{money(worst, currency, scale)} more than the best choice, whatever happens."
        )
    if "expected" in regret:
        likely = str(regret["expected"].idxmin())
        yield f"With the probabilities given, {_no_option(likely)} costs least on average."


def _no_option(name: str) -> str:
    return "doing without any of the options" if name == BASE else name


def _currency(study: Study) -> str:
    return str(study.base.summary["currency"] or "")


def carried_words(study: Study) -> list[str]:
    """Return which scenarios needed no search, as what was proved of the base was enough."""
    names = [outcome.name for outcome in study.outcomes if outcome.summary.get("carried")]
    if not names:
        return []
    return [f"Proved by what was proved of the base, in one pass and without a search: {listed(names, 12)}."]


def worth_of(study: Study) -> pd.DataFrame:
    """Return the appraisal of the changes that somebody pays or spares something once for; none without such costs."""
    table = study.appraisal()
    if table.empty or not (table["once_only"] != 0).any():
        return table.iloc[:0]
    if len(study.options) > 1:  # what is decided; what happens is no investment
        table = table[table["scenario"].isin([option.name for option in study.options])]
    return table if study.today is not None else table[table["once_only"] != 0]


def worth_title(study: Study) -> str:
    """Return what changes are appraised beside."""
    beside = "what is run today" if study.today is not None else "doing without"
    return f"What it is worth, beside {beside}"


def today_table(study: Study) -> TextTable:
    """Return what each scenario costs beside what is run today, and what that is made of."""
    rows, scale = [], study.today.outcome.cost if study.today is not None else 0.0
    for beside in study.compared_with_today():
        why = beside.costs()[[*_PARTS]].sum()
        rows.append(
            [beside.after.name, money(beside.after.cost, scale=scale), *(signed(why[p], scale) for p in _PARTS)]
        )
    return TextTable({"scenario": "name", **dict.fromkeys(("cost", *_PARTS), "number")}, rows)


def without_plan(study: Study) -> list[str]:
    """Return what is said of scenarios that have no plan, or not within the asked gap."""
    lines = []
    for outcome in study.outcomes:
        if not outcome.found:
            reasons = [str(line).strip() for line in outcome.summary.get("reasons", [])][1:]  # the first says as much
            why = f": {reasons[0]}" if reasons else "."
            lines.append(f"{outcome.name} has no plan ({outcome.summary['status']}){why}")
        elif outcome.summary["status"] != "optimal":
            gap = outcome.summary["gap"]
            within = "not known how far" if gap is None else f"within {at_most(gap)}"
            lines.append(f"{outcome.name} was stopped before the asked gap: {within} of the cheapest plan.")
    return lines


def scenarios_table(study: Study) -> TextTable:
    """Return a row for each scenario: cost, change, how sure, sites, service."""
    table = study.table()
    scale = float(np.nanmax(table["cost"].to_numpy(dtype=float))) if table["cost"].notna().any() else 0.0
    emits = bool((table["emissions"].fillna(0.0).astype(float) > 0).any())
    rows = []
    for row in table.to_dict("records"):
        found = pd.notna(row["cost"])
        cells = [
            str(row["scenario"]),
            money(row["cost"], scale=scale) if found else str(row["status"]),
            signed(row["change"], scale) if pd.notna(row["change"]) else "",
            gap_words(row["gap"]) if pd.notna(row["gap"]) else "",
            amount(row["open_sites"]) if found else "",
            percent(row["on_time"]) if found else "",
            f"{row['days']:.2f}" if pd.notna(row["days"]) else "",
        ]
        rows.append([*cells, amount(row["emissions"]) if emits and pd.notna(row["emissions"]) else ""])
    kinds = dict.fromkeys(("cost", "change", "within", "sites", "on time", "days", "kg"), "number")
    columns = {"scenario": "name", **kinds}
    if not emits:
        del columns["kg"]
        rows = [row[:-1] for row in rows]
    return TextTable(columns, rows)


def costs_table(study: Study) -> TextTable:
    """Return what every option costs in every case, beside the network as it is in that case."""
    costs = study.costs()
    scale = float(np.nanmax(costs.to_numpy()[np.isfinite(costs.to_numpy())], initial=0.0))
    rows = []
    for option in costs.index:
        beside = costs.loc[option] - costs.loc["base"]
        first = option == "base"
        cells = [
            _cost(cost, scale) if first or not np.isfinite(change) else signed(change, scale)
            for cost, change in zip(costs.loc[option], beside, strict=True)
        ]
        rows.append([str(option) if not first else "base (cost)", *cells])
    return TextTable({"option": "name", **dict.fromkeys(map(str, costs.columns), "number")}, rows)


def _cost(value: float, scale: float) -> str:
    return money(value, scale=scale) if np.isfinite(value) else "no plan"


def regret_table(study: Study) -> TextTable:
    """Return what each option costs more than the best one in each case."""
    regret, scale = study.regret(), study.base.cost
    titles = {"option": "name", **dict.fromkeys(map(str, regret.columns), "number")}
    rows = [[str(option), *(_cost(value, scale) for value in regret.loc[option])] for option in regret.index]
    return TextTable(titles, rows)


def change_words(beside: Comparison) -> list[str]:
    """Return the change in sentences: cost and how sure, sites, customers, service."""
    before, after = beside.before, beside.after
    currency, scale = str(before.summary["currency"] or ""), before.cost
    than = "the base" if before.name == BASE else "what is run today" if before.name == AS_RUN else before.name
    cost = money(abs(beside.change), currency, scale)
    if signed(beside.change, scale)[0] not in "+-":
        lines = [f"Costs what {than} costs."]
    else:
        relative = f" ({percent(abs(beside.change) / abs(scale))})" if scale else ""
        lines = [f"Costs {cost}{relative} {'more' if beside.change > 0 else 'less'} than {than}."]
    if np.isfinite(beside.least) and np.isfinite(beside.most) and before.name != AS_RUN:
        least, most = signed(beside.least, scale), signed(beside.most, scale)
        lines.append(f"Between the cheapest plans the difference is {least} to {most}, proved.")
    opened, closed = beside.opened(), beside.closed()
    if opened:
        lines.append(f"Opens {listed(opened, 8)}.")
    if closed:
        lines.append(f"Closes {listed(closed, 8)}.")
    moved = beside.customers()
    if len(moved):
        units = amount(float(moved["units"].sum()))
        many = "changes" if len(moved) == 1 else "change"
        lines.append(f"{count(len(moved), 'customer')} {many} where {units} units come from.")
    lines += _service(before, after)
    return lines


def _service(before: Outcome, after: Outcome) -> Iterator[str]:
    old, new = before.figures(), after.figures()
    for name, words in (("demand_met", "Demand met"), ("on_time", "In time")):
        was, now = _share(old[name]), _share(new[name])
        if was != now:
            yield f"{words}: {now} instead of {was}."
    was, now = (days(each["days"]) if isinstance(each["days"], float) else "-" for each in (old, new))
    if was != now:
        yield f"A unit takes {now} from its last site instead of {was}."
    emitted, emits = old["emissions"], new["emissions"]
    if isinstance(emitted, float) and isinstance(emits, float) and amount(emits) != amount(emitted):
        share = f" ({percent(abs(emits - emitted) / emitted)})" if emitted else ""
        side = "more" if emits > emitted else "less"
        change = f"{amount(abs(emits - emitted))} kg{share} {side}"
        yield f"Emits {change}: {amount(emits)} kg instead of {amount(emitted)} kg."


def _share(value: object) -> str:
    return percent(value) if isinstance(value, float) else "-"


def effects_table(beside: Comparison, *, whole: bool = True) -> TextTable:
    """Return the change by bucket and what it is made of; the last row is the sum.

    Parameters
    ----------
    beside : Comparison
        Of two scenarios.
    whole : bool
        Whether the costs before and after are shown, too.
    """
    costs = beside.costs()
    moved = costs[(costs["before"] != 0) | (costs["after"] != 0)]
    scale = beside.before.cost
    columns = ("before", "after", *_PARTS) if whole else _PARTS
    rows = [
        _effects(str(row["bucket"]), {name: row[name] for name in columns}, scale) for row in moved.to_dict("records")
    ]
    rows.append(_effects("total", {name: float(costs[name].sum()) for name in columns}, scale))
    return TextTable({"bucket": "name", **dict.fromkeys(columns, "number")}, rows)


def _effects(label: str, values: Mapping[str, float], scale: float) -> list[str]:
    return [label, *(signed(v, scale) if name in _PARTS else money(v, scale=scale) for name, v in values.items())]


def customers_table(beside: Comparison, most: int) -> TextTable:
    """Return the customers that are served from elsewhere, those with the most units first."""
    moved = beside.customers()
    rows = [
        [
            str(row["customer"]),
            str(row["from_before"]) or "nowhere",
            str(row["from_after"]) or "nowhere",
            amount(row["units"]),
            f"{row['days_before']:.1f}" if np.isfinite(row["days_before"]) else "",
            f"{row['days_after']:.1f}" if np.isfinite(row["days_after"]) else "",
        ]
        for row in moved.head(most).to_dict("records")
    ]
    if len(moved) > most:
        rest = float(moved["units"].iloc[most:].sum())
        rows.append([more(len(moved) - most, "customers.csv"), "", "", amount(rest), "", ""])
    kinds = {"from": "name", "now from": "name", "units": "number", "days": "number", "now days": "number"}
    return TextTable({"customer": "name", **kinds}, rows)
