"""How many sites of a type are open is a column of its own, where there are several to choose from."""

from __future__ import annotations

import pytest

import netopt
from netopt.formulation import ROOMS
from tests.formulation.networks import PERIODS, TWO_SITES, Row, Written, asleep, cost, solved, tables
from tests.random_networks import accepted

WITHOUT = tuple(room for room in ROOMS if room.name != "site_count")
HEADER = "name type status fixed_cost\nS supplier - -\n"
SITES = HEADER + "D dc consider 5\nE dc consider 7"
NAMED = HEADER + "D dc open 5\nE dc consider 7\nF dc consider 9\nG fc consider -\nH dc closed -"
LANES = TWO_SITES + "\nS F 1\nF C 4\nS G 1\nG C 4\nS H 1\nH C 1"


def test_column_and_row() -> None:
    written = Written(tables(facilities=SITES, lanes=TWO_SITES))
    assert written.columns("open_sites") == {"open_sites dc 1": (0, 2)}
    assert "open_sites dc 1" in written.whole()
    assert written.rows("site_count") == {"dc 1": Row({"open D 1": 1, "open E 1": 1, "open_sites dc 1": -1}, 0, 0)}
    at = written.names.index("open_sites dc 1")
    assert written.program.cost[at] == 0
    assert at not in written.program.gates.opener
    assert at not in written.program.gates.column


def test_sites_that_are_open_or_closed_anyway_count_too() -> None:
    written = Written(tables(facilities=NAMED, lanes=LANES))
    assert written.columns("open_sites") == {"open_sites dc 1": (0, 4)}  # one fc to choose is no question of how many
    terms = {"open D 1": 1, "open E 1": 1, "open F 1": 1, "open H 1": 1, "open_sites dc 1": -1}
    assert written.rows("site_count") == {"dc 1": Row(terms, 0, 0)}


def test_every_type_has_its_own() -> None:
    facilities = SITES + "\nF fc consider 1\nG fc consider 2"
    written = Written(tables(facilities=facilities, lanes=LANES.replace("\nS H 1\nH C 1", "")))
    assert written.columns("open_sites") == {"open_sites dc 1": (0, 2), "open_sites fc 1": (0, 2)}
    assert written.rows("site_count")["fc 1"].terms == {"open F 1": 1, "open G 1": 1, "open_sites fc 1": -1}


def test_every_period_has_its_own() -> None:
    written = Written(tables(periods=PERIODS, facilities=SITES, lanes=TWO_SITES))
    assert written.columns("open_sites") == {"open_sites dc P1": (0, 2), "open_sites dc P2": (0, 2)}
    assert written.rows("site_count") == {
        f"dc {period}": Row({f"open D {period}": 1, f"open E {period}": 1, f"open_sites dc {period}": -1}, 0, 0)
        for period in ("P1", "P2")
    }


def test_only_periods_with_two_to_choose() -> None:
    facilities = (
        "name type status period fixed_cost\nS supplier - - -\nD dc consider - 5\nE dc consider - 7\nE - open P2 -"
    )
    written = Written(tables(periods=PERIODS, facilities=facilities, lanes=TWO_SITES))
    assert list(written.columns("open_sites")) == ["open_sites dc P1"]
    assert list(written.rows("site_count")) == ["dc P1"]


@pytest.mark.parametrize("status", ["open", "closed"])
def test_it_sleeps_with_fewer_than_two_to_choose(status: str) -> None:
    assert asleep("site_count", tables())
    assert asleep("site_count", tables(facilities=HEADER + f"D dc consider 5\nE dc {status} 7", lanes=TWO_SITES))
    assert asleep("site_count", tables(facilities=HEADER + "D dc consider 5\nE fc consider 7", lanes=TWO_SITES))
    assert not asleep("site_count", tables(facilities=SITES, lanes=TWO_SITES))


def test_it_costs_nothing() -> None:
    given = tables(facilities=SITES, lanes=TWO_SITES)
    assert cost(given) == 35  # 30 through D, which opens for 5
    plan = solved(given)
    assert plan.costs()["cost"].sum() == pytest.approx(35)


@pytest.mark.parametrize("seed", [1000, 1001, 1004, 1006, 1016, 1020])
def test_the_optimum_is_the_same_without_it(seed: int) -> None:
    given = accepted(seed, broken=None, unmet=True, sites=True)
    with_it = netopt.solve(given, gap=1e-8, threads=1, time_limit=10)
    without = netopt.solve(given, gap=1e-8, threads=1, time_limit=10, rooms=WITHOUT)
    assert with_it.status == without.status == "optimal"
    assert with_it.cost == pytest.approx(without.cost, rel=1e-7)
    assert with_it.audit().ok
