"""A plan on one page that needs nothing but itself: no request, readable without scripts on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from netopt.report.costs import cost_table, period_table
from netopt.report.drawings import Drawings
from netopt.report.headline import certainty, headline_parts, no_plan
from netopt.report.markup import bullets, facts, folded, paragraph, section, table, text, tiles
from netopt.report.origin import input_name, origin
from netopt.report.prices import price_words
from netopt.report.scripts import own, plotly, policy, script
from netopt.report.service import customer_table, met, served_table, service_words, unmet_table
from netopt.report.sites import closed_words, opened_words, site_table
from netopt.report.stages import stage_table
from netopt.report.stock import stock_by_site, stock_table
from netopt.report.words import amount, gap_words, percent

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["document", "write_page"]

MOST = 200
"""Rows of a table; all of them are in the files beside the page."""

_CUSTOMERS = 1_000
"""Customers of the last table, in which a reader looks for one of them."""

_NAMED = 12
_FEW = 8
"""Rows of a table in which nobody needs to search."""

_PRICES = 20
_BREACHES = 20
_COLUMNS = 12
"""Periods that a table has room for side by side."""


def write_page(plan: Plan, folder: Path) -> None:
    """Write ``report.html``: the plan, or why there is none.

    Parameters
    ----------
    plan : Plan
        What is written.
    folder : Path
        Where.
    """
    drawings = Drawings(plan)
    blocks = _with_plan(plan, drawings) if plan.found else _without_plan(plan)
    body = "\n".join(block for block in (*blocks, _made(plan)) if block)
    page = document(f"Plan for {input_name(plan)}", body, drawings.data())
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")


def document(title: str, body: str, drawn: str = "") -> str:
    """Return a whole page that asks for nothing from anywhere.

    Parameters
    ----------
    title : str
        Of the page.
    body : str
        Its markup.
    drawn : str
        Data of its figures, as elements; scripts are in the page only where there is some.
    """
    style = files("netopt.report").joinpath("page.css").read_text(encoding="utf-8")
    scripts = (plotly(), own()) if drawn else ()
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{text(title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
{drawn}{"".join(map(script, scripts))}
</body>
</html>
"""


def _with_plan(plan: Plan, drawings: Drawings) -> Iterator[str]:
    summary, sites, service = plan.summary(), plan.sites(), plan.service()
    cost, words = headline_parts(summary)
    changes = [*opened_words(sites, _NAMED), *closed_words(sites, _NAMED)]
    yield _header(plan, cost, words, "good" if summary["status"] == "optimal" else "fair")
    yield _unsound(plan)
    yield tiles(_figures(summary, sites, service))
    yield bullets([*certainty(summary), *changes])
    yield drawings.map("What moves where")
    yield _costs(plan, drawings)
    listing = site_table(sites, MOST, "sites.csv")
    search = "Find a site" if len(listing.rows) > _FEW else ""
    yield section("Open sites", table(listing, "Open sites", minor=("type", ""), search=search))
    yield drawings.alone("How full the sites are", "utilization")
    customers = pd.Index(list(plan.network.customers.names))
    served = served_table(plan.flows(), customers, MOST, "flows.csv")
    yield section(
        "Service",
        drawings.figure("service"),
        bullets(service_words(service)),
        table(served, "Sites that serve customers", minor=("largest",)),
    )
    yield from _stock(plan, drawings)
    through = folded("Table", table(stage_table(plan, MOST), "From suppliers to customers"))
    yield section("From suppliers to customers", drawings.figure("sankey"), through)
    yield _prices(plan, drawings)
    unmet = plan.unmet()
    if len(unmet):
        yield section(
            "Not served", drawings.figure("unmet"), table(unmet_table(unmet, MOST, "unmet.csv"), "Not served")
        )
    everyone, same = customer_table(service, _CUSTOMERS), ("gets",) if unmet.empty else ()
    search = "Find a customer or a site" if len(everyone.rows) > _FEW else ""
    yield section("Customers", table(everyone, "Customers", minor=same, search=search))


def _costs(plan: Plan, drawings: Drawings) -> str:
    costs, currency = plan.costs(), plan.network.settings.currency
    several = len(plan.network.periods) > 1
    return section(
        f"Cost in {currency}" if currency else "Cost",
        drawings.figure("costs"),
        table(cost_table(costs), "Cost by bucket", total=True),
        drawings.figure("costs_by_period"),
        folded("Table", table(period_table(costs, MOST), "Cost by period")) if several else "",
    )


def _without_plan(plan: Plan) -> Iterator[str]:
    yield _header(plan, "No plan", no_plan(plan.summary()), "bad")
    if plan.diagnosis is None:
        return
    blocks: list[str] = []
    points: list[str] = []
    for line in plan.diagnosis.words()[1:]:  # the first one says what the header says
        if line.startswith(" "):
            points.append(line.strip())
            continue
        blocks += [bullets(points), paragraph(line)]
        points = []
    yield section("Why", *blocks, bullets(points))


def _header(plan: Plan, title: str, words: str, kind: str) -> str:
    name = f'<p class="name">netopt <span>{text(input_name(plan))}</span></p>'
    return f"<header>\n{name}\n<h1>{text(title)}</h1>\n{paragraph(words, f'verdict {kind}')}\n</header>"


def _unsound(plan: Plan) -> str:
    """Return what is wrong with a plan that fails its audit; such a plan is not to be used."""
    report = plan.audit()
    if report.ok:
        return ""
    words = [str(words) for words in report.breaches["words"].head(_BREACHES)]
    warning = paragraph("This plan does not pass its audit against the input tables. Do not use it.")
    return f'<div class="alarm" role="alert">{warning}{bullets(words)}</div>'


def _figures(summary: dict[str, Any], sites: pd.DataFrame, service: pd.DataFrame) -> dict[str, tuple[str, str]]:
    passed = summary["audit"] == "passed"
    return {
        "Gap": ("not known" if summary["gap"] is None else gap_words(summary["gap"]), ""),
        "Demand met": (percent(met(service)), ""),
        "Open sites": (f"{amount(len(summary['open_sites']))} of {amount(sites['name'].nunique())}", ""),
        "Audit": ("passed" if passed else "failed", "good" if passed else "bad"),
    }


def _stock(plan: Plan, drawings: Drawings) -> Iterator[str]:
    """Yield stock by period, and by site where there is room for it."""
    inventory, periods = plan.inventory(), [str(name) for name in plan.network.periods.names]
    if inventory.empty:
        return
    if not (inventory["stock"] > 0).any():
        yield section("Stock", paragraph("No stock is kept at the end of any period."))
        return
    parts = [table(stock_table(inventory, periods, MOST), "Stock by period")]
    if len(periods) <= _COLUMNS:
        parts.append(table(stock_by_site(inventory, periods, MOST), "Stock by site and period"))
    yield section("Stock", drawings.figure("stock"), folded("Table", *parts))


def _prices(plan: Plan, drawings: Drawings) -> str:
    words = price_words(plan.prices(), _PRICES)
    figure = drawings.figure("prices")
    return section("Where one more unit is worth most", figure, folded("In words", bullets(words))) if words else ""


def _made(plan: Plan) -> str:
    copied = ("made again by", "checked again by", "input SHA-256")
    where = "The whole plan is in the files beside this page; proof.json holds a digest of each."
    return section("How this was made", facts(origin(plan), copied), paragraph(where, "note"))
