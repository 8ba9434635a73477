"""A network in the formats of other tools: LP, MPS, GraphML, node-link JSON and GeoJSON."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from netopt.errors import PlanError
from netopt.network import Network
from netopt.report.files import appearing
from netopt.report.geojson import write_geojson
from netopt.report.graph import write_graphml, write_node_link

__all__ = ["write_export"]


def write_export(network: Network, path: Path, kind: str, plan: Path | None = None) -> list[Path]:
    """Write a network for another tool, whole or not at all.

    Parameters
    ----------
    network : Network
        What is written.
    path : Path
        File.
    kind : {'lp', 'mps', 'graphml', 'json', 'geojson'}
        Format.
    plan : Path, optional
        Folder of a plan, for all but lp and mps.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    PlanError
        When the folder is not a plan, or not one of the network.
    """
    frames = None if plan is None else _plan_tables(plan)
    with appearing(path) as file:
        if kind in ("lp", "mps"):
            names = _write_program(network, file, kind)
            return [path, path.with_name(names.name)]
        flows = None if frames is None else frames["flows"]
        if kind == "graphml":
            write_graphml(network, file, flows)
        elif kind == "json":
            write_node_link(network, file, flows)
        else:
            write_geojson(network, file, frames)
    return [path]


def _write_program(network: Network, file: Path, kind: str) -> Path:
    import netopt
    from netopt.formulation.pyomo import write_model

    written = file.with_name(f"{file.name}.{kind}")
    names = write_model(netopt.to_pyomo(network), written)
    written.rename(file)
    return names.rename(file.with_name(f"{file.name}.names.csv"))


def _plan_tables(folder: Path) -> dict[str, pd.DataFrame]:
    from netopt.plan.folder import read_plan_table

    try:
        return {name: read_plan_table(folder / f"{name}.csv") for name in ("sites", "flows")}
    except OSError as error:
        raise PlanError(f"{folder} is not a plan: {error.strerror or error}") from error
