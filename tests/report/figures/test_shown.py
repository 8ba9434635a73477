"""Plan.map, Plan.chart and Network.map are plotly figures of the same data."""

from __future__ import annotations

import subprocess
import sys

import pytest

import netopt
from netopt.network import Network
from netopt.plan import Plan
from netopt.report.figures import FIGURES
from tests.report.conftest import DATA


def test_charts_are_plotly_figures_with_their_finding(rich: Plan) -> None:
    go = pytest.importorskip("plotly.graph_objects")
    for name in FIGURES:
        figure = rich.chart(name)
        assert isinstance(figure, go.Figure)
        assert figure.layout.title.text == FIGURES[name](rich)["layout"]["meta"]["says"]
        assert len(figure.data) == len(FIGURES[name](rich)["data"])
    assert isinstance(rich.map(product="A", colour="cost"), go.Figure)
    assert rich.chart("stock", site="D").data[-1].visible


def test_a_networks_map(network: Network) -> None:
    assert network.map().layout.title.text == "3 sites, 3 customers and 8 lanes."


def test_what_there_is_not(plan: Plan) -> None:
    with pytest.raises(ValueError, match="there is no figure 'pie'; use one of map, costs"):
        plan.chart("pie")
    with pytest.raises(ValueError, match="No stock is kept"):
        plan.chart("stock")
    with pytest.raises(ValueError, match="nothing moves of or in 'cocoa'"):
        plan.map(product="cocoa")
    with pytest.raises(ValueError, match="there is no plan to draw"):
        netopt.solve(DATA / "tiny-infeasible" / "network.csv").map()


def test_plotly_is_not_imported_before_it_is_asked_for() -> None:
    code = (
        "import sys, netopt; plan = netopt.solve(sys.argv[1]); "
        "from netopt.report.figures import FIGURES; [draw(plan) for draw in FIGURES.values()]; "
        "assert 'plotly' not in sys.modules; plan.map(); assert 'plotly' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, str(DATA / "tiny" / "network.csv")], check=True, capture_output=True)
