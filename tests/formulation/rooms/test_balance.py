"""What comes in goes out, at every place, product and period."""

from __future__ import annotations

from netopt.formulation import ROOMS, Draft
from netopt.formulation.rooms.balance import Balance
from tests.formulation.networks import PERIODS, PRODUCTS, Row, Written, cost, solved, tables


def test_every_term_of_a_place_that_does_everything() -> None:
    given = tables(
        facilities="name type\nS supplier\nD dc\nE dc",
        periods=PERIODS,
        inventory="facility initial\nD 5",
        lanes="origin destination unit_cost\nS D 1\nD C 2\nD E 1\nE D 1\nE C 9",
        demand="customer quantity unmet_cost\nC 10 50",
    )
    assert Written(given).rows("balance")["D product P1"] == Row(
        {
            "flow S D product P1": 1, "flow E D product P1": 1, "flow D C product P1": -1, "flow D E product P1": -1,
            "stock D product P1": -1,
        }, -5, -5,
    )  # fmt: skip
    assert Written(given).rows("balance")["C product P2"] == Row(
        {"flow D C product P2": 1, "flow E C product P2": 1, "unmet C product P2": 1}, 10, 10
    )


def test_products_do_not_mix() -> None:
    rows = Written(tables(products=PRODUCTS)).rows("balance")
    assert set(rows) == {f"{place} {product} 1" for place in "SDC" for product in "AB"}
    assert rows["D A 1"].terms == {"flow S D A 1": 1, "flow D C A 1": -1}


def test_a_center_cannot_send_what_it_did_not_get() -> None:
    given = tables(
        demand="customer quantity unmet_cost\nC 10 50", lanes="origin destination unit_cost capacity\nS D 1 4\nD C 2 -"
    )
    assert cost(given) == 4 * 3 + 6 * 50


def test_stations_on_the_way() -> None:
    given = tables(
        facilities="name type\nS supplier\nD dc\nE sort_center\nF fc",
        lanes="origin destination unit_cost\nS D 1\nD E 1\nE F 1\nF C 1",
    )
    plan = solved(given)
    assert plan.cost == 40
    assert plan.sites()["throughput"].tolist() == [10, 10, 10, 10]


def test_no_row_where_nothing_moves() -> None:
    rows = Written(tables(facilities="name type\nS supplier\nD dc\nIDLE dc")).rows("balance")
    assert set(rows) == {"S product 1", "D product 1", "C product 1"}


def test_moves_of_a_script_come_before_it() -> None:
    class Leak:
        """A tenth of what D gets is lost there."""

        name = "leak"

        def build(self, draft: Draft) -> None:
            network, flow = draft.network, draft["flow"]
            into = flow.at[network.places.names.array[network.lanes.destination[network.flows.lane]] == "D"]
            place = network.lanes.destination[network.flows.lane[into - flow.start]]
            draft.move(into, place, network.flows.product[:1], network.flows.period[:1], -0.1)

    rooms = (*(room for room in ROOMS if not isinstance(room, Balance)), Leak(), Balance())
    row = Written(tables(), rooms).rows("balance")["D product 1"]
    assert row.terms == {"flow S D product 1": 0.9, "flow D C product 1": -1}
