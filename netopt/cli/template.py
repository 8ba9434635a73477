"""``netopt template``: empty tables to fill in, or a small network that works."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["template"]

_UNMODELLED = "unmodelled"


@click.command(cls=RichCommand)
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--filled", is_flag=True, help="Write a small network that can be solved, rather than empty tables.")
@click.option("--excel", is_flag=True, help="Write a workbook: network.xlsx unless PATH is given.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there already.")
@options.debug
def template(path: Path | None, filled: bool, excel: bool, force: bool) -> None:
    """Write tables to fill in to PATH: a .csv with all tables, a .xlsx with a sheet each, or a folder.

    Without PATH: network.csv. A workbook has lists to pick from, checks of numbers, a note on every title, and a sheet
    _guide with examples, which is no part of the network. Columns that this version does not model are left out;
    delete tables and columns that you do not need. `netopt explain TABLE` says what each column means.
    """
    target = path or Path("network.xlsx" if excel else "network.csv")
    if excel and target.suffix.casefold() != ".xlsx":
        raise click.UsageError(f"--excel writes a workbook, and {target} does not end in .xlsx")
    if target.suffix.casefold() not in (".csv", ".xlsx", ""):
        raise click.UsageError(f"{target} should end in .csv or .xlsx, or have no extension for a folder")
    if target.exists() and not force and not (target.is_dir() and not any(target.iterdir())):
        raise Failure(ExitCode.INPUT, f"{target} exists; name another path, or overwrite it with --force")
    try:
        _write(target, filled=filled)
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"{target} cannot be written: {error.strerror or error}") from error
    following = "netopt solve" if filled else "fill it in, then run: netopt check"
    say(f"Wrote {target}. {'Try' if filled else 'Next'}: {following} {target}")


def _write(target: Path, *, filled: bool) -> None:
    from netopt.read.template_workbook import write_template
    from netopt.read.write import write_tables

    tables = _filled() if filled else _empty()
    if target.suffix.casefold() == ".xlsx":
        write_template(tables, target, examples=None if filled else _filled())
    else:
        write_tables(tables, target)


def _filled() -> Mapping[str, pd.DataFrame]:
    from netopt.read import read_tables

    with as_file(files("netopt.cli").joinpath("example.csv")) as file:
        return read_tables(file).frames


def _empty() -> Mapping[str, pd.DataFrame]:
    import pandas as pd

    from netopt import schema

    found = {}
    for name, table in schema.tables().items():
        columns = [column.name for column in table.columns.values() if column.room != _UNMODELLED]
        if columns:
            found[name] = pd.DataFrame(columns=columns, dtype="str")
    return found
