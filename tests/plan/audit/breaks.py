"""One way at least to break each rule, and the sentence that the audit then says about the harbour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.plan.audit.harbour import Rows, add, both, drop, put

__all__ = ["BREAKS", "Break"]

Change = Callable[[Rows], Rows]


@dataclass(frozen=True)
class Break:
    """A wrong plan, or a network that the plan is wrong for.

    Parameters
    ----------
    rule : str
        The rule that is broken.
    words : str
        What the audit says about it.
    plan, tables : dict of str to callable
        Changes to the plan's tables, and to the network's.
    others : set of str
        Rules that are broken along with it.
    """

    rule: str
    words: str
    plan: dict[str, Change] = field(default_factory=dict)
    tables: dict[str, Change] = field(default_factory=dict)
    others: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.rule}: {self.words}"


def flow(origin: str, destination: str, mode: str, product: str, period: str, **cells: object) -> dict[str, object]:
    """Return a row of the flows table, with nothing in it unless cells say so."""
    key = {"origin": origin, "destination": destination, "mode": mode, "product": product, "period": period}
    return {**key, "quantity": 0, "vehicles": 0, "cost": 0, **cells}


SEA = {"origin": "Port", "destination": "Reno", "mode": "sea", "product": "tea", "period": "m1"}
SEA_LANE = {"origin": "Port", "destination": "Reno", "mode": "sea", "product": None}
BARGE_LANE = {"origin": "Port", "destination": "Reno", "mode": "barge"}
GROUND = {"origin": "Reno", "destination": "Boise", "mode": "ground", "period": "m1"}
RENO, DALLAS = {"name": "Reno", "period": "m1"}, {"name": "Dallas", "period": "m2"}
KEPT = {"facility": "Reno", "period": "m2"}
BOUGHT = {"facility": "Port", "product": "tea", "period": "m1"}
STOCKED = {"facility": "Reno", "product": "tea"}


def blank_product(change: Change) -> Change:
    """Return a change of the sea lane that serves every product: its row has no cell for one."""

    def changed(rows: Rows) -> Rows:
        for row in rows:
            row.setdefault("product", None)
        return change(rows)

    return changed


BREAKS = [
    Break(
        "known_names",
        "purchases row 5, facility: 'Prot' is no facility of the network",
        {"purchases": add({"facility": "Prot", "product": "tea", "period": "m1", "quantity": 1, "cost": 2})},
    ),
    Break(
        "known_names",
        "flows row 13, period: a blank is no period of the network",
        {"flows": add(flow("Reno", "Boise", "ground", "tea", ""))},
    ),
    Break(
        "known_names",
        "costs row 21, bucket: 'bribes' is no bucket of the network",
        {"costs": add({"bucket": "bribes", "period": "m1", "cost": 3})},
    ),
    Break(
        "duplicates",
        "inventory row 4: another row stands for Reno, tea, m2 already",
        {"inventory": add({"facility": "Reno", "product": "tea", "period": "m2", "stock": 0, "cost": 0})},
    ),
    Break("numbers", "sites row 2, cost: the cell is infinite", {"sites": put(RENO, cost=float("inf"))},
          others=frozenset({"site_costs"})),
    Break("numbers", "unmet row 1, quantity: the cell is not a number",
          {"unmet": put({}, quantity="five")}, others=frozenset({"demand", "bucket_costs", "unmet_costs"})),
    Break(
        "not_negative",
        "flows row 13, quantity: -4 is below zero",
        {
            "flows": both(
                put(GROUND, quantity=24, cost=72), add(flow("Dallas", "Boise", "ground", "tea", "m1", quantity=-4))
            )
        },
        others=frozenset({"balance", "flow_costs", "bucket_costs"}),
    ),
    Break(
        "lane_exists",
        "5 units of tea go from Reno to Austin by mule, and there is no such lane",
        {"flows": add(flow("Reno", "Austin", "mule", "tea", "m1", quantity=5))},
    ),
    Break(
        "lane_exists",
        "5 units of tea go from Boise to Reno by ground, and there is no such lane",
        {"flows": add(flow("Boise", "Reno", "ground", "tea", "m1", quantity=5))},
    ),
    Break(
        "lane_open",
        "20 units of tea go from Reno to Boise by ground in m2, where the lane is closed or does not carry tea",
        tables={"lanes": add({"origin": "Reno", "destination": "Boise", "mode": "ground", "period": "m2",
                              "status": "closed"})},
        others=frozenset({"bucket_costs"}),
    ),
    Break(
        "horizon",
        "20 units leave from Port to Reno by barge in m1 and would arrive 2 periods later, after the horizon",
        tables={"lanes": put(BARGE_LANE, lead_periods=2)},
        others=frozenset({
            "balance", "site_throughput", "site_utilization", "bucket_costs", "site_costs",
        }),
    ),
    Break("lane_capacity", "Port to Reno by sea carries 100 of volume in m1, its capacity is 99",
          tables={"lanes": blank_product(put(SEA_LANE, capacity=99))}),
    Break("min_flow", "Port to Reno by sea carries 20 of volume in m2, and a lane that is used needs 21",
          tables={"lanes": blank_product(put(SEA_LANE, min_flow=21))}),
    Break("vehicles_whole", "Port to Reno takes 1.75 vehicles in m1, which is no whole number",
          {"flows": put(SEA, vehicles=1.75, cost=132.75), "costs": put({"bucket": "vehicles", "period": "m1"},
                                                                      cost=15.75)}),
    Break("vehicles_enough", "Port to Reno by sea carries 100 of volume in m1, and 1 vehicle of 60 holds 60",
          {"flows": put(SEA, vehicles=1, cost=126), "costs": put({"bucket": "vehicles", "period": "m1"}, cost=9)}),
    Break("vehicles_stated", "flows row 4: 1 vehicle on Reno to Boise by ground, which has no vehicle_capacity",
          {"flows": put(GROUND, vehicles=1)}),
    Break(
        "balance",
        "Reno has 50 units of tea in m1 (50 arriving) and accounts for 49 (30 shipped, 19 kept)",
        {"inventory": put({**STOCKED, "period": "m1"}, stock=19, cost=7.6),
         "costs": put({"bucket": "storage", "period": "m1"}, cost=10.4)},
    ),
    Break(
        "demand",
        "Austin wants 50 units of rice in m2, 45 arrive and 4 are counted as unmet",
        {"unmet": put({}, quantity=4, cost=28), "costs": put({"bucket": "unmet", "period": "m2"}, cost=28)},
    ),
    Break(
        "demand",
        "Boise wants 31 units of tea in m1, 30 arrive and 0 are counted as unmet",
        tables={"demand": put({"customer": "Boise", "period": "m1"}, quantity=31)},
    ),
    Break(
        "wanted",
        "Boise gets 2 units of rice in m1 and wants none",
        {"flows": add(flow("Reno", "Boise", "slow", "rice", "m1", quantity=2))},
        others=frozenset({"balance"}),
    ),
    Break(
        "unmet_allowed",
        "Austin goes without 5 units of rice in m2, and no unmet_cost allows that",
        tables={"demand": put({"customer": "Austin"}, unmet_cost=None)},
        others=frozenset({"bucket_costs"}),
    ),
    Break(
        "unmet_allowed",
        "Austin goes without 3 units of tea in m1, which it does not want",
        {"unmet": add({"customer": "Austin", "product": "tea", "period": "m1", "quantity": 3, "cost": 0})},
    ),
    Break(
        "supply_allowed",
        "Dallas buys 2 units of tea in m1, which is not for sale there",
        {"purchases": add({"facility": "Dallas", "product": "tea", "period": "m1", "quantity": 2, "cost": 0})},
        others=frozenset({"balance"}),
    ),
    Break("supply_capacity", "70 units of tea are bought at Port in m1, the most is 69",
          tables={"supply": put({"product": "tea"}, capacity=69)}),
    Break("supply_minimum", "10 units of tea are bought at Port in m2, the least is 11",
          tables={"supply": put({"product": "tea"}, min_quantity=11)}),
    Break("site_type", "Reno has type dc in the sites table in m1, in the network fc", {"sites": put(RENO, type="dc")}),
    Break("site_whole", "Reno is 0.6 open in m1, which is neither 0 nor 1", {"sites": put(RENO, open=0.6)}),
    Break("site_whole", "Reno is 2 open in m1, which is neither 0 nor 1", {"sites": put(RENO, open=2)}),
    Break("site_status", "Dallas is closed in m2, and its status is open",
          tables={"facilities": put({"name": "Dallas"}, status="open", initial=None)}),
    Break(
        "site_status",
        "Reno is open in m2, its status is closed",
        tables={"facilities": add({"name": "Reno", "period": "m2", "status": "closed"})},
        others=frozenset({"bucket_costs"}),
    ),
    Break(
        "site_status",
        "Dallas is closed in m1, and it has initial stock",
        {"sites": both(put({"name": "Dallas", "period": "m1"}, open=0, cost=25), put(DALLAS, cost=0)),
         "costs": both(put({"bucket": "site", "period": "m1"}, cost=170),
                       put({"bucket": "site", "period": "m2"}, cost=105))},
        others=frozenset({"site_closed"}),
    ),
    Break(
        "site_closed",
        "Reno takes in 90 units and ships 70 units and keeps 20 units in m1, and is closed",
        {"sites": both(put(RENO, open=0, cost=117.8), put({"name": "Reno", "period": "m2"}, cost=233.15)),
         "costs": both(put({"bucket": "site", "period": "m1"}, cost=65),
                       put({"bucket": "site", "period": "m2"}, cost=170))},
    ),
    Break("site_capacity", "Reno takes in 140 of volume in m1, its capacity is 139",
          {"sites": both(put(RENO, utilization=140 / 139),
                         put({"name": "Reno", "period": "m2"}, utilization=105 / 139))},
          {"facilities": put({"name": "Reno"}, capacity=139)}),
    Break("site_minimum", "Reno takes in 105 of volume in m2, and while it is open the least is 110",
          tables={"facilities": put({"name": "Reno"}, min_throughput=110)}),
    Break("site_throughput", "Reno has a throughput of 91 in the sites table in m1, by its flows it is 90",
          {"sites": put(RENO, throughput=91)}),
    Break("site_utilization", "Reno has a utilization of 0.71 in the sites table in m1, it is 0.7",
          {"sites": put(RENO, utilization=0.71)}),
    Break("site_utilization", "Reno has a utilization of blank in the sites table in m1, it is 0.7",
          {"sites": put(RENO, utilization=None)}),
    Break("site_utilization", "Dallas has a utilization of 0 in the sites table in m2, without a capacity it is blank",
          {"sites": put(DALLAS, utilization=0)}),
    Break("handling_capacity", "Reno handles 50 units of tea in m1, its handling capacity for it is 49",
          tables={"handling": put({}, capacity=49)}),
    Break("handling_minimum", "Reno handles 30 units of tea in m2, and while it is open the least is 31",
          tables={"handling": put({}, min_throughput=31)}),
    Break(
        "stock_carried",
        "Reno keeps 1 unit of rice in m2, and no inventory row lets it",
        {"inventory": add({"facility": "Reno", "product": "rice", "period": "m2", "stock": 1, "cost": 0.2}),
         "costs": put({"bucket": "storage", "period": "m2"}, cost=7.35)},
        others=frozenset({"balance"}),
    ),
    Break(
        "storage_capacity",
        "Reno stores 41.5 of weight in m2 (10 at the end, 31.5 in the cycle), its storage_capacity is 41.2",
        tables={"facilities": put({"name": "Reno"}, storage_capacity=41.2)},
    ),
    Break("max_stock", "Reno keeps 20 units of tea in m1, its max_stock is 19",
          tables={"inventory": put(STOCKED, max_stock=19)}),
    Break("min_stock", "Reno keeps 10 units of tea in m2, its min_stock is 11",
          tables={"inventory": put(STOCKED, min_stock=11)}),
    Break("safety_stock", "Reno keeps 10 units of tea in m2, its safety_stock is 12",
          tables={"inventory": put(STOCKED, safety_stock=12)}),
    Break("cover", "Reno keeps 10 units of tea in m2, the outflow of its cover_days is 12",
          tables={"inventory": put(STOCKED, cover_days=6)}),
    Break("single_source", "Austin wants a single source and gets 40 from Reno and 10 from Dallas in m1",
          tables={"customers": put({"name": "Austin"}, single_source="yes")}),
    Break("delivery_promise", "Boise gets 20 of 40 units of tea within 3 days in m2, the promise is 60%",
          tables={"demand": put({"customer": "Boise", "period": "m2"}, promise_share=0.6)}),
    Break("open_sites", "1 site open (type fc) in m2, the limit in row 2 is at least 2",
          tables={"limits": put({"what": "open_sites"}, at_least=2)}),
    Break("open_sites", "2 sites open (type fc) in m1, the limit in row 2 is at most 1",
          tables={"limits": put({"what": "open_sites"}, at_most=1)}),
    Break("open_periods", "3 periods open (type fc), the limit in row 6 is at least 4",
          tables={"limits": put({"what": "open_periods"}, at_least=4, at_most=9)}),
    Break("flow_limit", "70 units moved (mode ground) in m1, the limit in row 3 is at most 69",
          tables={"limits": put({"mode": "ground"}, at_most=69)}),
    Break("flow_limit", "70 units moved (where Reno) in m1, the limit in row 4 is at least 71",
          tables={"limits": put({"where": "Reno"}, at_least=71)}),
    Break("flow_limit", "40 units moved (where Boise, product tea) in m2, the limit in row 5 is at most 35",
          tables={"limits": put({"where": "Boise"}, at_most=35)}),
    Break("bucket_costs", "duty costs 49 in m1 in the costs table, by the plan's quantities 50",
          {"costs": put({"bucket": "duty", "period": "m1"}, cost=49)}),
    Break("bucket_costs", "unmet costs 0 in m2 in the costs table, by the plan's quantities 35",
          {"costs": drop(bucket="unmet")}),
    Break("flow_costs", "tea from Port to Reno by sea in m1 costs 134 in the plan, by its quantities 135",
          {"flows": put(SEA, cost=134)}),
    Break("site_costs", "Dallas in m2 costs 0 in the plan, by its quantities 25", {"sites": put(DALLAS, cost=0)}),
    Break("stock_costs", "stock of tea at Reno in m2 costs 3 in the plan, by its quantities 4",
          {"inventory": put(KEPT, cost=3)}),
    Break("unmet_costs", "unmet rice at Austin in m2 costs 30 in the plan, by its quantities 35",
          {"unmet": put({}, cost=30)}),
    Break("purchase_costs", "buying tea at Port in m1 costs 139 in the plan, by its quantities 140",
          {"purchases": put(BOUGHT, cost=139)}),
]  # fmt: skip
