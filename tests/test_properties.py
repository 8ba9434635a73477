"""What must hold of every network, whatever its numbers."""

from __future__ import annotations

import random
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import netopt
from tests.random_networks import accepted

Tables = dict[str, pd.DataFrame]

few = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

MONEY = {
    "facilities": ("fixed_cost", "opening_cost", "closing_cost"),
    "lanes": ("fixed_cost", "vehicle_cost"),
}
MONEY_A_UNIT = {
    "facilities": ("handling_cost", "storage_cost"),
    "lanes": ("unit_cost",),
    "supply": ("unit_cost",),
    "demand": ("unmet_cost",),
    "handling": ("unit_cost",),
    "inventory": ("storage_cost",),
}
UNITS = {
    "demand": ("quantity",),
    "supply": ("capacity", "min_quantity"),
    "facilities": ("capacity", "min_throughput", "storage_capacity"),
    "lanes": ("capacity", "min_flow", "vehicle_capacity"),
    "handling": ("capacity", "min_throughput"),
    "inventory": ("initial", "min_stock", "max_stock", "safety_stock"),
}


def times(tables: Tables, columns: dict[str, tuple[str, ...]], factor: float) -> Tables:
    """Return tables with some columns multiplied."""
    found = dict(tables)
    for table, names in columns.items():
        if table in found:
            here = [name for name in names if name in found[table]]
            found[table] = found[table].assign(**{name: found[table][name] * factor for name in here})
    return found


def without(tables: Tables, columns: dict[str, tuple[str, ...]]) -> Tables:
    """Return tables without some columns."""
    return {
        name: frame.drop(columns=[c for c in columns.get(name, ()) if c in frame]) for name, frame in tables.items()
    }


def scaled(tables: Tables, money: float, units: float) -> Tables:
    """Return the same network in other money and other units of goods."""
    found = times(times(times(tables, MONEY, money), MONEY_A_UNIT, money / units), UNITS, units)
    if "limits" in found:
        flow = found["limits"]["what"] == "flow"
        sides = {c: found["limits"][c].where(~flow, found["limits"][c] * units) for c in ("at_least", "at_most") if c in found["limits"]}
        found["limits"] = found["limits"].assign(**sides)
    return found


def solved(tables: Tables, **options: Any) -> netopt.Plan:
    """Return a plan that passes its audit, or the word that there is none; skip what takes too long."""
    plan = netopt.solve(tables, **{"gap": 1e-8, "threads": 1, "time_limit": 8.0, **options})
    assume(plan.status in ("optimal", "infeasible"))
    if plan.found:
        assert plan.audit().ok, plan.audit().breaches["words"].tolist()
    return plan


def same(one: netopt.Plan, other: netopt.Plan, factor: float = 1.0) -> None:
    """Check that the optimum of one is that of the other times a factor."""
    assert one.status == other.status
    if one.found:
        assert one.cost == pytest.approx(other.cost * factor, rel=1e-6, abs=1e-9 * factor)


networks = st.builds(
    accepted,
    st.integers(0, 10_000),
    broken=st.none(),
    rates=st.just(False),
    vehicles=st.sampled_from([0.0, 0.3]),
    cover=st.sampled_from([0.0, 0.5]),
    single_source=st.sampled_from([0.0, 0.3]),
)


@few
@given(networks, st.data())
def test_more_capacity_never_costs_more(tables: Tables, data: st.DataObject) -> None:
    facilities = tables["facilities"]
    assume("capacity" in facilities and facilities["capacity"].notna().any())
    at = data.draw(st.sampled_from(facilities.index[facilities["capacity"].notna()].tolist()))
    more = facilities["capacity"].astype(float)
    more[at] = data.draw(st.sampled_from([more[at] * 1.25, more[at] * 3, float("nan")]))
    before, after = solved(tables), solved({**tables, "facilities": facilities.assign(capacity=more)})
    assert after.found or not before.found
    assert after.cost <= before.cost * (1 + 1e-7) if before.found else True


@few
@given(networks, st.sampled_from([1e-3, 0.37, 12.0, 1e5]))
def test_the_optimum_scales_with_all_costs(tables: Tables, factor: float) -> None:
    same(solved(times(times(tables, MONEY, factor), MONEY_A_UNIT, factor)), solved(tables), factor)


@few
@given(networks, st.sampled_from([1e-2, 0.37, 12.0, 1e4]))
def test_the_optimum_scales_with_all_quantities_where_nothing_costs_a_fixed_amount(tables: Tables, factor: float) -> None:
    tables = without(tables, {**MONEY, "limits": ("at_least", "at_most")})
    tables = without(tables, {"lanes": ("vehicle_capacity",)})
    tables.pop("limits", None)
    same(solved(times(tables, UNITS, factor)), solved(tables), factor)


@few
@given(networks, st.sampled_from([1e-4, 1e-2, 1.0, 1e3, 1e6]), st.sampled_from([1e-3, 1.0, 1e3, 1e6]))
def test_cents_or_millions_grams_or_tonnes(tables: Tables, money: float, units: float) -> None:
    same(solved(scaled(tables, money, units)), solved(tables), money)


NAMED = {
    "facilities": ("name",), "customers": ("name",), "products": ("name",), "demand": ("customer", "product"),
    "supply": ("facility", "product"), "handling": ("facility", "product"), "inventory": ("facility", "product"),
    "lanes": ("origin", "destination", "product", "mode"), "limits": ("product", "mode"),
}  # fmt: skip


@few
@given(networks, st.integers(0, 1000))
def test_other_names_and_another_order_of_rows_change_nothing(tables: Tables, seed: int) -> None:
    draw = random.Random(seed)
    words = sorted({w for t, cs in NAMED.items() if t in tables for c in cs if c in tables[t] for w in tables[t][c].dropna()})
    fresh = [f"n{i:03}" for i in range(len(words))]
    draw.shuffle(fresh)
    called = dict(zip(words, fresh, strict=True))
    other = {}
    for name, frame in tables.items():
        renamed = frame.assign(**{c: frame[c].map(called, na_action="ignore") for c in NAMED.get(name, ()) if c in frame})
        order = list(range(len(frame)))
        if name != "periods":
            draw.shuffle(order)
        columns = list(renamed.columns)
        draw.shuffle(columns)
        other[name] = renamed.iloc[order][columns].reset_index(drop=True)
    same(solved(other), solved(tables))


@few
@given(networks, st.data())
def test_one_more_lane_never_costs_more(tables: Tables, data: st.DataObject) -> None:
    tables = {name: frame for name, frame in tables.items() if name != "limits"}
    origin = data.draw(st.sampled_from(tables["facilities"]["name"].unique().tolist()))
    customer = data.draw(st.sampled_from(tables["customers"]["name"].tolist()))
    row = {"origin": origin, "destination": customer, "mode": "new", "unit_cost": data.draw(st.sampled_from([0.5, 4, 12]))}
    lanes = pd.concat([tables["lanes"], pd.DataFrame([row])], ignore_index=True)
    before, after = solved(tables), solved({**tables, "lanes": lanes})
    assert after.found or not before.found
    assert after.cost <= before.cost * (1 + 1e-7) if before.found else True


@few
@given(networks, st.data())
def test_a_site_that_may_be_closed_never_costs_more_than_one_that_must_be_open(tables: Tables, data: st.DataObject) -> None:
    facilities = tables["facilities"]
    if "status" not in facilities:
        facilities = facilities.assign(status=None)
    assume("period" not in facilities or facilities["period"].isna().all())
    at = data.draw(st.sampled_from(facilities.index.tolist()))
    costs = []
    for status in ("open", "consider"):
        chosen = facilities.assign(
            status=facilities["status"].astype(object).where(facilities.index != at, status),
            initial=facilities.get("initial", pd.Series(None, index=facilities.index, dtype=object))
            .astype(object).where(facilities.index != at, "existing"),
        )  # fmt: skip
        costs.append(solved({**tables, "facilities": chosen}).cost)
    assert costs[1] <= costs[0] * (1 + 1e-7) or costs[0] == float("inf")


# ---------------------------------------------------------------------------------------------- flows without choices


@st.composite
def flow_networks(draw: st.DrawFn) -> Tables:
    """Return suppliers, centers and customers with whole costs and capacities, nothing to open or close."""
    whole = st.integers(0, 20)
    n_s, n_d, n_c = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 4))
    suppliers, centers = [f"S{i}" for i in range(n_s)], [f"D{i}" for i in range(n_d)]
    customers = [f"C{i}" for i in range(n_c)]
    facilities = [{"name": s, "type": "supplier"} for s in suppliers]
    facilities += [
        {"name": d, "type": draw(st.sampled_from(["dc", "fc", "sort_center"])), "capacity": draw(st.none() | st.integers(0, 60)),
         "handling_cost": draw(whole)}
        for d in centers
    ]  # fmt: skip
    pairs = [(s, d) for s in suppliers for d in centers] + [(d, c) for d in centers for c in customers]
    pairs += [(d, e) for d in centers for e in centers if d != e]
    lanes = [
        {"origin": o, "destination": d, "unit_cost": draw(whole), "capacity": draw(st.none() | st.integers(0, 40))}
        for o, d in pairs
        if draw(st.integers(0, 3))
    ]
    assume(lanes)
    return {
        "facilities": pd.DataFrame(facilities),
        "customers": pd.DataFrame({"name": customers}),
        "demand": pd.DataFrame([{"customer": c, "quantity": draw(st.integers(1, 25))} for c in customers]),
        "supply": pd.DataFrame([{"facility": s, "capacity": draw(st.integers(0, 70)), "unit_cost": draw(whole)} for s in suppliers]),
        "lanes": pd.DataFrame(lanes),
    }


def in_networkx(tables: Tables) -> nx.DiGraph:
    """Return the same as a minimum-cost flow: sites are split in two where they have a capacity and a cost."""
    graph = nx.DiGraph()
    total = int(tables["demand"]["quantity"].sum())
    graph.add_node("source", demand=-total)
    for row in tables["demand"].itertuples():
        graph.add_node(row.customer, demand=int(row.quantity))
    for row in tables["supply"].itertuples():
        graph.add_edge("source", f"{row.facility} out", capacity=int(row.capacity), weight=int(row.unit_cost))
    for row in tables["facilities"].itertuples():
        if row.type != "supplier":
            room = total * 100 if pd.isna(row.capacity) else int(row.capacity)
            graph.add_edge(f"{row.name} in", f"{row.name} out", capacity=room, weight=int(row.handling_cost))
    names = set(tables["facilities"]["name"])
    for row in tables["lanes"].itertuples():
        end = f"{row.destination} in" if row.destination in names else row.destination
        room = total * 100 if pd.isna(row.capacity) else int(row.capacity)
        graph.add_edge(f"{row.origin} out", end, capacity=room, weight=int(row.unit_cost))
    return graph


@settings(few, max_examples=25)
@given(flow_networks())
def test_networkx_finds_the_same_cost_of_a_pure_flow(tables: Tables) -> None:
    try:
        cost = nx.min_cost_flow_cost(in_networkx(tables))
    except nx.NetworkXUnfeasible:
        cost = None
    plan = solved(tables, gap=0.0)
    assert plan.found == (cost is not None)
    if cost is not None:
        assert plan.cost == pytest.approx(cost)
        quantities = plan.flows()["quantity"]
        assert quantities.to_numpy() == pytest.approx(quantities.round().to_numpy())
