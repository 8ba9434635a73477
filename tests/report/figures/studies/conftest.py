"""A study of a small network: two options in two cases, one of which has no plan."""

from __future__ import annotations

import pytest

import netopt
from netopt.study.study import Study
from tests.report.conftest import DATA

TINY = DATA / "tiny" / "network.csv"


@pytest.fixture(scope="session")
def study() -> Study:
    """Options and cases; the network is small enough to solve each in a moment."""
    said = {
        "more": ["demand.quantity*=1.2"],
        "no Reno": {"kind": "option", "edits": ["facilities.Reno.status=closed"]},
        "<b>both": {"kind": "option", "edits": ["facilities.Reno.status=open", "facilities.Dallas.status=open"]},
    }
    return netopt.study(TINY, said, gap=0)
