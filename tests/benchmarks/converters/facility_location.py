"""Single-stage facility location: minimise sum fixed_i open_i + sum cost_ij share_ij.

A warehouse of these files both holds the goods and ships them, so it becomes a `plant` that sells without limit: its
`capacity` bounds what leaves it. Where the file gives the cost of serving ALL of a customer's demand, the lane's unit
cost is that cost over the demand.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.benchmarks.converters._text import Floats, Numbers, Tables, names
from tests.benchmarks.locate import family_folder

VARIANTS = ("multi-source", "single-source", "uncapacitated")


def orlib_cap(instance: str, variant: str = "multi-source") -> Tables:
    """Read an OR-Library capacitated warehouse instance (J. E. Beasley).

    Parameters
    ----------
    instance : str
        ``cap41`` … ``cap134``; ``capa@8000`` for the files whose capacity is left open; ``capa`` alone only when
        uncapacitated.
    variant : {"multi-source", "single-source", "uncapacitated"}
        Which of the problems that share the file.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities, customers, demand, lanes.

    Raises
    ------
    ValueError
        When the variant is unknown, the file is not in this format, or it needs a capacity and none is given.
    """
    stem, _, typed = instance.partition("@")
    if not typed and variant == "uncapacitated":
        typed = "inf"
    words = {"capacity": float(typed)} if typed else {}
    numbers = Numbers(family_folder("orlib_cap") / f"{stem}.txt", words)
    sites, customers = numbers.sizes(2)
    capacity, fixed = numbers.block(sites, 2).T
    rows = numbers.block(customers, 1 + sites)
    numbers.done()
    demand, whole = rows[:, 0], rows[:, 1:].T
    return _tables(capacity, fixed, demand, _per_unit(whole, demand, instance), variant)


def holmberg_sscflp(instance: str, variant: str = "single-source") -> Tables:
    """Read an instance of Holmberg, Rönnqvist and Yuan (1999).

    Parameters
    ----------
    instance : str
        ``p1`` … ``p71``.
    variant : {"multi-source", "single-source", "uncapacitated"}
        Published as single-source; the multi-source optimum of the same file is known too.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities, customers, demand, lanes.

    Raises
    ------
    ValueError
        When the variant is unknown or the file is not in this format.
    """
    return _by_facility("holmberg_sscflp", instance, variant)


def yang_sscflp(instance: str, variant: str = "single-source") -> Tables:
    """Read an instance of Yang, Chu and Chen (2012); same layout and parameters as `holmberg_sscflp`."""
    return _by_facility("yang_sscflp", instance, variant)


def diaz_fernandez_sscflp(instance: str, variant: str = "single-source") -> Tables:
    """Read an instance of Delmaire, Díaz and Fernández: customers first, costs before demands.

    Parameters
    ----------
    instance : str
        ``p1`` … ``p57``.
    variant : {"multi-source", "single-source", "uncapacitated"}
        Published as single-source.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities, customers, demand, lanes.

    Raises
    ------
    ValueError
        When the variant is unknown or the file is not in this format.
    """
    numbers = Numbers(family_folder("diaz_fernandez_sscflp") / f"{instance}.txt")
    customers, sites = numbers.sizes(2)
    whole = numbers.block(customers, sites).T
    demand, fixed, capacity = numbers.block(customers), numbers.block(sites), numbers.block(sites)
    numbers.done()
    return _tables(capacity, fixed, demand, _per_unit(whole, demand, instance), variant)


def avella_boccia_tbed1(instance: str, variant: str = "multi-source") -> Tables:
    """Read an instance of Avella and Boccia's TBED1, whose costs are per unit already.

    Parameters
    ----------
    instance : str
        ``i300_1`` and the like.
    variant : {"multi-source", "single-source", "uncapacitated"}
        Both multi- and single-source values are published.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities, customers, demand, lanes.

    Raises
    ------
    ValueError
        When the variant is unknown or the file is not in this format.
    """
    numbers = Numbers(family_folder("avella_boccia_tbed1") / f"{instance}.txt")
    sites, customers = numbers.sizes(2)
    demand, capacity, fixed = numbers.block(customers), numbers.block(sites), numbers.block(sites)
    unit_cost = numbers.block(sites, customers)
    numbers.done()
    return _tables(capacity, fixed, demand, unit_cost, variant)


def _by_facility(family: str, instance: str, variant: str) -> Tables:
    numbers = Numbers(family_folder(family) / f"{instance}.txt")
    sites, customers = numbers.sizes(2)
    capacity, fixed = numbers.block(sites, 2).T
    demand = numbers.block(customers)
    whole = numbers.block(sites, customers)
    numbers.done()
    return _tables(capacity, fixed, demand, _per_unit(whole, demand, instance), variant)


def _per_unit(whole: Floats, demand: Floats, instance: str) -> Floats:
    """Return unit cost = cost of the whole demand / demand, in money/unit."""
    if (demand <= 0).any():  # such a customer would still have to be paid for in full, which no unit cost can say
        raise ValueError(f"{instance}: a customer without demand has no unit cost")
    return whole / demand


def _tables(capacity: Floats, fixed: Floats, demand: Floats, unit_cost: Floats, variant: str) -> Tables:
    if variant not in VARIANTS:
        raise ValueError(f"variant {variant!r} is not one of {', '.join(VARIANTS)}")
    sites, customers = names("W", len(fixed)), names("C", len(demand))
    facilities = pd.DataFrame({"name": sites, "type": "plant", "status": "consider", "fixed_cost": fixed})
    people = pd.DataFrame({"name": customers})
    if variant != "uncapacitated":
        facilities["capacity"] = capacity
    if variant == "single-source":
        people["single_source"] = "yes"
    lanes = pd.DataFrame(
        {
            "origin": np.repeat(sites, len(customers)),
            "destination": np.tile(customers, len(sites)),
            "unit_cost": unit_cost.ravel(),
        }
    )
    return {
        "facilities": facilities,
        "customers": people,
        "demand": pd.DataFrame({"customer": customers, "quantity": demand}),
        "lanes": lanes,
    }
