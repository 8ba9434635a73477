"""What is open, how full it is and what it costs; what closes, and what is not worth opening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.console import TextTable
from netopt.report.words import amount, count, listed, money, more, share

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["closed_words", "opened_words", "site_table"]

_MOST = 15
_NAMED = 5
_TIERS = ("fc", "sort_center", "dc", "plant", "supplier")


def site_table(sites: pd.DataFrame, most: int = _MOST, file: str = "") -> TextTable:
    """Return the open sites, those nearest to customers first and within a type the busiest first.

    Parameters
    ----------
    sites : DataFrame
        ``name``, ``type``, ``period``, ``open``, ``throughput``, ``utilization``, ``cost``, ``opened``, ``closed``.
    most : int
        Sites shown; the rest are one row.
    file : str
        Where all of them are.
    """
    periods = sites["period"].nunique()
    found = _by_site(sites[sites["open"] == 1])
    found = found[~_idle(found)]
    columns = {"site": "name", "type": "name", "": "name", "units": "number", "full": "share", "cost": "number"}
    if periods > 1:
        columns = {**columns, "periods": "number"}
    scale = float(found["cost"].abs().max()) if len(found) else 0.0
    rows = []
    for name, site in found.head(most).iterrows():
        change = "opens" if site["opened"] else "closes" if site["closed"] else ""
        row = [str(name), _type(site["type"]), change, amount(site["throughput"])]
        row += [share(site["utilization"]), money(site["cost"], scale=scale)]
        rows.append([*row, f"{site['periods']} of {periods}"] if periods > 1 else row)
    rest = found.iloc[most:]
    if len(rest):
        row = [more(len(rest), file), "", "", amount(rest["throughput"].sum())]
        row += ["", money(rest["cost"].sum(), scale=scale)]
        rows.append([*row, ""] if periods > 1 else row)
    shown = found.head(most)
    names = {"units": "throughput", "full": "utilization", "cost": "cost"}
    values = {title: shown[name].tolist() for title, name in names.items()}
    return TextTable(columns, rows, values=values, rest=len(rest) > 0)


def opened_words(sites: pd.DataFrame, most: int = _NAMED) -> list[str]:
    """Return a line for the sites that open, none where no site does."""
    starts = sites[sites["opened"] == 1]["name"].drop_duplicates()
    return [f"Opens: {listed(list(starts), most)}."] if len(starts) else []


def closed_words(sites: pd.DataFrame, most: int = _NAMED) -> list[str]:
    """Return a line for existing sites that close, one for those that never open, and one for idle suppliers."""
    never = sites.groupby("name", sort=False)["open"].sum() == 0
    closing = sites.groupby("name", sort=False)["closed"].sum() > 0
    lines = []
    if (never & closing).any():
        lines.append(f"Closes: {listed(list(never.index[never & closing]), most)}.")
    shut = list(never.index[never & ~closing])
    if shut:
        lines.append(f"Not open: {count(len(shut), 'site')}, {listed(shut, most)}.")
    found = _by_site(sites[sites["open"] == 1])
    idle = list(found.index[_idle(found)])
    if idle:
        lines.append(f"Not used: {listed(idle, most)}.")
    return lines


def _idle(found: pd.DataFrame) -> pd.Series:
    """Return which sites do nothing and cost nothing, such as suppliers that nobody buys from."""
    return (found["throughput"] == 0) & (found["cost"] == 0)


def _by_site(sites: pd.DataFrame) -> pd.DataFrame:
    found = sites.groupby("name", sort=False).agg(
        type=("type", "first"),
        periods=("open", "sum"),
        throughput=("throughput", "sum"),
        utilization=("utilization", "max"),
        cost=("cost", "sum"),
        opened=("opened", "max"),
        closed=("closed", "max"),
    )
    tier = found["type"].map({word: at for at, word in enumerate(_TIERS)}).fillna(len(_TIERS))
    return found.assign(tier=tier).sort_values(["tier", "throughput"], ascending=[True, False], kind="stable")


def _type(word: str) -> str:
    return {"fc": "FC", "dc": "DC", "sort_center": "sort center"}.get(word, word)
