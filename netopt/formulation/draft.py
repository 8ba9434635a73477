"""The ledger that the rooms write to: columns, the balance, the costs, rows and gates, all of them arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from netopt.formulation.bounds import Bounds
from netopt.formulation.program import Charges, Columns, Gates, Labels, Program, Rows, assembled
from netopt.network import Network

__all__ = ["Draft"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

_Kind = TypeVar("_Kind", np.int32, np.float64)


@dataclass
class _Terms:
    """Coefficients gathered so far: positions of rows and columns, and values."""

    row: list[npt.NDArray[np.int32]]
    column: list[npt.NDArray[np.int32]]
    value: list[FloatArray]

    @classmethod
    def none(cls) -> _Terms:
        return cls([], [], [])

    def add(self, row: IntArray, column: IntArray, value: npt.ArrayLike) -> None:
        self.row.append(np.asarray(row, dtype=np.int32))
        self.column.append(np.asarray(column, dtype=np.int32))
        self.value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), np.shape(column)))

    def drained(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], FloatArray]:
        """Return everything in one piece and forget it: of the largest arrays there shall not be two copies."""
        return _drained(self.row, np.int32), _drained(self.column, np.int32), _drained(self.value, np.float64)


def _drained(parts: list[npt.NDArray[_Kind]], kind: type[_Kind]) -> npt.NDArray[_Kind]:
    joined = np.concatenate([np.zeros(0, dtype=kind), *parts])
    parts.clear()
    return joined


class Draft:
    """A program in the making.

    Parameters
    ----------
    network : Network
        The network that is formulated.

    Attributes
    ----------
    network : Network
        As given.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._columns: dict[str, Columns] = {}
        self._rows: dict[str, Rows] = {}
        self._gates: list[Gates] = []
        self._charges: list[Charges] = []
        self._terms = _Terms.none()
        self._moves: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._required: list[tuple[IntArray, FloatArray]] = []
        self._throughput: list[tuple[IntArray, IntArray, IntArray, IntArray]] = []
        self._lower: list[FloatArray] = []
        self._upper: list[FloatArray] = []
        self._most: list[FloatArray] = []
        self._size = 0
        self._height = 0

    @cached_property
    def bounds(self) -> Bounds:
        """How much can flow, be bought and be stored in any plan worth making."""
        return Bounds(self.network)

    @property
    def names(self) -> dict[str, npt.NDArray[np.object_]]:
        """What positions in labels stand for, by dimension."""
        network = self.network
        places = network.places.names.array
        return {
            **dict.fromkeys(("origin", "destination", "site", "customer", "place"), places),
            "mode": network.lanes.modes.array,
            "product": network.products.names.array,
            "period": network.periods.names.array,
        }

    def lane_labels(self, lane: IntArray, period: IntArray) -> Labels:
        """Return labels for lanes in periods; lanes that share origin, destination and mode get a number as well."""
        lanes = self.network.lanes
        labels = {
            "origin": lanes.origin[lane],
            "destination": lanes.destination[lane],
            "mode": lanes.mode[lane],
            "period": period,
        }
        n_p, n_m, n_t = len(self.network.places.names), len(lanes.modes), len(self.network.periods)
        key = ((labels["origin"] * n_p + labels["destination"]) * n_m + labels["mode"]) * n_t + period
        key.sort()
        if (key[1:] == key[:-1]).any():
            labels["lane"] = lane
        return labels

    # -- columns --------------------------------------------------------------------------------------------------

    def columns(
        self,
        name: str,
        labels: Labels,
        lower: npt.ArrayLike = 0.0,
        upper: npt.ArrayLike = np.inf,
        kind: str = "quantity",
        most: npt.ArrayLike = np.inf,
    ) -> Columns:
        """Add a block of variables.

        Parameters
        ----------
        name : str
            Name of the block: ``flow``, ``open``, …
        labels : mapping of str to ndarray
            What each column is about, by dimension, each of shape (n,): words, or positions where the dimension is
            origin, destination, site, customer (all positions of places), mode, product or period; other positions
            are words as they stand. They make the name in Pyomo.
        lower, upper : array_like
            Bounds, of shape (n,) or scalar.
        kind : {'quantity', 'whole', 'share'}
            Units of goods; whole numbers (also yes or no); or a number without a unit.
        most : array_like
            What no plan worth making exceeds, of shape (n,) or scalar. No rule of the program: a lower bound on the
            cost is computed with it.

        Returns
        -------
        Columns
            The block, also found as ``draft[name]``.

        Raises
        ------
        ValueError
            When the name is taken or the kind unknown.
        """
        if name in self._columns:
            raise ValueError(f"the draft already has columns called {name}")
        if kind not in ("quantity", "whole", "share"):
            raise ValueError(f"kind {kind!r} is none of quantity, whole, share")
        size = len(next(iter(labels.values())))
        block = Columns(name, dict(labels), self._size, size, kind)
        self._columns[name] = block
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), size).copy())
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), size).copy())
        self._most.append(np.broadcast_to(np.asarray(most, dtype=np.float64), size))
        self._size += size
        return block

    @property
    def blocks(self) -> dict[str, Columns | Rows]:
        """Columns and rows so far, by name; rows that share their name with columns win."""
        return {**self._columns, **self._rows}

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def __getitem__(self, name: str) -> Columns:
        return self._columns[name]

    def limit(self, columns: IntArray, upper: npt.ArrayLike) -> None:
        """Lower the upper bounds of columns to at most ``upper``."""
        bounds = self._bounds(self._upper)
        np.minimum.at(bounds, columns, np.broadcast_to(np.asarray(upper, dtype=np.float64), np.shape(columns)))
        self._upper = [bounds]

    def raise_lower(self, columns: IntArray, lower: npt.ArrayLike) -> None:
        """Raise the lower bounds of columns to at least ``lower``."""
        bounds = self._bounds(self._lower)
        np.maximum.at(bounds, columns, np.broadcast_to(np.asarray(lower, dtype=np.float64), np.shape(columns)))
        self._lower = [bounds]

    @staticmethod
    def _bounds(parts: list[FloatArray]) -> FloatArray:
        return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0), *parts])

    # -- the balance ----------------------------------------------------------------------------------------------

    def cell(self, place: IntArray, product: IntArray, period: IntArray) -> IntArray:
        """Return the number of the balance "what comes in goes out" at a place, product and period."""
        n_k, n_t = len(self.network.products), len(self.network.periods)
        found: IntArray = (place * n_k + product) * n_t + period
        return found

    def move(
        self, columns: IntArray, place: IntArray, product: IntArray, period: IntArray, sign: npt.ArrayLike
    ) -> None:
        """Let columns bring goods into a place (sign +1) or take them out of it (sign -1)."""
        signs = np.broadcast_to(np.asarray(sign, dtype=np.float64), np.shape(columns))
        self._moves.append((self.cell(place, product, period), columns, signs))

    def require(self, place: IntArray, product: IntArray, period: IntArray, quantity: FloatArray) -> None:
        """Let a quantity be used up at a place (negative: be there from the start)."""
        self._required.append((self.cell(place, product, period), quantity))

    @property
    def balance(self) -> tuple[IntArray, IntArray, FloatArray, IntArray, FloatArray]:
        """Terms of the balance so far: cell, column and sign of every move; cell and quantity of every use."""
        cells = [np.zeros(0, dtype=np.int64), *(cell for cell, _ in self._required)]
        quantities = [np.zeros(0), *(quantity for _, quantity in self._required)]
        none = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
        cell, column, sign = (np.concatenate(parts) for parts in zip(none, *self._moves, strict=True))
        self._moves = [(cell, column, sign)]  # the parts need not be kept beside the whole
        return cell, column, sign, np.concatenate(cells), np.concatenate(quantities)

    def pass_through(self, columns: IntArray, site: IntArray, product: IntArray, period: IntArray) -> None:
        """Count columns as throughput of a site."""
        self._throughput.append((columns, site, product, period))

    @property
    def throughput(self) -> tuple[IntArray, IntArray, IntArray, IntArray]:
        """Column, site, product and period of everything that counts as throughput so far."""
        parts = self._throughput or [(np.zeros(0, dtype=np.int64),) * 4]
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))  # type: ignore[return-value]

    # -- costs ----------------------------------------------------------------------------------------------------

    def charge(self, bucket: str, columns: IntArray, cost: npt.ArrayLike, period: IntArray) -> None:
        """Charge money per unit of columns to a bucket.

        Parameters
        ----------
        bucket : str
            ``transport``, ``handling``, ``site``, …
        columns : ndarray of int
            Positions, shape (n,).
        cost : array_like
            Money per unit of the column, shape (n,) or scalar.
        period : ndarray of int
            When it is paid, shape (n,), for discounting and the cost table.
        """
        money = np.broadcast_to(np.asarray(cost, dtype=np.float64), np.shape(columns))
        paid = money != 0
        if not paid.all():
            columns, money, period = columns[paid], money[paid], period[paid]
        if len(columns):
            discount = self.network.periods.discount
            money = money * discount[period] if (discount != 1).any() else money
            self._charges.append(Charges(bucket, columns, money, period))

    # -- rows and gates -------------------------------------------------------------------------------------------

    def rows(self, name: str, labels: Labels, lower: npt.ArrayLike = -np.inf, upper: npt.ArrayLike = np.inf) -> Rows:
        """Add a block of constraints ``lower <= sum of terms <= upper``; `term` fills it.

        Parameters
        ----------
        name : str
            Name of the block.
        labels : mapping of str to ndarray
            What each row is about, each of shape (n,).
        lower, upper : array_like
            Shape (n,) or scalar.

        Raises
        ------
        ValueError
            When the name is taken.
        """
        if name in self._rows:
            raise ValueError(f"the draft already has rows called {name}")
        size = len(next(iter(labels.values())))
        low, high = (np.broadcast_to(np.asarray(v, dtype=np.float64), size).copy() for v in (lower, upper))
        block = Rows(name, dict(labels), self._height, size, low, high)
        self._rows[name] = block
        self._height += size
        return block

    def term(self, rows: IntArray, columns: IntArray, value: npt.ArrayLike) -> None:
        """Add ``value * column`` to rows, all of shape (n,); terms of one row and column are summed."""
        self._terms.add(rows, columns, value)

    def gate(self, columns: IntArray, opener: IntArray, bound: FloatArray, needed: npt.ArrayLike = True) -> None:
        """Let a column carry at most ``bound`` times its opener: ``x <= u * y``.

        Parameters
        ----------
        columns, opener : ndarray of int
            Positions, shape (n,).
        bound : ndarray
            Finite and at least what the column can carry in any plan worth making, shape (n,).
        needed : array_like of bool
            Whether a plan could break the gate if it were left out; false where other rows see to it already and the
            gate only makes the relaxation tighter. Shape (n,) or scalar.

        Raises
        ------
        ValueError
            When a bound is not finite.
        """
        if not np.isfinite(bound).all():
            raise ValueError("the bound of a gate must be finite")
        if len(columns):
            self._gates.append(Gates(columns, opener, bound, np.broadcast_to(np.asarray(needed), np.shape(columns))))

    def program(self) -> Program:
        """Return what has been written as a program; nothing can be written after that."""
        self._moves.clear()
        return assembled(
            columns=self._columns,
            rows=self._rows,
            lower=self._bounds(self._lower),
            upper=self._bounds(self._upper),
            most=self._bounds(self._most),
            terms=self._terms.drained(),
            gates=self._gates,
            charges=self._charges,
            names=self.names,
        )
