"""Sites that send to each other in circles, with no supplier behind them."""

from __future__ import annotations

import netopt
from tests.formulation.networks import tables


def test_two_sites_that_only_supply_each_other() -> None:
    given = tables(
        facilities="name type\nS supplier\nD dc\nE dc",
        lanes="origin destination unit_cost\nD E 1\nE D 1\nE C 1",
    )
    plan = netopt.solve(given)
    assert plan.status == "infeasible"
    assert plan.diagnosis is not None
    assert any("C" in line for line in plan.diagnosis.words())


def test_a_site_that_sends_to_itself_through_others() -> None:
    given = tables(
        facilities="name type\nS supplier\nD dc\nE dc\nF dc",
        lanes="origin destination unit_cost\nD E 1\nE F 1\nF D 1\nF C 1",
        demand="customer quantity unmet_cost\nC 10 5",
    )
    assert netopt.solve(given).cost == 50
