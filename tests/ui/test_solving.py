from __future__ import annotations

import json
import math

import pytest

from netopt.network import Network
from netopt.solve.control import Progress

pytest.importorskip("nicegui", reason="NiceGUI is not installed: python -m pip install 'netopt[ui]'")

from netopt.ui.search import Search
from netopt.ui.solving import search_chart, search_words


@pytest.fixture
def search(tiny: Network) -> Search:
    return Search(tiny, {"gap": 1e-4})


def test_a_search_says_where_it_stands(search: Search) -> None:
    assert search_words(search).startswith("reading and formulating")
    search.note(Progress("improving", 200.0, 150.0, 1.0))
    assert search_words(search).startswith("improving   best plan 200.00   none below 150.00   gap 25%")
    search.stopping = True
    assert search_words(search).startswith("stopping   improving")
    search.seconds, search.failure = 2.0, "memory <b>ended</b>\x1b"
    assert search_words(search) == "No plan: memory <b>ended</b>\\x1b"


def test_a_chart_shows_what_is_known(search: Search) -> None:
    assert [each["x"] for each in search_chart(search)["data"]] == [[], []]
    for progress in (Progress("screening", math.inf, -9e9, 0.1), Progress("screening", math.inf, 140.0, 0.5),
                     Progress("improving", 200.0, 150.0, 1.0)):  # fmt: skip
        search.note(progress)
    search.seconds = 3.0
    cost, bound = search_chart(search)["data"]
    assert (cost["x"], cost["y"]) == ([1.0, 3.0], [200.0, 200.0])
    assert (bound["x"], bound["y"]) == ([0.5, 1.0, 3.0], [140.0, 150.0, 150.0])  # the first one would hide the rest
    json.dumps(search_chart(search), allow_nan=False)


def test_a_long_search_keeps_its_shape(search: Search) -> None:
    for at in range(5000):
        search.note(Progress("branching", 1e6 - at, float(at), at / 10))
    assert len(search.history) <= 2000
    assert (search.history[0].bound, search.history[-1].bound) == (0.0, 4999.0)
    search.note(Progress("branching", 1e6 - 4999, 4999.0, 600.0))
    assert search.history[-1].seconds == 600.0
