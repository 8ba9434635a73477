"""A worksheet that keeps every digit; imported only where a workbook is written."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

__all__ = ["ExactWorksheet"]


class ExactWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose numbers keep all 17 digits; XlsxWriter writes 16."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, object]] = ()) -> None:
        marks = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{marks}><v>{number!r}</v></c>")
