from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from netopt.network import Network, read
from netopt.plan.audit import AuditReport, audit
from tests.plan.audit.small import COLUMNS, check, cost, network, rows, said

DATA = Path(__file__).parents[3] / "data"

TINY = {
    "flows": """
Oakland,Reno,truck,tea,1,200,0,200
Oakland,Dallas,truck,tea,1,100,0,400
Reno,Boise,truck,tea,1,100,0,300
Reno,Phoenix,truck,tea,1,100,0,500
Dallas,Phoenix,truck,tea,1,20,0,120
Dallas,Austin,truck,tea,1,80,0,160""",
    "sites": "Oakland,supplier,1,1,300,,0\nReno,fc,1,1,200,1,950\nDallas,fc,1,1,100,0.3125,550",
    "purchases": "Oakland,tea,1,300,600",
    "costs": "buy,1,600\ntransport,1,1680\nhandling,1,300\nsite,1,1200",
}
DALLAS_ALONE = {
    "flows": """
Oakland,Dallas,truck,tea,1,300,0,1200
Dallas,Boise,truck,tea,1,100,0,800
Dallas,Phoenix,truck,tea,1,120,0,720
Dallas,Austin,truck,tea,1,80,0,160""",
    "sites": "Oakland,supplier,1,1,300,,0\nReno,fc,1,0,0,0,0\nDallas,fc,1,1,300,0.9375,750",
    "purchases": "Oakland,tea,1,300,600",
    "costs": "buy,1,600\ntransport,1,2880\nhandling,1,300\nsite,1,450",
}


def months(reno: tuple[float, ...], dallas_in: tuple[float, ...], dallas_out: tuple[float, ...]) -> dict[str, str]:
    """Return the flows, sites, stock and purchases of a plan of tiny-periods; the opening of Reno is in February."""
    flows, sites, purchases, stock = [], [], [], []
    kept = 0.0
    for at in range(3):
        t = f"2027-0{at + 1}"
        if reno[at]:
            flows += [f"Oakland,Reno,truck,tea,{t},{reno[at]},0,{reno[at]}"]
            flows += [f"Reno,Boise,truck,tea,{t},{reno[at]},0,{3 * reno[at]}"]
        flows += [f"Oakland,Dallas,truck,tea,{t},{dallas_in[at]},0,{4 * dallas_in[at]}"]
        flows += [f"Dallas,Boise,truck,tea,{t},{dallas_out[at]},0,{8 * dallas_out[at]}"]
        bought = reno[at] + dallas_in[at]
        purchases.append(f"Oakland,tea,{t},{bought},{2 * bought}")
        sites.append(f"Oakland,supplier,{t},1,{bought},,0")
        opened = int(reno[at] > 0)
        paid = 300 * opened + (400 if at == 1 else 0)
        sites.append(f"Reno,fc,{t},{opened},{reno[at]},{reno[at] / 80},{paid}")
        sites.append(f"Dallas,fc,{t},1,{dallas_in[at]},{dallas_in[at] / 150},150")
        kept += dallas_in[at] - dallas_out[at]
        stock.append(f"Dallas,tea,{t},{kept},{kept}")
    tables = {"flows": flows, "sites": sites, "purchases": purchases, "inventory": stock}
    return {name: "\n".join(lines) for name, lines in tables.items()}


TINY_PERIODS = {
    **months((0, 80, 80), (50, 40, 40), (30, 20, 80)),
    "costs": """buy,2027-01,100
buy,2027-02,240
buy,2027-03,240
transport,2027-01,440
transport,2027-02,640
transport,2027-03,1120
storage,2027-01,20
storage,2027-02,40
site,2027-01,150
site,2027-02,850
site,2027-03,450""",
}


@pytest.mark.parametrize(
    ("name", "plan", "money"),
    [("tiny", TINY, 3780), ("tiny", DALLAS_ALONE, 4230), ("tiny-periods", TINY_PERIODS, 4290)],
)
def test_the_plans_of_the_readmes_cost_what_they_say(name: str, plan: dict[str, str], money: float) -> None:
    report = check(read(DATA / name / "network.csv"), **plan)
    assert list(report.breaches["words"]) == []
    assert report.cost == pytest.approx(money, rel=1e-12)


def test_a_readme_plan_that_keeps_too_much_is_caught() -> None:
    plan = months((0, 80, 80), (81, 40, 9), (30, 20, 80))
    report = check(read(DATA / "tiny-periods" / "network.csv"), **plan)
    assert said(report, "storage_capacity") == [
        "Dallas stores 51 units in 2027-01, its storage_capacity is 50",
        "Dallas stores 71 units in 2027-02, its storage_capacity is 50",
    ]


def test_every_cost_is_discounted_rows_too() -> None:
    tables: dict[str, pd.DataFrame] = dict(read(DATA / "tiny-periods" / "network.csv").tables.frames)
    settings = pd.concat([tables["settings"], pd.DataFrame({"key": ["discount_rate"], "value": ["0.1"]})])
    of: Network = read({**tables, "settings": settings})
    factors = [1.0, 1.1 ** (-31 / 365), 1.1 ** (-59 / 365)]
    assert of.periods.discount == pytest.approx(factors)
    by_name = dict(zip(of.periods.names, factors, strict=True))
    frames = {name: rows(f"{header}\n{TINY_PERIODS.get(name, '')}") for name, header in COLUMNS.items()}
    plain: AuditReport = audit(of, frames)
    assert {"bucket_costs", "flow_costs", "site_costs", "stock_costs", "purchase_costs"} == set(plain.breaches["rule"])
    for frame in frames.values():
        frame["cost"] = frame["cost"] * frame["period"].map(by_name)
    report = audit(of, frames)
    assert report.ok
    by_month = (100 + 440 + 20 + 150, 240 + 640 + 40 + 850, 240 + 1120 + 450)
    assert report.cost == pytest.approx(sum(f * money for f, money in zip(factors, by_month, strict=True)))


def test_the_cost_of_a_flow_falls_when_it_leaves_and_of_handling_when_it_arrives() -> None:
    of = network(
        facilities="name,type,handling_cost,storage_cost,cycle_days\nS,supplier,1,0,0\nF,fc,10,2,4",
        customers="name\nC",
        products="name,value\na,50",
        periods="name,days\np,10\nq,8",
        demand="customer,product,period,quantity\nC,a,q,5",
        lanes="origin,destination,lead_periods,unit_cost,duty_rate,emissions,fixed_cost\nS,F,1,3,0.2,4,6\nF,C,0,1,,,",
        settings="key,value\nemissions_price,0.25",
    )
    report = check(of, flows="S,F,,a,p,5,0,76\nF,C,,a,q,5,0,5")
    money = {
        ("transport", "p"): 15, ("transport", "q"): 5, ("duty", "p"): 50, ("emissions", "p"): 5, ("lane", "p"): 6,
        ("handling", "p"): 5, ("handling", "q"): 50, ("storage", "q"): 5 * 4 / 8 * 2,
    }  # fmt: skip
    found = report.costs[report.costs["cost"] != 0].set_index(["bucket", "period"])["cost"].to_dict()
    assert found == pytest.approx(money)
    assert not said(report, "flow_costs")


def test_handling_by_product_replaces_the_sites_cost_and_zero_counts() -> None:
    of = network(
        facilities="name,type,handling_cost\nF,fc,3\nS,supplier,0",
        customers="name\nC",
        products="name\na\nb\nc",
        demand="customer,quantity\nC,2",
        lanes="origin,destination\nS,F\nF,C",
        handling="facility,product,unit_cost,capacity\nF,a,0,\nF,b,,9",
    )
    report = check(of, flows="S,F,,a,1,2,0,0\nS,F,,b,1,2,0,0\nS,F,,c,1,2,0,0")
    assert cost(report, "handling") == 0 + 6 + 6
