from __future__ import annotations

from typing import Any

import pytest

from netopt.report.headline import bound_by, certainty, headline, no_plan


def summary(**fields: Any) -> dict[str, Any]:
    base = {"status": "optimal", "cost": 3780.0, "bound": 3780.0, "gap": 0.0, "asked_gap": 1e-4, "proved_bound": None}
    return {**base, "currency": "USD", "seconds": 0.4, "audit": "passed", **fields}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, "3,780.00 USD   the cheapest plan"),
        ({"gap": 4e-5}, "3,780.00 USD   within 0.004% of the cheapest plan"),
        ({"gap": 0.023, "status": "feasible"}, "3,780.00 USD   the best plan so far, within 2.3% of the cheapest"),
        ({"gap": None, "status": "interrupted"}, "3,780.00 USD   a plan; how far from the cheapest is not known"),
        ({"gap": 0.0, "cost": -5.0, "currency": "$"}, "-$5.00   the cheapest plan"),
    ],
)
def test_headline(fields: dict[str, Any], wanted: str) -> None:
    assert headline(summary(**fields)) == wanted


def test_certainty_names_whose_bound_it_is() -> None:
    lines = " ".join(certainty(summary(bound=3700.0, proved_bound=3699.5)))
    assert "No plan costs less than 3,700.00 USD (HiGHS)." in lines
    assert "Proved without trusting the solver: no plan costs less than 3,699.50 USD, 2.2% below this one." in lines
    assert "Audit against the input tables: passed" in lines


def test_certainty_says_once_what_our_own_search_has_proved() -> None:
    lines = " ".join(certainty(summary(bound=3700.0, proved_bound=3700.0, bound_by="netopt")))
    assert "No plan costs less than 3,700.00 USD, proved without trusting the solver." in lines
    assert lines.count("o plan costs less") == 1
    assert "HiGHS" not in lines


def test_certainty_tells_what_our_own_search_says_from_what_is_proved() -> None:
    lines = " ".join(certainty(summary(bound=3700.0, proved_bound=3650.0, bound_by="netopt")))
    assert "No plan costs less than 3,700.00 USD (netopt)." in lines
    assert "Proved without trusting the solver: no plan costs less than 3,650.00 USD" in lines
    lines = " ".join(certainty(summary(bound=3700.0, proved_bound=3700.0, bound_by="HiGHS")))
    assert "No plan costs less than 3,700.00 USD (HiGHS)." in lines
    assert "(netopt)" in " ".join(certainty(summary(bound_by="netopt")))


@pytest.mark.parametrize(("said", "wanted"), [({}, "HiGHS"), ({"bound_by": "HiGHS"}, "HiGHS"), ({"bound_by": "netopt"}, "netopt")])
def test_bound_by(said: dict[str, Any], wanted: str) -> None:
    assert bound_by(summary(**said)) == wanted


def test_a_bound_that_rounding_parts_from_the_cost_is_not_below_it() -> None:
    lines = " ".join(certainty(summary(proved_bound=3779.999999999926)))
    assert "no plan costs less than 3,780.00 USD." in lines


def test_a_proved_bound_is_rounded_down() -> None:
    lines = " ".join(certainty(summary(bound=3780.0, proved_bound=3779.9987)))
    assert "no plan costs less than 3,779.99 USD, 0.0001% below this one." in lines
    assert "no plan costs less than 3,780.00 USD." in " ".join(certainty(summary(proved_bound=3780.0)))


def test_certainty_says_why_it_ended_early() -> None:
    assert "Stopped" in certainty(summary(status="interrupted"))[0]
    assert "time limit" in certainty(summary(status="feasible", gap=0.1))[0]
    assert len(certainty(summary(bound=None))) == 1


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        ("infeasible", "No plan exists"),
        ("unbounded", "no floor"),
        ("interrupted", "no plan found"),
        ("feasible", "no plan"),
    ],
)
def test_no_plan(status: str, wanted: str) -> None:
    assert wanted in no_plan(summary(status=status))
