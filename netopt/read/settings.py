"""The settings table: known keys, values of the type that each key has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from netopt import schema
from netopt.read.cells import typed
from netopt.read.problems import Findings, closest, shown
from netopt.read.raw import RawTable, number_text

if TYPE_CHECKING:
    from netopt.read.sheet import Sheet

__all__ = ["check_settings"]

LONGEST_CURRENCY = 12


def check_settings(sheet: Sheet, findings: Findings) -> None:
    """Rewrite keys and values as the dictionary spells them; note unknown keys and values of the wrong type."""
    if "key" not in sheet:
        return
    keys = schema.setting_keys()
    named = {schema.normalized(name): name for name in keys}
    named |= {alias: name for name, column in keys.items() for alias in column.aliases if alias not in named}
    sheet.respell("key", lambda key: named.get(schema.normalized(key)))
    given = sheet.text("key")
    unknown = np.array([not pd.isna(key) and key not in keys for key in given], dtype=bool)

    def explain(i: int) -> tuple[str, str]:
        near = closest(given.iloc[i], keys)
        return f"{shown(given.iloc[i])} is not a setting", f"did you mean {near}?" if near else f"use {', '.join(keys)}"

    sheet.note(findings, unknown, "key", explain, kind="not a setting")
    if "value" in sheet:
        texts = sheet.text("value")
        values = [
            _value(sheet, int(row), keys[key], text, findings) if key in keys and not pd.isna(text) else text
            for row, key, text in zip(sheet.frame.index.to_numpy(), given, texts, strict=True)
        ]
        sheet.frame["value"] = pd.Series(values, index=sheet.frame.index, dtype="str")


def _value(sheet: Sheet, row: int, column: schema.Column, text: str, findings: Findings) -> str:
    """Return a value as its key's type spells it."""
    header = sheet.header("value")
    cells = pa.chunked_array([pa.array([text], pa.large_string())])
    raw = RawTable(sheet.name, sheet.source, [header], [cells], np.array([row], dtype=np.int64))
    value = typed(raw, header, cells, column, findings)[0].iloc[0]
    if column.name == "currency" and len(text) > LONGEST_CURRENCY:
        message = f"{shown(text)} is longer than {LONGEST_CURRENCY} characters"
        findings.add(sheet.source, row, header, message, "write a sign or a code such as USD")
    if pd.isna(value):
        return text
    return number_text(float(value)) if column.numeric else str(value)
