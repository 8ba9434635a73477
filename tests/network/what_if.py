"""Tables as they are typed, for tests that filter and edit them."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pandas as pd

import netopt
from netopt.network import Network
from netopt.network.edited import edited
from netopt.network.edits import Edit, as_edit

__all__ = ["cells", "network", "refused", "table", "tables"]

_USUAL = {
    "facilities": "name,type,status,capacity,region\nS,supplier,,,\nReno,fc,consider,400,West\nDallas,fc,open,,South\n",
    "customers": "name,region,promise_days\nBoise,West,2\nPhoenix,West,\nAustin,South,5\n",
    "products": "name,weight\ntea,1\nmilk,3\n",
    "periods": "name,days\nP1,30\nP2,31\nP3,30\n",
    "demand": "customer,product,quantity,unmet_cost\nBoise,tea,10,\nPhoenix,tea,20,7\nAustin,milk,5,\n",
    "lanes": (
        "origin,destination,mode,unit_cost\nS,Reno,truck,1\nS,Dallas,truck,2\nReno,Boise,truck,3\nReno,Phoenix,,4\n"
        "Dallas,Austin,truck,1.5\nDallas,Boise,air,9\n"
    ),
}


def table(text: str) -> pd.DataFrame:
    """Return a table from CSV, its cells as words."""
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def tables(changed: Mapping[str, str | None]) -> dict[str, pd.DataFrame]:
    """Return a small network's tables, some replaced, added or (None) left out."""
    return {name: table(text) for name, text in (_USUAL | dict(changed)).items() if text is not None}


def network(**changed: str | None) -> Network:
    """Return a small network: two products, three periods, no row with a period of its own."""
    return netopt.read(tables(changed))


def cells(found: Network, name: str, *columns: str) -> list[tuple[object, ...]]:
    """Return the rows of a table as typed, None for blank; the row in the source comes first."""
    frame = found.tables[name]
    frame = frame.reindex(columns=[*columns]) if columns else frame
    return [
        (row, *(None if pd.isna(cell) else cell for cell in line))
        for row, line in zip(frame.index, frame.itertuples(index=False), strict=True)
    ]


def refused(found: Network, *edits: object, row: int | None = None) -> str:
    """Return what is said of edits that cannot be made: one problem, with its source, its row and its fix."""
    listed = [Edit(**as_edit(edit).to_json(), source="cases.csv", row=row) for edit in edits]  # type: ignore[arg-type]
    try:
        edited(found.tables, listed)
    except netopt.InputError as error:
        (problem,) = error.problems
        assert problem.source == "cases.csv"
        assert problem.row == row
        assert problem.fix
        return str(problem)
    raise AssertionError("nothing was refused")
