"""Names and amounts as sentences say them."""

from __future__ import annotations

from netopt.network import Network
from netopt.plan.audit.finding import UNIT_WORDS, shown

__all__ = ["amount", "count", "in_period", "lane_words", "when"]


def amount(value: float, unit: int = 0) -> str:
    """Return an amount with its unit, a position in `netopt.network.catalog.UNITS`."""
    word = UNIT_WORDS[unit]
    return f"{shown(value)} {'unit' if unit == 0 and value == 1 else word}"


def count(value: float, thing: str) -> str:
    """Return ``1 vehicle``, ``2 vehicles``."""
    return f"{shown(value)} {thing}{'' if value == 1 else 's'}"


def when(network: Network, period: int) -> str:
    """Return `` in 2027-01``; nothing where the network has no periods table."""
    return in_period(network, network.periods.names[period])


def in_period(network: Network, name: str) -> str:
    """Return `when` for a period by its name, which the network need not have."""
    return f" in {name}" if "periods" in network.tables else ""


def lane_words(network: Network, lane: int) -> str:
    """Return a lane as ``Oakland to Reno by truck``, with its product where it is a lane of its own."""
    lanes, places = network.lanes, network.places.names
    mode = lanes.modes[int(lanes.mode[lane])]
    words = f"{places[int(lanes.origin[lane])]} to {places[int(lanes.destination[lane])]}"
    words += f" by {mode}" if mode else ""
    product = int(lanes.product[lane])
    return words + (f" for {network.products.names[product]}" if product >= 0 else "")
