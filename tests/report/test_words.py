from __future__ import annotations

import math

import pytest

from netopt.report import words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("Reno", "Reno"), ("a\x1b[31mb", "a\\x1b[31mb"), ("a\nb\t", "a\\nb\\t"), ("a\u202eb", "a\\u202eb"),
     ("[red]", "[red]"), ("Zürich 東京", "Zürich 東京"), ("\x00", "\\x00")],
)  # fmt: skip
def test_safe(text: str, wanted: str) -> None:
    assert words.safe(text) == wanted


def test_safe_cuts() -> None:
    assert words.safe("abcdef", 4) == "abc…"
    assert words.safe("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    ("value", "currency", "wanted"),
    [(3780, "USD", "3,780.00 USD"), (263182145.16, "$", "$263,182,145"), (-5, "€", "-€5.00"), (0, "", "0.00"),
     (-0.001, "", "0.00"), (-0.0, "USD", "0.00 USD"), (math.inf, "USD", "-"), (99999.999, "", "100,000.00"),
     (5, "k", "5.00 k"), (5, "\x1b", "\\x1b" and "5.00 \\x1b"), (1e15, "", "1,000,000,000,000,000")],
)  # fmt: skip
def test_money(value: float, currency: str, wanted: str) -> None:
    assert words.money(value, currency) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(3779.999, "3,779.99 k"), (3780.0, "3,780.00 k"), (3779.9999999999, "3,780.00 k"), (0.29, "0.29 k"), (-0.001, "-0.01 k"),
     (263182145.9, "263,182,145 k"), (99999.999, "99,999.99 k"), (math.inf, "-")],
)  # fmt: skip
def test_money_rounded_down(value: float, wanted: str) -> None:
    assert words.money_at_least(value, "k") == wanted


def test_money_of_one_table_shows_cents_throughout_or_not_at_all() -> None:
    assert words.money(12.345, scale=2e6) == "12"
    assert words.money(12.345, scale=20) == "12.35" or words.money(12.345, scale=20) == "12.34"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(0, "0"), (100, "100"), (1234567.8, "1,234,568"), (0.25, "0.25"), (12.5, "12.50"), (-0.0, "0"), (math.nan, "-"),
     (0.0001234, "0.000123"), (999.9999999999, "1,000"), (-3, "-3")],
)  # fmt: skip
def test_amount(value: float, wanted: str) -> None:
    assert words.amount(value) == wanted


@pytest.mark.parametrize(
    ("share", "wanted"),
    [(1, "100%"), (0, "0%"), (0.5, "50%"), (0.123, "12.3%"), (0.99996, "99.996%"), (0.00004, "0.004%"),
     (0.99999999, "99.9999%"), (1e-9, "under 0.0001%"), (math.nan, "-"), (1.25, "125%")],
)  # fmt: skip
def test_percent_never_flatters(share: float, wanted: str) -> None:
    assert words.percent(share) == wanted


@pytest.mark.parametrize(
    ("share", "wanted"),
    [(0.0, "0%"), (0.0014, "0.2%"), (0.021, "2.1%"), (0.0211, "2.2%"), (9.12e-4, "0.1%"), (4e-5, "0.004%"),
     (4.4e-5, "0.005%"), (1e-9, "0.0001%"), (1.0, "100%"), (float("inf"), "-")],
)  # fmt: skip
def test_at_most_is_never_below(share: float, wanted: str) -> None:
    assert words.at_most(share) == wanted


def test_share() -> None:
    assert [words.share(part) for part in (0.5, 1, math.nan)] == ["50.0%", "100.0%", ""]


@pytest.mark.parametrize(
    ("value", "wanted"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (42.7, "42 s"), (192, "3 min 12 s"), (7500, "2 h 5 min")]
)
def test_seconds(value: float, wanted: str) -> None:
    assert words.seconds(value) == wanted


def test_counts_days_and_lists() -> None:
    assert words.count(1, "site") == "1 site"
    assert words.count(1000, "facility", "facilities") == "1,000 facilities"
    assert [words.days(value) for value in (1, 2.44)] == ["1 day", "2.4 days"]
    assert [words.listed(list("abcdefg")[:n]) for n in (0, 1, 2, 5)] == ["", "a", "a and b", "a, b, c, d and e"]
    assert words.listed(list("abcdefg")) == "a, b, c, d, e and 2 more"


@pytest.mark.parametrize(("gap", "wanted"), [(0.0, "0%"), (2e-14, "0%"), (1e-9, "0%"), (5e-9, "0.0001%"), (7.1e-5, "0.008%"), (math.inf, "-")])
def test_gap_words(gap: float, wanted: str) -> None:
    assert words.gap_words(gap) == wanted
