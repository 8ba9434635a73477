"""Plans of the small sample networks, and a way to see what is printed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from rich.console import RenderableType

import netopt
from netopt.network import Network
from netopt.plan import Plan
from netopt.report.console import show, terminal
from tests.plan.rich import rich_plan
from tests.report.places import WHERE, located

DATA = Path(__file__).parents[2] / "data"

Printed = Callable[..., str]


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The plan of data/tiny."""
    return netopt.solve(DATA / "tiny" / "network.csv")


@pytest.fixture(scope="session")
def monthly() -> Plan:
    """The plan of data/tiny-periods."""
    return netopt.solve(DATA / "tiny-periods" / "network.csv")


@pytest.fixture(scope="session")
def rich() -> Plan:
    """Two products, two periods, three modes, stock, vehicles, promises, unmet demand; no coordinates."""
    return rich_plan()


@pytest.fixture(scope="session")
def placed(rich: Plan) -> Plan:
    """The same with coordinates."""
    return located(rich, WHERE)


@pytest.fixture
def network() -> Network:
    """The network of data/tiny."""
    return netopt.read(DATA / "tiny" / "network.csv")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    """Return what a pipe gets."""

    def text(blocks: RenderableType | Iterable[RenderableType], width: int = 80) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        out = io.StringIO()
        show(terminal(out), blocks if isinstance(blocks, list) else [blocks])  # type: ignore[list-item]
        return out.getvalue()

    return text
