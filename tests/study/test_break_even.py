"""The capacity from which a site is worth opening: by hand on data/tiny, and against plans on both sides of it.

A unit by Reno saves 8 to Boise (100 units), then 4 to Phoenix (120), beside Dallas; Reno costs 600 and 150 to open. So it
pays from 750 / 8 = 93.75 units on. Dallas has to carry the 100 units that Reno's 200 leave.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.network import Network
from netopt.study.outcome import Outcome
from netopt.study.sites.break_even import BreakEven, largest_throughput
from netopt.study.sites.site_values import SiteValues, value_sites
from netopt.study.sites.why import forced, outcome_of
from tests.solve.located import located
from tests.study.small import TINY


def found_for(network: Network, site: str, **options: Any) -> BreakEven:
    values = value_sites(network, names=[site], break_even_capacity=True, **{"gap": 0.0, **options})
    return values.break_evens[0]


@pytest.fixture(scope="module")
def network() -> Network:
    return netopt.read(TINY)


@pytest.fixture(scope="module")
def values(network: Network) -> SiteValues:
    return value_sites(network, break_even_capacity=True, gap=0.0)


def test_open_sites_by_hand(values: SiteValues) -> None:
    table = values.table().set_index("site")
    reno, dallas = table.loc["Reno"], table.loc["Dallas"]
    assert reno["capacity_not_enough"] < 93.75 <= reno["capacity_enough"]
    assert reno["capacity_enough"] - reno["capacity_not_enough"] <= 0.05 * reno["capacity_enough"]
    assert reno[["capacity", "capacity_unit", "capacity_verdict"]].tolist() == [200, "units", "between"]
    assert dallas["capacity_enough"] == pytest.approx(100)  # less, and there is no plan
    assert 95 <= dallas["capacity_not_enough"] < 100
    assert values.audit().empty
    assert len(values.study.outcomes) <= 3 + 2 * 8
    assert len({outcome.name for outcome in values.study.outcomes}) == len(values.study.outcomes)


def test_a_shut_site_with_more_room(network: Network) -> None:
    """At 50 units it saves 400 of 750; at 93.75 it would pay, and unlimited 260 are worth 800 + 4 x 120 + ... enough."""
    small = network.edit("facilities.Reno.capacity=50", "facilities.Dallas.capacity=")
    found = found_for(small, "Reno")
    assert found.typed == 50
    assert found.not_enough is not None
    assert found.enough is not None
    assert 50 <= found.not_enough < 93.75 <= found.enough
    assert found.enough - found.not_enough <= 0.05 * found.enough


def test_no_capacity_is_enough_where_none_saves_the_fixed_cost(network: Network) -> None:
    """With all 300 it saves 8 x 100 + 4 x 120 - 4 x 80 and the 450 of Dallas, which shuts: 1,410, less than 1,450."""
    dear = network.edit("facilities.Reno.fixed_cost=1300", "facilities.Dallas.capacity=")
    found = found_for(dear, "Reno")
    assert (found.verdict, found.not_enough, found.enough) == ("never", None, None)
    free = found_for(dear.edit("facilities.Reno.capacity="), "Reno")  # no further plan is needed
    assert (free.verdict, free.typed) == ("never", np.inf)


def test_a_saving_that_comes_all_at_once(network: Network) -> None:
    """Up to 299 units Dallas stays open and no more than 1,280 are saved of 1,350; with 300 it shuts: 1,410."""
    found = found_for(network.edit("facilities.Reno.fixed_cost=1200", "facilities.Dallas.capacity="), "Reno")
    assert (found.verdict, found.enough) == ("between", 300)
    assert found.not_enough is not None
    assert 285 <= found.not_enough < 300


def test_any_capacity_is_enough_where_closing_costs_more(network: Network) -> None:
    stays = network.edit("facilities.Reno.initial=existing", "facilities.Reno.closing_cost=900", "facilities.Dallas.capacity=")
    found = found_for(stays, "Reno")
    assert (found.verdict, found.enough, found.not_enough) == ("always", 0, None)
    least = found_for(stays.edit("facilities.Reno.min_throughput=30"), "Reno")
    assert (least.verdict, least.enough) == ("always", 30)


@pytest.mark.slow
def test_what_must_pass_through_is_the_least_that_is_tried(network: Network) -> None:
    found = found_for(network.edit("facilities.Reno.min_throughput=96"), "Reno")
    assert (found.verdict, found.enough) == ("always", 96)  # 8 x 96 = 768


def test_capacities_count_what_the_site_counts(network: Network) -> None:
    found = found_for(network.edit("facilities.Reno.capacity_unit=volume", "products.tea.volume=0.5", "facilities.Reno.capacity=100"), "Reno")
    assert (found.unit, found.typed) == ("volume", 100)
    assert found.not_enough is not None
    assert found.enough is not None
    assert found.not_enough < 93.75 / 2 <= found.enough


@pytest.mark.slow
def test_suppliers_count_what_leaves_them(network: Network) -> None:
    plan = outcome_of(netopt.solve(network, gap=0.0))
    assert largest_throughput(plan, "Oakland") == pytest.approx(300)
    assert largest_throughput(plan, "Reno") == pytest.approx(200)
    found = found_for(network, "Oakland")  # no plan without it, nor with less than all that is wanted
    assert found.enough == pytest.approx(300)
    assert found.not_enough is not None
    assert found.not_enough >= 285


@pytest.mark.slow
def test_over_periods_it_is_one_capacity_for_all() -> None:
    monthly = netopt.read(Path(TINY).parents[1] / "tiny-periods" / "network.csv")
    name = next(str(n) for n, kind in zip(monthly.facilities.names, monthly.facilities.type, strict=True) if kind == "fc")
    found = found_for(monthly, name)
    values = {"enough": found.enough, "not_enough": found.not_enough}
    shut = netopt.solve(monthly.edit(*forced(monthly, name, is_open=True).edits), gap=0.0)
    for side, capacity in values.items():
        if capacity is not None:
            plan = netopt.solve(monthly.edit(f"facilities[name={name}].status=open", f"facilities[name={name}].capacity={capacity!r}"), gap=0.0)
            assert (plan.cost <= shut.cost + 1e-6) is (side == "enough")
    assert found.verdict in ("between", "always", "never")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_both_sides_are_what_plans_there_say(seed: int) -> None:
    network = netopt.read(located(10, 8, seed, near=4, fixed=300.0))
    names = [str(name) for name in network.facilities.names.array[~network.facilities.sends]][:2]
    values = value_sites(network, names=names, break_even_capacity=True, gap=1e-3)
    for found, worth in zip(values.break_evens, values.worths, strict=True):
        shut = netopt.solve(network.edit(*forced(network, found.site, is_open=True).edits), gap=0.0)
        rows = f"facilities[name={found.site}]"
        for capacity, worth_it in ((found.not_enough, False), (found.enough, True)):
            if capacity is None:
                continue
            plan = netopt.solve(network.edit(f"{rows}.status=open", f"{rows}.capacity={capacity!r}"), gap=0.0)
            assert (plan.cost <= shut.cost * (1 + 1e-9)) is worth_it
        if found.verdict == "never":
            plan = netopt.solve(network.edit(f"{rows}.status=open", f"{rows}.capacity="), gap=0.0)
            assert plan.cost > shut.cost
        assert worth.site == found.site


@pytest.mark.slow
def test_a_loose_gap_says_so(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every bound is a tenth too low, savings of less than that are not proved either way."""
    monkeypatch.setattr(Outcome, "bound", property(lambda self: self.cost * 0.8 if self.found else np.inf))
    found = found_for(network, "Reno")
    assert (found.verdict, found.not_enough, found.enough) == ("unsure", None, None)


def test_nothing_is_asked_where_it_is_not_wanted_and_nothing_solved_twice(network: Network, tmp_path: Path) -> None:
    assert "capacity" not in value_sites(network, names=["Reno"], gap=0.0).table()
    once = value_sites(network, names=["Reno"], gap=0.0, break_even_capacity=True, out=tmp_path)
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    again = value_sites(network, names=["Reno"], gap=0.0, break_even_capacity=True, out=tmp_path)
    assert (tmp_path / "results.jsonl").read_text().splitlines() == lines
    pd.testing.assert_frame_equal(once.table(), again.table())
