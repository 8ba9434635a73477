"""Stock over time is the inventory table, beside what was asked of it and the room that there is."""

from __future__ import annotations

import pandas as pd
import pytest

import netopt
from netopt.plan import Plan
from netopt.report.figures.stock import stock_over_time
from tests.report.conftest import DATA


def series(figure: dict, site: str = "all sites") -> dict[str, list]:
    return {trace["name"]: trace["y"] for trace in figure["data"] if trace["meta"]["site"] == site}


def test_stock_is_the_table_by_product_and_site(rich: Plan) -> None:
    figure = stock_over_time(rich)
    table = rich.inventory()
    for product in ("A", "B"):
        mine = table[table["product"] == product].groupby("period", sort=False)["stock"].sum()
        drawn = series(figure).get(product, [0.0, 0.0])
        assert drawn == pytest.approx(mine.tolist())
    assert {trace["meta"]["site"] for trace in figure["data"]} == {"all sites", "D"}
    assert [trace["visible"] for trace in figure["data"]] == [trace["meta"]["site"] == "all sites" for trace in figure["data"]]


def test_what_is_asked_is_the_largest_of_minimum_safety_stock_and_cover() -> None:
    cover = netopt.read(DATA / "tiny-periods" / "network.csv").edit("inventory.Dallas.cover_days=2", "inventory.Dallas.min_stock=3")
    plan = netopt.solve(cover)
    figure = stock_over_time(plan, site="Dallas")
    flows = plan.flows()
    leaves = flows[flows["origin"] == "Dallas"].groupby("period")["quantity"].sum()
    days = dict(zip(plan.network.periods.names, plan.network.periods.days, strict=True))
    periods = list(plan.network.periods.names)
    following = [*periods[1:], periods[-1]]
    asked = [max(3.0, leaves.get(after, 0.0) * 2 / days[after]) for after in following]
    assert series(figure, "Dallas")["asked for"] == pytest.approx(asked)
    assert series(figure, "Dallas")["room"] == [50.0] * 3
    held = plan.inventory().groupby("period", sort=False)["stock"].sum()
    assert all(has >= least - 1e-6 for has, least in zip(held, asked, strict=True))


def test_room_is_what_the_goods_on_their_way_leave() -> None:
    plan = netopt.solve(netopt.read(DATA / "tiny-periods" / "network.csv").edit("facilities.Dallas.cycle_days=3"))
    throughput = plan.sites()[plan.sites()["name"] == "Dallas"]["throughput"].to_numpy()
    room = 50 - throughput * 3 / plan.network.periods.days
    assert series(stock_over_time(plan))["room"] == pytest.approx(room.tolist())


def test_no_room_is_drawn_where_storage_is_not_counted_in_units() -> None:
    edits = ("facilities.Dallas.storage_unit=volume", "products.tea.volume=0.5")
    plan = netopt.solve(netopt.read(DATA / "tiny-periods" / "network.csv").edit(*edits))
    assert "room" not in series(stock_over_time(plan))


def test_no_stock(plan: Plan, monthly: Plan) -> None:
    assert stock_over_time(plan)["data"] == []
    with pytest.raises(ValueError, match="there is no stock at 'Reno'; use one of Dallas"):
        stock_over_time(monthly, site="Reno")
    assert isinstance(monthly.inventory(), pd.DataFrame)
