"""Outages as tables and sentences, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from netopt.report.console import TextTable
from netopt.report.studies.study import signed
from netopt.report.words import amount, count, listed, money, more

if TYPE_CHECKING:
    from netopt.study.risk.stress import Stress

__all__ = ["NOTE", "outages_table", "refused_words", "stress_answer", "unmet_table"]

_NAMED = 3

NOTE = (
    "One is out at a time, and the rest of the network is planned anew. More: cost beside the base, without what unmet "
    "demand is priced at. A site that is out costs nothing: its fixed cost is saved. Today's sites are those open in "
    "the base; the columns are blank where no other site would be opened."
)


def stress_answer(stress: Stress) -> tuple[str, list[str]]:
    """Return the answer in a few words, and the sentences that explain it."""
    if not stress.base.found:
        return "The base has no plan", ["There is nothing to take out of it."]
    if not stress.found:
        return "Nothing can be taken out", []
    table = stress.table()
    solved = table[table["cost"].notna()]
    return _worst(stress, table), [
        f"The base costs {money(stress.base.cost, _currency(stress))}.",
        *_unmet_words(stress, solved),
        *_dearest(stress, solved),
        *_helping(stress, solved),
        *_unsure(stress, solved),
        *_without_plan(table),
    ]


def _currency(stress: Stress) -> str:
    return str(stress.base.summary["currency"] or "")


def _named(rows: pd.DataFrame) -> list[str]:
    """Return what is out, without the word ``out``."""
    lanes = rows["origin"] + " to " + rows["destination"] + (" by " + rows["mode"]).where(rows["mode"] != "", "")
    return [str(name) for name in rows["site"].where(rows["what"] == "site", lanes)]


def _worst(stress: Stress, table: pd.DataFrame) -> str:
    worst = table.iloc[:1]
    row, (name,) = worst.iloc[0], _named(worst)
    if pd.isna(row["cost"]):
        return f"Without {name} no plan was found"
    if row["unmet"] > 0:
        return f"Without {name}, {amount(row['unmet'])} units go unmet"
    return f"Without {name}, the network costs {money(row['change'], _currency(stress), stress.base.cost)} more"


def _unmet_words(stress: Stress, solved: pd.DataFrame) -> Iterator[str]:
    short = solved[solved["unmet"] > 0]
    if short.empty:
        yield "No demand goes unmet, whichever one is out."
    else:
        total = count(len(solved), "outage")
        yield f"Demand goes unmet in {len(short)} of {total}: without {listed(_named(short), 8)}."
    stuck = solved[(solved["held_unmet"] > 0) & (solved["unmet"] == 0)]
    if len(stuck):
        yield f"With today's sites alone, it would in {len(stuck)} more: without {listed(_named(stuck), 8)}."
    if solved["priced"].any() or (solved["held_unmet"].fillna(0) > 0).any():
        price = money(stress.unmet_cost, _currency(stress))
        yield (
            f"Demand that must be met and cannot all be met is priced at {price} a unit there: "
            "what goes unmet is what cannot be served for less."
        )


def _dearest(stress: Stress, solved: pd.DataFrame) -> Iterator[str]:
    dearer = solved[(solved["unmet"] == 0) & (solved["change"] > 0)]
    whole = dearer.sort_values("change", ascending=False, kind="stable")
    if len(whole) and (solved["unmet"] > 0).any():  # else it is the headline
        change = signed(float(whole["change"].iloc[0]), stress.base.cost)
        yield f"Where all demand is met, {_named(whole)[0]} is missed the most: {change} beside the base."


def _helping(stress: Stress, solved: pd.DataFrame) -> Iterator[str]:
    """Yield the outages in which a site that opens helps most."""
    helped = solved[solved["opens"].fillna("") != ""]
    scale = stress.base.cost
    often = helped["opens"].str.split("; ").explode().value_counts()
    often = often[often > 1]
    if len(often):
        words = [f"{site} ({times})" for site, times in often.head(4).items()]
        yield f"Sites that are opened in several outages: {listed(words, 4)}."
    helped = helped.head(_NAMED)
    for name, row in zip(_named(helped), helped.to_dict("records"), strict=True):
        yield (
            f"Without {name}, the cheapest is to open {row['opens']} for {money(row['opening'], scale=scale)}; "
            f"{_instead(row, scale)}."
        )


def _instead(row: dict[Any, Any], scale: float) -> str:
    """Return what an outage comes to where nothing may be opened."""
    if pd.isna(row["held_cost"]):
        return "with today's sites no plan was found"
    if row["held_unmet"] > row["unmet"]:
        return f"with today's sites {amount(row['held_unmet'])} units go unmet"
    dearer = f"with today's sites it costs {money(row['held_cost'] - row['cost'], scale=scale)} more"
    return dearer if row["opening_saves"] > 0 else f"{dearer}, which is within the gap"


def _unsure(stress: Stress, solved: pd.DataFrame) -> Iterator[str]:
    close = solved[solved["at_least"].isna() | (solved["at_least"] <= 0)]
    if len(close) and stress.base.summary["gap"]:
        yield f"Not told from the base within the gap: {listed(_named(close), 8)}. A smaller --gap tells."


def _without_plan(table: pd.DataFrame) -> Iterator[str]:
    for name, row in zip(_named(table), table.to_dict("records"), strict=True):
        if pd.isna(row["cost"]) and pd.notna(row["status"]):
            yield f"Without {name} there is no plan, even with unmet demand: {row['status']}."


def refused_words(stress: Stress) -> list[str]:
    """Return what is said of sites and lanes that cannot be taken out."""
    return [f"{each.words} is not taken out: {each.reason}." for each in stress.refused]


def outages_table(stress: Stress, what: str, most: int) -> TextTable:
    """Return a row for each outage of sites or of lanes, the worst first.

    Parameters
    ----------
    stress : Stress
        Solved.
    what : {'site', 'lane'}
        Which of them.
    most : int
        Rows.
    """
    table = stress.table()
    rows = table[(table["what"] == what) & table["status"].notna()]
    scale = stress.base.cost
    cells = [_cells(name, row, scale) for name, row in zip(_named(rows)[:most], rows.to_dict("records"), strict=False)]
    if len(rows) > most:
        cells.append([more(len(rows) - most, "stress.csv"), *[""] * (len(_COLUMNS) - 1)])
    kept = [at for at in range(len(_COLUMNS)) if at < _ALWAYS or any(line[at] not in ("", "0") for line in cells)]
    titles = [what, *_COLUMNS[1:]]
    kinds = {titles[at]: "name" if titles[at] in (what, "then open") else "number" for at in kept}
    return TextTable(kinds, [[line[at] for at in kept] for line in cells])


_COLUMNS = ("", "more", "unmet", "priced at", "then open", "for", "today's sites", "unmet there")
_ALWAYS = 3


def _cells(name: str, row: dict[Any, Any], scale: float) -> list[str]:
    opens = str(row["opens"]) if pd.notna(row["opens"]) else ""
    priced = pd.notna(row["unmet_cost"]) and row["unmet"] > 0
    alone = bool(opens) or pd.isna(row["cost"])  # where nothing opens, today's sites are all there are
    return [
        name,
        _more(row["change"], row["status"], scale),
        amount(row["unmet"]) if pd.notna(row["unmet"]) else "",
        money(row["unmet_cost"], scale=scale) if priced else "",
        opens,
        money(row["opening"], scale=scale) if opens else "",
        _more(row["held_change"], row["held_status"], scale) if alone else "",
        amount(row["held_unmet"]) if alone and pd.notna(row["held_unmet"]) else "",
    ]


def _more(change: Any, status: Any, scale: float) -> str:
    return signed(float(change), scale) if pd.notna(change) else str(status)


def unmet_table(stress: Stress, most: int) -> TextTable:
    """Return who goes without in each outage, where any site may open."""
    unmet = stress.unmet()
    grouped = unmet[unmet["sites"] == "any"].groupby(["scenario", "customer"], sort=False)["quantity"].sum()
    named = grouped.reset_index().head(most).to_dict("records")
    rows = [[str(row["scenario"]), str(row["customer"]), amount(row["quantity"])] for row in named]
    if len(grouped) > most:
        rows.append([more(len(grouped) - most, "stress_unmet.csv"), "", amount(float(grouped.iloc[most:].sum()))])
    return TextTable({"outage": "name", "customer": "name", "units unmet": "number"}, rows)
