"""The network that the tables describe: a graph of places and lanes, and the columns that carry their numbers."""

from netopt.network.network import Network, read
from netopt.network.resolve import BLANK

__all__ = ["BLANK", "Network", "read"]
