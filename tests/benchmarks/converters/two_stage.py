"""Two-stage facility location: plants → depots → customers, both stages opened and paid for.

The single-product file is the multi-product file with L = 1 and no L in its first line.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.benchmarks.converters._text import Floats, Names, Numbers, Tables, names
from tests.benchmarks.locate import family_folder


def tscflp_fernandes2014(instance: str, variant: str = "") -> Tables:
    """Read a single-product instance of Fernandes et al. (2014).

    Parameters
    ----------
    instance : str
        ``PSC1-C1-50`` and the like.
    variant : str
        Not used: there is one problem per file.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities (both stages `consider`, each with its capacity and fixed cost), customers, demand, lanes.

    Raises
    ------
    ValueError
        When the file is not in this format.
    """
    numbers = Numbers(family_folder("tscflp_fernandes2014") / f"{instance}.txt")
    plants, depots, customers = numbers.sizes(3)
    tables = _tables(numbers, plants, depots, customers, 1)
    capacity = pd.concat([tables.pop("supply")["capacity"], tables.pop("handling")["capacity"]], ignore_index=True)
    tables["facilities"]["capacity"] = capacity.to_numpy()  # both tables run in the order of the facilities
    del tables["products"]
    return {name: table.drop(columns="product", errors="ignore") for name, table in tables.items()}


def mp_tscflp_mauri2021(instance: str, variant: str = "") -> Tables:
    """Read a multi-product instance of Mauri et al. (2021).

    What each plant may sell of each product is `supply.capacity`; what each depot may take in of each product is
    `handling.capacity`. Both hold only while the site is open.

    Parameters
    ----------
    instance : str
        ``PSC1-C1-50-5`` and the like.
    variant : str
        Not used: there is one problem per file.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities, customers, products, demand, supply, handling, lanes.

    Raises
    ------
    ValueError
        When the file is not in this format.
    """
    return _multi_product("mp_tscflp_mauri2021", instance)


def mp_tscflp_small(instance: str, variant: str = "") -> Tables:
    """Read a small multi-product instance (kstar); same layout and parameters as `mp_tscflp_mauri2021`."""
    return _multi_product("mp_tscflp_small", instance)


def _multi_product(family: str, instance: str) -> Tables:
    numbers = Numbers(family_folder(family) / f"{instance}.txt")
    plants, depots, customers, products = numbers.sizes(4)
    return _tables(numbers, plants, depots, customers, products)


def _tables(numbers: Numbers, n_plants: int, n_depots: int, n_customers: int, n_products: int) -> Tables:
    plants, depots = names("P", n_plants), names("D", n_depots)
    customers, products = names("C", n_customers), names("K", n_products)
    demand = numbers.block(n_customers, n_products)
    plant = numbers.block(n_plants, n_products + 1)
    inbound = numbers.block(n_products, n_plants, n_depots)
    depot = numbers.block(n_depots, n_products + 1)
    outbound = numbers.block(n_products, n_depots, n_customers)
    numbers.done()
    facilities = pd.DataFrame(
        {
            "name": np.concatenate([plants, depots]),
            "type": np.repeat(["plant", "dc"], [n_plants, n_depots]),
            "status": "consider",
            "fixed_cost": np.concatenate([plant[:, -1], depot[:, -1]]),
        }
    )
    return {
        "facilities": facilities,
        "customers": pd.DataFrame({"name": customers}),
        "products": pd.DataFrame({"name": products}),
        "demand": _crossed("customer", customers, products, "quantity", demand),
        "supply": _crossed("facility", plants, products, "capacity", plant[:, :-1]),
        "handling": _crossed("facility", depots, products, "capacity", depot[:, :-1]),
        "lanes": pd.concat(
            [_stage(plants, depots, products, inbound), _stage(depots, customers, products, outbound)],
            ignore_index=True,
        ),
    }


def _crossed(key: str, places: Names, products: Names, column: str, values: Floats) -> pd.DataFrame:
    """One row per place and product, from an array of places x products."""
    return pd.DataFrame(
        {
            key: np.repeat(places, len(products)),
            "product": np.tile(products, len(places)),
            column: values.ravel(),
        }
    )


def _stage(origins: Names, destinations: Names, products: Names, unit_cost: Floats) -> pd.DataFrame:
    """One row per product and pair, from an array of products x origins x destinations."""
    return pd.DataFrame(
        {
            "origin": np.tile(np.repeat(origins, len(destinations)), len(products)),
            "destination": np.tile(destinations, len(products) * len(origins)),
            "product": np.repeat(products, len(origins) * len(destinations)),
            "unit_cost": unit_cost.ravel(),
        }
    )
