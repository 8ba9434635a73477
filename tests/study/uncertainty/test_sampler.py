"""Sampled demand: its mean, its spread, how it goes together, and that a seed makes it again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netopt
from netopt.plan.folder import write_table
from netopt.study.scenario import read_scenarios
from netopt.study.uncertainty.sampler import multipliers, sample_demand, scenarios_frame
from tests.study.small import TINY


def test_the_distribution_is_what_was_asked_for() -> None:
    drawn = multipliers(3, 200_000, 0.3, 0.5, None, 1)
    assert drawn.min() > 0
    assert drawn.mean(axis=0) == pytest.approx([1, 1, 1], abs=0.005)
    assert drawn.std(axis=0) == pytest.approx([0.3, 0.3, 0.3], abs=0.005)
    assert np.corrcoef(drawn.T)[np.triu_indices(3, 1)] == pytest.approx([0.5] * 3, abs=0.01)


def test_the_correlation_is_that_of_demand_not_of_its_logarithm() -> None:
    """With a cv of 1, demand correlated by 0.3 has logarithms correlated by ln 1.3 / ln 2 = 0.3785."""
    drawn = multipliers(2, 400_000, 1.0, 0.3, None, 1).T
    assert np.corrcoef(np.log(drawn))[0, 1] == pytest.approx(0.3785, abs=0.01)
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(0.3, abs=0.02)


def test_a_cv_too_small_to_be_squared_leaves_demand_as_it_is() -> None:
    assert (multipliers(2, 5, 1e-200, 0.5, None, 1) == 1).all()


@pytest.mark.parametrize(("correlation", "spread"), [(1.0, 0.0), (0.0, 1.0)])
def test_together_or_each_alone(correlation: float, spread: float) -> None:
    drawn = multipliers(2, 50, 0.3, correlation, None, 1)
    assert (np.abs(drawn[:, 0] - drawn[:, 1]).max() > 0.1) == bool(spread)


def test_correlation_falls_with_distance() -> None:
    apart = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 0.0]])  # two at one spot
    drawn = np.log(multipliers(3, 200_000, 0.3, 0.8, apart, 1).T)
    found = np.corrcoef(drawn)
    near = np.log(1 + 0.8 * 0.09) / np.log(1.09)
    assert found[0, 1] == pytest.approx(near, abs=0.01)
    assert found[0, 2] == pytest.approx(near / np.e, abs=0.01)
    assert np.corrcoef(np.exp(drawn))[0, 1] == pytest.approx(0.8, abs=0.01)


def test_a_seed_makes_the_same_cases_and_another_seed_others() -> None:
    network = netopt.read(TINY)
    one, same, other = (sample_demand(network, 4, seed=seed) for seed in (7, 7, 8))
    assert one == same
    assert one != other
    assert sum(each.probability or 0 for each in one) == pytest.approx(1)
    assert [len(each.edits) for each in one] == [3, 3, 3, 3]
    assert len({each.name for each in one}) == 4


def test_cases_can_be_written_typed_over_and_read_again(tmp_path: Path) -> None:
    cases = sample_demand(netopt.read(TINY), 3, cv=0.4, correlation=0.2, seed=1)
    write_table(tmp_path / "cases.csv", scenarios_frame(cases), guard=False)
    again = read_scenarios(tmp_path / "cases.csv")
    assert [each.to_json() for each in again] == [each.to_json() for each in cases]


def test_scenarios_without_edits_are_written_too() -> None:
    frame = scenarios_frame([netopt.Scenario("calm", (), probability=0.5, description="nothing")])
    (again,) = read_scenarios(frame)
    assert (again.name, again.edits, again.probability, again.description) == ("calm", (), 0.5, "nothing")


def test_regions_vary_as_one() -> None:
    network = netopt.read(TINY).edit("customers.region=South", "customers.Boise.region=North")
    cases = sample_demand(network, 2, by="region", seed=3)
    assert [edit.filter for edit in cases[0].edits] == ['customer.region="North"', 'customer.region="South"']
    wanted = network.edit(*cases[0].edits).demand["quantity"]
    assert wanted[1] / 120 == pytest.approx(wanted[2] / 80)


def test_distance_between_real_places() -> None:
    network = netopt.read(TINY)
    near = sample_demand(network, 2000, cv=0.3, correlation=1.0, distance=1e6, seed=1)
    far = sample_demand(network, 2000, cv=0.3, correlation=1.0, distance=1.0, seed=1)

    def spread(cases: tuple[netopt.Scenario, ...]) -> float:
        values = np.array([[float(edit.value) for edit in each.edits] for each in cases])
        return float(np.corrcoef(np.log(values.T))[0, 1])

    assert spread(near) > 0.99
    assert abs(spread(far)) < 0.1


@pytest.mark.parametrize("options", [
    {"number": 0}, {"cv": 0.0}, {"cv": np.inf}, {"correlation": 1.5}, {"distance": -1.0}, {"by": "moon"},
])  # fmt: skip
def test_options_out_of_range(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        sample_demand(netopt.read(TINY), **{"number": 2, **options})  # type: ignore[arg-type]


def test_a_customer_without_a_region_is_named() -> None:
    with pytest.raises(netopt.InputError) as caught:
        sample_demand(netopt.read(TINY), 2, by="region")
    assert (caught.value.problems[0].column, caught.value.problems[0].row) == ("region", 5)


def test_a_customer_without_coordinates_has_no_distance() -> None:
    network = netopt.read(TINY).edit("customers.Boise.latitude=", "customers.Boise.longitude=")
    with pytest.raises(netopt.InputError):
        sample_demand(network, 2, distance=100)
