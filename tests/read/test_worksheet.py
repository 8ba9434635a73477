"""Cells keep every digit, text stays text, and columns are as wide as what is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from netopt.read.worksheet import column_width, new_workbook, write_note
from tests.workbooks import Book


@pytest.mark.parametrize("streamed", [True, False])
def test_numbers_and_text_are_kept_as_they_are(tmp_path: Path, streamed: bool) -> None:
    written = [0.1 + 0.2, 1 / 3, 123456789012345680.0, 5e-324, "=1+1", "http://example.com", "1"]
    with new_workbook(tmp_path / "book.xlsx", streamed=streamed) as workbook:
        workbook.add_worksheet("one").write_row(0, 0, written)
    book = Book(tmp_path / "book.xlsx")
    assert book.rows("one") == [written]
    assert "<f>" not in book.text()
    assert "<hyperlink" not in book.text()


@pytest.mark.parametrize(
    ("title", "texts", "width"),
    [
        ("a", [], 9),
        ("promise_days", ["3.0"], 16),
        ("a", ["x" * 20, "y"], 22),
        ("a", ["x" * 500], 48),
        ("a", ["中" * 10], 22),
    ],
)
def test_widths(title: str, texts: list[str], width: float) -> None:
    assert column_width(title, texts) == width


def test_notes_are_as_tall_as_their_lines(tmp_path: Path) -> None:
    with new_workbook(tmp_path / "book.xlsx") as workbook:
        sheet = workbook.add_worksheet("one")
        sheet.write_row(0, 0, ["short", "long"])
        write_note(sheet, 0, ["a word"])
        write_note(sheet, 1, ["a word", "many words " * 20])
    book = Book(tmp_path / "book.xlsx")
    assert book.notes("one") == {"short": "a word", "long": "a word\n" + "many words " * 20}
    heights = [float(part.partition("height:")[2].partition("pt")[0]) for part in book.text().split("<v:shape ")[1:]]
    assert heights[1] > 3 * heights[0]
