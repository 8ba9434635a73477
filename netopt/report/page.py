"""A plan on one page that needs nothing but itself: no script, no request, readable on a phone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from netopt.report.costs import cost_table, period_table
from netopt.report.headline import certainty, headline_parts, no_plan
from netopt.report.markup import bullets, facts, paragraph, section, table, text, tiles
from netopt.report.origin import input_name, origin
from netopt.report.prices import price_words
from netopt.report.service import customer_table, met, served_table, service_words, unmet_table
from netopt.report.sites import closed_words, opened_words, site_table
from netopt.report.stock import stock_by_site, stock_table
from netopt.report.words import amount, gap_words, percent

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["document", "write_page"]

MOST = 200
"""Rows of a table; all of them are in the files beside the page."""

_NAMED = 12
_PRICES = 20
_BREACHES = 20
_COLUMNS = 12
"""Periods that a table has room for side by side."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_page(plan: Plan, folder: Path) -> None:
    """Write ``report.html``: the plan, or why there is none.

    Parameters
    ----------
    plan : Plan
        What is written.
    folder : Path
        Where.
    """
    blocks = _with_plan(plan) if plan.found else _without_plan(plan)
    body = "\n".join(block for block in (*blocks, _made(plan)) if block)
    (folder / "report.html").write_text(document(f"Plan for {input_name(plan)}", body), encoding="utf-8", newline="\n")


def document(title: str, body: str) -> str:
    """Return a whole page that asks for nothing from anywhere."""
    style = files("netopt.report").joinpath("page.css").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
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
</body>
</html>
"""


def _with_plan(plan: Plan) -> Iterator[str]:
    summary, sites, service = plan.summary(), plan.sites(), plan.service()
    cost, words = headline_parts(summary)
    changes = [*opened_words(sites, _NAMED), *closed_words(sites, _NAMED)]
    yield _header(plan, cost, words, "good" if summary["status"] == "optimal" else "fair")
    yield _unsound(plan)
    yield tiles(_figures(summary, sites, service))
    yield bullets([*certainty(summary), *changes])
    costs = plan.costs()
    yield section(
        f"Cost in {summary['currency']}" if summary["currency"] else "Cost",
        '<div class="pair">',
        table(cost_table(costs), "Cost by bucket", total=True),
        table(period_table(costs, MOST), "Cost by period") if len(plan.network.periods) > 1 else "",
        "</div>",
    )
    yield section("Open sites", table(site_table(sites, MOST, "sites.csv"), "Open sites", minor=("type", "")))
    unmet = plan.unmet()
    if len(unmet):
        yield section("Not served", table(unmet_table(unmet, MOST, "unmet.csv"), "Not served"))
    yield from _stock(plan)
    yield _prices(plan)
    customers = pd.Index(list(plan.network.customers.names))
    yield section(
        "Served from",
        bullets(service_words(service)),
        table(
            served_table(plan.flows(), customers, MOST, "flows.csv"), "Sites that serve customers", minor=("largest",)
        ),
    )
    yield section("Customers", table(customer_table(service, MOST), "Customers"))


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


def _stock(plan: Plan) -> Iterator[str]:
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
    yield section("Stock", *parts)


def _prices(plan: Plan) -> str:
    words = price_words(plan.prices(), _PRICES)
    return section("What holds the plan back", bullets(words)) if words else ""


def _made(plan: Plan) -> str:
    copied = ("made again by", "checked again by", "input SHA-256")
    where = "The whole plan is in the files beside this page; proof.json holds a digest of each."
    return section("How this was made", facts(origin(plan), copied), paragraph(where, "note"))
