"""Published instances as netopt's tables: `tables("orlib_cap", "cap41")` and `write_folder(tables, folder)`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.converters._text import Tables
from tests.benchmarks.converters.facility_location import (
    avella_boccia_tbed1,
    diaz_fernandez_sscflp,
    holmberg_sscflp,
    orlib_cap,
    yang_sscflp,
)
from tests.benchmarks.converters.network_design import cmnd_canad
from tests.benchmarks.converters.three_echelon import three_echelon
from tests.benchmarks.converters.two_stage import mp_tscflp_mauri2021, mp_tscflp_small, tscflp_fernandes2014
from tests.benchmarks.converters.williams import credit, williams_distribution
from tests.benchmarks.locate import benchmark_root

__all__ = ["CONVERTERS", "Tables", "benchmark_root", "offset", "tables", "three_echelon", "write_folder"]

CONVERTERS: dict[str, Callable[[str, str], Tables]] = {
    "avella_boccia_tbed1": avella_boccia_tbed1,
    "cmnd_canad": cmnd_canad,
    "diaz_fernandez_sscflp": diaz_fernandez_sscflp,
    "holmberg_sscflp": holmberg_sscflp,
    "mp_tscflp_mauri2021": mp_tscflp_mauri2021,
    "mp_tscflp_small": mp_tscflp_small,
    "orlib_cap": orlib_cap,
    "tscflp_fernandes2014": tscflp_fernandes2014,
    "williams_distribution": williams_distribution,
    "yang_sscflp": yang_sscflp,
}


def tables(family: str, instance: str, variant: str = "") -> Tables:
    """Read a published instance as the tables of the netopt data dictionary.

    Parameters
    ----------
    family : str
        One of `CONVERTERS`.
    instance : str
        Name as in the family's known_values.csv.
    variant : str
        As in known_values.csv (``multi-source``, ``single-source``, ``uncapacitated``); needed by the single-stage
        families, blank for the rest.

    Returns
    -------
    dict of str to DataFrame
        One DataFrame per table, with only the columns that the instance needs.

    Raises
    ------
    KeyError
        When there is no converter for the family.
    FileNotFoundError
        When the instance is not on this machine.
    ValueError
        When the variant is unknown or the file is not in the family's format.
    """
    return CONVERTERS[family](instance, variant)


def offset(family: str, instance: str) -> float:
    """Return what to add to a plan's cost to get the value as published: 0 unless the family says otherwise."""
    return -credit(instance) if family == "williams_distribution" else 0.0


def write_folder(tables: Tables, folder: Path | str) -> Path:
    """Write tables as a folder of CSVs, every float in full (its `repr`), so that reading gives the same number back.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Table name to rows.
    folder : Path or str
        Made if it does not exist; files of the same name are replaced.

    Returns
    -------
    Path
        The folder.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")  # no float_format: pandas writes repr
    return folder
