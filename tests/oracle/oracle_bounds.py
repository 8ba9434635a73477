"""How much can ever flow: the M of every link between a flow and a yes/no decision, with the reason it is enough.

`most_flow` only uses what follows from the rows of the model, whatever the costs:

- a lane carries at most its own capacity, and what its origin may send or its destination may take in;
- a customer takes in exactly what is delivered, which is at most its demand in that period;
- a place that keeps no stock sends in a period what it gets in that period, so each is bounded by the other;
- a place that keeps stock sends at most its initial stock and all it got up to then, and takes in at most what it
  sends and the stock it may hold at the end of that period.

These are applied until nothing changes. Where they leave a flow unbounded (unlimited supply into unlimited stock), one
more bound holds for *some* optimal plan, if no cost is negative and no place has cover_days: split the plan, in its
time-expanded network, into paths from a purchase (or initial stock) to a customer or to final stock, and cycles. Paths
to customers add up to at most the demand. Take an optimal plan with the least total flow. No other path or cycle can
be shortened, although that costs nothing, so it crosses a row "sum of sizes · flows >= floor" that holds with equality
(min_throughput, min_stock, safety_stock, min_quantity, min_flow, a limit's at_least), or begins at initial stock; the
paths across one such row add up to at most floor / smallest size of a unit. So no arc carries more than demand +
initial stock + sum of floors / size (`floor_bound`). With cover_days the right-hand side of a row moves with the flow
and the argument fails: then there is no bound, and the oracle refuses where it needs one.
"""

from __future__ import annotations

from oracle_tables import INFINITY, SELLERS, Network, Row, choice, number

UNITS = ("units", "volume", "weight")
Key = tuple[int, str, int]  # lane, product, period in which it leaves


def arrival(net: Network, lane: int, t: int) -> int:
    """Give the period in which what leaves in t arrives."""
    return t + int(number(net.lanes[lane].rows[t], "lead_periods", 0.0))


def flow_keys(net: Network) -> list[Key]:
    """List the (lane, product, period) that may carry anything: an open row, arriving within the horizon."""
    keys = []
    for n, lane in enumerate(net.lanes):
        for t in sorted(lane.rows):
            if lane.open_in(t) and arrival(net, n, t) < len(net.periods):
                keys += [(n, k, t) for k in lane.carries]
    return keys


def throughput_bound(net: Network, place: str, product: str, t: int) -> float:
    """Bound one product's throughput of a facility in a period by its capacities."""
    if is_closed(net, place, t):
        return 0.0
    row = net.facilities[place][t]
    size = net.size[choice(row, "capacity_unit", "units", UNITS)][product]
    bound = number(row, "capacity", INFINITY) / size if size > 0 else INFINITY
    return min(bound, number(net.handling.get((place, product), {}).get(t, {}), "capacity", INFINITY))


def purchase_bound(net: Network, place: str, product: str, t: int) -> float:
    """Bound what a supplier or plant can buy of one product in a period (0 when it does not sell it)."""
    if net.type_of(place) not in SELLERS:
        return 0.0
    if not any(p == place for p, _ in net.supply):
        return INFINITY
    row: Row | None = net.supply.get((place, product), {}).get(t)
    return 0.0 if row is None else number(row, "capacity", INFINITY)


def floor_bound(net: Network) -> float:
    """Bound any flow of some optimal plan by the demand and all the floors, when costs and cover allow that proof."""
    costs = ["unit_cost", "fixed_cost", "vehicle_cost", "handling_cost", "storage_cost", "opening_cost", "closing_cost"]
    tables = [*net.facilities.values(), *net.supply.values(), *net.handling.values(), *net.inventory.values()]
    rows = [row for of in tables for row in of.values()] + [row for lane in net.lanes for row in lane.rows.values()]
    unit_costs = [cost for lane in net.lanes for cost in lane.unit_cost.values()]
    if any(number(row, c, 0.0) < 0 for row in rows for c in costs) or any(cost < 0 for cost in unit_costs):
        return INFINITY
    if any(number(row, "cover_days", 0.0) > 0 for of in net.inventory.values() for row in of.values()):
        return INFINITY
    smallest = min((s for of in net.size.values() for s in of.values() if s > 0), default=1.0)
    smallest = min(smallest, 1.0)
    floors = ["min_throughput", "min_quantity", "min_flow", "min_stock", "safety_stock"]
    total = sum(number(row, c, 0.0) for row in rows for c in floors) / smallest
    total += sum(number(row, "at_least", 0.0) for row in net.limits if row.get("what") == "flow")
    total += sum(number(row, "quantity", 0.0) for of in net.demand.values() for row in of.values())
    return total + sum(number(of[0], "initial", 0.0) for of in net.inventory.values() if 0 in of)


def most_flow(net: Network) -> dict[Key, float]:
    """Bound every flow, in units (infinite where nothing can be proved).

    Parameters
    ----------
    net : Network
        The network of `read_network`.

    Returns
    -------
    dict
        (lane, product, period) -> the most that flow can be in some optimal plan.
    """
    horizon = range(len(net.periods))
    most: dict[Key, float] = {}
    for n, k, t in flow_keys(net):
        lane = net.lanes[n]
        unit = choice(lane.rows[t], "capacity_unit", "units", UNITS)
        bound = number(lane.rows[t], "capacity", INFINITY) / max(net.size[unit][k], 1e-300)
        if net.type_of(lane.origin) in SELLERS or is_closed(net, lane.origin, t):
            bound = min(bound, throughput_bound(net, lane.origin, k, t))
        if lane.destination in net.customers:
            bound = min(bound, number(net.demand.get((lane.destination, k), {}).get(t, {}), "quantity", 0.0))
        else:
            bound = min(bound, throughput_bound(net, lane.destination, k, arrival(net, n, t)))
        most[n, k, t] = bound

    leaving: dict[tuple[str, str, int], list[Key]] = {}
    entering: dict[tuple[str, str, int], list[Key]] = {}
    for n, k, t in most:
        leaving.setdefault((net.lanes[n].origin, k, t), []).append((n, k, t))
        entering.setdefault((net.lanes[n].destination, k, arrival(net, n, t)), []).append((n, k, t))

    for _ in range(len(net.facilities) * len(horizon) + 2):
        before = dict(most)
        for place in net.facilities:
            for k in net.products:
                stocked = net.inventory.get((place, k), {})
                gathered = number(stocked.get(0, {}), "initial", 0.0)
                for t in horizon:
                    ins, outs = entering.get((place, k, t), []), leaving.get((place, k, t), [])
                    got = sum(most[key] for key in ins) + purchase_bound(net, place, k, t)
                    gathered = gathered + got if stocked else got
                    sent = sum(most[key] for key in outs)
                    if stocked:
                        sent += number(stocked.get(t, {}), "max_stock", INFINITY)
                    for key in outs:
                        most[key] = min(most[key], gathered)
                    for key in ins:
                        most[key] = min(most[key], sent)
        if most == before:
            break
    everything = floor_bound(net)
    return {key: min(bound, everything) for key, bound in most.items()}


def most_stock(net: Network, most: dict[Key, float]) -> dict[tuple[str, str, int], float]:
    """Bound the stock of every place that keeps one: its max_stock, all it ever got, or the bound of any arc.

    Parameters
    ----------
    net : Network
        The network of `read_network`.
    most : dict
        The bounds of `most_flow`.

    Returns
    -------
    dict
        (facility, product, period) -> the most its stock can be in some optimal plan.
    """
    everything = floor_bound(net)
    bounds = {}
    for (place, k), rows in net.inventory.items():
        gathered = number(rows.get(0, {}), "initial", 0.0)
        for t in range(len(net.periods)):
            gathered += purchase_bound(net, place, k, t)
            for (n, product, left), bound in most.items():
                if product == k and net.lanes[n].destination == place and arrival(net, n, left) == t:
                    gathered += bound
            if t in rows:
                bounds[place, k, t] = min(gathered, number(rows[t], "max_stock", INFINITY), everything)
    return bounds


def is_closed(net: Network, place: str, t: int) -> bool:
    """Say whether the data close a facility in a period."""
    return choice(net.facilities[place][t], "status", "open", ("open", "consider", "closed")) == "closed"
