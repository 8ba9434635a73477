"""What is in a workbook beside the values of its cells: notes, lists to pick from, tables, names and charts."""

from __future__ import annotations

import posixpath
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from python_calamine import CalamineWorkbook

Rows = list[list[object]]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CELL = re.compile(r"\$?([A-Z]+)\$?(\d+)")


class Book:
    """A workbook, taken apart."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self._path = path
        sheets = [sheet.get("name", "") for sheet in self.xml("xl/workbook.xml").iter(f"{MAIN}sheet")]
        self.sheets = {name: f"xl/worksheets/sheet{at}.xml" for at, name in enumerate(sheets, start=1)}

    def xml(self, part: str) -> Element:
        return ElementTree.fromstring(self.parts[part])

    def text(self) -> str:
        """Every part that is text, one after the other."""
        return "".join(data.decode() for name, data in self.parts.items() if name.endswith((".xml", ".rels", ".vml")))

    def rows(self, sheet: str) -> Rows:
        return CalamineWorkbook.from_path(str(self._path)).get_sheet_by_name(sheet).to_python()

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that a part refers to, by the last word of the kind of reference."""
        folder, file = posixpath.split(part)
        relations = f"{folder}/_rels/{file}.rels"
        if relations not in self.parts:
            return []
        found = [one for one in self.xml(relations) if (one.get("Type") or "").endswith(f"/{kind}")]
        return [posixpath.normpath(posixpath.join(folder, one.get("Target") or "")) for one in found]

    def notes(self, sheet: str) -> dict[str, str]:
        """The notes of a sheet by the title of the column that they stand at."""
        titles = self.rows(sheet)[0]
        found = {}
        for part in self.related(self.sheets[sheet], "comments"):
            for comment in self.xml(part).iter(f"{MAIN}comment"):
                column, row = position(comment.get("ref") or "")
                assert row == 0
                found[str(titles[column])] = "".join(text.text or "" for text in comment.iter(f"{MAIN}t"))
        return found

    def validations(self, sheet: str) -> dict[str, Element]:
        """What cells are checked for, by the title of their column."""
        titles = self.rows(sheet)[0]
        found = {}
        for one in self.xml(self.sheets[sheet]).iter(f"{MAIN}dataValidation"):
            first, last = (one.get("sqref") or "").split(":")
            assert position(first)[1] == 1
            assert position(last) == (position(first)[0], 1_048_575)
            found[str(titles[position(first)[0]])] = one
        return found

    def tables(self, sheet: str) -> list[Element]:
        return [self.xml(part) for part in self.related(self.sheets[sheet], "table")]

    def names(self) -> dict[str, str]:
        """What the names of a workbook stand for, those that Excel makes itself left out."""
        listed = self.xml("xl/workbook.xml").iter(f"{MAIN}definedName")
        return {one.get("name", ""): one.text or "" for one in listed if not (one.get("name") or "").startswith("_xlnm")}

    def charts(self) -> list[Element]:
        return [self.xml(part) for part in sorted(self.parts) if part.startswith("xl/charts/chart")]


def formula(validation: Element) -> str:
    """The first formula of a validation: its list, its bound or its rule."""
    return next(validation.iter(f"{MAIN}formula1")).text or ""


def position(cell: str) -> tuple[int, int]:
    """Column and row from 0."""
    match = CELL.fullmatch(cell)
    assert match is not None, cell
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(match[2]) - 1


def values(rows: Rows, reference: str) -> list[object]:
    """The values of a column of cells that a chart refers to, such as ``charts!$B$2:$B$4``."""
    cells = reference.partition("!")[2].split(":")
    (column, first), (last_column, last) = position(cells[0]), position(cells[-1])
    assert column == last_column
    return [rows[row][column] for row in range(first, last + 1)]
