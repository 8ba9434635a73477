"""Numbers of a column are shown alike: decimals where they matter, cents unless money is large."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from netopt.report.columns import MONEY, QUANTITY, SHARE, TEXT, WHOLE
from netopt.report.styles import number_format


@pytest.mark.parametrize(
    ("shown", "values", "code"),
    [
        (QUANTITY, [1.0, 20.0, math.nan], WHOLE),
        (QUANTITY, [1.0, 2.5], MONEY),
        (QUANTITY, [5_000_000.0, 2.5], WHOLE),
        (QUANTITY, [], WHOLE),
        (MONEY, [1.0, 2.0], MONEY),
        (MONEY, [-250_000.0, 0.5], WHOLE),
        (MONEY, [], MONEY),
        (SHARE, [0.5], SHARE),
        (TEXT, [1.0], TEXT),
    ],
)
def test_number_format(shown: str, values: list[float], code: str) -> None:
    assert number_format(shown, values) == code
    assert number_format(shown, pd.Series(values, dtype=object)) == code
