"""What the network costs as it is run: by hand, against plans, and with planted faults that must be found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.plan import Plan
from netopt.plan.audit import audit
from netopt.report.studies.baseline import explained_words
from netopt.study.today.baseline import AS_PAID, Baseline, baseline
from tests.formulation.networks import PERIODS, frame, tables
from tests.plan.rich import rich
from tests.random_networks import accepted

DATA = Path(__file__).resolve().parents[2] / "data"
TINY = DATA / "tiny" / "network.csv"

DALLAS = """origin destination mode quantity
Oakland Dallas truck 300
Dallas Boise truck 100
Dallas Phoenix truck 120
Dallas Austin truck 80"""
"""How data/tiny is run today: everything through Dallas. 600 + (1200 + 800 + 720 + 160) + 300 + 450 = 4,230."""


def run(flows: str = DALLAS, source: object = TINY, **options: object) -> Baseline:
    given = {name: frame(text) if isinstance(text, str) else text for name, text in options.items()}
    return baseline(source, frame(flows), **{"gap": 0, **given})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tiny() -> Baseline:
    return run()


def test_tiny_by_hand(tiny: Baseline) -> None:
    table = tiny.table().set_index("bucket")
    assert table["as_run"].to_dict() == pytest.approx(
        {"buy": 600, "transport": 2880, "handling": 300, "site": 450, "total": 4230}
    )
    assert table.loc["total"].tolist() == pytest.approx([4230, 4230, 3780])
    assert tiny.forbidden().empty
    figures = tiny.figures().set_index("column")
    assert figures.loc["as_run", ["delivered", "cost_per_unit", "on_time", "open_sites"]].tolist() == [300, 14.1, 1, 2]
    assert figures["once_only"].tolist() == [0, 0, 150]
    assert tiny.found == ("as_run", "best_flows", "best_sites")


def test_savings_add_up_exactly(tiny: Baseline) -> None:
    savings = tiny.savings()
    for _, step in savings.groupby("step"):
        parts, total = step[step["bucket"] != "total"], step[step["bucket"] == "total"].iloc[0]
        assert parts["saving"].sum() == total["saving"]
        assert (step["before"] - step["after"]).tolist() == step["saving"].tolist()
        assert total["at_least"] <= total["saving"] + 1e-9
        assert total["saving"] <= total["at_most"] + 1e-9
    totals = savings[savings["bucket"] == "total"].set_index("step")
    assert totals["saving"].tolist() == pytest.approx([0, 450, 450])
    assert totals["at_most"].tolist() == pytest.approx([0, 450, 450])
    assert totals.loc["all", "share"] == pytest.approx(450 / 4230)


def test_what_the_change_is_worth(tiny: Baseline) -> None:
    worth = tiny.finance().set_index("step")
    assert worth["once_only"].tolist() == [0, 150, 150]
    assert worth.loc["all", "yearly_saving"] == pytest.approx(600 * 365 / 7)
    assert worth.loc["all", "payback_periods"] == pytest.approx(150 / 600)
    assert worth.loc["all", "npv"] == pytest.approx(-150 + 600 * 5 * 365 / 7)
    assert worth.loc["best_flows", "irr_words"] == "nothing is paid and nothing is saved"


SPEND = """origin destination mode quantity spend
Oakland Dallas truck 300 1200
Dallas Boise truck 60 480
Dallas Boise truck 40 520
Dallas Phoenix truck 120 700
Dallas Austin truck 80 160"""


def test_the_tie_out_and_planted_wrong_rates() -> None:
    found = run(SPEND, optimise=False, actuals="bucket spend\ntransport 3160\nsite+handling 750\nbuy 590")
    tied = found.tie_out().set_index("bucket")
    assert tied[["modelled", "actual", "variance"]].to_numpy().tolist() == [
        [2880, 3160, 280], [750, 750, 0], [600, 590, -10], [4230, 4500, 270],
    ]  # fmt: skip
    assert tied.index.tolist() == ["transport", "site+handling", "buy", "total"]
    assert tied["share"].tolist() == pytest.approx([280 / 2880, 0, -10 / 600, 270 / 4230])
    lanes = found.lanes()
    assert lanes[["origin", "destination", "variance"]].to_numpy().tolist() == [
        ["Dallas", "Boise", 200], ["Dallas", "Phoenix", -20], ["Oakland", "Dallas", 0], ["Dallas", "Austin", 0],
    ]  # fmt: skip
    assert lanes.loc[0, ["quantity", "rate", "implied_rate", "rows"]].tolist() == [100, 8, 10, (3, 4)]
    why = found.explained()
    assert why is not None
    assert (why.variance, why.named, why.rest) == pytest.approx((280, 180, 100))
    assert found.found == ("as_run",)
    assert found.savings().empty
    assert found.finance().empty


def test_sites_explain_the_variance_by_their_implied_rates() -> None:
    """Dallas: 450 fixed and 300 handled by the network, 900 paid; Reno was open for 100 and nothing passed through."""
    sites = "name open spend\nDallas yes 900\nReno yes 800"
    found = run(optimise=False, sites=sites, actuals="bucket spend\nsite 1300\nhandling 480")
    table = found.sites().set_index("name")
    assert table.index.tolist()[:2] == ["Dallas", "Reno"]
    assert table.loc["Dallas", ["cost_as_run", "spend", "variance"]].tolist() == [750, 900, 150]
    assert table.loc["Dallas", ["rate_as_run", "implied_rate"]].tolist() == [2.5, 3]
    assert table.loc["Reno", ["cost_as_run", "spend", "variance"]].tolist() == [750, 800, 50]  # 600 and its opening
    assert np.isnan(table.loc["Reno", "implied_rate"])
    assert np.isnan(table.loc["Oakland", "variance"])
    why = found.explained_at_sites()
    assert why is not None
    assert (why.variance, why.named, why.rest) == pytest.approx((1780 - 1500, 200, 80))
    assert explained_words(found) == [
        "Site, handling and storage in the books are 280.00 USD above the model: +200.00 by what was paid at the sites, "
        "+80.00 at no site."
    ]
    assert found.explained() is None


def test_spend_at_sites_by_period_is_not_discounted() -> None:
    named = {**tables(periods=PERIODS), "settings": frame("key value\ndiscount_rate 0.1")}
    network = netopt.read(named)
    flows = netopt.solve(network).flows()[["origin", "destination", "mode", "product", "period", "quantity"]]
    modelled = baseline(network, flows, optimise=False).sites().set_index("name")
    site = str(modelled.index[0])
    period = str(network.periods.names[0])
    sites = pd.DataFrame({"name": [site], "period": [period], "open": ["yes"], "spend": [5000.0]})
    table = baseline(network, flows, sites=sites, optimise=False).sites().set_index("name")
    assert table.loc[site, "spend"] == 5000
    costs = baseline(network, flows, optimise=False).run.tables["sites"].set_index(["name", "period"])["cost"]
    asked = costs[site, period] / network.periods.discount[0]
    assert table.loc[site, "variance"] == pytest.approx(5000 - asked)


def test_without_spend_the_costliest_lanes_come_first(tiny: Baseline) -> None:
    assert tiny.lanes()["modelled"].tolist() == [1200, 800, 720, 160]
    assert tiny.lanes()["variance"].isna().all()
    assert tiny.explained() is None
    assert tiny.tie_out().empty


def test_buckets_that_were_not_typed_are_shown_all_the_same() -> None:
    tied = run(optimise=False, actuals="bucket spend\ntransport 3160").tie_out()
    assert tied["bucket"].tolist() == ["transport", "buy", "handling", "site", "total"]
    assert tied["actual"].isna().tolist() == [False, True, True, True, False]
    assert tied.iloc[-1][["modelled", "actual"]].tolist() == [2880, 3160]


UNKNOWN = """origin destination mode quantity spend
Oakland Dallas truck 290 1160
Dallas Boise truck 100 800
Dallas Phoenix truck 120 720
Dallas Austin truck 70 140
Oakland Austin rail 10 77"""


def test_a_lane_that_is_not_there_is_counted_at_what_was_paid() -> None:
    found = run(UNKNOWN, actuals="bucket spend\ntransport 2900")
    broken = found.forbidden()
    assert broken[["rule", "rows"]].to_numpy().tolist() == [["lane_exists", (6,)]]
    assert "Oakland to Austin by rail, and there is no such lane" in broken.loc[0, "words"]
    assert found.off_network == 77
    assert found.table().set_index("bucket").loc[AS_PAID].tolist() == [77, 0, 0]
    assert found.cost("as_run") == pytest.approx(600 + 2820 + 290 + 450 + 77)
    assert found.tie_out().iloc[0][["modelled", "as_paid", "actual", "variance"]].tolist() == [2820, 77, 2900, 3]
    assert found.off_network_flows()[["quantity", "spend", "rows"]].to_numpy().tolist() == [[10, 77, (6,)]]
    savings = found.savings()
    assert savings[savings["bucket"] == "total"]["saving"].tolist() == pytest.approx([7, 450, 457])
    assert found.finance().set_index("step").loc["best_flows", "yearly_saving"] == pytest.approx(7 * 365 / 7)
    assert found.figures().loc[0, "delivered"] == 300


def test_a_lane_that_is_not_there_and_without_spend_is_not_valued() -> None:
    found = run(UNKNOWN.replace(" 77", " -"), optimise=False)
    assert found.run.worthless.tolist() == [False, False, False, False, True]
    assert found.cost("as_run") == pytest.approx(600 + 2820 + 290 + 450)
    assert found.lanes().set_index("mode").loc["rail", ["modelled", "spend", "in_network"]].tolist()[2] == False  # noqa: E712


def test_rules_that_are_broken_are_found_with_their_rows() -> None:
    source = tables(
        facilities="name type status capacity min_throughput\nS supplier - - -\nD dc open 8 -\nE dc closed - -\nF dc open - 3",
        customers="name promise_days single_source\nC 2 -\nB - yes\nA - -",
        lanes=(
            "origin destination mode unit_cost days capacity status\nS D truck 1 - - -\nS E truck 1 - - -\nD C truck 2 5 4 -\n"
            "D B truck 2 - - -\nE B truck 2 - - -\nD A truck 7 - - closed"
        ),
        demand="customer quantity unmet_cost\nC 5 -\nB 4 -\nA 1 3",
    )
    found = run(
        "origin destination mode quantity\nS D truck 9\nS E truck 2\nD C truck 6\nD B truck 1\nE B truck 2\nD A truck 2",
        source=source, optimise=False,
    )  # fmt: skip
    broken = found.forbidden().groupby("rule")["rows"].agg(list).to_dict()
    assert broken == {
        "lane_open": [(7,)],
        "site_status": [(3, 6)],
        "lane_capacity": [(4,)],
        "site_capacity": [()],
        "site_minimum": [()],
        "demand": [(4,), (7,)],
        "unmet_allowed": [()],
        "single_source": [(5, 6)],
        "delivery_promise": [(4,)],
    }
    # closed lanes and sites are valued at their rates all the same: 9 + 2 + 12 + 2 + 4 + 14
    assert found.cost("as_run") == pytest.approx(43)


def test_goods_that_nobody_wants_or_that_come_too_late() -> None:
    source = tables(
        periods=PERIODS, products="name\nA\nB", demand="customer product quantity\nC A 10",
        lanes="origin destination unit_cost lead_periods\nS D 1 -\nD C 2 1",
    )  # fmt: skip
    found = run(
        "origin destination product period quantity spend\nS D A P1 10 10\nD C A P1 10 20\nS D B P1 5 5\nD C B P1 5 30\n"
        "S D A P2 1 1\nD C A P2 1 2", source=source, optimise=False,
    )  # fmt: skip
    broken = found.forbidden()
    assert broken[broken["rule"] == "wanted"]["rows"].tolist() == [(5,)]
    assert broken[broken["rule"] == "horizon"]["rows"].tolist() == [(7,)]
    assert found.off_network == 32


@pytest.mark.parametrize("stocks", [True, False], ids=["typed", "derived"])
@pytest.mark.parametrize("name", ["tiny", "tiny-periods"])
def test_the_flows_of_a_plan_cost_what_the_plan_costs(name: str, stocks: bool) -> None:
    plan = netopt.solve(DATA / name / "network.csv", gap=0)
    same(plan, plan.inventory() if stocks and len(plan.inventory()) else None, None)


def test_so_do_those_of_a_plan_with_every_cost_there_is() -> None:
    plan = netopt.solve(rich(), gap=1e-6)
    same(plan, plan.inventory(), plan.sites())


@pytest.mark.slow
def test_so_do_those_of_us_retail() -> None:
    plan = netopt.solve(DATA / "us-retail" / "network.csv", gap=0.0004)  # in every plan so good, a site closes
    same(plan, None, plan.sites())
    closing = plan.sites().query("closed == 1")["name"].tolist()
    assert closing
    kept = baseline(plan.network, plan.flows(), optimise=False)
    idle = kept.sites().query("note == 'open without flow' and cost_as_run > 0")
    assert sorted(idle["name"]) == sorted(closing)  # without a word of its closing, an existing site is open
    sites = plan.network.facilities
    at = np.isin(sites.names.array, closing)
    dearer = sites.fixed_cost[at, 0].sum() - sites.closing_cost[at, 0].sum()
    assert kept.cost("as_run") - plan.cost == pytest.approx(dearer)


def same(plan: Plan, stocks: pd.DataFrame | None, sites: pd.DataFrame | None) -> None:
    """Assert that a plan's flows are valued at its own cost, row by row, and break no rule."""
    found = baseline(plan.network, plan.flows(), stocks=stocks, sites=sites, optimise=False)
    assert found.forbidden().empty, found.forbidden()["words"].tolist()
    assert found.cost("as_run") == pytest.approx(plan.cost, rel=1e-9)
    run = found.plans["as_run"]
    assert audit(plan.network, run.tables).ok
    assert run.summary()["costs"] == pytest.approx({k: v for k, v in plan.summary()["costs"].items() if v}, rel=1e-7)
    for name in ("flows", "sites", "inventory", "service", "unmet", "purchases"):
        one, other = plan.tables[name], run.tables[name]
        assert list(other.columns) == list(one.columns)
        keys = [column for column in one.columns if one[column].dtype == object and column != "sources"]
        one, other = (table.sort_values(keys, ignore_index=True) for table in (one, other))
        pd.testing.assert_frame_equal(other, one, check_dtype=False, rtol=1e-7, atol=1e-6)


def test_stock_that_was_typed_is_used_as_typed() -> None:
    network = netopt.read(DATA / "tiny-periods" / "network.csv")
    plan = netopt.solve(network, gap=0)
    more = plan.inventory().assign(stock=[20.0, 45.0, 0.0])
    found = baseline(network, plan.flows(), stocks=more, optimise=False)
    assert found.plans["as_run"].tables["inventory"]["stock"].tolist() == [20, 45, 0]
    assert set(found.forbidden()["rule"]) == {"balance"}
    assert found.cost("as_run") == pytest.approx(plan.cost + 5)


def test_a_potential_site_is_open_from_its_first_to_its_last_use() -> None:
    source = tables(
        facilities="name type status initial fixed_cost opening_cost\nS supplier - - - -\nD dc consider potential 5 20",
        periods="name days\nP1 30\nP2 30\nP3 30\nP4 30", demand="customer period quantity unmet_cost\nC P2 10 1\nC P4 10 1",
    )  # fmt: skip
    flows = "origin destination period quantity\nS D P2 10\nD C P2 10\nS D P4 10\nD C P4 10"
    found = run(flows, source=source, optimise=False)
    assert found.run.is_open.tolist() == [[True] * 4, [False, True, True, True]]
    assert found.table().set_index("bucket").loc["site", "as_run"] == 20 + 3 * 5
    assert "opens" in found.sites().set_index("name").loc["D", "note"]
    told = run(flows, source=source, optimise=False, sites="name period open\nD - yes\nD P3 no")
    assert told.run.is_open[1].tolist() == [True, True, False, True]
    assert told.table().set_index("bucket").loc["site", "as_run"] == 2 * 20 + 3 * 5


IDLE = "name type status initial fixed_cost closing_cost\nS supplier - - - -\nD dc open - 5 -\nE dc consider existing 40 3"


def test_an_existing_site_without_flow_still_costs() -> None:
    found = run("origin destination quantity\nS D 10\nD C 10", source=tables(facilities=IDLE))
    assert found.table().set_index("bucket").loc["site"].tolist() == pytest.approx([45, 45, 8])
    assert found.sites().set_index("name")["note"].to_dict() == {"E": "open without flow", "D": "", "S": ""}
    shut = run("origin destination quantity\nS D 10\nD C 10", source=tables(facilities=IDLE), sites="name open\nE no")
    assert shut.table().set_index("bucket").loc["site"].tolist() == pytest.approx([8, 8, 8])


def test_vehicles_as_typed_on_any_row_or_as_they_fill() -> None:
    source = tables(
        products="name\nA\nB", demand="customer product quantity\nC A 10\nC B 10",
        lanes="origin destination vehicle_capacity vehicle_cost\nS D 8 100\nD C - -",
    )  # fmt: skip
    flows = "origin destination product quantity vehicles\nS D A 10 {}\nS D B 10 {}\nD C A 10 -\nD C B 10 -"
    derived = run(flows.format("-", "-"), source=source, optimise=False)
    assert derived.cost("as_run") == 300
    typed = run(flows.format("-", "4"), source=source, optimise=False)
    assert typed.cost("as_run") == 400
    assert typed.forbidden().empty
    assert typed.lanes().set_index("origin").loc["S", ["modelled", "rate"]].tolist() == [400, 20]
    few = run(flows.format("2", "-"), source=source, optimise=False).forbidden()
    assert few[["rule", "rows"]].to_numpy().tolist() == [["vehicles_enough", (2, 3)]]


def test_demand_that_was_not_met_is_unmet() -> None:
    source = tables(demand="customer quantity unmet_cost\nC 10 4")
    found = run("origin destination quantity\nS D 7\nD C 7", source=source)
    assert found.forbidden().empty
    assert found.table().set_index("bucket")["as_run"].to_dict() == {"transport": 21, "unmet": 12, "total": 33}
    assert found.cost("best_flows") == pytest.approx(30)
    must = run("origin destination quantity\nS D 7\nD C 7", source=tables())
    assert "unmet_allowed" in set(must.forbidden()["rule"])


def test_best_flows_use_the_sites_of_today_only() -> None:
    found = run()
    opened = found.plans["best_flows"].sites().set_index("name")["open"].to_dict()
    assert opened == {"Oakland": 1, "Reno": 0, "Dallas": 1}
    assert found.plans["best_sites"].sites().set_index("name")["open"].to_dict() == {"Oakland": 1, "Reno": 1, "Dallas": 1}
    for name in ("best_flows", "best_sites"):
        assert found.plans[name].audit().ok


def test_sites_that_open_within_the_horizon_are_held_period_by_period() -> None:
    plan = netopt.solve(DATA / "tiny-periods" / "network.csv", gap=0)
    found = baseline(plan.network, plan.flows(), gap=0)
    held = found.plans["best_flows"].sites().pivot_table(index="name", columns="period", values="open", sort=False)
    assert held.loc["Reno"].tolist() == [0, 1, 1]
    assert [found.cost(name) for name in found.found] == pytest.approx([4290] * 3)
    assert found.figures()["once_only"].tolist() == [400, 400, 400]


def test_todays_sites_that_cannot_meet_the_demand_say_so() -> None:
    source = tables(
        facilities="name type status initial capacity\nS supplier - - -\nD dc consider existing 8\nE dc consider potential 8",
        lanes="origin destination unit_cost\nS D 1\nD C 2\nS E 1\nE C 5",
    )
    found = run("origin destination quantity\nS D 10\nD C 10", source=source)
    assert found.plans["best_flows"].status == "infeasible"
    assert found.found == ("as_run", "best_sites")
    assert set(found.savings()["step"]) == {"all"}
    assert found.table().columns.tolist() == ["bucket", "as_run", "best_sites"]
    assert found.finance()["step"].tolist() == ["all"]


def test_a_column_is_no_costlier_than_the_one_before_that_keeps_its_rules() -> None:
    found = run(gap=0.2)
    costs = [found.cost(name) for name in found.found]
    assert costs == sorted(costs, reverse=True)
    assert found.plans["best_flows"].audit().ok


def test_money_of_the_tie_out_is_not_discounted() -> None:
    source = tables(periods="name days\nY1 365\nY2 365", settings="key value\ndiscount_rate 0.25")
    flows = "origin destination period quantity spend\nS D Y1 10 10\nD C Y1 10 20\nS D Y2 10 10\nD C Y2 10 25"
    found = run(flows, source=source, optimise=False, actuals="bucket period spend\ntransport Y1 30\ntransport Y2 35")
    assert found.cost("as_run") == pytest.approx(30 + 30 / 1.25)
    assert found.tie_out()["variance"].tolist() == pytest.approx([0, 5, 5])
    assert found.lanes()["variance"].tolist() == pytest.approx([5, 0])


def test_rate_cards_serve_as_well_as_lanes() -> None:
    source = tables(
        lanes="", facilities="name type latitude longitude\nS supplier 30 -97\nD dc 32 -97",
        customers="name latitude longitude\nC 33 -97",
        rates="origin_type destination_type mode cost_per_distance per\nsupplier dc truck 0.01 unit\ndc customer truck 0.02 unit",
    )  # fmt: skip
    plan = netopt.solve(source, gap=0)
    same(plan, None, None)
    off = run("origin destination mode quantity spend\nS D - 10 9\nD C - 8 9\nS C drone 2 50", source=source, optimise=False)
    assert off.off_network == 50
    assert "lane_exists" in set(off.forbidden()["rule"])


@pytest.mark.parametrize(("option", "value"), [("years", 0), ("discount_rate", -1), ("gap", -1)])
def test_options_out_of_range_are_refused(option: str, value: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        run(**{option: value})


def test_what_it_says_of_itself(tiny: Baseline) -> None:
    assert repr(tiny) == "<Baseline: as_run 4,230.00, best_flows 4,230.00, best_sites 3,780.00>"


def test_what_changes_most_comes_first(tiny: Baseline) -> None:
    changes = tiny.changes()
    assert changes.columns.tolist() == ["origin", "destination", "mode", "product", "period", *tiny.found]
    assert changes.loc[0, ["origin", "destination", "as_run", "best_sites"]].tolist() in (
        ["Oakland", "Dallas", 300, 100], ["Oakland", "Reno", 0, 200],
    )  # fmt: skip
    for name in tiny.found:
        assert changes[name].sum() == pytest.approx(tiny.plans[name].flows()["quantity"].sum())


def test_each_column_is_told_when_it_is_there() -> None:
    told: list[tuple[str, str]] = []
    baseline(TINY, frame(DALLAS), heard=lambda name, plan: told.append((name, plan.status)))
    assert told == [("as_run", "valued"), ("best_flows", "optimal"), ("best_sites", "optimal")]


def test_a_closed_site_with_stock_to_begin_with_is_held_open_in_the_first_period_only() -> None:
    source = tables(
        facilities="name type status initial\nS supplier - -\nD dc open -\nE dc consider existing", periods=PERIODS,
        inventory="facility initial\nE 4", lanes="origin destination unit_cost\nS D 1\nD C 2\nE D 1",
    )  # fmt: skip
    flows = "origin destination period quantity\nS D P1 10\nD C P1 10\nS D P2 10\nD C P2 10"
    found = run(flows, source=source, sites="name open\nE no")
    assert "site_status" in set(found.forbidden()["rule"])
    assert found.plans["best_flows"].found
    held = found.plans["best_flows"].sites().set_index(["name", "period"])["open"]
    assert (held["E", "P1"], held["E", "P2"]) == (1, 0)


def test_goods_may_have_gone_anywhere() -> None:
    flows = "origin destination quantity spend\nS D 10 -\nD C 10 -\nD S 1 7\nS C 2 8"
    found = run(flows, source=tables(), optimise=False)
    assert found.off_network == 15
    rows = found.forbidden().query("rule == 'lane_exists'")["rows"].tolist()
    assert sorted(rows) == [(4,), (5,)]


@pytest.mark.parametrize("seed", range(700, 708))
def test_so_do_those_of_random_networks(seed: int) -> None:
    plan = netopt.solve(accepted(seed, broken=None, unmet=1.0), threads=1, time_limit=10, gap=0.01)
    if not plan.found or plan.flows().empty:
        pytest.skip(plan.status)
    found = baseline(plan.network, plan.flows(), stocks=plan.inventory() if len(plan.inventory()) else None,
                     sites=plan.sites(), optimise=False)  # fmt: skip
    assert found.forbidden().empty, found.forbidden()["words"].tolist()
    assert found.cost("as_run") == pytest.approx(plan.cost, rel=1e-9, abs=1e-6)


def test_where_the_clock_ended_one_search_the_other_is_tried() -> None:
    found = run(time_limit=1e-9)
    assert [*found.plans] == ["as_run", "best_flows", "best_sites"]
    assert {found.plans[name].status for name in ("best_flows", "best_sites")} == {"interrupted"}
    assert found.savings().empty
