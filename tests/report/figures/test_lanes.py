"""Lanes are the flows of what is shown, summed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netopt.plan import Plan
from netopt.report.figures.lanes import Kinds, Lanes, carried, in_tiers, offered

KEYS = ["origin", "destination", "mode"]


def table(plan: Plan, lanes: Lanes, modes: tuple[str, ...]) -> pd.DataFrame:
    names = plan.network.places.names.array
    frame = pd.DataFrame(
        {"origin": names[lanes.origin], "destination": names[lanes.destination], "mode": np.array(modes)[lanes.mode],
         "quantity": lanes.units, "vehicles": lanes.vehicles, "cost": lanes.cost}
    )  # fmt: skip
    return frame.set_index(KEYS).sort_index()


@pytest.mark.parametrize("product", [None, "A", "B"])
@pytest.mark.parametrize("period", [None, "2027-01", "2027-02"])
def test_lanes_are_the_flows_summed(rich: Plan, product: str | None, period: str | None) -> None:
    flows = rich.flows()
    moved = carried(rich.network, flows)
    for column, name in (("product", product), ("period", period)):
        flows = flows if name is None else flows[flows[column] == name]
    found = table(rich, moved.lanes(product, period), moved.modes)
    sums = flows.groupby(KEYS)[["quantity", "vehicles", "cost"]].sum().sort_index()
    pd.testing.assert_frame_equal(found, sums.astype(float), check_exact=False, rtol=1e-12)
    assert moved.count(product, period) == len(sums)


def test_days_are_the_fastest_and_the_slowest(rich: Plan) -> None:
    flows = rich.flows().assign(days=lambda frame: [1.0 if period == "2027-01" else 3.0 for period in frame["period"]])
    lanes = carried(rich.network, flows).lanes()
    spans = flows.groupby(KEYS)["days"].agg(["min", "max"])
    assert sorted(zip(lanes.fastest, lanes.slowest, strict=True)) == sorted(map(tuple, spans.to_numpy()))


def test_choices_are_all_then_each_then_pairs(rich: Plan, plan: Plan) -> None:
    choices = list(carried(rich.network, rich.flows()).choices())
    assert choices[:5] == [(None, None), ("A", None), ("B", None), (None, "2027-01"), (None, "2027-02")]
    assert set(choices[5:]) == {(product, period) for product in "AB" for period in ("2027-01", "2027-02")}
    assert list(carried(plan.network, plan.flows()).choices()) == [(None, None)]  # one product, one period


def test_unknown_places_and_nothing_do_not_move(rich: Plan) -> None:
    flows = pd.concat([rich.flows(), rich.flows().head(1).assign(origin="nowhere"), rich.flows().tail(1).assign(quantity=0.0)])
    assert carried(rich.network, flows).count() == carried(rich.network, rich.flows()).count()


def test_kinds_are_in_the_order_of_the_goods(rich: Plan) -> None:
    lanes = carried(rich.network, rich.flows()).lanes()
    kinds = Kinds.of(rich.network.places.kinds, lanes)
    assert kinds.titles[0].startswith("supplier → ")
    assert kinds.titles[-1] == "FC → customer"
    at = kinds.at(lanes)
    assert all(kinds.ends[k][1] == rich.network.places.kinds[d] for k, d in zip(at, lanes.destination, strict=True))
    assert in_tiers(["customer", "odd", "fc", "supplier"]) == ["supplier", "fc", "customer", "odd"]


def test_offered_lanes_are_there_once_for_all_products(rich: Plan) -> None:
    lanes = offered(rich.network)
    typed = rich.network.tables["lanes"]
    assert len(lanes) == len(typed[KEYS].drop_duplicates())
    assert not lanes.units.any()
