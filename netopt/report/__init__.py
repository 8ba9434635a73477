"""What people see: tables on the terminal, progress, the report page and the workbook, files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netopt.plan import Plan
    from netopt.plan.folder import Page

__all__ = ["PAGES", "write_page", "write_workbook"]


def write_workbook(plan: Plan, folder: Path) -> None:
    """Write ``plan.xlsx``; see `netopt.report.workbook`."""
    from netopt.report.workbook import write_workbook as write

    write(plan, folder)


def write_page(plan: Plan, folder: Path) -> None:
    """Write ``report.html``; see `netopt.report.page`."""
    from netopt.report.page import write_page as write

    write(plan, folder)


PAGES: tuple[Page, ...] = (write_workbook, write_page)
"""What `netopt.solve` gives a plan to write beside its tables; nothing heavy is imported before it is written."""
