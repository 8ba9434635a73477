"""What sites are worth and what their number costs, on the terminal, on a page, and as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import TextTable, heading, indented, show
from netopt.report.drawings import Gallery
from netopt.report.figures.studies.site_counts import site_counts
from netopt.report.figures.studies.site_worth import site_worth
from netopt.report.markup import bullets, paragraph, section, table, tiles
from netopt.report.studies.appraisal import appraisal_notes, appraisal_table
from netopt.report.studies.studied import alarm, header, made, plain_rows, write_studied
from netopt.report.studies.study import signed, today_words
from netopt.report.words import amount, at_most, gap_words, listed, money, percent, safe

if TYPE_CHECKING:
    from netopt.study.outcome import Outcome
    from netopt.study.sites.site_values import SiteValues

__all__ = ["print_site_values", "site_values_json", "write_site_values"]

_NOTE = (
    "Worth: what it costs to do without an open site; for one that is not open, less than nothing is what opening it "
    "would cost. At least and at most are proved of the cheapest plans. Substitute: the site of its type that takes "
    "over the most units without it. Instead: what opens, or closes, in its place."
)

_TURNED = (
    "The choice surely stays up to such a rise of the fixed cost a period of an open site, or such a fall for another "
    "one, and surely turns from the other figure on; never means not even for nothing. Days: what the site adds to the "
    "mean days from the last site to the customer."
)


_CAPACITY = "From which capacity it is worth opening"

_ENOUGH = (
    "Open in every period at one capacity, the rest as typed. Not enough: at this capacity the site is proved to cost "
    "more than it saves. Enough: from here on it is proved not to. In between nothing is proved; where there is no "
    "figure for not enough, the least capacity may be anything up to enough."
)


def print_site_values(values: SiteValues, console: Console, folder: Path | None = None) -> None:
    """Print what sites are worth."""
    show(console, _blocks(values, folder))


def _blocks(values: SiteValues, folder: Path | None) -> Iterator[RenderableType]:
    yield Text(_headline(values), style="bold")
    for sentence in _sentences(values):
        yield indented(Text(sentence))
    yield from ("", heading("What each site is worth"), indented(_worth_table(values, _PRINTED)))
    yield from (
        "",
        heading("What would turn the choice, and whom it serves"),
        indented(_worth_table(values, _TURNING[:-1])),
    )
    if values.alone:
        yield from ("", heading(_ALONE), indented(_alone_table(values, whole=False)))
    worth = _appraised(values)
    if len(worth):
        yield from ("", heading(_OVER_YEARS), indented(appraisal_table(worth, "site", "site")))
        yield from (indented(Text(sentence)) for sentence in appraisal_notes(worth, "site"))
    if values.break_evens:
        yield from ("", heading(_CAPACITY), indented(_capacity_table(values)))
    if values.counts:
        yield from ("", heading(f"Number of open sites ({values.counted})"), indented(_curve_table(values)))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/")


def _headline(values: SiteValues) -> str:
    table = values.table()
    known = table[table["open"] & table["worth"].notna()]
    if known.empty:
        return "None of the sites asked about is open"
    best = known.sort_values("worth", ascending=False, kind="stable").iloc[0]
    base = values.study.base
    return f"{best['site']} is worth the most: {money(best['worth'], _currency(values), base.cost)}"


def _sentences(values: SiteValues) -> Iterator[str]:
    table, base = values.table(), values.study.base
    within = "" if base.summary["gap"] is None else f", within {at_most(base.summary['gap'])} of the cheapest"
    yield f"The plan costs {money(base.cost, _currency(values))}{within}."
    cheaper = [each for each in _same_costs(values) if each.cost < base.cost]
    if cheaper:
        best = min(cheaper, key=lambda each: each.cost)
        less = money(base.cost - best.cost, scale=base.cost)
        yield f"{best.name} came to a plan that costs {less} less, within that gap."
    needed = [str(site) for site in table["site"][table["open"] & table["worth"].isna()]]
    if needed:
        yield f"There is no plan without {', '.join(needed)}."
    unsure = [
        str(row["site"])
        for row in table.to_dict("records")
        if pd.notna(row["at_least"]) and pd.notna(row["at_most"]) and row["at_least"] <= 0 <= row["at_most"]
    ]
    if unsure:
        yield f"Within the gap, so that either choice may be the cheaper one: {', '.join(unsure)}."
    yield from _alone_words(values)
    yield from today_words(values.study)


def _same_costs(values: SiteValues) -> list[Outcome]:
    """Return the plans that the base could have had as well: with nothing changed but what is decided."""
    return [*(each.forced for each in values.worths), *values.counts.values()]


def _alone_words(values: SiteValues) -> Iterator[str]:
    """Yield what today's sites cost, and which single change saves most."""
    today = values.today
    if today is None:
        return
    if not today.found:
        able = [each.site for each in values.alone if each.changed.found]
        allowing = f" With one more there is: {listed(able, 8)}." if able else ""
        yield f"Today's sites alone have no plan, so what a single change saves is not known.{allowing}"
        return
    best = max(values.alone, key=lambda each: -np.inf if np.isnan(each.saving) else each.saving)
    scale = values.study.base.cost
    yield f"Today's sites with the best flows cost {money(today.cost, _currency(values), scale)}."
    if best.saving > 0:
        doing = "opening" if best.opens else "closing"
        yield f"As the only change, {doing} {best.site} saves most: {money(best.saving, _currency(values), scale)}."
    else:
        yield "No single change to them saves anything."


def _currency(values: SiteValues) -> str:
    return str(values.study.base.summary["currency"] or "")


def _worth_table(values: SiteValues, titles: Sequence[str]) -> TextTable:
    rows, scale = [], values.study.base.cost
    for row in values.table().to_dict("records"):
        least, beyond = (money(row[name], scale=scale) if pd.notna(row[name]) else "" for name in _TURNS)
        if not row["open"] and pd.notna(row["turns_not_below"]) and row["turns_not_below"] > row["fixed_cost"]:
            least, beyond = "never", "never"
        cells = {
            "site": str(row["site"]),
            "type": str(row["type"]),
            "": "open" if row["open"] else "",
            "worth": signed(row["worth"], scale) if pd.notna(row["worth"]) else "no plan",
            "at least": signed(row["at_least"], scale) if pd.notna(row["at_least"]) else "",
            "at most": signed(row["at_most"], scale) if pd.notna(row["at_most"]) else "",
            "fixed cost": money(row["fixed_cost"], scale=scale),
            "stays up to": least,
            "turns from": beyond,
            "units": amount(row["units"]),
            "customers": amount(row["customers"]),
            "days": f"{row['days']:+.2f}" if pd.notna(row["days"]) else "",
            "substitute": str(row["substitute"]),
            "instead": str(row["opens_instead"] or row["closes_instead"]),
        }
        if "alone" in row:
            cells["alone saves"] = signed(row["alone"], scale) if pd.notna(row["alone"]) else ""
        rows.append(cells)
    titles = [title for title in titles if title in rows[0]]
    words = ("site", "type", "", "substitute", "instead")
    kinds = {title: "name" if title in words else "number" for title in titles}
    return TextTable(kinds, [[row[title] for title in titles] for row in rows])


_TURNS = ("turns_not_below", "turns_beyond")
_WORTH = ("site", "type", "", "worth", "at least", "at most", "alone saves", "substitute", "instead")
_PRINTED = ("site", "", "worth", "at least", "at most", "substitute")
_TURNING = ("site", "fixed cost", "stays up to", "turns from", "units", "customers", "days")


def _capacity_table(values: SiteValues) -> TextTable:
    """Return from which capacity each site is worth opening."""
    rows = []
    for row in values.table().to_dict("records"):
        not_enough, enough = (amount(row[name]) if pd.notna(row[name]) else "" for name in _ENDS)
        enough = _VERDICTS.get(str(row["capacity_verdict"]), enough)
        typed = amount(row["capacity"]) if pd.notna(row["capacity"]) else "no limit"
        opened = "open" if row["open"] else ""
        rows.append([str(row["site"]), opened, typed, str(row["capacity_unit"]), not_enough, enough])
    kinds = {"capacity": "number", "of": "name", "not enough": "number", "enough": "number"}
    return TextTable({"site": "name", "": "name", **kinds}, rows)


_ENDS = ("capacity_not_enough", "capacity_enough")
_VERDICTS = {"never": "at no capacity", "always": "at any capacity", "unsure": "within the gap"}


def _alone_table(values: SiteValues, *, whole: bool) -> TextTable:
    """Return each site as the only change to today's sites, on the page (``whole``) with what it does besides."""
    rows, scale = [], values.study.base.cost
    for row in values.alone_table().to_dict("records"):
        known = pd.notna(row["saving"])
        cells = [str(row["site"]), str(row["change"])]
        if known:
            cells += [signed(row["saving"], scale), *(_bound(row[name], scale) for name in ("at_least", "at_most"))]
        else:
            cells += [money(row["cost"], scale=scale) if pd.notna(row["cost"]) else str(row["status"]), "", ""]
        once, npv = (money(row[name], scale=scale) if pd.notna(row[name]) else "" for name in ("once_only", "npv"))
        days = f"{row['days_change']:+.2f}" if pd.notna(row["days_change"]) else ""
        moved = amount(row["customers_moved"]) if pd.notna(row["customers_moved"]) else ""
        rows.append([*cells, once, npv, days, moved] if whole else [*cells, npv])
    first = "saves" if values.today is not None and values.today.found else "cost with it"
    more = ("once", "NPV", "days", "customers") if whole else ("NPV",)
    numbers = (first, "at least", "at most", *more)
    return TextTable({"site": "name", "change": "name", **dict.fromkeys(numbers, "number")}, rows)


def _bound(value: float | None, scale: float) -> str:
    return signed(float(value), scale) if value is not None and pd.notna(value) else ""


def _appraised(values: SiteValues) -> pd.DataFrame:
    """Return the appraisal of the sites that something is paid, or spared, once for."""
    rows = []
    for worth in values.worths:
        found = worth.appraisal(years=values.study.years, rate=values.study.rate)
        if found is not None and found.once_only:
            rows.append({"site": worth.site, **vars(found)})
    return pd.DataFrame(rows)


_ALONE = "As the only change to today's sites"
_OVER_YEARS = "What having each site is worth over the years, in company"
_ALONE_NOTE = (
    "Today's sites are held open and all others shut; then one site is opened or closed, and nothing else. Flows are "
    "the best ones before and after. At least and at most are proved of the cheapest plans. Days: the change of the "
    "mean days from the last site to the customer. Customers: how many are served from elsewhere then."
)


def _curve_table(values: SiteValues) -> TextTable:
    rows, scale = [], values.study.base.cost
    for row in values.curve().to_dict("records"):
        found = pd.notna(row["cost"])
        rows.append(
            [
                str(row["sites"]),
                money(row["cost"], scale=scale) if found else str(row["status"]),
                signed(row["cost"] - scale, scale) if found else "",
                gap_words(row["gap"]) if pd.notna(row["gap"]) else "",
                percent(row["on_time"]) if found else "",
                f"{row['days']:.2f}" if pd.notna(row["days"]) else "",
            ]
        )
    kinds = dict.fromkeys(("cost", "beside the plan", "within", "on time", "days"), "number")
    return TextTable({"sites": "name", **kinds}, rows)


def write_site_values(values: SiteValues, folder: Path) -> list[Path]:
    """Write the page ``site_values.html``, ``site_values.json``, the tables as CSV, and the study below them."""
    gallery = Gallery()
    body = "\n".join(filter(None, _page(values, gallery)))
    said = _headline(values), [*_sentences(values)]
    figures = site_values_json(values)
    return write_studied(
        values.study,
        folder,
        "site_values",
        "What each site is worth",
        body,
        values.frames(),
        figures,
        answer=said,
        drawn=gallery.data(),
    )


def _page(values: SiteValues, gallery: Gallery) -> Iterator[str]:
    words = [*_sentences(values)]
    yield header("sites", _headline(values), words)
    yield alarm(values.study)
    base, sound = values.study.base, values.audit().empty
    yield tiles(
        {
            "Cost of the plan": (money(base.cost), ""),
            "Sites asked about": (amount(len(values.worths)), ""),
            "Audit": ("passed" if sound else "failed", "good" if sound else "bad"),
        }
    )
    yield bullets(words[1:])
    worth, turning = _worth_table(values, _WORTH), _worth_table(values, _TURNING)
    yield section(
        "What each site is worth",
        gallery.place("worth", site_worth(values.table(), _currency(values), base.cost)),
        table(worth, "Worth of each site", minor=("type",)),
        paragraph(_NOTE, "note"),
    )
    yield section(
        "What would turn the choice, and whom it serves",
        table(turning, "Turning points and customers of each site", minor=("customers", "days")),
        paragraph(_TURNED, "note"),
    )
    if values.alone:
        alone = table(_alone_table(values, whole=True), _ALONE, minor=("days", "customers"))
        yield section(_ALONE, alone, paragraph(_ALONE_NOTE, "note"))
    over = _appraised(values)
    if len(over):
        content = table(appraisal_table(over, "site", "site"), _OVER_YEARS, minor=("discounted",))
        yield section(_OVER_YEARS, content, bullets(appraisal_notes(over, "site")))
    if values.break_evens:
        capacity = table(_capacity_table(values), "Break-even capacity of each site", minor=("", "of", "capacity"))
        yield section(_CAPACITY, capacity, paragraph(_ENOUGH, "note"))
    if values.counts:
        yield section(
            f"Number of open sites ({values.counted})",
            gallery.place("counts", site_counts(values.curve(), values.counted, _currency(values))),
            table(_curve_table(values), "Cost by number of sites"),
        )
    yield made(values.study, "study.html beside this page says of each plan what changes and why.")


def site_values_json(values: SiteValues) -> dict[str, Any]:
    """Return the tables as plain data."""
    names = {"site_values": "sites"}
    return {"answer": _headline(values)} | {
        names.get(name, name): plain_rows(part) for name, part in values.frames().items()
    }
