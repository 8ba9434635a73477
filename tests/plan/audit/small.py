"""Networks of a few rows, and plans of which only some rules are of interest."""

from __future__ import annotations

from io import StringIO

import pandas as pd

from netopt.network import Network, read
from netopt.plan.audit import AuditReport, audit

COLUMNS = {
    "flows": "origin,destination,mode,product,period,quantity,vehicles,cost",
    "sites": "name,type,period,open,throughput,utilization,cost",
    "inventory": "facility,product,period,stock,cost",
    "unmet": "customer,product,period,quantity,cost",
    "purchases": "facility,product,period,quantity,cost",
    "costs": "bucket,period,cost",
}

NAMES = ("name", "period", "origin", "destination", "facility", "customer", "product", "mode")


def rows(text: str) -> pd.DataFrame:
    """Return a table typed as CSV, a row a line, blanks around cells ignored."""
    lines = [",".join(cell.strip() for cell in line.split(",")) for line in text.strip().splitlines()]
    return pd.read_csv(StringIO("\n".join(lines)), dtype=dict.fromkeys(NAMES, "object"))


def network(**tables: str) -> Network:
    """Return a network whose tables are typed as CSV."""
    return read({name: rows(text) for name, text in tables.items()})


def check(of: Network, **tables: str) -> AuditReport:
    """Return the audit of a plan whose tables are typed as CSV without their headers; absent ones are empty."""
    return audit(of, {name: rows(f"{header}\n{tables.get(name, '')}") for name, header in COLUMNS.items()})


def said(report: AuditReport, rule: str) -> list[str]:
    """Return what a rule says."""
    return list(report.breaches.loc[report.breaches["rule"] == rule, "words"])


def cost(report: AuditReport, bucket: str, period: str = "1") -> float:
    """Return the recomputed cost of a bucket in a period."""
    at = (report.costs["bucket"] == bucket) & (report.costs["period"] == period)
    return float(report.costs.loc[at, "cost"].sum())
