"""Exact arithmetic on arrays of fractions over a power of two.

A float is such a fraction, ``n / 2**bits``, and so are sums, differences and products of them; Python's whole numbers
are as long as they need to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Dyadic", "pieces", "summed_by"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.object_]

_MANTISSA = 53
_WORD = 62


@dataclass(frozen=True)
class Dyadic:
    """Fractions ``whole / 2**bits``.

    Parameters
    ----------
    whole : ndarray of int
        Python's own, shape (n,).
    bits : int
        At least 0.
    """

    whole: Whole
    bits: int

    @classmethod
    def of(cls, values: FloatArray, bits: int | None = None) -> Dyadic:
        """Return finite floats as they are, to the last digit; ``bits`` where given are at least what they need."""
        mantissa, exponent = _parts(values)
        if bits is None:
            bits = _bits(mantissa, exponent)
        shift = np.where(mantissa != 0, exponent + bits, 0)
        if (np.frexp(mantissa.astype(np.float64))[1] + shift).max(initial=0) <= _WORD:
            return cls((mantissa << shift).astype(object), bits)
        return cls(np.left_shift(mantissa.astype(object), shift.astype(object)), bits)

    @staticmethod
    def bits_of(values: FloatArray) -> int:
        """Return the bits that finite floats need."""
        return _bits(*_parts(values))

    @classmethod
    def zeros(cls, size: int) -> Dyadic:
        """Return zeros."""
        return cls(np.full(size, 0, dtype=object), 0)

    def __len__(self) -> int:
        return len(self.whole)

    def __getitem__(self, at: IntArray | BoolArray) -> Dyadic:
        return Dyadic(self.whole[at], self.bits)

    def finer(self, bits: int) -> Dyadic:
        """Return the same fractions over a larger power of two."""
        return self if bits == self.bits else Dyadic(np.left_shift(self.whole, bits - self.bits), bits)

    def __add__(self, other: Dyadic) -> Dyadic:
        bits = max(self.bits, other.bits)
        return Dyadic(self.finer(bits).whole + other.finer(bits).whole, bits)

    def __sub__(self, other: Dyadic) -> Dyadic:
        bits = max(self.bits, other.bits)
        return Dyadic(self.finer(bits).whole - other.finer(bits).whole, bits)

    def __mul__(self, other: Dyadic) -> Dyadic:
        return Dyadic(self.whole * other.whole, self.bits + other.bits)

    @property
    def negative(self) -> BoolArray:
        """Which are below zero, shape (n,)."""
        return np.asarray(self.whole < 0, dtype=bool)

    def sum(self) -> Fraction:
        """Return the sum."""
        return Fraction(int(sum(self.whole.tolist())), 1 << self.bits)


def summed_by(group: IntArray, values: Dyadic, size: int) -> Dyadic:
    """Return exact sums of values by group, zero where a group has none, shape (size,)."""
    found: Whole = np.full(size, 0, dtype=object)
    if len(group):
        order = np.argsort(group, kind="stable") if (np.diff(group) < 0).any() else slice(None)
        ordered = group[order]
        start = np.nonzero(np.append(True, np.diff(ordered) > 0))[0]
        found[ordered[start]] = np.add.reduceat(values.whole[order], start)
    return Dyadic(found, values.bits)


def pieces(value: Fraction) -> list[float]:
    """Return floats, the largest first, whose sum is a fraction over a power of two; none for zero."""
    found = []
    while value:
        found.append(float(value))
        value -= Fraction(found[-1])
    return found


def _parts(values: FloatArray) -> tuple[IntArray, IntArray]:
    """Return odd whole numbers and the powers of two that they are multiplied by; zero has neither."""
    part, power = np.frexp(values)
    mantissa = np.ldexp(part, _MANTISSA).astype(np.int64)
    last: Any = np.frexp((mantissa & -mantissa).astype(np.float64))[1] - 1
    zeros = np.where(mantissa != 0, last, 0).astype(np.int64)
    return mantissa >> zeros, power.astype(np.int64) - _MANTISSA + zeros


def _bits(mantissa: IntArray, exponent: IntArray) -> int:
    return max(0, -int(exponent[mantissa != 0].min(initial=0)))
