"""A small network that is right, for tests to break in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GOOD: Mapping[str, str] = {
    "facilities.csv": "name,type,status,capacity\nAcme,supplier,,\nReno,fc,open,100\n",
    "customers.csv": "name,latitude,longitude\nBoise,43.6,-116.2\n",
    "demand.csv": "customer,quantity\nBoise,10\n",
    "lanes.csv": "origin,destination,unit_cost\nAcme,Reno,1\nReno,Boise,2\n",
}

PRODUCTS = {"products.csv": "name\ntea\nmilk\n"}
PERIODS = {"periods.csv": "name,start,days\n2027-01,2027-01-01,31\n2027-02,2027-02-01,28\n"}


def folder(at: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write the good network with some files replaced, added or (None) left out; return the folder."""
    path = at / "net"
    path.mkdir()
    for name, text in {**GOOD, **(changes or {})}.items():
        if text is not None:
            (path / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path
