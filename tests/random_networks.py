"""Random networks of the oracle that netopt takes as they are: what its reader refuses as a slip is mended first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.oracle.networks import random_network

__all__ = ["accepted"]

_PAIRS = (("lanes", "min_flow", "capacity"), ("facilities", "min_throughput", "capacity"))


def accepted(seed: int, **switches: Any) -> dict[str, pd.DataFrame]:
    """Return `random_network` with a capacity below a minimum lifted, and without limits on a region that has no site."""
    tables = random_network(seed, **switches)
    for table, least, most in _PAIRS:
        frame = tables[table]
        if least in frame and most in frame:
            tables[table] = frame.assign(**{most: frame[most].where(~(frame[least] > frame[most]))})
    if "limits" in tables and "region" in tables["limits"]:
        known = tables["limits"]["region"].isna() | tables["limits"]["region"].isin(tables["facilities"]["region"])
        tables["limits"] = tables["limits"][known]
    if "limits" in tables and tables["limits"].empty:
        del tables["limits"]
    return tables
