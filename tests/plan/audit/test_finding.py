from __future__ import annotations

import numpy as np
import pytest

from netopt.plan.audit.finding import broken, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1020, "1,020"), (0.25, "0.25"), (1000.002, "1,000.002"), (0, "0"), (-5, "-5"), (1234567.8, "1,234,567.8"),
        (1 / 3, "0.3333333333"), (1e-9, "1e-09"), (2e15, "2,000,000,000,000,000"), (float("inf"), "inf"),
        (99.99999999999, "100"),
    ],
)  # fmt: skip
def test_numbers_are_shown_as_an_analyst_writes_them(value: float, text: str) -> None:
    assert shown(value) == text


def test_the_tolerance_is_relative_to_the_size() -> None:
    assert list(broken(np.array([0.9, 1.1]), np.array([1e6, 1e6]), 1.0)) == [False, True]
    assert list(broken(np.array([0.9e-6, 1.1e-6]), np.ones(2), 100.0)) == [False, True]


def test_next_to_nothing_is_measured_by_the_scale() -> None:
    assert list(broken(np.array([0.9e-9, 1.1e-9]), np.zeros(2), 1000.0)) == [False, True]


def test_what_overflowed_is_broken() -> None:
    with np.errstate(invalid="ignore"):
        assert broken(np.array([np.nan, np.inf, -np.inf]), np.array([np.inf, np.inf, 1]), 1.0).tolist() == [
            True,
            True,
            False,
        ]
