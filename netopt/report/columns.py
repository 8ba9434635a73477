"""What the columns of a plan's tables mean, in which unit they are, and how a spreadsheet shows them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Column", "column_of"]

TEXT = "@"
WHOLE = "#,##0"
QUANTITY = "#,##0.##"
MONEY = "#,##0.00"
SHARE = "0.0%"


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
    "average_days": Column("days", "0.0", "From the last site to the customer, processing included, over all units"),
    "bucket": Column("", TEXT, "Kind of cost"),
    "closed": Column("0 or 1", WHOLE, "Whether the site closes in this period"),
    "cost": Column("money", MONEY, "Cost"),
    "costs.cost": Column("money", MONEY, "Cost of this kind in this period; their sum is the cost of the plan"),
    "customer": Column("", TEXT, "Who wants it"),
    "days": Column("days", "0.0", "Time on the lane"),
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
    "open": Column("0 or 1", WHOLE, "Whether the site is open"),
    "opened": Column("0 or 1", WHOLE, "Whether the site opens in this period"),
    "origin": Column("", TEXT, "Where it comes from"),
    "period": Column("", TEXT, "Period"),
    "price": Column("money per unit", MONEY, "Change of the cost with one more unit; negative is money saved"),
    "product": Column("", TEXT, "Product"),
    "promise_days": Column("days", "0.0", "Days within which the demand was to be served"),
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
