from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netopt.plan.audit import audit
from netopt.plan.audit.table import BUCKETS, TABLES, read_table
from tests.plan.audit.harbour import network, plan
from tests.plan.audit.small import check, said
from tests.plan.audit.small import network as small

YEARS = {
    "facilities": "name,type\n02139,supplier",
    "customers": "name\nC",
    "periods": "name,days\n2027,365\n2028,366",
    "demand": "customer,quantity\nC,10",
    "lanes": "origin,destination\n02139,C",
}


@pytest.mark.parametrize("kind", ["int64", "float64", "object", "str", "category"])
def test_periods_may_have_become_numbers(kind: str) -> None:
    of = small(**YEARS)
    frame = pd.DataFrame({"bucket": BUCKETS[:2], "period": [2027, 2028], "cost": [0.0, 0.0]})
    frame["period"] = frame["period"].astype("object" if kind == "object" else kind)  # type: ignore[call-overload]
    assert list(read_table(of, "costs", {"costs": frame}).codes["period"]) == [0, 1]


@pytest.mark.parametrize("blank", ["", None, np.nan])
def test_a_blank_mode_is_blank_however_it_is_written(blank: object) -> None:
    of = small(**YEARS)
    row = {"origin": "02139", "destination": "C", "mode": blank, "product": "product", "period": "2027"}
    frame = pd.DataFrame([{**row, "quantity": 10, "vehicles": 0, "cost": 0}])
    table = read_table(of, "flows", {"flows": frame})
    assert table.known.all()
    assert list(table.texts["mode"]) == [""]


def test_names_are_compared_exactly() -> None:
    report = check(small(**YEARS), purchases="2139,product,2027,10,0")
    assert said(report, "known_names") == ["purchases row 1, facility: '2139' is no facility of the network"]


def test_blank_vehicles_are_none_and_numbers_may_be_text() -> None:
    frames = plan()
    flows = frames["flows"].astype({"vehicles": "object", "quantity": "object"})
    flows.loc[flows["vehicles"] == 0, "vehicles"] = None
    flows["quantity"] = flows["quantity"].astype(str)
    assert audit(network(), {**frames, "flows": flows}).ok


def test_empty_tables_have_no_rows() -> None:
    frames = {name: pd.DataFrame(columns=[*keys, *numbers, "type"]) for name, (keys, numbers) in TABLES.items()}
    report = audit(network(), frames)
    assert not report.ok
    assert report.checks.set_index("rule")["checked"]["duplicates"] == 0
