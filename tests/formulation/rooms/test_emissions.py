"""What transport emits has a price where the settings state one."""

from __future__ import annotations

import pytest

from tests.formulation.networks import Written, asleep, cost, solved, tables

LANES = "origin destination mode unit_cost emissions\nS D air 1 8\nS D rail 2 1\nD C truck 2 2"


def test_charges() -> None:
    written = Written(tables(lanes=LANES, settings="key value\nemissions_price 0.5"))
    assert written.charges("emissions") == {
        "flow S D air product 1": 4, "flow S D rail product 1": 0.5, "flow D C truck product 1": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("price", "money"),
    [
        (0, 30),
        (0.1, 10 * (1 + 2) + 0.1 * 100),  # air: 0.8 more for emissions, rail 1.1 more in all
        (0.5, 10 * (2 + 2) + 0.5 * 30),  # rail
    ],
)
def test_a_price_moves_goods_to_the_cleaner_mode(price: float, money: float) -> None:
    assert cost(tables(lanes=LANES, settings=f"key value\nemissions_price {price}")) == pytest.approx(money)


def test_the_flows_say_what_they_emit() -> None:
    plan = solved(tables(lanes=LANES))
    assert plan.flows().set_index("mode")["emissions"].to_dict() == {"air": 80, "truck": 20}


def test_asleep_without_a_price() -> None:
    assert asleep("emissions", tables(lanes=LANES))
    assert asleep("emissions", tables(settings="key value\nemissions_price 0.5"))
    assert not asleep("emissions", tables(lanes=LANES, settings="key value\nemissions_price 0.5"))
