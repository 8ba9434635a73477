"""Every rule is broken by something, and the audit says which, where and by how much."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netopt.errors import PlanError
from netopt.plan.audit import audit
from netopt.plan.audit.report import COST_RULES, RULES
from tests.plan.audit.breaks import BREAKS, Break
from tests.plan.audit.harbour import BUCKETS, COST, audited, network, plan, rules, words


def test_the_plan_worked_out_by_hand_passes() -> None:
    report = audited()
    assert report.ok
    assert list(report.breaches.columns) == ["rule", "where", "period", "value", "bound", "excess", "words"]
    assert (report.checks["checked"] > 0).all()  # the harbour leaves no rule without work
    assert (report.checks["breaches"] == 0).all()


def test_costs_are_those_worked_out_by_hand() -> None:
    report = audited()
    assert report.cost == pytest.approx(COST, rel=1e-12)
    table = report.costs.pivot(index="bucket", columns="period", values="cost")
    assert table.loc[list(BUCKETS)].to_numpy() == pytest.approx(np.array(list(BUCKETS.values())), rel=1e-12)
    assert len(report.costs) == 2 * len(BUCKETS)


@pytest.mark.parametrize("case", BREAKS, ids=str)
def test_what_is_wrong_is_caught(case: Break) -> None:
    report = audit(network(**case.tables), plan(**case.plan))
    assert case.words in words(report, case.rule)
    assert rules(report) == {case.rule} | case.others
    assert not report.ok
    row = report.breaches[report.breaches["words"] == case.words].iloc[0]
    assert row["where"] or case.rule in ("known_names", "open_sites", "open_periods")
    counted = report.checks.set_index("rule")["breaches"]
    assert counted[case.rule] == (report.breaches["rule"] == case.rule).sum()


def test_every_rule_is_broken_by_some_case() -> None:
    names = [rule.__name__ for rule in (*RULES, *COST_RULES)]
    assert len(set(names)) == len(names)
    assert {case.rule for case in BREAKS} == set(names)
    assert list(audited().checks["rule"]) == names


def test_every_rule_says_what_it_asks() -> None:
    assert audited().checks["words"].str.fullmatch(r"[A-Z].*\.").all()


def test_value_bound_and_excess_are_those_of_the_row() -> None:
    case = next(case for case in BREAKS if case.rule == "site_capacity")
    row = audit(network(**case.tables), plan(**case.plan)).breaches.iloc[0]
    assert (row["where"], row["period"], row["value"], row["bound"], row["excess"]) == ("Reno", "m1", 140, 139, 1)


def test_tables_without_rows_may_be_absent() -> None:
    frames = plan()
    report = audited({name: frames[name] for name in ("flows", "sites", "costs", "purchases")})
    assert rules(report) == {"balance", "demand", "min_stock", "safety_stock", "cover", "bucket_costs"}


@pytest.mark.parametrize("table", ["flows", "sites", "costs"])
def test_the_other_tables_may_not(table: str) -> None:
    frames = plan()
    del frames[table]
    with pytest.raises(PlanError, match=f"no table {table}"):
        audited(frames)


def test_columns_may_be_more_and_not_fewer() -> None:
    frames = plan()
    frames["flows"]["distance"] = 1.0
    assert audited(frames).ok
    frames["sites"] = frames["sites"].drop(columns="type")
    with pytest.raises(PlanError, match="sites has no column type"):
        audited(frames)


def test_zero_rows_may_be_left_out_and_rows_stand_in_any_order() -> None:
    frames = plan()
    frames["inventory"] = frames["inventory"][frames["inventory"]["stock"] > 0]
    frames["costs"] = frames["costs"][frames["costs"]["cost"] > 0]
    shuffled = {name: frame.iloc[::-1].reset_index(drop=True) for name, frame in frames.items()}
    assert audited(shuffled).ok


def test_a_plan_that_went_through_csv_passes(tmp_path: pytest.TempPathFactory) -> None:
    frames = {}
    for name, frame in plan().items():
        frame.to_csv(f"{tmp_path}/{name}.csv", index=False)
        frames[name] = pd.read_csv(f"{tmp_path}/{name}.csv")
    assert audited(frames).ok


def test_the_frames_are_left_as_they_are() -> None:
    frames = plan()
    audited(frames)
    for name, frame in plan().items():
        pd.testing.assert_frame_equal(frames[name], frame)
