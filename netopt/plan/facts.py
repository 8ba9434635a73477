"""The business facts behind rows and bounds of a program: where they were typed, and what changing one would mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from netopt.formulation import Program
from netopt.network import BLANK, Network
from netopt.network.reason import of_product, shown, spell_periods
from netopt.network.sites import CLOSED
from netopt.plan.audit.say import amount, lane_words

__all__ = ["Fact", "Storyteller"]

_NOTHING = 1e-6
_SELLS = "must sell at least {much}"


@dataclass(frozen=True)
class Fact:
    """One thing that the analyst typed.

    Parameters
    ----------
    source : str
        Table it comes from: ``facilities.csv``.
    row : int or None
        Row there; None where it follows from the absence of a row.
    words : str
        What it demands: ``Reno may take in at most 1,000 units (capacity)``.
    change : str
        What stretching it would be: ``raise Reno's capacity{when} by {by} to {to}``.
    period : int
        When.
    value : float
        As typed; NaN where stretching it does not say by how much it changes.
    sign : int
        Whether stretching raises (+1) or lowers (-1) the value.
    factor : float
        Change of the value per unit of stretch.
    """

    source: str
    row: int | None
    words: str
    change: str
    period: int
    value: float
    sign: int
    factor: float = 1.0

    @property
    def where(self) -> str:
        """Source and row: ``facilities.csv row 4``."""
        return self.source if self.row is None else f"{self.source} row {self.row}"

    def __str__(self) -> str:
        return f"{self.where}: {self.words}"

    def new(self, stretch: float) -> float:
        """Return the value after stretching it that far."""
        by = stretch * self.factor
        value = self.value + self.sign * by
        return 0.0 if abs(value) < _NOTHING * by else value

    def changed(self, stretch: float, when: str) -> str:
        """Return what stretching it that far would be, in words."""
        words = {"{when}": when, "{by}": shown(stretch * self.factor), "{to}": shown(self.new(stretch))}
        said = self.change
        for place, word in words.items():  # not str.format: a name may hold braces
            said = said.replace(place, word)
        return said


class Storyteller:
    """Tells which fact stands behind a row or a bound.

    Parameters
    ----------
    network : Network
        What was typed.
    program : Program
        Made of it.
    """

    def __init__(self, network: Network, program: Program) -> None:
        self.network, self.program = network, program
        self.n_i, self.n_t = len(network.facilities), len(network.periods)

    def fact(self, block: str, at: int, above: bool) -> Fact:
        """Return the fact behind a side of a row or of a bound.

        Parameters
        ----------
        block : str
            Name of a block of rows, or of a block of columns with the bound: ``flow.upper``.
        at : int
            Position in the program.
        above : bool
            Whether it is the upper side.
        """
        name, _, bound = block.partition(".")
        tell: Callable[[int], Fact] | None = getattr(self, f"_{name}" + (f"_{bound}" if bound else ""), None)
        start = self.program.columns[name].start if bound else self.program.rows[name].start
        if name == "limits":
            return self._limits(at - start, above)
        return self._unknown(name, at - start) if tell is None else tell(at - start)

    def _labels(self, name: str, at: int, bound: bool = False) -> dict[str, int]:
        block = self.program.columns[name] if bound else self.program.rows[name]
        return {key: int(values[at]) for key, values in block.labels.items() if values.dtype.kind == "i"}

    def _typed_in(self, table: str, base: int, name: str, period: int, column: str) -> tuple[str, int | None]:
        """Return source and row of a facility's cell, which a row for the period may override."""
        frame = self.network.tables[table]
        if "period" in frame and column in frame:
            own = (frame["name"] == name) & (frame["period"] == self.network.periods.names[period])
            rows = frame.index[own & frame[column].notna()]
            if len(rows):
                base = int(rows[0])
        return self.network.tables.source(table), base or None

    def _when(self, period: int) -> str:
        return spell_periods(self.network, [period])

    def _tea(self, product: int) -> str:
        return of_product(self.network, product)

    # -- customers ------------------------------------------------------------------------------------------------

    def _demand(self, place: int, product: int, period: int) -> int:
        demand = self.network.demand
        here = (demand.entity == place - self.n_i) & (demand.product == product) & (demand.period == period)
        return int(np.nonzero(here)[0][0])

    def _balance(self, at: int) -> Fact:
        label = self._labels("balance", at)
        d = self._demand(label["place"], label["product"], label["period"])
        name, quantity = self.network.places.names[label["place"]], float(self.network.demand["quantity"][d])
        tea, when = self._tea(label["product"]), self._when(label["period"])
        return Fact(
            self.network.tables.source("demand"), int(self.network.demand.row[d]) or None,
            f"{name} wants {amount(quantity)}{tea}{when} (no unmet_cost)",
            f"lower {name}'s demand{tea.replace(' of ', ' for ', 1)}{{when}} by {{by}} to {{to}}",
            label["period"], quantity, -1,
        )  # fmt: skip

    def _one_source(self, at: int) -> Fact:
        label = self._labels("one_source", at)
        c = label["customer"] - self.n_i
        name = self.network.customers.names[c]
        return Fact(
            self.network.tables.source("customers"), int(self.network.customers.row[c]) or None,
            f"{name} wants one source (single_source)", f"let {name} have {{to}} sources{{when}}",
            label["period"], 1.0, +1,
        )  # fmt: skip

    def _in(self, period: int) -> str:
        return self._when(period) if "periods" in self.network.tables else ""

    def _delivery_promise(self, at: int) -> Fact:
        label = self._labels("delivery_promise", at)
        return self._promise(self._demand(label["customer"], label["product"], label["period"]))

    def _promise(self, d: int) -> Fact:
        network, demand = self.network, self.network.demand
        c, k, t = int(demand.entity[d]), int(demand.product[d]), int(demand.period[d])
        name, share = network.customers.names[c], float(demand["promise_share"][d])
        frame = network.tables["demand"]
        row = int(demand.row[d])
        own = "promise_days" in frame and row in frame.index and bool(frame.loc[[row], "promise_days"].notna().any())
        table = "demand" if own else "customers"
        row = row if own else int(network.customers.row[c])
        much = "" if share >= 1 else f"{shown(100 * share)}% of "
        tea = self._tea(k).removeprefix(" of ") or "deliveries"
        return Fact(
            network.tables.source(table), row or None,
            f"{name} is promised {much}{tea} within {shown(float(demand['promise_days'][d]))} days{self._in(t)}",
            f"lower promise_share of {name}{self._tea(k)}{{when}} by {{by}} to {{to}}", t, share, -1,
            1.0 / float(demand["quantity"][d]),
        )  # fmt: skip

    # -- sites ----------------------------------------------------------------------------------------------------

    def _site(self, block: str, at: int, column: str, rule: str, change: str, unit: str, sign: int) -> Fact:
        label, facilities = self._labels(block, at), self.network.facilities
        i, t = label["site"], label["period"]
        name, value = facilities.names[i], float(getattr(facilities, column)[i, t])
        much = amount(value, int(getattr(facilities, unit)[i]))
        verb = "send" if facilities.sends[i] else "take in"
        source, row = self._typed_in("facilities", int(facilities.row[i]), name, t, column)
        much += self._in(t) if column == "storage_capacity" else self._when(t)
        words = f"{name} {rule.format(verb=verb, much=much)} ({column})"
        return Fact(source, row, words, f"{change} {name}'s {column}{{when}} by {{by}} to {{to}}", t, value, sign)

    def _site_throughput(self, at: int) -> Fact:
        return self._site("site_throughput", at, "capacity", "may {verb} at most {much}", "raise", "capacity_unit", +1)

    def _min_throughput(self, at: int) -> Fact:
        rule = "must {verb} at least {much} if open"
        return self._site("min_throughput", at, "min_throughput", rule, "lower", "capacity_unit", -1)

    def _storage_capacity(self, at: int) -> Fact:
        rule = "may store at most {much}"
        return self._site("storage_capacity", at, "storage_capacity", rule, "raise", "storage_unit", +1)

    def _open_lower(self, at: int) -> Fact:
        i, t = at // self.n_t, at % self.n_t
        name = self.network.facilities.names[i]
        source, row = self._typed_in("facilities", int(self.network.facilities.row[i]), name, t, "status")
        return Fact(source, row, f"{name} is open{self._in(t)} (status)", f"let {name} be closed{{when}}", t, 1.0, -1)

    def _record(self, table: str, i: int, k: int, t: int, column: str, rule: str, change: str, sign: int) -> Fact:
        """Return a fact from a table by facility, product and period."""
        records = getattr(self.network, table)
        r = int(np.nonzero((records.entity == i) & (records.product == k) & (records.period == t))[0][0])
        name, value = self.network.facilities.names[i], float(records[column][r])
        when = self._in(t) if table == "inventory" else self._when(t)
        return Fact(
            self.network.tables.source(table), int(records.row[r]) or None,
            f"{name} {rule.format(much=amount(value) + self._tea(k) + when)} ({column})",
            f"{change} {column}{self._tea(k)} at {name}{{when}} by {{by}} to {{to}}", t, value, sign,
        )  # fmt: skip

    def _of(self, block: str, at: int, bound: bool = False) -> tuple[int, int, int]:
        label = self._labels(block, at, bound)
        return label["site"], label["product"], label["period"]

    def _handling_capacity(self, at: int) -> Fact:
        cell = self._of("handling_capacity", at)
        return self._record("handling", *cell, "capacity", "may handle at most {much}", "raise", +1)

    def _min_handling(self, at: int) -> Fact:
        cell = self._of("min_handling", at)
        return self._record("handling", *cell, "min_throughput", "must handle at least {much} if open", "lower", -1)

    def _min_quantity(self, at: int) -> Fact:
        return self._record("supply", *self._of("min_quantity", at), "min_quantity", _SELLS, "lower", -1)

    def _buy_lower(self, at: int) -> Fact:
        return self._record("supply", *self._of("buy", at, True), "min_quantity", _SELLS, "lower", -1)

    def _buy_upper(self, at: int) -> Fact:
        i, k, t = self._of("buy", at, True)
        if self.network.facilities.status[i, t] == CLOSED:
            return self._shut(i, t, "sells nothing")
        return self._record("supply", i, k, t, "capacity", "can sell at most {much}", "raise the supply", +1)

    def _shut(self, i: int, t: int, so: str) -> Fact:
        name = self.network.facilities.names[i]
        source, row = self._typed_in("facilities", int(self.network.facilities.row[i]), name, t, "status")
        return Fact(source, row, f"{name} is closed{self._in(t)} and {so}", f"let {name} be open{{when}}", t, 0.0, +1)

    def _least_stock(self, i: int, k: int, t: int) -> Fact:
        inventory = self.network.inventory
        r = int(np.nonzero((inventory.entity == i) & (inventory.product == k) & (inventory.period == t))[0][0])
        column = "min_stock" if inventory["min_stock"][r] >= inventory["safety_stock"][r] else "safety_stock"
        return self._record("inventory", i, k, t, column, "must keep in stock at least {much}", "lower", -1)

    def _min_stock(self, at: int) -> Fact:
        return self._least_stock(*self._of("min_stock", at))

    def _stock_lower(self, at: int) -> Fact:
        return self._least_stock(*self._of("stock", at, True))

    def _stock_upper(self, at: int) -> Fact:
        i, k, t = self._of("stock", at, True)
        if self.network.facilities.status[i, t] == CLOSED:
            return self._shut(i, t, "keeps no stock")
        return self._record("inventory", i, k, t, "max_stock", "may keep in stock at most {much}", "raise", +1)

    def _cover(self, at: int) -> Fact:
        i, k, t = self._of("cover", at)
        inventory = self.network.inventory
        r = int(np.nonzero((inventory.entity == i) & (inventory.product == k) & (inventory.period == t))[0][0])
        name, days = self.network.facilities.names[i], float(inventory["cover_days"][r])
        tea, when = self._tea(k), self._in(t)
        return Fact(
            self.network.tables.source("inventory"), int(inventory.row[r]) or None,
            f"{name} must keep stock{tea}{when} for {shown(days)} days (cover_days)",
            f"lower cover_days{tea} at {name}{{when}}, where stock is {{by}} units short", t, float("nan"), -1,
        )  # fmt: skip

    # -- lanes and limits -----------------------------------------------------------------------------------------

    def _lane(self, block: str, at: int) -> tuple[int, int]:
        """Return lane and period of a row about a lane."""
        lanes, label = self.network.lanes, self._labels(block, at)
        words = self.program.rows[block].labels
        if "lane" in words:
            return int(words["lane"][at]), label["period"]
        here = (lanes.origin == label["origin"]) & (lanes.destination == label["destination"])
        here &= lanes.mode == label["mode"]
        bound = lanes.min_flow > 0 if block == "min_flow" else np.isfinite(lanes.capacity)
        here &= bound[:, label["period"]]
        found = np.nonzero(here)[0]
        several = found[lanes.product[found] == BLANK]  # a row of lanes with one product each would be a bound
        return int(several[0] if len(several) and block == "lane_capacity" else found[0]), label["period"]

    def _of_lane(self, lane: int, t: int, column: str, rule: str, change: str, sign: int, factor: float = 1.0) -> Fact:
        lanes = self.network.lanes
        value, table = float(getattr(lanes, column)[lane, t]), "rates" if lanes.rated[lane] else "lanes"
        much = amount(value, int(lanes.capacity_unit[lane])) + self._when(t)
        words = f"{lane_words(self.network, lane)} {rule.format(much=much)}"
        return Fact(
            self.network.tables.source(table), int(lanes.row[lane]) or None, f"{words} ({column})",
            f"{change} {column} of {lane_words(self.network, lane)}{{when}} by {{by}} to {{to}}",
            t, value, sign, factor,
        )  # fmt: skip

    def _lane_capacity(self, at: int) -> Fact:
        return self._of_lane(*self._lane("lane_capacity", at), "capacity", "carries at most {much}", "raise", +1)

    def _min_flow(self, at: int) -> Fact:
        return self._of_lane(*self._lane("min_flow", at), "min_flow", "carries at least {much} if used", "lower", -1)

    def _flow_upper(self, at: int) -> Fact:
        flows, lanes = self.network.flows, self.network.lanes
        lane, k, t = int(flows.lane[at]), int(flows.product[at]), int(flows.period[at])
        if self.program.upper[self.program.columns["flow"].start + at] == 0 and lanes.capacity[lane, t] > 0:
            return self._promise(self._demand(int(lanes.destination[lane]), k, int(flows.arrival[at])))
        size = float(self.network.products.measure[lanes.capacity_unit[lane], k])
        return self._of_lane(lane, t, "capacity", "carries at most {much}", "raise", +1, size)

    def _limits(self, at: int, above: bool) -> Fact:
        limits = self.network.limits
        which, period = np.nonzero(np.stack([limit.stated for limit in limits]))
        limit, t = limits[int(which[at])], int(period[at])
        column, value = ("at_most", limit.at_most) if above else ("at_least", limit.at_least)
        what = limit.what + (f" ({limit.words})" if limit.words else "")
        source, together = self.network.tables.source("limits"), limit.what == "open_periods"
        when, later = ("", "") if together else (self._in(t), "{when}")
        return Fact(
            source, limit.row, f"{what} {column.replace('_', ' ')} {shown(value)}{when}",
            f"{'raise' if above else 'lower'} {column} of {what}{later} by {{by}} to {{to}}", t, value,
            1 if above else -1,
        )  # fmt: skip

    def _unknown(self, name: str, at: int) -> Fact:
        words = self.program.words(self.program.rows[name])
        about = ", ".join(str(values[at]) for values in words.values())
        return Fact("rule", None, f"{name} ({about})", f"stretch {name} ({about}) by {{by}}", 0, 0.0, +1)
