"""A structural reason why there is no plan, and how the sentences about places and amounts are put."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netopt.network.network import Network

__all__ = ["Reason", "listed", "of_product", "shown", "spell_periods"]

NAMES_SAID = 4

_SPANS = ((1, 1, "day"), (7, 7, "week"), (28, 31, "month"), (90, 92, "quarter"), (360, 366, "year"))


@dataclass(frozen=True)
class Reason:
    """Why the demand cannot be met, whatever is opened and whatever it costs.

    Parameters
    ----------
    kind : str
        ``no_lane``, ``closed_lane``, ``no_lane_for_product``, ``late``, ``closed_site``, ``no_supply``, ``no_source``,
        ``promise``, ``single_source``, ``cut``, ``min_throughput`` or ``limit``.
    words : str
        A sentence for an analyst.
    places : tuple of str
        The customers that lack something, or the site that is asked too much.
    product : str or None
        None where it is about several, or about none.
    periods : tuple of str
        When.
    need, available : float
        What is asked and what can be had, in units (sites for a limit on sites; a cut may be in volume or weight).
    parts : tuple of (str, float)
        What makes up ``available``.
    """

    kind: str
    words: str
    places: tuple[str, ...]
    product: str | None
    periods: tuple[str, ...]
    need: float
    available: float
    parts: tuple[tuple[str, float], ...] = ()


def shown(value: float) -> str:
    """Return an amount as an analyst writes it: ``1,020`` or ``0.25``, rounded to what can matter."""
    if not np.isfinite(value):
        return str(value)
    digits = 0 if value == 0 else int(np.clip(5 - np.floor(np.log10(abs(value))), 0, 12))
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def listed(names: Sequence[str], most: int = NAMES_SAID, more: str = "") -> str:
    """Return ``A, B and C``, or ``A, B, C, D and 12 more customers`` where there are many (``more``: ``customers``)."""
    names = list(names)
    if len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most:,} more{' ' + more if more else ''}"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def of_product(network: Network, product: int | None) -> str:
    """Return `` of tea``, or nothing where the products have no names or all of them are meant."""
    if product is None or (len(network.products) == 1 and network.products.names[0] == "product"):
        return ""
    return f" of {network.products.names[product]}"


def spell_periods(network: Network, periods: Sequence[int], each: bool = False) -> str:
    """Return how a sentence about an amount says when.

    `` in 2027-01``, `` over P1 to P4`` (``each``: `` in each of P1 to P4``); `` a week`` for the only period of a
    network without a periods table, where its length has a name.
    """
    names = network.periods.names
    if "periods" not in network.tables:
        days = float(network.periods.days[0])
        return next((f" a {word}" for low, high, word in _SPANS if low <= days <= high), "")
    if len(names) == 1:
        return ""
    at = sorted(set(periods))
    if len(at) > 2 and at[-1] - at[0] == len(at) - 1:
        return f" {'in each of' if each else 'over'} {names[at[0]]} to {names[at[-1]]}"
    return (" in each of " if each and len(at) > 1 else " in ") + listed([names[t] for t in at])
