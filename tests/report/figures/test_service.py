"""Days and promises of every flow add up to what the service table says."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.plan import Plan
from netopt.report.figures import service as drawing
from netopt.report.figures.service import days_and_promises, delivered


def test_flows_add_up_to_the_service_table(rich: Plan) -> None:
    flows, table = delivered(rich), rich.service()
    assert flows["quantity"].sum() == pytest.approx(table["delivered"].sum())
    assert flows["quantity"][flows["fate"] != "late"].sum() == pytest.approx(table["on_time"].sum())
    average = (table["average_days"] * table["delivered"]).sum() / table["delivered"].sum()
    assert (flows["days"] * flows["quantity"]).sum() / flows["quantity"].sum() == pytest.approx(average)


def test_bars_hold_every_unit_by_its_days(rich: Plan) -> None:
    figure, flows = days_and_promises(rich), delivered(rich)
    for trace in figure["data"]:
        mine = flows[flows["fate"] == trace["name"]]
        for name, units in zip(trace["x"], trace["y"], strict=True):
            here = np.ceil(mine["days"].clip(lower=1)) == int(name)
            assert units == pytest.approx(mine["quantity"][here].sum())
    assert sum(sum(trace["y"]) for trace in figure["data"]) == pytest.approx(flows["quantity"].sum())


def test_the_finding_is_about_units(rich: Plan) -> None:
    flows = delivered(rich).sort_values("days")
    share = flows["quantity"].cumsum() / flows["quantity"].sum()
    half = int(np.ceil(flows["days"][share >= 0.5].iloc[0]))
    assert days_and_promises(rich)["layout"]["meta"]["says"].startswith(f"Half of the units are there within {half} days, 95% within ")


def test_long_journeys_share_bars(rich: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST", 2)
    figure = days_and_promises(rich)
    assert figure["data"][0]["x"] == ["1 to 3", "4 to 6"]
    assert sum(sum(trace["y"]) for trace in figure["data"]) == pytest.approx(rich.service()["delivered"].sum())


def test_without_days_there_is_no_figure(plan: Plan) -> None:
    assert days_and_promises(plan)["data"] == []
