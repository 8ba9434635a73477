"""The exact MIP of the contract, one method per feature, written with loops over places, products and periods.

Every row is a list of (coefficient, variable) with a lower and an upper side. Nothing is clever: the point is to be
read beside the contract sections 2 and 4.
"""

from __future__ import annotations

from typing import Any

from oracle_bounds import UNITS, arrival, flow_keys, most_flow, most_stock
from oracle_tables import INFINITY, SELLERS, Network, RefusedError, Row, choice, number

BUCKETS = ("transport", "vehicles", "handling", "storage", "site", "lane", "supply", "unmet")
Terms = list[tuple[float, Any]]


class Model:
    """The variables, rows and cost of one network, stated to one `pywraplp` solver.

    Parameters
    ----------
    net : Network
        The network of `read_network`.
    solver : pywraplp.Solver
        An empty solver.
    """

    def __init__(self, net: Network, solver: Any) -> None:
        self.net, self.solver = net, solver
        self.horizon = range(len(net.periods))
        self.cost: dict[str, Terms] = {bucket: [] for bucket in BUCKETS}
        self.integers: list[Any] = []
        self.flow = {key: self.amount(f"flow{key}") for key in flow_keys(net)}
        self.most = most_flow(net)
        self.most_stock = most_stock(net, self.most)
        self.sites()
        self.balance()
        self.supply()
        self.throughput()
        self.gates()
        self.stocks()
        self.cover()
        self.shipping()
        self.lane_capacity()
        self.lane_opening()
        self.vehicles_needed()
        self.customers()
        self.single_source()
        self.promise()
        self.limits()
        objective = solver.Objective()
        objective.SetMinimization()
        for variable, factor in gather([term for terms in self.cost.values() for term in terms]):
            objective.SetCoefficient(variable, factor)

    # ------------------------------------------------------------------------------------------------------ helpers

    def amount(self, name: str, upper: float = INFINITY) -> Any:
        """Add a quantity that is at least zero."""
        return self.solver.NumVar(0.0, self.solver.infinity() if upper == INFINITY else upper, name)

    def decision(self, name: str, lower: float = 0.0, upper: float = 1.0) -> Any:
        """Add a yes/no decision (or a whole number, with a larger upper bound)."""
        variable = self.solver.IntVar(lower, self.solver.infinity() if upper == INFINITY else upper, name)
        self.integers.append(variable)
        return variable

    def row(self, terms: Terms, lower: float = -INFINITY, upper: float = INFINITY) -> None:
        """State lower <= sum of terms <= upper."""
        sides = [-self.solver.infinity() if lower == -INFINITY else lower]
        sides.append(self.solver.infinity() if upper == INFINITY else upper)
        row = self.solver.Constraint(*sides)
        for variable, factor in gather(terms):
            row.SetCoefficient(variable, factor)

    def charge(self, bucket: str, price: float, terms: Terms) -> None:
        """Add price · (sum of terms) to a bucket of the cost."""
        self.cost[bucket] += [(price * factor, variable) for factor, variable in terms]

    def size(self, row: Row, column: str = "capacity_unit") -> dict[str, float]:
        """Give the size of one unit of each product in the unit that the row's column names."""
        return self.net.size[choice(row, column, "units", UNITS)]

    def entering(self, place: str, product: str, t: int) -> Terms:
        """List what arrives at a place in period t (shipped lead_periods earlier)."""
        lanes = self.net.lanes
        return [
            (1.0, flow)
            for (n, k, left), flow in self.flow.items()
            if k == product and lanes[n].destination == place and arrival(self.net, n, left) == t
        ]

    def leaving(self, place: str, product: str, t: int) -> Terms:
        """List what leaves a place in period t."""
        return [
            (1.0, flow)
            for (n, k, left), flow in self.flow.items()
            if k == product and self.net.lanes[n].origin == place and left == t
        ]

    def through(self, place: str, product: str, t: int) -> Terms:
        """List the throughput: what leaves a supplier or plant, what enters any other facility."""
        if self.net.type_of(place) in SELLERS:
            return self.leaving(place, product, t)
        return self.entering(place, product, t)

    def status(self, place: str, t: int) -> str:
        """Give a facility's status in a period."""
        return choice(self.net.facilities[place][t], "status", "open", ("open", "consider", "closed"))

    # ------------------------------------------------------------------------------------------------------- places

    def sites(self) -> None:
        """State open[t] - open[t-1] = starts[t] - stops[t]; fixed cost while open, opening and closing costs once."""
        self.open: dict[tuple[str, int], Any] = {}
        for place, rows in self.net.facilities.items():
            default = "existing" if self.status(place, 0) == "open" else "potential"
            existing = choice(rows[0], "initial", default, ("existing", "potential")) == "existing"
            for t in self.horizon:
                lower, upper = {"open": (1, 1), "closed": (0, 0), "consider": (0, 1)}[self.status(place, t)]
                is_open = self.open[place, t] = self.decision(f"open({place},{t})", lower, upper)
                starts = self.decision(f"starts({place},{t})")
                stops = self.decision(f"stops({place},{t})")
                change: Terms = [(1.0, is_open), (-1.0, starts), (1.0, stops)]
                if t == 0:
                    self.row(change, float(existing), float(existing))
                else:
                    self.row([*change, (-1.0, self.open[place, t - 1])], 0.0, 0.0)
                self.row([(1.0, starts), (1.0, stops)], upper=1.0)
                self.charge("site", number(rows[t], "fixed_cost", 0.0), [(1.0, is_open)])
                self.charge("site", number(rows[t], "opening_cost", 0.0), [(1.0, starts)])
                self.charge("site", number(rows[t], "closing_cost", 0.0), [(1.0, stops)])

    def balance(self) -> None:
        """State stock[t-1] + in + buy = out + stock[t]; only a place with an inventory row has stock."""
        self.stock: dict[tuple[str, str, int], Any] = {}
        self.buy: dict[tuple[str, str, int], Any] = {}
        for place in self.net.facilities:
            sells_all = self.net.type_of(place) in SELLERS and not any(p == place for p, _ in self.net.supply)
            for k in self.net.products:
                inventory = self.net.inventory.get((place, k), {})
                for t in self.horizon:
                    if sells_all or t in self.net.supply.get((place, k), {}):
                        self.buy[place, k, t] = self.amount(f"buy({place},{k},{t})")
                    if t in inventory:
                        self.stock[place, k, t] = self.amount(f"stock({place},{k},{t})")
                    terms = self.entering(place, k, t) + [(-1.0, x) for _, x in self.leaving(place, k, t)]
                    terms += [(1.0, self.buy[place, k, t])] if (place, k, t) in self.buy else []
                    terms += [(-1.0, self.stock[place, k, t])] if (place, k, t) in self.stock else []
                    terms += [(1.0, self.stock[place, k, t - 1])] if (place, k, t - 1) in self.stock else []
                    start = number(inventory.get(0, {}), "initial", 0.0) if t == 0 else 0.0
                    self.row(terms, -start, -start)

    def supply(self) -> None:
        """State min_quantity · open <= buy <= capacity, at unit_cost."""
        for (place, k, t), buy in self.buy.items():
            row = self.net.supply.get((place, k), {}).get(t, {})
            self.row([(1.0, buy)], upper=number(row, "capacity", INFINITY))
            self.row([(1.0, buy), (-number(row, "min_quantity", 0.0), self.open[place, t])], lower=0.0)
            self.charge("supply", number(row, "unit_cost", 0.0), [(1.0, buy)])

    def throughput(self) -> None:
        """State min_throughput · open <= throughput <= capacity · open, of all products and of each; pay handling."""
        for place, rows in self.net.facilities.items():
            for t in self.horizon:
                size, total = self.size(rows[t]), []
                for k in self.net.products:
                    through = self.through(place, k, t)
                    total += [(size[k] * factor, x) for factor, x in through]
                    handling = self.net.handling.get((place, k), {}).get(t, {})
                    self.between(through, handling, self.open[place, t])
                    price = number(handling, "unit_cost", number(rows[t], "handling_cost", 0.0))
                    self.charge("handling", price, through)
                self.between(total, rows[t], self.open[place, t])

    def between(self, terms: Terms, row: Row, is_open: Any) -> None:
        """State min_throughput · open <= terms <= capacity · open."""
        if "capacity" in row:
            self.row([*terms, (-number(row, "capacity", INFINITY), is_open)], upper=0.0)
        if "min_throughput" in row:
            self.row([*terms, (-number(row, "min_throughput", 0.0), is_open)], lower=0.0)

    def gates(self) -> None:
        """State that a flow needs its origin open when it leaves, its destination when it arrives."""
        for (n, k, t), flow in self.flow.items():
            lane = self.net.lanes[n]
            for place, when in ((lane.origin, t), (lane.destination, arrival(self.net, n, t))):
                if place in self.net.facilities and self.status(place, when) == "closed":
                    self.row([(1.0, flow)], upper=0.0)
                elif place in self.net.facilities and self.status(place, when) == "consider":
                    enough = self.proved(self.most[n, k, t], f"the flow {lane.origin} -> {lane.destination}")
                    self.row([(1.0, flow), (-enough, self.open[place, when])], upper=0.0)

    def proved(self, bound: float, what: str) -> float:
        """Refuse a link whose M could not be proved."""
        if bound == INFINITY:
            raise RefusedError(f"no proved bound on {what}: give a capacity")
        return bound

    # -------------------------------------------------------------------------------------------------------- stock

    def stocks(self) -> None:
        """Bound the stock; bound and pay stock + throughput · cycle_days / days; no stock where not open."""
        for (place, k, t), stock in self.stock.items():
            row, is_open = self.net.inventory[place, k][t], self.open[place, t]
            self.row([(1.0, stock)], upper=number(row, "max_stock", INFINITY))
            for floor in ("min_stock", "safety_stock"):
                self.row([(1.0, stock), (-number(row, floor, 0.0), is_open)], lower=0.0)
            if self.status(place, t) == "closed":
                self.row([(1.0, stock)], upper=0.0)
            elif self.status(place, t) == "consider":
                enough = self.proved(self.most_stock[place, k, t], f"the stock at {place}")
                self.row([(1.0, stock), (-enough, is_open)], upper=0.0)
        for place, rows in self.net.facilities.items():
            for t in self.horizon:
                size, total = self.size(rows[t], "storage_unit"), []
                for k in self.net.products:
                    held: Terms = [(1.0, self.stock[place, k, t])] if (place, k, t) in self.stock else []
                    share = number(rows[t], "cycle_days", 0.0) / self.net.days[t]
                    held += [(share * factor, x) for factor, x in self.through(place, k, t)]
                    total += [(size[k] * factor, x) for factor, x in held]
                    own = self.net.inventory.get((place, k), {}).get(t, {})
                    price = number(own, "storage_cost", number(rows[t], "storage_cost", 0.0))
                    self.charge("storage", price, held)
                self.row(total, upper=number(rows[t], "storage_capacity", INFINITY))

    def cover(self) -> None:
        """State stock[t] >= outflow of the next cover_days, period by period, the last one repeating; only if open."""
        last = len(self.net.periods) - 1
        for (place, k, t), stock in self.stock.items():
            left = number(self.net.inventory[place, k][t], "cover_days", 0.0)
            terms: Terms = [(1.0, stock)]
            enough, following = 0.0, t + 1
            while left > 0:
                u = min(following, last)
                share = min(left, self.net.days[u]) / self.net.days[u]
                terms += [(-share * factor, x) for factor, x in self.leaving(place, k, u)]
                enough += share * sum(
                    self.most[n, p, s] for n, p, s in self.flow if (self.net.lanes[n].origin, p, s) == (place, k, u)
                )
                left -= self.net.days[u]
                following += 1
            if self.status(place, t) == "open":
                self.row(terms, lower=0.0)
            elif self.status(place, t) == "consider" and len(terms) > 1:
                enough = self.proved(enough, f"what leaves {place}")
                self.row([*terms, (-enough, self.open[place, t])], lower=-enough)

    # -------------------------------------------------------------------------------------------------------- lanes

    def lane_terms(self, n: int, t: int) -> Terms:
        """List the flows of one lane in one period, all its products, in its capacity_unit."""
        size = self.size(self.net.lanes[n].rows[t])
        return [(size[k], flow) for (m, k, s), flow in self.flow.items() if (m, s) == (n, t)]

    def lane_periods(self) -> list[tuple[int, int, Row, Terms]]:
        """List every lane and period that can carry something, with its row and terms."""
        found = sorted({(n, t) for n, _, t in self.flow})
        return [(n, t, self.net.lanes[n].rows[t], self.lane_terms(n, t)) for n, t in found]

    def shipping(self) -> None:
        """Pay the unit cost of every flow, in the period it leaves."""
        for (n, k, t), flow in self.flow.items():
            self.charge("transport", self.net.lanes[n].unit_cost[k, t], [(1.0, flow)])

    def lane_capacity(self) -> None:
        """State sum_k size_k · flow <= capacity."""
        for _, _, row, terms in self.lane_periods():
            self.row(terms, upper=number(row, "capacity", INFINITY))

    def lane_opening(self) -> None:
        """State min_flow · use <= sum_k size_k · flow <= M · use, and flow <= M · use; pay the fixed cost if used."""
        self.use: dict[tuple[int, int], Any] = {}
        for n, t, row, terms in self.lane_periods():
            fixed_cost, min_flow = number(row, "fixed_cost", 0.0), number(row, "min_flow", 0.0)
            if fixed_cost == 0 and min_flow == 0:
                continue
            lane = self.net.lanes[n]
            use = self.use[n, t] = self.decision(f"use({n},{t})")
            size = self.size(row)
            enough = sum(size[k] * self.most[n, k, t] for k in lane.carries if size[k] > 0)
            enough = min(enough, number(row, "capacity", INFINITY))
            enough = self.proved(enough, f"the flow {lane.origin} -> {lane.destination}")
            self.row([*terms, (-enough, use)], upper=0.0)
            self.row([*terms, (-min_flow, use)], lower=0.0)
            for k in lane.carries:
                most = self.proved(self.most[n, k, t], f"the flow {lane.origin} -> {lane.destination}")
                self.row([(1.0, self.flow[n, k, t]), (-most, use)], upper=0.0)
            self.charge("lane", fixed_cost, [(1.0, use)])

    def vehicles_needed(self) -> None:
        """State sum_k size_k · flow <= vehicle_capacity · vehicles, whole vehicles."""
        self.vehicles: dict[tuple[int, int], Any] = {}
        for n, t, row, terms in self.lane_periods():
            if "vehicle_capacity" in row:
                vehicles = self.vehicles[n, t] = self.decision(f"vehicles({n},{t})", 0.0, INFINITY)
                self.row([*terms, (-number(row, "vehicle_capacity", 0.0), vehicles)], upper=0.0)
                self.charge("vehicles", number(row, "vehicle_cost", 0.0), [(1.0, vehicles)])

    # ---------------------------------------------------------------------------------------------------- customers

    def customers(self) -> None:
        """State delivered + unmet = quantity; unmet only where it has a price."""
        self.unmet: dict[tuple[str, str, int], Any] = {}
        for customer in self.net.customers:
            for k in self.net.products:
                for t in self.horizon:
                    row = self.net.demand.get((customer, k), {}).get(t, {})
                    terms = self.entering(customer, k, t)
                    if "unmet_cost" in row:
                        unmet = self.unmet[customer, k, t] = self.amount(f"unmet({customer},{k},{t})")
                        terms.append((1.0, unmet))
                        self.charge("unmet", number(row, "unmet_cost", 0.0), [(1.0, unmet)])
                    quantity = number(row, "quantity", 0.0)
                    self.row(terms, quantity, quantity)

    def single_source(self) -> None:
        """State that in each period one facility (by any mode) sends all that a single-source customer receives."""
        for customer, about in self.net.customers.items():
            if choice(about, "single_source", "no", ("yes", "no")) == "no":
                continue
            origins = sorted({lane.origin for lane in self.net.lanes if lane.destination == customer})
            for t in self.horizon:
                serve = {origin: self.decision(f"serve({origin},{customer},{t})") for origin in origins}
                self.row([(1.0, x) for x in serve.values()], upper=1.0)
                for (n, k, s), flow in self.flow.items():
                    lane = self.net.lanes[n]
                    if lane.destination == customer and arrival(self.net, n, s) == t:
                        quantity = number(self.net.demand.get((customer, k), {}).get(t, {}), "quantity", 0.0)
                        self.row([(1.0, flow), (-quantity, serve[lane.origin])], upper=0.0)

    def promise(self) -> None:
        """State flow within promise_days >= promise_share · delivered, per customer, product and period."""
        for (customer, product), rows in self.net.demand.items():
            for t, row in rows.items():
                promised = number(row, "promise_days", number(self.net.customers[customer], "promise_days", INFINITY))
                share = number(row, "promise_share", 1.0)
                terms: Terms = []
                for (n, k, s), flow in self.flow.items():
                    lane = self.net.lanes[n]
                    if (lane.destination, k, arrival(self.net, n, s)) == (customer, product, t):
                        days = number(self.net.facilities[lane.origin][s], "processing_days", 0.0)
                        days += number(lane.rows[s], "days", 0.0)
                        terms.append((float(days <= promised + 1e-9) - share, flow))
                if promised < INFINITY:
                    self.row(terms, lower=0.0)

    # ------------------------------------------------------------------------------------------------------- limits

    def limits(self) -> None:
        """State at_least <= count of open sites, or units moved, <= at_most."""
        for row in self.net.limits:
            what = choice(row, "what", "", ("open_sites", "flow"))
            filled = set(row) - {"what", "at_least", "at_most", "period"}
            allowed = {"type", "region"} if what == "open_sites" else {"mode", "product"}
            if filled - allowed:
                raise RefusedError(f"limits: {what} filtered by {sorted(filled - allowed)} is not settled")
            if what == "flow" and "period" not in row and len(self.net.periods) > 1:
                raise RefusedError("limits: flow with a blank period is not settled (each period, or their sum?)")
            for t in self.horizon:
                if row.get("period", self.net.periods[t]) == self.net.periods[t]:
                    terms = self.counted(row, t) if what == "open_sites" else self.moved(row, t)
                    self.row(terms, number(row, "at_least", -INFINITY), number(row, "at_most", INFINITY))

    def counted(self, row: Row, t: int) -> Terms:
        """List the open decisions that an open_sites limit counts."""
        about = {place: rows[t] for place, rows in self.net.facilities.items()}
        return [
            (1.0, self.open[place, t])
            for place in about
            if all(about[place].get(c, "") == row[c] for c in ("type", "region") if c in row)
        ]

    def moved(self, row: Row, t: int) -> Terms:
        """List the flows that a flow limit adds up."""
        found: Terms = []
        for (n, k, s), flow in self.flow.items():
            mode = self.net.lanes[n].mode
            if s == t and row.get("product", k) == k and row.get("mode", mode) == mode:
                found.append((1.0, flow))
        return found


def gather(terms: Terms) -> list[tuple[Any, float]]:
    """Add up the coefficients of each variable."""
    total: dict[int, tuple[Any, float]] = {}
    for factor, variable in terms:
        before = total.get(variable.index(), (variable, 0.0))[1]
        total[variable.index()] = (variable, before + factor)
    return list(total.values())
