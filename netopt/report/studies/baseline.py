"""A baseline as tables and sentences, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.report.console import TextTable
from netopt.report.studies.appraisal import appraisal_notes, appraisal_table
from netopt.report.studies.study import signed
from netopt.report.words import NO_GAP, amount, count, gap_words, listed, money, more, percent

if TYPE_CHECKING:
    from netopt.study.today.baseline import Baseline
    from netopt.study.today.tied import Explained

__all__ = [
    "TITLES",
    "columns_table",
    "explained_words",
    "figures_table",
    "finance_note",
    "finance_table",
    "forbidden_words",
    "headline",
    "lanes_table",
    "lanes_title",
    "notes",
    "savings_table",
    "savings_words",
    "sites_table",
    "sites_title",
    "tie_out_table",
]

TITLES = {"as_run": "as run", "best_flows": "best flows", "best_sites": "best sites"}
"""What the columns are called."""

_STEPS = {"best_flows": "best flows", "best_sites": "best sites", "all": "both steps"}
_MOST = 10
_SITES = 15
_EACH = 3
_CLOSE = 1e-6
_NO_SHARE = 5e-4
_SMALL = 1e-4
"""Share of the largest variance below which a lane explains nothing."""


def headline(baseline: Baseline) -> str:
    """Return what the network costs today."""
    return f"{money(baseline.cost('as_run'), _currency(baseline))}   as the network is run today"


def _currency(baseline: Baseline) -> str:
    return baseline.network.settings.currency


def savings_words(baseline: Baseline) -> list[str]:
    """Return what better flows and better sites save, how sure that is, and why where there is no such plan."""
    totals = _totals(baseline)
    lines = []
    for column, step, what in (
        ("best_flows", "best_flows", "Today's sites with the best flows cost"),
        ("best_sites", "all", "With the best sites it is"),
    ):
        if column not in baseline.plans:
            continue
        if step not in totals.index:
            lines.append(_without(baseline, column))
            continue
        cost = money(baseline.cost(column), _currency(baseline))
        lines.append(f"{what} {cost}: {_saved(totals.loc[step].to_dict(), _currency(baseline))}.")
    return [*lines, *_changed_words(baseline)] if "best_sites" in baseline.found else lines


def _changed_words(baseline: Baseline) -> list[str]:
    """Return a line for the best sites that are not open as run, and one for those that are and would be no more."""
    sites = baseline.sites()
    now, then = sites["open_as_run"] > 0, sites["open_best_sites"] > 0
    serving = (sites["throughput_as_run"] > 0) | (sites["throughput_best_sites"] > 0) | (sites["cost_as_run"] != 0)
    changes = {"Opens": sites["name"][then & ~now & serving], "Closes": sites["name"][now & ~then & serving]}
    return [f"{words}: {listed(list(names), 8)}." for words, names in changes.items() if len(names)]


def _totals(baseline: Baseline) -> pd.DataFrame:
    savings = baseline.savings()
    return savings[savings["bucket"] == "total"].set_index("step")


def _saved(total: dict[Any, Any], currency: str) -> str:
    saving, most, before = float(total["saving"]), float(total["at_most"]), float(total["before"])
    share = f" ({percent(abs(float(total['share'])))})" if np.isfinite(total["share"]) and total["share"] else ""
    said = f"{money(abs(saving), currency, before)} {'less' if saving >= 0 else 'more'} than as run{share}"
    if abs(saving) <= NO_GAP * before:
        said = "as much as is run today"
    if not np.isfinite(most):
        return f"{said}; how much less another plan may cost is not known"
    if most - saving <= NO_GAP * max(1.0, before):
        return f"{said}, and no such plan costs less"
    if most <= 0:
        return f"{said}; no such plan costs less than what is run today"
    return f"{said}; no such plan saves more than {money(most, currency, before)}"


def _without(baseline: Baseline, column: str) -> str:
    plan = baseline.plans[column]
    subject = "Today's sites" if column == "best_flows" else "The network"
    if plan.status == "infeasible":
        reasons = [line.strip(" -") for line in plan.diagnosis.words()[1:]] if plan.diagnosis is not None else []
        return f"{subject} cannot meet the demand within their limits{f': {reasons[0]}' if reasons else ''}."
    return f"{subject}: no plan was found ({plan.status})."


def columns_table(baseline: Baseline) -> TextTable:
    """Return the cost by bucket in each column, and what is saved from the first to the last."""
    table, savings = baseline.table(), baseline.savings()
    names = [name for name in TITLES if name in table]
    step = "all" if "best_sites" in names else "best_flows"
    saved = savings[savings["step"] == step].set_index("bucket")["saving"]
    scale = float(table[names].abs().to_numpy().max(initial=0.0))
    rows = []
    for row in table.to_dict("records"):
        cells = [str(row["bucket"]), *(money(row[name], scale=scale) for name in names)]
        rows.append([*cells, money(saved[row["bucket"]], scale=scale)] if len(saved) else cells)
    kinds = {"bucket": "name", **{TITLES[name]: "number" for name in names}}
    return TextTable({**kinds, "saved": "number"} if len(saved) else kinds, rows)


def figures_table(baseline: Baseline) -> TextTable:
    """Return what each column delivers, at what a unit, how well, and how sure its cost is."""
    rows = []
    for row in baseline.figures().to_dict("records"):
        if pd.isna(row.get("cost", np.nan)):
            continue
        run = row["column"] == "as_run"
        gap = "valued" if run else gap_words(row["gap"]) if pd.notna(row["gap"]) else "not known"
        cells = [TITLES[row["column"]], amount(row["delivered"]), money(row["cost_per_unit"]), percent(row["on_time"])]
        rows.append([*cells, amount(row["open_sites"]), gap])
    kinds = dict.fromkeys(("units delivered", "a unit", "on time", "open sites", "within"), "number")
    return TextTable({"": "name", **kinds}, rows)


def savings_table(baseline: Baseline) -> TextTable:
    """Return what each step saves, and between what the saving of the cheapest plans lies."""
    totals = _totals(baseline)
    scale = float(totals["before"].max()) if len(totals) else 0.0
    rows = [
        [
            _STEPS[str(step)],
            *(_money(row[name], scale) for name in ("saving", "at_least", "at_most")),
            _part(row["share"]),
        ]
        for step, row in totals.iterrows()
    ]
    kinds = dict.fromkeys(("saves", "at least", "at most", "share"), "number")
    return TextTable({"step": "name", **kinds}, rows)


def _money(value: float, scale: float) -> str:
    return money(value, scale=scale) if np.isfinite(value) else "not known"


def _part(value: float) -> str:
    if not np.isfinite(value):
        return ""
    return f"{value:+.1%}" if abs(value) >= _NO_SHARE else "0%"


def finance_table(baseline: Baseline) -> TextTable:
    """Return what each step is worth: paid once, saved a year, net present value, payback and rate."""
    return appraisal_table(_steps(baseline), "step", "step")


def _steps(baseline: Baseline) -> pd.DataFrame:
    table = baseline.finance()
    return table.assign(step=table["step"].map(_STEPS))


def finance_note(baseline: Baseline) -> list[str]:
    """Return what the appraisal rests on, and why a step has no rate."""
    return appraisal_notes(_steps(baseline), "step")


def tie_out_table(baseline: Baseline) -> TextTable:
    """Return the modelled cost beside what was spent."""
    table = baseline.tie_out()
    scale = float(table[["modelled", "actual"]].abs().max().max())
    timed, paid = bool((table["period"] != "").any()), bool((table["as_paid"] != 0).any())
    rows = []
    for row in table.to_dict("records"):
        known = pd.notna(row["actual"])
        cells = [str(row["bucket"]), *([str(row["period"])] if timed else []), money(row["modelled"], scale=scale)]
        cells += [money(row["as_paid"], scale=scale)] if paid else []
        cells += [money(row["actual"], scale=scale), signed(row["variance"], scale)] if known else ["not typed", ""]
        rows.append([*cells, _part(row["share"]) if known else ""])
    kinds = {"bucket": "name", **({"period": "name"} if timed else {}), "modelled": "number"}
    kinds |= {**({"as paid": "number"} if paid else {}), "actual": "number", "variance": "number", "share": "number"}
    return TextTable(kinds, rows)


def explained_words(baseline: Baseline) -> list[str]:
    """Return how much of the variance the spend on flows and at sites explains."""
    freight, sites = baseline.explained(), baseline.explained_at_sites()
    lines = []
    if freight is not None:
        lines.append(f"Freight in the books is {_explained(baseline, freight, 'on the lanes', 'on no flow')}")
    if sites is not None:
        said = _explained(baseline, sites, "at the sites", "at no site")
        lines.append(f"Site, handling and storage in the books are {said}")
    return lines


def _explained(baseline: Baseline, found: Explained, where: str, nowhere: str) -> str:
    scale = max(abs(found.variance), abs(found.named))
    whole = money(abs(found.variance), _currency(baseline), scale)
    parts = f"{signed(found.named, scale)} by what was paid {where}, {signed(found.rest, scale)} {nowhere}"
    return f"{whole} {'above' if found.variance >= 0 else 'below'} the model: {parts}."


def lanes_title(baseline: Baseline) -> str:
    """Return what the lanes are shown for."""
    explains = bool(baseline.lanes()["variance"].notna().any())
    return "Lanes that explain the variance" if explains else "Costliest lanes (no spend was typed on the flows)"


def lanes_table(baseline: Baseline, most: int = _MOST, file: str = "") -> TextTable:
    """Return the lanes with the largest variance, else the costliest, at the model's rate and the one really paid."""
    lanes = baseline.lanes()
    explains = bool(lanes["variance"].notna().any())
    if explains:
        said = lanes["variance"].abs() > _SMALL * lanes["variance"].abs().max()
        lanes = lanes[said | ~lanes["in_network"]] if said.any() else lanes.iloc[:0]
    scale = float(lanes[["modelled", "spend"]].abs().max().max()) if len(lanes) else 0.0
    rows = [_lane(row, explains, scale) for row in lanes.head(most).to_dict("records")]
    titles = ("units", "rate", "paid rate", "variance") if explains else ("units", "rate", "cost")
    rest = len(lanes) - most
    if rest > 0:
        rows.append([more(rest, file), *[""] * len(titles)])
    kinds = dict.fromkeys(titles, "number")
    return TextTable({"lane": "name", **kinds}, rows)


def _lane(row: dict[Any, Any], explains: bool, scale: float) -> list[str]:
    mode = f" by {row['mode']}" if row["mode"] else ""
    cells = [f"{row['origin']} to {row['destination']}{mode}", amount(row["quantity"])]
    known = pd.notna(row["modelled"])
    cells.append(money(row["rate"]) if known else "none")
    if not explains:
        return [*cells, money(row["modelled"], scale=scale) if known else "not known"]
    cells.append(money(row["implied_rate"]) if pd.notna(row["implied_rate"]) else "")
    return [*cells, signed(row["variance"], scale) if pd.notna(row["variance"]) else ""]


def sites_table(baseline: Baseline, most: int = _SITES, file: str = "") -> TextTable:
    """Return the sites with the largest variance, then the costliest, and the units through them in each column."""
    sites = baseline.sites()
    names = [name for name in TITLES if f"cost_{name}" in sites]
    ever = (sites[[f"open_{name}" for name in names]] > 0).any(axis=1)
    busy = (sites[[f"throughput_{name}" for name in names] + [f"cost_{name}" for name in names]] != 0).any(axis=1)
    spent = bool(sites["variance"].notna().any())
    sites = sites[(ever & busy) | sites["variance"].notna()]
    scale = float(sites[["cost_as_run", "spend"]].abs().max().max()) if len(sites) else 0.0
    rows = []
    for row in sites.head(most).to_dict("records"):
        cells = [str(row["name"]), money(row["cost_as_run"], scale=scale), _each(row["rate_as_run"])]
        if spent:
            cells += [_each(row["implied_rate"]), signed(row["variance"], scale) if pd.notna(row["variance"]) else ""]
        rows.append([*cells, *(_through(row, name) for name in names)])
    titles = ["cost as run", "a unit", *(["paid a unit", "variance"] if spent else [])]
    titles += [TITLES[name] for name in names]
    rest = len(sites) - most
    if rest > 0:
        rows.append([more(rest, file), *[""] * len(titles)])
    return TextTable({"site": "name", **dict.fromkeys(titles, "number")}, rows)


def sites_title(baseline: Baseline) -> str:
    """Return what the sites are shown for."""
    explains = bool(baseline.sites()["variance"].notna().any())
    return (
        "Sites that explain the variance, and the units through them"
        if explains
        else "Sites, and the units through them"
    )


def _each(rate: float) -> str:
    return money(rate) if pd.notna(rate) else ""


def _through(row: dict[Any, Any], column: str) -> str:
    return amount(row[f"throughput_{column}"]) if row[f"open_{column}"] else "not open"


def forbidden_words(baseline: Baseline, each: int = _EACH, file: str = "") -> list[str]:
    """Return what the model forbids and was done: the first few of each rule, the largest first, with their rows."""
    table, source = baseline.forbidden(), baseline.run.actual.source
    lines = []
    for _, part in table.groupby("rule", sort=False):
        largest = part.sort_values("excess", ascending=False, kind="stable")
        for rows, words in zip(largest["rows"].head(each), largest["words"].head(each), strict=True):
            lines.append(f"{source} {_rows(rows)}: {words}" if rows else str(words))
        if len(part) > each:
            lines.append(f"{more(len(part) - each, file)}, of the kind above")
    return lines


def _rows(rows: Sequence[int]) -> str:
    return f"row {rows[0]}" if len(rows) == 1 else f"rows {listed(rows)}"


def notes(baseline: Baseline) -> list[str]:
    """Return what a reader has to know before comparing the columns."""
    run, currency = baseline.run, _currency(baseline)
    today = baseline.figures().iloc[0]
    lines = []
    if abs(today["delivered"] - today["demand"]) > _CLOSE * today["demand"]:
        lines.append(
            f"As run, {amount(today['delivered'])} units are delivered; the demand is {amount(today['demand'])}. The "
            "other columns serve the demand: compare the cost of a unit, too."
        )
    if len(baseline.forbidden()) and len(baseline.found) > 1:
        lines.append("What is run today breaks rules of the model; the other columns keep them, which may cost more.")
    off = baseline.off_network_flows()
    if len(off):
        paid = money(baseline.off_network, currency)
        lines.append(f"{count(len(off), 'flow')} without a rate in the network: counted at what was paid, {paid}.")
    if run.worthless.any():
        nothing = count(int(run.worthless.sum()), "flow")
        lines.append(f"{nothing} without a rate and without spend: what is run today costs more than said here.")
    sites = baseline.sites()
    idle = sites[sites["note"].str.startswith("open without") & (sites["cost_as_run"] > 0)]
    if len(idle):
        cost = money(float(idle["cost_as_run"].sum()), currency, baseline.cost("as_run"))
        lines.append(f"Open without flow: {listed(list(idle['name']))}; {cost} as run.")
    opens = list(sites.loc[sites["note"].str.startswith("opens"), "name"])
    if opens:
        lines.append(
            f"Used, and not existing before the first period by the network: {listed(opens)}. Opening counts as paid "
            "today; where it stood before, set initial to existing."
        )
    if run.derived:
        lines.append("Stock was not typed: what came in and did not go out counts as stock, where stock is carried.")
    if baseline.network.settings.discount_rate and len(baseline.network.periods) > 1:
        lines.append("The columns are discounted as in any plan; the tie-out and the lanes are not.")
    return lines
