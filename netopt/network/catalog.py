"""Products, periods and settings: what is moved, when, and in which units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt import schema
from netopt.network.resolve import Names, number
from netopt.read import Tables

__all__ = ["UNITS", "Periods", "Products", "Settings", "unit_codes"]

FloatArray = npt.NDArray[np.float64]

UNITS = ("units", "volume", "weight")
"""What a capacity may count; arrays of ``capacity_unit`` hold positions in this tuple."""

DAYS_A_YEAR = 365.0


@dataclass(frozen=True)
class Settings:
    """One value for the whole network each.

    Parameters
    ----------
    currency : str
        For display.
    distance_unit : {'km', 'mi'}
        Unit of every distance.
    distance_factor : float
        Road distance over great-circle distance.
    horizon_days : float
        Days of the whole horizon where the periods table does not say.
    emissions_price : float
        Money per kg.
    discount_rate : float
        Share per year.
    """

    currency: str
    distance_unit: str
    distance_factor: float
    horizon_days: float
    emissions_price: float
    discount_rate: float

    @classmethod
    def from_tables(cls, tables: Tables) -> Settings:
        """Return the settings of the input, with the dictionary's defaults."""
        frame = tables["settings"]
        given = dict(zip(frame["key"], frame["value"], strict=True)) if "value" in frame else {}
        values: dict[str, float | str] = {}
        for key, column in schema.setting_keys().items():
            value = given.get(key)
            if value is None or pd.isna(value) or str(value) == "":
                value = column.default
            values[key] = float(value) if column.numeric else str(value).strip()
        unit = str(values["distance_unit"]).casefold()
        return cls(
            currency=str(values["currency"]),
            distance_unit=unit,
            distance_factor=float(values["distance_factor"]),
            horizon_days=float(values["horizon_days"]),
            emissions_price=float(values["emissions_price"]),
            discount_rate=float(values["discount_rate"]),
        )


@dataclass(frozen=True)
class Products:
    """What is moved.

    Parameters
    ----------
    names : Names
        In the order of the table; one product called ``product`` without it.
    volume, weight, value : ndarray
        Per unit, shape (products,).
    """

    names: Names
    volume: FloatArray
    weight: FloatArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.names)

    @property
    def measure(self) -> FloatArray:
        """Units, volume and weight of one unit of each product, shape (3, products), rows as in `UNITS`."""
        return np.stack([np.ones(len(self)), self.volume, self.weight])

    @classmethod
    def from_tables(cls, tables: Tables) -> Products:
        """Return the products of the input; without a table, the one that the other tables speak of."""
        frame = tables["products"]
        if frame.empty:
            named = {
                str(name)
                for table in ("demand", "supply", "lanes", "rates", "handling", "inventory")
                if "product" in tables[table]
                for name in tables[table]["product"].dropna().unique()
            }
            return cls(Names(sorted(named) or ["product"]), *(np.full(max(1, len(named)), v) for v in (1.0, 1.0, 0.0)))
        columns = (number(frame, "products", column) for column in ("volume", "weight", "value"))
        return cls(Names(frame["name"]), *columns)


@dataclass(frozen=True)
class Periods:
    """Consecutive spans of time.

    Parameters
    ----------
    names : Names
        In the order of the table; one period called ``1`` without it.
    days : ndarray
        Length of each, shape (periods,).
    discount : ndarray
        What a unit of money paid in each period counts for, shape (periods,); 1 without a discount rate.
    """

    names: Names
    days: FloatArray
    discount: FloatArray

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def from_tables(cls, tables: Tables, settings: Settings) -> Periods:
        """Return the periods of the input."""
        frame = tables["periods"]
        if frame.empty:
            return cls(Names(["1"]), np.array([settings.horizon_days]), np.ones(1))
        days = number(frame, "periods", "days").copy()
        if "start" in frame:
            start = pd.to_datetime(frame["start"], errors="coerce").to_numpy()
            span = np.append(np.diff(start) / np.timedelta64(1, "D"), np.nan)
            days = np.where(np.isnan(days), span, days)
        days = np.where(np.isnan(days), settings.horizon_days / len(frame), days)
        years = (np.cumsum(days) - days) / DAYS_A_YEAR
        return cls(Names(frame["name"]), days, (1 + settings.discount_rate) ** -years)


def unit_codes(words: npt.NDArray[np.object_]) -> npt.NDArray[np.int8]:
    """Return positions in `UNITS` of ``units``, ``volume`` and ``weight``."""
    return pd.Categorical(words, categories=list(UNITS)).codes
