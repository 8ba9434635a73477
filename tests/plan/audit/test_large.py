"""Many lanes: the audit stays in arrays."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from netopt.network import Network, read
from netopt.plan.audit import audit

SITES, CUSTOMERS = 200, 1000


@pytest.fixture(scope="module")
def spread() -> tuple[Network, dict[str, pd.DataFrame]]:
    """Return a network of 200,200 lanes and a plan that uses all of them."""
    rng = np.random.default_rng(7)
    sites = np.array([f"F{i}" for i in range(SITES)])
    customers = np.array([f"C{i}" for i in range(CUSTOMERS)])
    wants = rng.integers(1, 100, CUSTOMERS) * float(SITES)
    price = rng.random((SITES, CUSTOMERS))
    out = pd.DataFrame({"origin": np.repeat(sites, CUSTOMERS), "destination": np.tile(customers, SITES)})
    inn = pd.DataFrame({"origin": "S", "destination": sites})
    lanes = pd.concat([inn.assign(unit_cost=1.0), out.assign(unit_cost=price.ravel())], ignore_index=True)
    facilities = {"name": ["S", *sites], "type": ["supplier"] + ["fc"] * SITES, "capacity": [np.nan] + [1e6] * SITES}
    network = read({
        "facilities": pd.DataFrame(facilities),
        "customers": pd.DataFrame({"name": customers}),
        "demand": pd.DataFrame({"customer": customers, "quantity": wants}),
        "lanes": lanes,
    })  # fmt: skip
    each = wants / SITES
    quantity = np.concatenate([np.full(SITES, each.sum()), np.tile(each, SITES)])
    flows = lanes[["origin", "destination"]].assign(
        mode="", product="product", period="1", quantity=quantity, vehicles=0, cost=quantity * lanes["unit_cost"]
    )
    through = [wants.sum()] + [each.sum()] * SITES
    named = pd.DataFrame({"name": facilities["name"], "type": facilities["type"]})
    use = [np.nan] + [each.sum() / 1e6] * SITES
    bought = {"facility": ["S"], "product": "product", "period": "1", "quantity": wants.sum(), "cost": 0}
    return network, {
        "flows": flows,
        "sites": named.assign(period="1", open=1, throughput=through, utilization=use, cost=0),
        "purchases": pd.DataFrame(bought),
        "costs": pd.DataFrame({"bucket": ["transport"], "period": "1", "cost": flows["cost"].sum()}),
    }


def test_a_large_plan_passes_quickly(spread: tuple[Network, dict[str, pd.DataFrame]]) -> None:
    network, frames = spread
    start = time.perf_counter()
    report = audit(network, frames)
    assert report.ok
    assert time.perf_counter() - start < 5  # about 0.3 s; a loop over lanes takes longer than this


def test_a_large_plan_of_nothing_but_mistakes_is_told(spread: tuple[Network, dict[str, pd.DataFrame]]) -> None:
    network, frames = spread
    report = audit(network, {**frames, "flows": frames["flows"].assign(mode="mule")})
    assert (report.breaches["rule"] == "lane_exists").sum() == len(frames["flows"])
