"""Excel workbooks: a sheet a table, refused first if they inflate, hold errors, or were never calculated."""

from __future__ import annotations

import re
import zipfile
import zlib
from itertools import islice
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa

from netopt.errors import InputError, Problem
from netopt.read.headers import ignorable, of_a_network, table_named
from netopt.read.problems import Findings, shown
from netopt.read.raw import RawTable, cell_text, raw_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from hashlib import _Hash
    from pathlib import Path

__all__ = ["read_workbook"]

BLOCK = 1 << 20
CHUNK = 20_000
LARGEST = 1 << 30  # bytes after decompression
STEEPEST = 200  # decompressed over compressed
SMALL = 1 << 20  # a small file may be as regular as it likes
OLE = b"\xd0\xcf\x11\xe0"

Fault = tuple[int | None, int | None, str]  # row, column from 0, what is wrong

CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
ERROR = re.compile(rb"""\bt=["']e["']""")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
EMPTY_TEXT = re.compile(rb"""\bt=["']str["']""")


def read_workbook(
    path: Path, digest: _Hash, findings: Findings, wanted: Callable[[str], bool] = of_a_network
) -> list[tuple[str, RawTable | None]]:
    """Return the sheets of a workbook by name, None for those that are not wanted: by default tables of a network.

    Raises
    ------
    InputError
        When the file is not an .xlsx workbook, is encrypted, damaged, or would inflate beyond reason.
    """
    _hashed(path, digest)
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bombs(path, archive)
            faults = _faults(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(path, str(error)) from error
    return _sheets(path, faults, findings, wanted)


def _sheets(
    path: Path, faults: dict[str, list[Fault]], findings: Findings, wanted: Callable[[str], bool]
) -> list[tuple[str, RawTable | None]]:
    import python_calamine as calamine

    listed: list[tuple[str, RawTable | None]] = []
    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
        worksheets = [m.name for m in workbook.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet]
        for name in worksheets:
            sheet = workbook.get_sheet_by_name(name)
            if not sheet.height:  # an empty sheet hides nothing
                table = table_named(name) if wanted(name) else None
                if table is not None and table.required:
                    fix = "write a header row and the rows of the table"
                    findings.add(f"{path.name}, sheet {name}", None, None, "the sheet is empty", fix)
                    listed.append((name, None))
                continue
            if not wanted(name):
                listed.append((name, None))
                continue
            source = f"{path.name}, sheet {name}"
            listed.append((name, _table(name, source, sheet, faults.get(name, []), findings)))
    except (calamine.CalamineError, ElementTree.ParseError, ValueError, OSError) as error:
        raise _unreadable(path, str(error)) from error
    return listed


def _table(name: str, source: str, sheet: Any, faults: list[Fault], findings: Findings) -> RawTable | None:
    first = sheet.start[1]
    rows = enumerate(sheet.iter_rows(), start=1)
    header_row, header = next((row, cells) for row, cells in rows if any(cell != "" for cell in cells))
    headers = [cell_text(cell) or "" for cell in header]
    for row, column, what in faults:
        label = None if column is None else _label(column, first, headers)
        if label is None or not ignorable(label):
            fix = "mend the formula, or type the value over it"
            if what == NEVER_CALCULATED:
                fix = "open the workbook in Excel, save it, and try again"
            findings.add(source, row, label, what, fix, kind="a broken formula")
    chunks = list(_chunks(row for _, row in rows))
    columns = [_joined([chunk[i] for chunk in chunks]) for i in range(len(headers))]
    count = sum(chunk[0] if isinstance(chunk[0], int) else len(chunk[0]) for chunk in chunks)
    numbers = np.arange(header_row + 1, header_row + 1 + count, dtype=np.int64)
    return raw_table(name, source, headers, columns, numbers, header_row)


def _chunks(rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """Yield one array per column for every so many rows; a count of rows where the column is blank."""
    while chunk := list(islice(rows, CHUNK)):
        yield [_cells(values) for values in zip(*chunk, strict=True)]


def _cells(values: tuple[Any, ...]) -> Any:
    kinds = set(map(type, values))
    if kinds <= {str}:
        return pa.array(values, pa.large_string()) if any(values) else len(values)
    if kinds <= {float, int}:
        return pa.array(values, pa.float64())
    return pa.array([cell_text(value) for value in values], pa.large_string())


def _joined(chunks: list[Any]) -> Any:
    """Return the chunks of a column as one: numbers if all of them are, else text."""
    kinds = {
        pa.float64() if pa.types.is_float64(c.type) else pa.large_string() for c in chunks if not isinstance(c, int)
    }
    if not kinds:
        return None
    kind = kinds.pop() if len(kinds) == 1 else pa.large_string()
    arrays = []
    for chunk in chunks:
        if isinstance(chunk, int):
            arrays.append(pa.nulls(chunk, kind))
        elif chunk.type == kind:
            arrays.append(chunk)
        else:
            arrays.append(pa.array([cell_text(value) for value in chunk.to_pylist()], kind))
    return pa.chunked_array(arrays, kind)


def _hashed(path: Path, digest: _Hash) -> None:
    with path.open("rb") as blocks:
        start = blocks.read(4)
        digest.update(start)
        for block in iter(lambda: blocks.read(BLOCK), b""):
            digest.update(block)
    if start == OLE:
        message = "the workbook is encrypted, or an old .xls file under a new name"
        raise InputError([Problem(path.name, None, None, message, "save it as .xlsx without a password")])


def _refuse_bombs(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse a workbook that would inflate beyond reason, before anything is inflated."""
    size = sum(entry.file_size for entry in archive.infolist())
    packed = max(path.stat().st_size, 1)
    if size > LARGEST or (size > SMALL and size / packed > STEEPEST):
        message = f"the workbook would inflate from {packed:,} to {size:,} bytes"
        fix = "give the tables as CSV or Parquet files"
        raise InputError([Problem(path.name, None, None, message, fix)])


NEVER_CALCULATED = "the formula has never been calculated"


def _faults(archive: zipfile.ZipFile) -> dict[str, list[Fault]]:
    """Return, by sheet, row, column (from 0) and what is wrong with cells that calamine would pass as blank.

    Every entry is read to its end first, so that none is larger than the archive says.
    """
    damaged = archive.testzip()
    if damaged is not None:
        raise zipfile.BadZipFile(f"{damaged} is damaged")
    inside = set(archive.namelist())
    return {name: list(_broken_cells(archive.read(part))) for name, part in _parts(archive).items() if part in inside}


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the archive's part for every sheet name."""
    try:
        # expat refuses entities that inflate, and reads no others
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    except (KeyError, ElementTree.ParseError) as error:
        raise zipfile.BadZipFile(f"no workbook in it: {error}") from error
    targets = {r.get("Id"): (r.get("Target") or "").lstrip("/") for r in relations}
    sheets = [s for s in book.iter() if s.tag.endswith("}sheet")]
    relation = {s.get("name") or "": next((v for k, v in s.items() if k.endswith("}id")), None) for s in sheets}
    names = {name: targets.get(key, "") for name, key in relation.items()}
    return {name: part if part.startswith("xl/") else f"xl/{part}" for name, part in names.items()}


def _broken_cells(xml: bytes) -> Iterator[Fault]:
    """Yield formula errors, and formulas without a value; a cell may come without its place."""
    if not ERROR.search(xml) and not FORMULA.search(xml):
        return
    for cell in CELL.finditer(xml):
        attributes, inside = cell[1], cell[3] or b""
        value = VALUE.search(inside)
        error = ERROR.search(attributes)
        uncalculated = FORMULA.search(inside) and not (value and value[1]) and not EMPTY_TEXT.search(attributes)
        place = PLACE.search(attributes)
        if error or uncalculated:
            text = (value[1] if value else b"").decode("utf-8", "replace")
            what = f"{shown(text)} is a formula error" if error else NEVER_CALCULATED
            yield (int(place[2]), _position(place[1].decode()), what) if place else (None, None, what)


def _position(letters: str) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - 64
    return position - 1


def _label(column: int, first: int, headers: list[str]) -> str:
    """Return the header of a column, or its letters where it has none."""
    inside = 0 <= column - first < len(headers)
    if inside and headers[column - first]:
        return headers[column - first]
    letters, position = "", column + 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return f"column {letters}"


def _unreadable(path: Path, reason: str) -> InputError:
    message = f"the file is not a readable .xlsx workbook ({reason})"
    return InputError([Problem(path.name, None, None, message, "save it again as .xlsx")])
