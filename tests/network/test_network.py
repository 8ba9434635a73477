"""A network shows itself."""

from pathlib import Path

import netopt

TINY = Path(__file__).parents[2] / "data" / "tiny" / "network.csv"


def test_what_a_notebook_shows() -> None:
    shown = netopt.read(TINY)._repr_html_()
    assert "3 customers want 300 units" in shown
    assert "8 lanes, 1 products, 1 periods" in shown
    cells = [part.partition("<")[0] for part in shown.split("<td>")[1:]]
    assert cells == ["supplier", "1", "0", "0", "fc", "0", "2", "0"]


def test_its_line() -> None:
    assert repr(netopt.read(TINY)) == "<Network: 3 facilities, 3 customers, 8 lanes, 1 products, 1 periods>"
