"""Which instances are run, and what is laid out on disk for those who run them."""

from __future__ import annotations

import json
import time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.known import known_bounds, known_values
from tests.benchmarks.locate import family_folder

# Nothing heavy is imported here: a contest begins with this module.

__all__ = ["FORMS", "Case", "find_cases", "known_of", "prepare"]

GENERATED = "three_echelon"
SIZES = ("1k", "10k", "100k", "1m", "10m")
FORMS = {"weak": "sum", "strong": "all"}
"""Name of a matrix form, and what `netopt.solve.form.Form.of` calls it."""

ONE_VARIANT = {  # families with instances whose value nobody has published
    "cmnd_canad": "*/*.dow",
    "mp_tscflp_mauri2021": "*.txt",
    "mp_tscflp_small": "*.txt",
    "tscflp_fernandes2014": "*.txt",
}


class Case(NamedTuple):
    """One instance.

    Attributes
    ----------
    family, instance, variant : str
        As in `tests.benchmarks.known`; of a generated network, the size and seed (``10k@0``).
    """

    family: str
    instance: str
    variant: str

    @property
    def name(self) -> str:
        """Instance and variant, as patterns and tables call it."""
        return f"{self.instance}:{self.variant}" if self.variant else self.instance

    @property
    def slug(self) -> str:
        """A file name of its own."""
        return "-".join(part for part in self if part).replace("/", "_")


def find_cases(wanted: str) -> list[Case]:
    """Return the instances that ``FAMILY`` or ``FAMILY/PATTERN`` names.

    Parameters
    ----------
    wanted : str
        The pattern, as of a shell, is held against ``instance``, ``instance:variant`` and the file's place in the
        family's folder (``R/r01.*``). For three_echelon it is a size, with a seed where that is not 0: ``10k@7``.

    Returns
    -------
    list of Case
        Sorted as people count: p2 before p10.

    Raises
    ------
    ValueError
        When nothing fits.
    FileNotFoundError
        When the family is not on this machine.
    """
    family, _, pattern = wanted.partition("/")
    if family == GENERATED:
        size, _, seed = pattern.partition("@")
        if size not in SIZES or not (seed or "0").isdigit():
            raise ValueError(f"{wanted}: give a size, as in {GENERATED}/10k; one of {', '.join(SIZES)}")
        return [Case(family, f"{size}@{int(seed or 0)}", "")]
    places = {Case(family, *key): key[0] for key in known_values(family)}
    folder = family_folder(family)
    for path in folder.glob(ONE_VARIANT[family]) if family in ONE_VARIANT else ():
        places[Case(family, path.stem, "")] = str(path.relative_to(folder).with_suffix(""))
    pattern = pattern or "*"
    found = [
        case
        for case, place in places.items()
        if any(fnmatchcase(label, pattern) for label in (case.instance, case.name, place))
    ]
    if not found:
        raise ValueError(f"{wanted}: no such instance")
    return sorted(found, key=lambda case: (_counted(case.instance), case.variant))


def _counted(text: str) -> list[tuple[int, int | str]]:
    """Return a sort key in which numbers are numbers."""
    parts: list[str] = []
    for sign in text:
        if parts and sign.isdigit() == parts[-1].isdigit():
            parts[-1] += sign
        else:
            parts.append(sign)
    return [(0, int(part)) if part.isdigit() else (1, part) for part in parts]


def known_of(case: Case) -> dict[str, Any]:
    """Return what is published about an instance: ``value``, ``status``, ``bound``, each None where nothing is."""
    nothing: dict[str, Any] = {"value": None, "status": None, "bound": None}
    if case.family == GENERATED:
        return nothing
    key = (case.instance, case.variant)
    value, status = known_values(case.family).get(key, (None, None))
    if status == "infeasible":
        value = None
    return {"value": value, "status": status, "bound": known_bounds(case.family).get(key)}


def prepare(case: Case, folder: Path, forms: list[str], files: str) -> None:
    """Lay out an instance: the tables for netopt, the program's matrix for its peers, and what is to be said of both.

    Parameters
    ----------
    case : Case
        The instance.
    folder : Path
        Gets ``tables/``, a ``.npz`` for each form, and ``info.json``: seconds of reading and building, sizes, and what
        to add to a cost to get the value as published.
    forms : list of str
        Some of `FORMS`.
    files : {'csv', 'parquet'}
        What the tables are written as.

    Raises
    ------
    FileNotFoundError
        When the instance is not on this machine.
    """
    import numpy as np

    import netopt
    from netopt.formulation import build
    from netopt.solve.form import Form
    from tests.benchmarks.convert import offset, tables, three_echelon, write_folder

    if case.family == GENERATED:
        size, _, seed = case.instance.partition("@")
        found = three_echelon(size, int(seed))
    else:
        found = tables(*case)
    if files == "csv":
        write_folder(found, folder / "tables")
    else:
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        for name, table in found.items():
            table.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    info: dict[str, Any] = {"lanes": len(found["lanes"]), "offset": offset(case.family, case.instance)}
    if forms:
        began = time.perf_counter()
        network = netopt.read(folder / "tables")
        read = time.perf_counter()
        program = build(network)
        info |= {"read_seconds": read - began, "build_seconds": time.perf_counter() - read}
        info |= {"columns": len(program.cost), "gates": len(program.gates)}
    for name in forms:
        form = Form.of(program, FORMS[name])
        arrays = {key: getattr(form, key) for key in ("cost", "lower", "upper", "row_lower", "row_upper", "whole")}
        matrix = {"start": form.matrix.indptr, "row": form.matrix.indices, "value": form.matrix.data}
        scales = {"column_scale": form.column_scale, "cost_scale": np.array(form.cost_scale)}
        np.savez(folder / f"{name}.npz", **arrays, **matrix, **scales)
    (folder / "info.json").write_text(json.dumps(info), encoding="utf-8")
