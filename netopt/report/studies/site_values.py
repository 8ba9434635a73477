"""What sites are worth and what their number costs, on the terminal, on a page, and as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console, RenderableType
from rich.text import Text

from netopt.plan.folder import write_table
from netopt.report.console import TextTable, heading, indented, show
from netopt.report.files import appearing
from netopt.report.markup import paragraph, section, table, text, tiles
from netopt.report.page import document
from netopt.report.studies.study import signed
from netopt.report.words import amount, at_most, gap_words, money, percent, safe

if TYPE_CHECKING:
    from netopt.study.sites.site_values import SiteValues

__all__ = ["print_site_values", "site_values_json", "write_site_values"]

_NOTE = (
    "Worth: what it costs to do without an open site; for one that is not open, less than nothing is what opening it "
    "would cost. At least and at most are proved of the cheapest plans. Instead: what opens, or closes, in its place."
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
    yield from ("", heading("What each site is worth"), indented(_worth_table(values, _WORTH)))
    yield from (
        "",
        heading("What would turn the choice, and whom it serves"),
        indented(_worth_table(values, _TURNING[:-1])),
    )
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
    cheaper = [each for each in values.study.outcomes[1:] if each.cost < base.cost]
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
    if values.alone is not None and not values.alone.base.found:
        yield "Today's sites alone have no plan, so what a single addition saves is not known."


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
            "instead": str(row["opens_instead"] or row["closes_instead"]),
        }
        if "alone" in row:
            cells["alone saves"] = signed(row["alone"], scale) if pd.notna(row["alone"]) else ""
        rows.append(cells)
    titles = [title for title in titles if title in rows[0]]
    kinds = {title: "name" if title in ("site", "type", "", "instead") else "number" for title in titles}
    return TextTable(kinds, [[row[title] for title in titles] for row in rows])


_TURNS = ("turns_not_below", "turns_beyond")
_WORTH = ("site", "type", "", "worth", "at least", "at most", "alone saves", "instead")
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
    """Write ``site_values.csv``, ``curve.csv`` where it was asked for, and the page ``site_values.html``."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"site_values.csv": partial(write_table, table=values.table())}
    if values.counts:
        files["curve.csv"] = partial(write_table, table=values.curve())
    page = document("What each site is worth", "\n".join(filter(None, _page(values))))
    for name, write in files.items():
        with appearing(folder / name) as path:
            write(path)
    with appearing(folder / "site_values.html") as path:
        path.write_text(page, encoding="utf-8", newline="\n")
    return [folder / name for name in (*files, "site_values.html")]


def _page(values: SiteValues) -> Iterator[str]:
    words = [*_sentences(values)]
    verdict = paragraph(" ".join(words), "verdict")
    name = '<p class="name">netopt <span>sites</span></p>'
    yield f"<header>\n{name}\n<h1>{text(_headline(values))}</h1>\n{verdict}\n</header>"
    base, sound = values.study.base, values.audit().empty
    yield tiles(
        {
            "Cost of the plan": (money(base.cost), ""),
            "Sites asked about": (amount(len(values.worths)), ""),
            "Audit": ("passed" if sound else "failed", "good" if sound else "bad"),
        }
    )
    worth, turning = _worth_table(values, _WORTH), _worth_table(values, _TURNING)
    yield section(
        "What each site is worth", table(worth, "Worth of each site", minor=("type",)), paragraph(_NOTE, "note")
    )
    yield section(
        "What would turn the choice, and whom it serves",
        table(turning, "Turning points and customers of each site", minor=("customers", "days")),
        paragraph(_TURNED, "note"),
    )
    if values.break_evens:
        capacity = table(_capacity_table(values), "Break-even capacity of each site", minor=("", "of", "capacity"))
        yield section(_CAPACITY, capacity, paragraph(_ENOUGH, "note"))
    if values.counts:
        yield section(
            f"Number of open sites ({values.counted})", table(_curve_table(values), "Cost by number of sites")
        )


def site_values_json(values: SiteValues) -> dict[str, Any]:
    """Return the tables as plain data."""
    parts = {"sites": values.table()} | ({"curve": values.curve()} if values.counts else {})
    return {
        name: [
            {key: None if pd.isna(value) else value for key, value in row.items()} for row in part.to_dict("records")
        ]
        for name, part in parts.items()
    }
