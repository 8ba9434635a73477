"""Fixed-charge network design: commodities share arcs that cost money to use at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.benchmarks.converters._text import Tables, names
from tests.benchmarks.locate import family_folder


def cmnd_canad(instance: str, variant: str = "") -> Tables:
    """Read a Canad instance (Crainic, Gendron, Frangioni): one product per commodity, one lane per arc.

    Node n becomes the dc "Nn", open and unlimited. Where a commodity starts stands a supplier "Sn" that sells it, no
    more than its demand, over a free lane to "Nn"; where one ends stands a customer "Cn" behind a free lane. An arc's
    lane has a blank product, so its capacity and fixed cost hold for all commodities together. Arcs that join the
    same two nodes differ in mode.

    Parameters
    ----------
    instance : str
        ``c33``, ``c25_100_10_V_L_5``, ``r01.1`` and the like.
    variant : str
        Not used: there is one problem per file.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities, customers, products, demand, supply, lanes.

    Raises
    ------
    FileNotFoundError
        When there is no such instance.
    ValueError
        When the file is not in this format.
    """
    arcs, commodities, n_nodes = _read(_find(instance))
    nodes = names("N", n_nodes)
    products = names("K", len(commodities))
    start, end = commodities[:, 0].astype(int), commodities[:, 1].astype(int)
    sources, sinks = np.unique(start), np.unique(end)
    suppliers, customers = np.char.add("S", sources.astype(str)), np.char.add("C", sinks.astype(str))
    tail, head = nodes[arcs[:, 0].astype(int) - 1], nodes[arcs[:, 1].astype(int) - 1]
    roads = pd.DataFrame(
        {"origin": tail, "destination": head, "unit_cost": arcs[:, 2], "capacity": arcs[:, 3], "fixed_cost": arcs[:, 4]}
    )
    twins = roads.groupby(["origin", "destination"]).cumcount() + 1
    roads["mode"] = "road" + twins.astype(str)
    ends = pd.DataFrame(
        {
            "origin": np.concatenate([suppliers, nodes[sinks - 1]]),
            "destination": np.concatenate([nodes[sources - 1], customers]),
            "mode": "road1",
            "unit_cost": 0.0,
        }
    )
    return {
        "facilities": pd.DataFrame(
            {
                "name": np.concatenate([suppliers, nodes]),
                "type": np.repeat(["supplier", "dc"], [len(suppliers), len(nodes)]),
            }
        ),
        "customers": pd.DataFrame({"name": customers}),
        "products": pd.DataFrame({"name": products}),
        "demand": pd.DataFrame(
            {"customer": np.char.add("C", end.astype(str)), "product": products, "quantity": commodities[:, 2]}
        ),
        "supply": pd.DataFrame(
            {"facility": np.char.add("S", start.astype(str)), "product": products, "capacity": commodities[:, 2]}
        ),
        "lanes": pd.concat([roads, ends], ignore_index=True),
    }


def _find(instance: str) -> Path:
    found = sorted(family_folder("cmnd_canad").glob(f"*/{instance}.dow"))
    if not found:
        raise FileNotFoundError(f"no instance {instance!r} in cmnd_canad")
    return found[0]


def _read(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    n_nodes, n_arcs, n_commodities = (int(size) for size in lines[1][:3])
    if len(lines) != 2 + n_arcs + n_commodities:
        raise ValueError(f"{path}: {len(lines)} lines, expected {2 + n_arcs + n_commodities}")
    arcs = np.array([line[:5] for line in lines[2 : 2 + n_arcs]], dtype=np.float64)
    return arcs, np.array(lines[2 + n_arcs :], dtype=np.float64), n_nodes
