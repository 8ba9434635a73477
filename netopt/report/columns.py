"""What the columns of a plan's tables mean, in which unit they are, and how a spreadsheet shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from netopt.report.words import safe

if TYPE_CHECKING:
    from netopt.network.catalog import Settings

__all__ = ["TABLES", "Column", "column_of", "currency_of", "titles", "unit_of"]

TEXT = "@"
WHOLE = "#,##0"
QUANTITY = "#,##0.##"
MONEY = "#,##0.00"
PRICE = "#,##0.0000"
SHARE = "0.0%"
DAYS = "0.0"

TABLES = {
    "flows": "what moves over each lane",
    "sites": "which sites are open, how full they are, and what they cost",
    "inventory": "stock at the end of each period",
    "costs": "cost by kind and period; the rows add up to the cost of the plan",
    "service": "what each customer wants and gets, in how many days, and from where",
    "prices": "what one more unit of each limit is worth, for the chosen sites",
    "unmet": "demand that is not served",
    "purchases": "what is bought or made where",
}
"""What the tables of a plan are about."""

_LONGEST_TITLE = 200  # Excel takes 255
_LONGEST_UNIT = 16
_ESCAPE = re.compile("_x(?=[0-9a-fA-F]{4}_)")


class Column(NamedTuple):
    """One column of a table of a plan.

    Parameters
    ----------
    unit : str
        ``money``, ``distance`` and the like; empty for text.
    shown : str
        Number format of a spreadsheet.
    meaning : str
        One sentence.
    """

    unit: str
    shown: str
    meaning: str


_COLUMNS = {
    "arrival": Column("", TEXT, "Period in which the goods arrive"),
    "average_days": Column("days", DAYS, "From the last site to the customer, processing included, over all units"),
    "bucket": Column("", TEXT, "Kind of cost"),
    "closed": Column("", WHOLE, "1 where the site closes in this period, else 0"),
    "cost": Column("money", MONEY, "Cost"),
    "costs.cost": Column("money", MONEY, "Cost of this kind in this period; their sum is the cost of the plan"),
    "customer": Column("", TEXT, "Who wants it"),
    "days": Column("days", DAYS, "Time on the lane"),
    "delivered": Column("units", QUANTITY, "What the customer gets"),
    "demand": Column("units", QUANTITY, "What the customer wants"),
    "destination": Column("", TEXT, "Where it goes"),
    "distance": Column("distance", "#,##0.0", "Length of the lane"),
    "emissions": Column("kg", QUANTITY, "Emissions of these units on this lane"),
    "facility": Column("", TEXT, "Site"),
    "flows.cost": Column("money", MONEY, "Lane and vehicle costs, duty and the price of emissions"),
    "inventory.cost": Column("money", MONEY, "Cost of storing this stock"),
    "mode": Column("", TEXT, "Which of the lanes between the two"),
    "name": Column("", TEXT, "Site"),
    "on_time": Column("units", QUANTITY, "Delivered within promise_days; all of it where nothing is promised"),
    "open": Column("", WHOLE, "1 where the site is open, else 0"),
    "opened": Column("", WHOLE, "1 where the site opens in this period, else 0"),
    "origin": Column("", TEXT, "Where it comes from"),
    "period": Column("", TEXT, "Period"),
    "price": Column("money per unit", PRICE, "Change of the cost with one more unit; negative is money saved"),
    "product": Column("", TEXT, "Product"),
    "promise_days": Column("days", DAYS, "Days within which the demand was to be served"),
    "purchases.cost": Column("money", MONEY, "What the supplier is paid"),
    "purchases.quantity": Column("units", QUANTITY, "What is bought or made"),
    "quantity": Column("units", QUANTITY, "What moves in this period"),
    "sites.cost": Column("money", MONEY, "Opening, closing, fixed, handling, and storage of what passes through"),
    "sources": Column("", TEXT, "Sites that serve the customer, the largest first"),
    "stock": Column("units", QUANTITY, "Stock at the end of the period"),
    "throughput": Column("units", QUANTITY, "What passes through the site"),
    "type": Column("", TEXT, "Kind of site"),
    "unmet.cost": Column("money", MONEY, "What not serving it costs"),
    "unmet.quantity": Column("units", QUANTITY, "What the customer wants and does not get"),
    "utilization": Column("share", SHARE, "Share of the capacity that is used; blank where there is no limit"),
    "vehicles": Column("vehicles", WHOLE, "On the first row of a lane and period, for all of its products"),
    "what": Column("", TEXT, "Kind of limit"),
    "where": Column("", TEXT, "Place or lane of the limit"),
    "words": Column("", TEXT, "The price in words"),
}
"""By ``table.column`` where a table has a meaning of its own for it, else by ``column``."""


def column_of(table: str, name: str) -> Column | None:
    """Return what is known about a column, nothing for one that a script has added."""
    return _COLUMNS.get(f"{table}.{name}", _COLUMNS.get(name))


def unit_of(column: Column, settings: Settings) -> str:
    """Return the unit of a column, with the currency and the unit of distance of a network."""
    if column.unit == "distance":
        return settings.distance_unit
    return column.unit.replace("money", currency_of(settings), 1)


def currency_of(settings: Settings) -> str:
    """Return the currency of a network, short and without anything that cannot be seen."""
    return safe(settings.currency, _LONGEST_UNIT) if settings.currency else "money"


def titles(names: Sequence[str], columns: Sequence[Column], settings: Settings) -> list[str]:
    """Return what stands above the columns of a sheet: the name, and the unit in brackets unless the name says it.

    What stands before the bracket is the title in the CSV file. All of them differ, whatever a script has added, and
    none has anything in it that a spreadsheet would take for more than text.
    """
    found: list[str] = []
    for at, (name, column) in enumerate(zip(names, columns, strict=True), start=1):
        unit = unit_of(column, settings)
        title = f"{name} ({unit})" if unit and unit not in name.split("_") else name
        title = _ESCAPE.sub("_ x", safe(title, _LONGEST_TITLE)) or f"column {at}"
        taken = {other.casefold() for other in found}
        while title.casefold() in taken:
            title += f" [{at}]"
        found.append(title)
    return found
