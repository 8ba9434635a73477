"""CSV files: everything is text, rows are counted as a spreadsheet does, nothing is guessed."""

from __future__ import annotations

import codecs
import csv
import gc
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from netopt import schema
from netopt.read.raw import RawTable, raw_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from hashlib import _Hash
    from pathlib import Path

    from netopt.read.problems import Findings

__all__ = ["read_csv"]

CHUNK = 20_000  # records held as Python lists at a time
BLOCK = 1 << 20  # bytes
SAVE_AS_UTF8 = 'save it as "CSV UTF-8"'
DELIMITERS = {";": "semicolon", "\t": "tab", "|": "vertical bar"}
WIDE_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_csv(path: Path, source: str, digest: _Hash, findings: Findings) -> RawTable | None:
    """Return the table of a CSV file, or None with the reason noted in `findings`.

    Parameters
    ----------
    path : Path
        The file: UTF-8, with or without a byte order mark; commas, or semicolons, tabs or bars if the header says so.
    source : str
        Its name for messages.
    digest : hashlib object
        Updated with the bytes of the file.
    findings : Findings
        Where problems go.
    """
    if not _readable(path, source, digest, findings):
        return None
    with path.open(encoding="utf-8-sig", newline="") as lines, _paused_collector():
        head = next((line for line in lines if line.strip()), "")
        delimiter = _delimiter(head)
        lines.seek(0)
        return _Records(path.stem, source, csv.reader(lines, delimiter=delimiter, strict=True), findings).table()


@dataclass
class _Records:
    """The records of one file on their way to columns."""

    name: str
    source: str
    reader: Iterator[list[str]]
    findings: Findings
    row: int = 0  # records seen so far, blank ones too
    partial: bool = False  # a record was left out

    def table(self) -> RawTable | None:
        header: list[str] = []
        chunks: list[list[Any]] = []
        try:
            for record in self.reader:
                self.row += 1
                if any(map(str.strip, record)):
                    header = record
                    break
            if not header:
                self._refuse(None, "there is nothing in the file", "write a header row and the rows of the table")
                return None
            header_row = self.row
            chunks = list(self._chunks(len(header)))
        except csv.Error as error:
            self._refuse(self.row + 1, *_explained(error))
            return None
        columns = [_joined([chunk[i] for chunk in chunks]) for i in range(len(header))]
        rows = np.arange(header_row + 1, self.row + 1, dtype=np.int64)
        return raw_table(self.name, self.source, header, columns, rows, header_row, partial=self.partial)

    def _chunks(self, width: int) -> Iterator[list[Any]]:
        """Yield, per chunk of records, one array per column, or a count of rows where it is blank throughout."""
        while True:
            records: list[list[str]] = []
            try:
                records.extend(islice(self.reader, CHUNK))
            except csv.Error:
                self.row += len(records)
                raise
            if not records:
                return
            if set(map(len, records)) != {width}:
                records = self._squared(records, width)
            self.row += len(records)
            yield [
                pa.array(values, pa.large_string()) if any(values) else len(records)
                for values in zip(*records, strict=True)
            ]

    def _squared(self, records: list[list[str]], width: int) -> list[list[str]]:
        """Return records of equal length, blank for those of another length; note these, unless they are blank."""
        odd = [
            (self.row + i, len(record))
            for i, record in enumerate(records, start=1)
            if len(record) != width and any(map(str.strip, record))
        ]
        expected = "1 column" if width == 1 else f"{width} columns"

        def explain(i: int) -> tuple[str, str]:
            count = odd[i][1]
            return (
                f"the row has {count} {'field' if count == 1 else 'fields'} but the header has {expected}",
                "put text that contains the delimiter in quotes, and give every row as many fields as the header",
            )

        self.findings.many(self.source, None, [row for row, _ in odd], explain, kind="the number of fields")
        self.partial |= bool(odd)
        return [record if len(record) == width else [""] * width for record in records]

    def _refuse(self, row: int | None, message: str, fix: str) -> None:
        self.findings.add(self.source, row, None, message, fix)


def _joined(chunks: list[Any]) -> Any:
    """Return the chunks of one column as one ChunkedArray; None if it is blank throughout."""
    if all(isinstance(chunk, int) for chunk in chunks):
        return None
    kind = pa.large_string()
    return pa.chunked_array([pa.nulls(chunk, kind) if isinstance(chunk, int) else chunk for chunk in chunks], kind)


def _explained(error: csv.Error) -> tuple[str, str]:
    text = str(error)
    if "unexpected end of data" in text or "field larger than" in text:
        return (
            "a quoted cell that starts in this row is never closed",
            "close the quote, or write a quote inside a quoted cell twice",
        )
    if "expected after" in text:
        return "there is text after a closing quote", "put the whole cell in quotes and write quotes inside it twice"
    return f"the row cannot be read as CSV ({text})", "save the file as CSV UTF-8 again"


def _delimiter(head: str) -> str:
    """Return the delimiter under which most headers are known columns; comma unless another one clearly wins."""

    def known(delimiter: str) -> int:
        try:
            cells = next(csv.reader([head], delimiter=delimiter))
        except (csv.Error, StopIteration):
            return 0
        return sum(schema.normalized(cell) in _known_headers() for cell in cells)

    best = max(DELIMITERS, key=known)
    return best if known(best) > known(",") else ","


@cache
def _known_headers() -> set[str]:
    columns = [column for table in schema.tables().values() for column in table.columns.values()]
    return {"table"} | {alias for column in columns for alias in (schema.normalized(column.name), *column.aliases)}


def _readable(path: Path, source: str, digest: _Hash, findings: Findings) -> bool:
    """Hash the file and return whether it is UTF-8 text; say what is wrong otherwise."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    start = row = 0
    with path.open("rb") as blocks:
        for block in iter(partial(blocks.read, BLOCK), b""):
            digest.update(block)
            fault = _fault(block, start, decoder)
            if fault is not None:
                offset, message, fix = fault
                at = None if offset is None else row + block[: max(offset - start, 0)].count(b"\n") + 1
                findings.add(source, at, None, message, fix)
                for rest in iter(partial(blocks.read, BLOCK), b""):
                    digest.update(rest)
                return False
            start += len(block)
            row += block.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            findings.add(source, row + 1, None, f"the file ends inside a character, at byte {start:,}", SAVE_AS_UTF8)
            return False
    return True


def _fault(block: bytes, start: int, decoder: codecs.IncrementalDecoder) -> tuple[int | None, str, str] | None:
    """Return byte offset, message and fix for the first thing in a block that UTF-8 text does not have."""
    if start == 0:
        if block.startswith(WIDE_MARKS):
            return None, "the file is in UTF-16, not UTF-8", SAVE_AS_UTF8
        if block.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return None, "the file is a workbook, not CSV", "give it the extension .xlsx"
        if block.startswith(b"PAR1"):
            return None, "the file is Parquet, not CSV", "give it the extension .parquet"
    zero = block.find(b"\0")
    if zero >= 0:
        what = (
            "the file looks like UTF-16 without a mark"
            if _wide(block)
            else f"there is a NUL byte at byte {zero + start:,}"
        )
        return zero + start, what, f"remove what is not text, and {SAVE_AS_UTF8}"
    before = len(decoder.getstate()[0])
    try:
        decoder.decode(block)
    except UnicodeDecodeError as error:
        offset = start - before + error.start
        return offset, f"byte {offset:,} (0x{error.object[error.start]:02x}) is not UTF-8", SAVE_AS_UTF8
    return None


def _wide(block: bytes) -> bool:
    return block[:200:2].count(0) > 50 or block[1:200:2].count(0) > 50


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Spare the garbage collector the millions of short lists, none of which can be part of a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
