"""Regret as bars: what the table says, and nothing where there is no plan."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netopt.report.figures.studies.regret import regret
from netopt.study.study import Study


def test_bars_are_the_table(study: Study) -> None:
    table = study.regret()
    figure = regret(table, "USD", study.base.cost)
    assert [trace["name"] for trace in figure["data"]] == [name for name in table.columns if name not in ("largest", "expected")]
    for trace in figure["data"]:
        wanted = [value if np.isfinite(value) else None for value in table[trace["name"]]]
        assert trace["x"] == [None if value is None else pytest.approx(value) for value in wanted]
    assert "no option" in figure["layout"]["yaxis"]["ticktext"]


def test_an_option_without_a_plan_has_no_bar() -> None:
    table = pd.DataFrame({"base": [0.0, 5.0], "more": [3.0, np.inf], "largest": [3.0, np.inf]}, index=["a", "b"])
    figure = regret(table, "USD", 100.0)
    assert figure["data"][1]["x"] == [3.0, None]
    assert figure["data"][1]["customdata"][1] == ["b", "no plan"]
    assert figure["layout"]["meta"]["says"].startswith("a is regretted least: at most 3.00 USD more")


def test_many_cases_are_their_largest() -> None:
    table = pd.DataFrame({f"case {at}": [float(at), 0.0] for at in range(20)}, index=["a", "b"])
    figure = regret(table.assign(largest=table.max(axis=1)), "", 100.0)
    assert [trace["name"] for trace in figure["data"]] == ["largest"]
    assert figure["data"][0]["x"] == [19.0, 0.0]
