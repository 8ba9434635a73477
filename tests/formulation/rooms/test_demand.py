"""Every quantity wanted is used up at its customer."""

from __future__ import annotations

from tests.formulation.networks import PERIODS, PRODUCTS, Row, Written, cost, status, tables


def test_the_balance_at_a_customer_is_its_demand() -> None:
    written = Written(tables(customers="name\nC\nX", lanes="origin destination\nS D\nD C\nD X\nS C",
                             demand="customer quantity\nC 10\nX 4"))  # fmt: skip
    rows = written.rows("balance")
    assert rows["C product 1"] == Row({"flow D C product 1": 1, "flow S C product 1": 1}, 10, 10)
    assert rows["X product 1"] == Row({"flow D X product 1": 1}, 4, 4)


def test_blank_product_and_period_mean_each() -> None:
    # 2 products * 2 periods * 10 units * 3
    assert cost(tables(products=PRODUCTS, periods=PERIODS)) == 120


def test_a_row_for_one_period_overrides() -> None:
    assert cost(tables(periods=PERIODS, demand="customer period quantity\nC - 10\nC P2 4")) == 42
    assert cost(tables(periods=PERIODS, demand="customer period quantity\nC - 10\nC P2 0")) == 30


def test_demand_that_nothing_reaches_cannot_be_met() -> None:
    given = tables(lanes="origin destination\nS D")
    assert Written(given).rows("balance")["C product 1"] == Row({}, 10, 10)
    assert status(given) == "infeasible"


def test_no_rows_at_customers_that_want_nothing() -> None:
    given = tables(
        customers="name\nC\nX", demand="customer quantity\nC 10\nX 0", lanes="origin destination\nS D\nD C\nD X"
    )
    rows = Written(given).rows("balance")
    assert set(rows) == {"S product 1", "D product 1", "C product 1"}
