"""Sets of open sites within a share of the best plan: by hand, against every set tried, and what is proved."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.network import Network
from netopt.network.sites import CONSIDER
from netopt.plan.solve import solve
from netopt.report.studies.alternatives_page import write_alternatives
from netopt.study.outcome import Outcome
from netopt.study.scenario import Scenario
from netopt.study.sites.alternatives import Alternatives, alternatives
from netopt.study.sites.enumeration import Asked, Enumeration
from netopt.study.sites.parts import Answers, Decided, Part, bits, decided_sites
from netopt.study.verify import verify_study
from tests.random_networks import accepted
from tests.study.machines import Machines
from tests.study.small import DATA, TINY

PERIODS = DATA / "tiny-periods" / "network.csv"

FOUR = {
    "facilities": pd.DataFrame(
        {
            "name": ["Port", "Ames", "Bend", "Cody", "Dyer"],
            "type": ["supplier", "fc", "fc", "fc", "fc"],
            "status": ["open", "consider", "consider", "consider", "consider"],
            "fixed_cost": [0.0, 100.0, 101.0, 300.0, 40.0],
        }
    ),
    "customers": pd.DataFrame({"name": ["East", "West"]}),
    "demand": pd.DataFrame({"customer": ["East", "West"], "quantity": [10.0, 10.0]}),
    "lanes": pd.DataFrame(
        [("Port", site, 0.0) for site in ("Ames", "Bend", "Cody", "Dyer")]
        + [("Ames", "East", 1.0), ("Bend", "East", 1.0), ("Cody", "East", 1.0), ("Dyer", "West", 1.0)],
        columns=["origin", "destination", "unit_cost"],
    ),
}
"""Dyer serves the West, and any of the others the East: 40 + 20 and 100, 101 or 300, or several of them."""


@pytest.fixture(scope="module")
def four() -> Network:
    return netopt.read(FOUR)


@pytest.fixture(scope="module")
def three(four: Network) -> Alternatives:
    """Within 70%: the best set costs 160, so that the limit is 272."""
    return alternatives(four, within=0.7)


@pytest.fixture(scope="module")
def every(four: Network, tmp_path_factory: pytest.TempPathFactory) -> tuple[Alternatives, Path]:
    """Within 200%, which are the six sets that serve both, up to 461; and where its plans are."""
    folder = tmp_path_factory.mktemp("every")
    return alternatives(four, within=2.0, out=folder), folder


def sets_of(found: Alternatives) -> dict[tuple[str, ...], float]:
    """Return the cost of every set found."""
    assert found.search is not None
    return {found.search.decided.named(sites): found.plan(sites).cost for sites in found.found}


def test_sets_by_hand(three: Alternatives) -> None:
    found = three
    assert sets_of(found) == pytest.approx({("Ames", "Dyer"): 160, ("Bend", "Dyer"): 161, ("Ames", "Bend", "Dyer"): 261})
    assert found.finished
    assert not found.undecided
    assert found.rest == pytest.approx(360)  # Cody and Dyer
    table = found.table()
    assert table["set"].tolist() == [1, 2, 3]
    assert table["above"].tolist() == pytest.approx([0, 1 / 160, 101 / 160])
    assert table["opens"].tolist() == ["", "Bend", "Bend"]
    assert table["closes"].tolist() == ["", "Ames", ""]
    assert table["moves"].tolist() == [0, 2, 1]
    assert table["open"].tolist() == ["Ames; Dyer", "Bend; Dyer", "Ames; Bend; Dyer"]
    assert table["bound"].tolist() == pytest.approx(table["cost"].tolist())


def test_roles_by_hand(three: Alternatives) -> None:
    roles = three.roles().set_index("site")
    assert roles["role"].to_dict() == {"Dyer": "must-have", "Ames": "sometimes", "Bend": "sometimes", "Cody": "never"}
    assert roles["proved"].all()
    assert roles["otherwise"].to_dict() == {"Dyer": "no plan", "Ames": "within", "Bend": "within", "Cody": "dearer"}
    assert roles.loc["Ames", ["sets", "share", "best_with", "best_without"]].tolist() == pytest.approx([2, 2 / 3, 160, 161])
    assert roles.loc["Cody", "otherwise_at_least"] == pytest.approx(360)
    assert roles.loc["Cody", "type"] == "fc"


def test_sites_that_stand_in_for_one_another_by_hand(
    four: Network, three: Alternatives, every: tuple[Alternatives, Path]
) -> None:
    (row,) = alternatives(four, within=0.1).swaps().to_dict("records")
    assert (row["site"], row["other"], row["swaps"], row["either"], row["always_one"]) == ("Ames", "Bend", 1, 2, True)
    assert (row["share"], row["least"], row["most"]) == pytest.approx((1, 1, 1))
    assert three.swaps()["always_one"].tolist() == [False]  # both are in the third set
    pairs = {frozenset((row["site"], row["other"])) for row in every[0].swaps().to_dict("records")}
    assert pairs == {frozenset(pair) for pair in itertools.combinations(("Ames", "Bend", "Cody"), 2)}


def test_only_the_best_and_those_that_differ_most(four: Network, every: tuple[Alternatives, Path]) -> None:
    best = alternatives(four, within=2.0, count=2)
    assert best.table()["cost"].tolist() == pytest.approx([160, 161])
    assert best.finished
    assert best.ranked
    assert 161 <= best.rest <= 261 + 1e-6
    apart = replace(every[0], different=2)
    assert len(apart.found) == 6
    assert apart.table()["open"].tolist() == ["Ames; Dyer", "Bend; Cody; Dyer"]  # they differ in three
    assert apart.finished
    assert apart.rest > apart.limit  # those that are found and not listed are known, too


def test_sets_of_one_type(four: Network) -> None:
    network = four.edit("facilities.Cody.type=dc", "facilities.Cody.fixed_cost=102")
    found = alternatives(network, within=0.01, kind="fc")
    assert found.sites == ("Ames", "Bend", "Dyer")
    assert sets_of(found) == pytest.approx({("Ames", "Dyer"): 160, ("Bend", "Dyer"): 161})
    everything = alternatives(network, within=0.02, kind="fc")
    assert sets_of(everything)["Dyer",] == pytest.approx(162)  # with Cody, which is no fc


def test_what_status_or_stock_decides_is_not_asked_about(four: Network) -> None:
    assert decided_sites(four) == ("Ames", "Bend", "Cody", "Dyer")
    assert decided_sites(four.edit("facilities.Ames.status=open", "facilities.Bend.status=closed")) == ("Cody", "Dyer")
    stocked = four.edit('{"table": "inventory", "action": "add", "filter": "facility=Bend;initial=5"}')
    assert decided_sites(stocked) == ("Ames", "Cody", "Dyer")
    assert decided_sites(four, "dc") == ()
    nothing = alternatives(four, kind="dc")
    assert (nothing.sites, nothing.finished, len(nothing.found)) == ((), True, 1)


def test_sets_of_the_same_cost_are_within_nothing(four: Network) -> None:
    found = alternatives(four.edit("facilities.Bend.fixed_cost=100"), within=0.0)
    assert len(found.found) == 2
    assert found.finished


def test_a_base_without_a_plan_has_no_sets() -> None:
    found = alternatives(netopt.read(TINY).edit("demand.quantity*=9"))
    assert (found.search, found.found, found.finished) == (None, (), False)
    assert len(found.study.outcomes) == 1


# -- against every set ------------------------------------------------------------------------------------------------


def every_set(network: Network) -> dict[tuple[str, ...], float]:
    """Return the cost of every set that has a plan, by trying every state of every site in every period."""
    names, periods = decided_sites(network), [str(name) for name in network.periods.names]
    place = {str(name): at for at, name in enumerate(network.facilities.names)}
    cells = [(n, t) for n in names for t in range(len(periods)) if network.facilities.status[place[n], t] == CONSIDER]
    costs: dict[tuple[str, ...], float] = {}
    for states in itertools.product(("closed", "open"), repeat=len(cells)):
        edits = []
        for (name, t), state in zip(cells, states, strict=True):
            rows = f"name={name}" + (f";period={periods[t]}" if len(periods) > 1 else "")
            edits.append({"table": "facilities", "filter": rows, "column": "status", "value": state})
        plan = solve(network.edit(*edits), gap=0.0, threads=1)
        ever = {name for (name, _), state in zip(cells, states, strict=True) if state == "open"}
        of = tuple(name for name in names if name in ever)
        costs[of] = min(plan.cost, costs.get(of, np.inf))
    return {sites: cost for sites, cost in costs.items() if np.isfinite(cost)}


def check_against_every_set(network: Network, within: float, **options: Any) -> None:
    """Compare what is found with all that there is; a gap of a millionth leaves next to nothing open."""
    costs = every_set(network)
    found = alternatives(network, within=within, gap=1e-6, **options)
    here = sets_of(found)
    assert found.finished
    assert found.best == pytest.approx(min(costs.values()), rel=2e-6)
    assert {sites for sites, cost in costs.items() if cost <= found.limit * (1 - 1e-6)} <= here.keys()
    assert here.keys() <= {sites for sites, cost in costs.items() if cost <= found.limit * (1 + 1e-6)}
    assert here == pytest.approx({sites: costs[sites] for sites in here}, rel=2e-6)
    assert all(found.bound(sites) <= costs[_named(found, sites)] * (1 + 1e-9) for sites in found.found)
    others = [cost for sites, cost in costs.items() if sites not in here]
    assert found.rest <= min(others, default=np.inf) * (1 + 1e-9)
    for row in found.roles().to_dict("records"):
        having = sum(row["site"] in sites for sites in here)
        assert row["sets"] == having
        assert row["role"] == ("must-have" if having == len(here) else "sometimes" if having else "never")
        assert row["proved"]
    few = alternatives(network, within=within, gap=1e-6, count=2, **options)
    assert few.finished
    assert few.table()["cost"].tolist() == pytest.approx(sorted(here.values())[:2], rel=3e-6)
    unlisted = [cost for sites, cost in costs.items() if sites not in {_named(few, each) for each in few.listed}]
    assert few.rest <= min(unlisted, default=np.inf) * (1 + 1e-9)
    assert found.search is not None
    assert found.search.begun <= 2 * len(found.sites) * max(1, len(here))


def _named(found: Alternatives, sites: int) -> tuple[str, ...]:
    assert found.search is not None
    return found.search.decided.named(sites)


def test_nothing_is_missed(four: Network) -> None:
    check_against_every_set(four, 0.7)


@pytest.mark.slow
def test_a_site_open_in_one_period_is_in_the_set() -> None:
    check_against_every_set(netopt.read(PERIODS), 0.2)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "within"), [(18, 0.1), (25, 0.1)])
def test_nothing_is_missed_in_random_networks(seed: int, within: float) -> None:
    check_against_every_set(netopt.read(accepted(seed, sites=1.0)), within)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "within"), [(6, 0.5), (8, 0.1)])
def test_nothing_is_missed_with_several_periods(seed: int, within: float) -> None:
    check_against_every_set(netopt.read(accepted(seed, sites=1.0)), within)


def test_a_limit_on_the_periods_of_a_site_may_be_there_already() -> None:
    row = '{"table": "limits", "action": "add", "filter": "what=open_periods;where=Dallas;at_most=3"}'
    found = alternatives(netopt.read(PERIODS).edit(row), within=0.2)
    assert sets_of(found) == pytest.approx({("Reno", "Dallas"): 4290, ("Dallas",): 4570})


# -- parts ------------------------------------------------------------------------------------------------------------


def test_the_halves_of_a_part_hold_its_sets_once() -> None:
    part = Part(0b0010, 0b1000)
    for site in bits(0b0101):
        halves = part.split(site)
        for sites in range(16):
            assert sum(half.holds(sites) for half in halves) == part.holds(sites)
        assert all(half.within(part) and not part.within(half) for half in halves)


def outcome(cost: float, bound: float, opened: tuple[str, ...]) -> Outcome:
    """Return what a part came to."""
    summary = {"status": "optimal", "cost": cost, "bound": bound, "open_sites": list(opened)}
    return Outcome(None, summary, {"flows": pd.DataFrame()}, None)  # type: ignore[arg-type]


def test_bounds_hold_within_and_plans_wherever_their_set_is() -> None:
    answers = Answers(Decided(("A", "B", "C"), ("fc",) * 3, 1))
    answers.add(Part(0, 0), outcome(10, 9, ("A",)))
    answers.add(Part(0, 0b001), outcome(14, 13, ("B", "C")))
    assert answers.bound(Part(0b010, 0)) == 9
    assert answers.bound(Part(0b010, 0b001)) == 13
    assert answers.best(Part(0b100, 0)) == 0b110
    assert answers.best(Part(0, 0b010)) == 0b001
    assert answers.best(Part(0b011, 0)) is None
    assert (answers.known(0b110), answers.known(0b001)) == (13, 9)


COSTS = {0b001: 100.0, 0b010: 102.0, 0b011: 130.0, 0b100: 150.0}
"""Of the sets of A, B and C that have a plan."""


def searched(loose: float, stuck: Part | None = None, **asked: Any) -> Enumeration:
    """Return an enumeration whose bounds are loose by so much money, and in which nothing comes of some parts."""
    decided = Decided(("A", "B", "C"), ("fc",) * 3, 1)

    def solved(part: Part) -> Outcome:
        if stuck is not None and part.within(stuck):
            return Outcome(None, {"status": "interrupted", "bound": 50.0}, {}, None)  # type: ignore[arg-type]
        here = {sites: cost for sites, cost in COSTS.items() if part.holds(sites)}
        if not here:
            return Outcome(None, {"status": "infeasible", "bound": None}, {}, None)  # type: ignore[arg-type]
        best = min(here, key=COSTS.__getitem__)
        return outcome(here[best], here[best] - loose, decided.named(best))

    def solve(scenarios: Sequence[Scenario], _gap: float, _cutoff: float) -> list[Outcome]:
        return [solved(by_name[scenario.name]) for scenario in scenarios]

    every = [Part(opened, shut) for opened in range(8) for shut in range(8) if not opened & shut]
    by_name = {decided.scenario(part).name: part for part in every}
    for name in ("set", "closer look at set"):
        by_name |= {decided.scenario(decided.alone(sites), name).name: decided.alone(sites) for sites in range(8)}
    given = {"within": 0.01, "count": None, "gap": 0.001, "rough": 0.001, "most": None, "seconds": None} | asked
    search = Enumeration(decided, solved(Part(0, 0)), Asked(**given), solve)
    search.run()
    return search


def test_a_set_is_undecided_where_its_bound_is_within_and_its_plan_is_not() -> None:
    sharp = searched(0.0)
    assert (sharp.sets(), sharp.undecided(), sharp.open_parts(), sharp.rest) == ([0b001], [], [], 102)
    loose = searched(2.0)
    assert (loose.sets(), loose.undecided(), loose.open_parts()) == ([0b001], [0b010], [])
    assert 101 < loose.rest <= 128
    wide = searched(2.0, within=0.5)
    assert wide.sets() == [0b001, 0b010, 0b011, 0b100]
    assert wide.rest == np.inf


def test_a_part_that_came_to_nothing_is_left_open() -> None:
    both, with_c = Part(0b011, 0), Part(0b100, 0)
    search = searched(0.0, both, within=0.5)
    assert search.sets() == [0b001, 0b010, 0b100]
    assert search.open_parts()
    assert all(part.within(both) for part in search.open_parts())
    assert search.rest <= 130
    assert search.undecided() == []
    other = searched(0.0, with_c, within=0.5)
    assert other.sets() == [0b001, 0b010, 0b011, 0b100]  # without A and B, it comes to the set of C
    assert any(part.holds(0b101) for part in other.open_parts())
    assert not any(part.holds(0b011) for part in other.open_parts())


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_the_best_ones_are_the_best_ones(count: int) -> None:
    search = searched(1.5, within=0.6, count=count)
    assert search.sets()[:count] == [0b001, 0b010, 0b011, 0b100][:count]
    assert search.open_parts() == []


def test_names_tell_parts_from_one_another() -> None:
    sites = (*(f"{letter}/{'x' * 30}" for letter in "ABCD"), "E-", "E/")
    decided = Decided(sites, ("fc",) * 6, 1, frozenset(sites[:2]))
    parts = [Part(opened, shut) for opened in range(64) for shut in range(64) if not opened & shut]
    names = [decided.scenario(part).name for part in parts] + [decided.scenario(decided.alone(s), "set").name for s in range(64)]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name.encode()) < 80 and "/" not in name for name in names)
    plain = Decided(("Reno", "Dallas"), ("fc", "fc"), 1, frozenset({"Reno"}))
    assert plain.scenario(Part(0, 1)).name == "without Reno"
    assert plain.scenario(Part(2, 1), "set").name == "set with Dallas, without Reno"
    assert plain.scenario(Part(1, 2), "set").name == "set as usual"


# -- stopped, kept and verified ---------------------------------------------------------------------------------------


def test_what_is_stopped_says_what_is_proved_by_then(four: Network, every: tuple[Alternatives, Path]) -> None:
    whole, folder = every
    assert whole.search is not None
    for most in (1, 3, 5, whole.search.begun):
        found = alternatives(four, within=2.0, most=most, out=folder)  # what is solved there is not solved again
        assert found.search is not None
        assert found.search.begun <= most
        missing = [160, 161, 261, 360, 460, 461]
        for cost in sets_of(found).values():
            missing.remove(min(missing, key=lambda each: abs(each - cost)))
        assert found.finished == (most == whole.search.begun)
        assert found.finished <= (not missing)
        assert found.rest <= min(missing, default=np.inf) + 1e-6
        assert found.roles()["proved"].all() >= found.finished
    late = alternatives(four, within=2.0, seconds=1e-9, out=folder)
    assert not late.finished
    assert not late.roles()["proved"].all()


def test_a_set_in_doubt_is_looked_at_more_closely(tmp_path: Path) -> None:
    asked: list[float] = []
    decided = Decided(("A", "B"), ("fc", "fc"), 1)
    costs = {0b01: 100.0, 0b10: 102.0}

    def solve(scenarios: Sequence[Scenario], gap: float, _cutoff: float) -> list[Outcome]:
        found = []
        for scenario in scenarios:
            forced = {"closed": 0, "open": 0}
            for edit in scenario.edits:
                forced[edit.value] = sum(1 << at for at, name in enumerate("AB") if f'"{name}"' in edit.filter)
            part = Part(forced["open"], forced["closed"])
            here = {sites: cost for sites, cost in costs.items() if part.holds(sites)}
            best = min(here, key=costs.__getitem__, default=None)
            asked.append(gap)
            if best is None:
                found.append(Outcome(None, {"status": "infeasible", "bound": None}, {}, None))  # type: ignore[arg-type]
            else:
                found.append(outcome(costs[best], costs[best] * (1 - gap), decided.named(best)))
        return found

    wanted = Asked(within=0.01, count=None, gap=0.02, rough=0.02, most=None, seconds=None)
    search = Enumeration(decided, outcome(100.0, 98.0, ("A",)), wanted, solve)
    search.run()
    assert (search.sets(), search.undecided(), search.open_parts()) == ([0b01], [], [])
    assert min(asked) == pytest.approx(0.0002)


def test_nothing_is_solved_twice(four: Network, tmp_path: Path) -> None:
    alternatives(four, within=0.7, most=2, out=tmp_path)
    some = (tmp_path / "results.jsonl").read_text().splitlines()
    one = alternatives(four, within=0.7, out=tmp_path)
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    assert lines[: len(some)] == some
    again = alternatives(four, within=0.7, out=tmp_path)
    assert (tmp_path / "results.jsonl").read_text().splitlines() == lines
    for name, frame in one.frames().items():
        pd.testing.assert_frame_equal(frame, again.frames()[name])


def test_two_scenarios_with_the_same_edits_are_both_kept(tmp_path: Path) -> None:
    for _ in range(2):  # the gap is that of the parts, so that the last part and its set are the same question
        found = alternatives(PERIODS, within=0.2, gap=0.05, out=tmp_path)
        alone = [each for each in found.parts()["part"] if "without Reno" in each]
        assert alone == ["without Reno", "set without Reno"]
        assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 4


@pytest.mark.slow
def test_a_cluster_finds_the_same_sets(four: Network, three: Alternatives, tmp_path: Path) -> None:
    with Machines(tmp_path) as machines:
        machines.workers(1)
        found = alternatives(four, within=0.7, cluster=machines.address, out=tmp_path / "out")
    assert sets_of(found) == pytest.approx(sets_of(three))
    assert found.finished


@pytest.mark.slow
def test_workers_find_the_same_sets(four: Network, three: Alternatives) -> None:
    assert sets_of(alternatives(four, within=0.7, workers=2)) == pytest.approx(sets_of(three))


@pytest.mark.parametrize("options", [{"count": 2}, {"most": 1}])
@pytest.mark.slow
def test_the_proof_is_gone_through_again(tmp_path: Path, options: dict[str, int]) -> None:
    found = alternatives(PERIODS, within=0.2, out=tmp_path, **options)  # type: ignore[arg-type]
    write_alternatives(found, tmp_path)
    assert verify_study(tmp_path) == []


def test_a_proof_that_was_touched_does_not_stand(tmp_path: Path) -> None:
    found = alternatives(PERIODS, within=0.05, out=tmp_path)
    write_alternatives(found, tmp_path)
    assert len(found.found) == 1
    results = (tmp_path / "results.jsonl").read_text()
    records = [json.loads(line) for line in results.splitlines()]
    assert records[1]["scenario"] == "without Reno"
    assert records[1]["summary"]["bound"] > found.limit
    said = json.loads((tmp_path / "alternatives.json").read_text())
    (tmp_path / "alternatives.json").write_text(json.dumps(said | {"finished": False}))
    assert any("finished is False" in problem for problem in verify_study(tmp_path))
    (tmp_path / "alternatives.json").write_text(json.dumps(said))
    (tmp_path / "results.jsonl").write_text("\n".join(json.dumps(record) for record in records[:1]))
    assert any("without Reno is missing" in problem for problem in verify_study(tmp_path))


def test_a_larger_share_solves_again_what_was_cut_off(tmp_path: Path) -> None:
    assert len(alternatives(PERIODS, within=0.05, out=tmp_path).found) == 1
    wider = alternatives(PERIODS, within=0.2, out=tmp_path)
    assert sets_of(wider) == pytest.approx({("Reno", "Dallas"): 4290, ("Dallas",): 4570})
    assert len(alternatives(PERIODS, within=0.05, out=tmp_path).found) == 1


def test_every_plan_passes_its_audit(every: tuple[Alternatives, Path]) -> None:
    found = every[0]
    assert found.study.audit().empty
    assert len(found.study.outcomes) == len(found.found)
    parts = found.parts().set_index("part")
    assert parts.loc["without Dyer", ["without", "status", "above"]].tolist() == ["Dyer", "infeasible", True]
    assert parts.loc["base", ["cost", "bound"]].tolist() == pytest.approx([160, 160])


@pytest.mark.parametrize(
    "options", [{"within": -0.1}, {"within": np.nan}, {"count": 0}, {"different": 0}, {"most": 0}, {"seconds": 0.0},
     {"count": 2, "different": 2}]
)
def test_options_out_of_range(four: Network, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="it must be"):
        alternatives(four, **options)
