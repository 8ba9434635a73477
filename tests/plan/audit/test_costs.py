from __future__ import annotations

from tests.plan.audit.harbour import audited, plan, put, rules
from tests.plan.audit.small import check, network, said

SEA = {"origin": "Port", "destination": "Reno", "mode": "sea", "product": "tea", "period": "m1"}


def test_a_bucket_may_be_off_by_a_millionth_of_itself() -> None:
    for off, broken in ((0.9e-6 * 245, False), (1.1e-6 * 245, True)):  # 180 in m1, 65 in m2
        frames = plan(costs=put({"bucket": "buy", "period": "m1"}, cost=180 + off))
        assert rules(audited(frames)) == ({"bucket_costs"} if broken else set())


def test_a_row_may_be_off_by_a_millionth_of_itself() -> None:
    for off, broken in ((0.9e-6, False), (1.1e-6, True)):
        report = audited(plan(flows=put(SEA, cost=135 * (1 + off))))
        assert rules(report) == ({"flow_costs"} if broken else set())


def test_stock_in_two_rows_is_priced_by_each() -> None:
    of = network(
        facilities="name,type,storage_cost\nF,fc,2",
        customers="name\nC",
        demand="customer,quantity\nC,1",
        lanes="origin,destination\nF,C",
        inventory="facility\nF",
    )
    report = check(of, inventory="F,product,1,3,6\nF,product,1,5,9")
    assert said(report, "stock_costs") == ["stock of product at F costs 9 in the plan, by its quantities 10"]
    assert said(report, "duplicates")


def test_a_flow_without_a_price_is_left_to_the_rule_of_lanes() -> None:
    of = network(
        facilities="name,type\nF,fc",
        customers="name\nC",
        demand="customer,quantity\nC,1",
        lanes="origin,destination,status\nF,C,closed",
    )
    report = check(of, flows="F,C,,product,1,1,0,99")
    assert said(report, "lane_open")
    assert not said(report, "flow_costs")
