"""The page says what the plan says, asks nothing of any network, and cannot be made to run anything of others."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.plan import Plan
from netopt.plan.verify import verify
from netopt.report import PAGES, page, write_page
from netopt.report.origin import command
from netopt.report.page import document
from netopt.report.scripts import own, plotly
from netopt.report.words import money
from tests.report.conftest import DATA
from tests.report.pages import EVIL, FORMULA, Seen, evil_network

Show = Callable[[Plan], Seen]


@pytest.fixture
def show(tmp_path: Path) -> Show:
    """Write the page of a plan and return what is on it."""

    def seen(plan: Plan) -> Seen:
        write_page(plan, tmp_path)
        return Seen((tmp_path / "report.html").read_text(encoding="utf-8"))

    return seen


def test_page_answers_the_questions(plan: Plan, show: Show) -> None:
    text = show(plan).text
    assert "3,780.00 USD the cheapest plan" in text  # what does it cost
    assert "Gap 0% Demand met 100% Open sites 3 of 3 Audit passed" in text  # how sure are we
    assert "No plan costs less than 3,780.00 USD, proved without trusting the solver." in text
    assert "Opens: Reno." in text  # what changes
    assert "transport 1,680.00 44.4%" in text
    assert "Reno FC opens 200 100.0% 950.00" in text
    assert "Reno 200 66.7% 2 Boise and Phoenix" in text  # who is served from where
    assert "Phoenix Reno and Dallas 120 120" in text
    assert "one more unit of capacity at Reno saves 4.00" in text
    assert "Stock" not in text
    assert "Not served" not in text


def test_page_says_how_it_was_made(plan: Plan, show: Show) -> None:
    text = show(plan).text
    assert "netopt solve network.csv --gap 0.0001 --seed 0" in text
    assert plan.network.tables.sha256 in text
    assert all(f"{name} {number}" in text for name, number in plan.summary()["versions"].items())
    assert str(DATA) not in text


def test_page_numbers_are_those_of_the_tables(monthly: Plan, show: Show) -> None:
    text = show(monthly).text
    for bucket, cost in monthly.summary()["costs"].items():
        assert f"{bucket} {money(cost, scale=monthly.cost)} {cost / monthly.cost:.1%}" in text
    by_period = monthly.costs().groupby("period")["cost"].sum()
    assert all(f"{period} {money(cost)} {cost / monthly.cost:.1%}" in text for period, cost in by_period.items())
    assert "end of units of the highest cost 2027-01 20 50.0% 20.00 2027-02 40 100.0% 40.00" in text
    assert "site 2027-01 2027-02 2027-03 Dallas 20 40 0" in text


def test_page_asks_for_nothing(plan: Plan, show: Show, tmp_path: Path) -> None:
    seen = show(plan)
    policy = next(value for tag, name, value in seen.attributes if tag == "meta" and name == "content")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert not {"img", "link", "iframe", "object", "a", "form"} & set(seen.tags)
    assert not {"src", "href", "srcset", "action"} & {name for _, name, _ in seen.attributes}
    raw = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert raw.index("Content-Security-Policy") < raw.index("<style>") < raw.index("prefers-color-scheme")
    rest = raw.replace(plotly(), "")
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttpRequest|import\(", rest)
    assert len(rest) < 160_000


def test_exactly_its_own_scripts_run(plan: Plan, show: Show) -> None:
    seen = show(plan)
    assert seen.scripts == [plotly(), own()]
    assert set(seen.data) == {"figures", "atlas"}
    rule = next(value for tag, _, value in seen.attributes if tag == "meta" and value and "default-src" in value)
    digests = [base64.b64encode(hashlib.sha256(source.encode()).digest()).decode() for source in seen.scripts]
    assert f"script-src 'sha256-{digests[0]}' 'sha256-{digests[1]}';" in rule
    assert "unsafe-eval" not in rule
    assert not {name for _, name, _ in seen.attributes if name.startswith("on")}


def test_without_scripts_every_table_is_there_and_open(monthly: Plan, show: Show) -> None:
    seen = show(monthly)
    folded = [value for tag, name, value in seen.attributes if tag == "details" and name == "open"]
    assert len(folded) == seen.tags.count("details") == 4  # by period, stock, from suppliers to customers, prices
    assert "2027-02 40 100.0% 40.00" in seen.text


def test_names_stay_text(show: Show, tmp_path: Path) -> None:
    seen = show(netopt.solve(evil_network()))
    assert EVIL in seen.text
    assert FORMULA in seen.text
    assert "Ann & <b>Bob</b>" in seen.text
    assert "<i>$</i>" in seen.text
    assert not {"img", "b"} & set(seen.tags)
    assert EVIL not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert seen.scripts == [plotly(), own()]
    drawn = json.loads(seen.data["atlas"])
    assert drawn["places"]["name"].count(html.escape(EVIL, quote=False)) == 1  # plotly reads entities, and shows text
    assert "tables in memory" in seen.text
    assert "netopt.solve(tables, gap=0.0001, seed=0)" in seen.text
    page = (tmp_path / "report.html").read_text(encoding="utf-8").replace(plotly(), "").replace(own(), "")
    opened, closed = (re.findall(rf"<{slash}(\w+)", page) for slash in ("", "/"))
    assert sorted(set(opened) - {"meta", "input", "path"}) == sorted(set(closed))
    assert all(opened.count(tag) == closed.count(tag) for tag in set(closed))


def test_bidi_and_control_characters_are_spelled_out(plan: Plan, show: Show) -> None:
    sites = plan.sites().assign(name=lambda frame: frame["name"].replace("Reno", "Re\u202eno\x07"))
    text = show(replace(plan, tables={**plan.tables, "sites": sites})).text
    assert "Re\\u202eno\\x07" in text


def test_four_periods_with_stock(show: Show) -> None:
    plan = netopt.solve(evil_network(periods=4))
    text = show(plan).text
    assert "Cost by" not in text  # that is what a reader hears, not what is seen
    assert "end of units of the highest cost 2027-Q1" in text
    assert "2027-Q4 5 100.0% 5.00" in text
    assert "4 of 4" in text


def test_many_periods_have_no_table_by_site(monkeypatch: pytest.MonkeyPatch, monthly: Plan, show: Show) -> None:
    monkeypatch.setattr(page, "_COLUMNS", 2)
    assert "site 2027-01" not in show(monthly).text
    without = monthly.inventory().assign(stock=0.0)
    assert "No stock is kept" in show(replace(monthly, tables={**monthly.tables, "inventory": without})).text


def test_unmet_demand(show: Show) -> None:
    text = show(netopt.solve(evil_network(unmet=True))).text
    assert "Not served 2 customers do not get" in text or "Not served 1 customer does not get" in text
    assert "customer unmet units cost" in text
    assert "Demand met 92.3%" in text


def test_tables_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch, plan: Plan, show: Show) -> None:
    monkeypatch.setattr(page, "MOST", 1)
    monkeypatch.setattr(page, "_CUSTOMERS", 1)
    text = show(plan).text
    assert "and 2 more in sites.csv" in text
    assert "and 1 more in flows.csv" in text
    assert "and 2 more in service.csv 200 200" in text or "and 2 more in service.csv 180 180" in text


def test_no_plan_says_why(show: Show) -> None:
    text = show(netopt.solve(DATA / "tiny-infeasible" / "network.csv")).text
    assert "No plan No plan exists" in text
    assert "500" in text
    assert "netopt solve network.csv --gap 0.0001 --seed 0" in text
    assert "Audit" not in text


def test_an_unsound_plan_is_called_so(plan: Plan, show: Show) -> None:
    flows = plan.flows()
    flows.loc[0, "quantity"] += 50
    text = show(replace(plan, tables={**plan.tables, "flows": flows})).text
    assert "This plan does not pass its audit against the input tables. Do not use it." in text
    assert "Audit failed" in text


def test_command(plan: Plan) -> None:
    full = replace(plan, asked_gap=1e-5, facts={**plan.facts, "seed": 7, "time_limit": 60.0, "threads": 2})
    assert command(full) == "netopt solve network.csv --gap 1e-05 --seed 7 --time-limit 60.0 --threads 2"
    odd = replace(plan.network.tables, path="some where/-rf; x.csv")
    assert command(replace(plan, network=replace(plan.network, tables=odd))).startswith(
        "netopt solve './-rf; x.csv' --gap"
    )
    assert "script" in command(replace(plan, amended=True))


def test_pages_are_part_of_the_folder_and_of_its_proof(tmp_path: Path) -> None:
    source = DATA / "tiny" / "network.csv"
    plan = netopt.solve(source)
    assert plan.pages == PAGES
    folder = plan.save(tmp_path / "plan")
    listed = json.loads((folder / "proof.json").read_text())["files"]
    assert {"report.html", "plan.xlsx"} <= set(listed)
    assert verify(folder) == []
    for name in ("report.html", "plan.xlsx"):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(kept + b" ")
        assert verify(folder) == [f"{name} was altered since the plan was written"]
        (folder / name).unlink()
        assert verify(folder) == [f"{name} is missing"]
        (folder / name).write_bytes(kept)
    assert verify(folder) == []


def test_a_plan_without_tables_writes_three_files_and_replaces_all_others(tmp_path: Path, plan: Plan) -> None:
    folder = tmp_path / "plan"
    plan.save(folder)
    netopt.solve(DATA / "tiny-infeasible" / "network.csv").save(folder)
    assert {file.name for file in folder.iterdir()} == {"summary.json", "proof.json", "report.html"}
    assert verify(folder) == []


def test_pages_know_nothing_of_amended_plans_that_they_should_not(show: Show) -> None:
    plan = netopt.solve(DATA / "tiny" / "network.csv", amend=lambda model: None)
    assert "the script that added constraints of its own" in show(plan).text


def test_nobody_wants_anything(plan: Plan, show: Show) -> None:
    service = plan.service().assign(demand=0.0, delivered=0.0, on_time=0.0, average_days=float("nan"), sources="")
    text = show(replace(plan, tables={**plan.tables, "service": service, "flows": plan.flows().head(0)})).text
    assert "Nobody wants anything." in text
    assert isinstance(service, pd.DataFrame)


def test_figures_are_smaller_on_a_phone() -> None:
    """A billion in a tile would break in two at 390 pixels."""
    wide, phone = re.findall(r"\.tiles dd \{[^}]*font-size: ([\d.]+)rem", document("", ""))
    assert float(phone) <= 1.05 < float(wide)
