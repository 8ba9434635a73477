"""What a change is worth over years, as a table and sentences: paid once, saved a year, NPV, payback, IRR."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netopt.report.console import TextTable
from netopt.report.words import amount, listed, money, percent

__all__ = ["appraisal_notes", "appraisal_table", "irr_words", "payback_words"]

_MANY = 100.0
"""Rates from here on are only said to be large."""


def appraisal_table(rows: pd.DataFrame, named: str, title: str) -> TextTable:
    """Return a row for each change.

    Parameters
    ----------
    rows : DataFrame
        The fields of `netopt.study.today.finance.Appraisal`, and what each is called.
    named : str
        Column of its name.
    title : str
        What that column is called.
    """
    counted = ["once_only", "yearly_saving", "npv"]
    scale = float(rows[counted].abs().to_numpy(dtype=float).max(initial=0.0)) if len(rows) else 0.0
    cells = [
        [
            str(row[named]),
            *(money(row[name], scale=scale) for name in counted),
            payback_words(row["payback_years"]),
            payback_words(row["discounted_payback_years"]),
            irr_words(row["irr"]),
        ]
        for row in rows.to_dict("records")
    ]
    kinds = dict.fromkeys(("once", "saves a year", "NPV", "payback", "discounted", "IRR"), "number")
    return TextTable({title: "name", **kinds}, cells)


def payback_words(years: float | None) -> str:
    """Return when it has paid back."""
    if years is None or not np.isfinite(years):
        return "never"
    return "at once" if years == 0 else f"{years:.1f} years" if years >= 1 else f"{years * 365:.0f} days"


def irr_words(irr: float | None) -> str:
    """Return the rate of return, if there is one."""
    if irr is None or not np.isfinite(irr):
        return "none"
    return f"{irr:,.1%}" if irr < _MANY else f"above {_MANY:,.0%}"


def appraisal_notes(rows: pd.DataFrame, named: str) -> list[str]:
    """Return what an appraisal rests on, and why a change has no rate; rows as in `appraisal_table`, at least one."""
    years, rate = float(rows["years"].iloc[0]), float(rows["rate"].iloc[0])
    said = (
        f"Over {amount(years)} {'year' if years == 1 else 'years'} at {percent(rate)} a year: once-only costs at the "
        "start of their period, savings at its end; past the horizon its last year repeats."
    )
    why = rows[rows["irr_words"] != ""].groupby("irr_words", sort=False)[named]
    return [said, *(f"No rate (IRR) for {listed([str(n) for n in names], 8)}: {words}." for words, names in why)]
