"""DuckDB files: the tables of the main schema, read only and shut off from everything outside the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.errors import InputError, Problem
from netopt.read.headers import of_a_network
from netopt.read.parquet import arrow_table

if TYPE_CHECKING:
    from hashlib import _Hash
    from pathlib import Path

    import duckdb

    from netopt.read.raw import RawTable

__all__ = ["read_duckdb"]

BLOCK = 1 << 20
NAMES = """
    select table_name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema = 'main' order by table_name
"""
SHUT_OFF: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
}


def read_duckdb(path: Path, digest: _Hash) -> list[tuple[str, RawTable | None]]:
    """Return the tables of a DuckDB file by name; views are not read, for they could reach other files.

    Raises
    ------
    InputError
        When duckdb is not installed or cannot open the file.
    """
    try:
        import duckdb
    except ImportError as error:
        fix = "install it with: pip install 'netopt[duckdb]'"
        raise InputError([Problem(path.name, None, None, "reading .duckdb files needs duckdb", fix)]) from error
    with path.open("rb") as blocks:
        for block in iter(lambda: blocks.read(BLOCK), b""):
            digest.update(block)
    try:
        with duckdb.connect(str(path), read_only=True, config=SHUT_OFF) as database:
            names = [name for (name,) in database.execute(NAMES).fetchall()]
            return [(name, _table(database, name, path.name)) for name in names]
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        problem = Problem(
            path.name,
            None,
            None,
            f"DuckDB cannot read the file ({reason})",
            "close other programs that use it, or export it again",
        )
        raise InputError([problem]) from error


def _table(database: duckdb.DuckDBPyConnection, name: str, file: str) -> RawTable | None:
    if not of_a_network(name):
        return None
    quoted = name.replace('"', '""')
    rows = database.sql(f'select * from "{quoted}"')  # noqa: S608 - the name is quoted
    return arrow_table(name, f"{file}, table {name}", rows.to_arrow_table())
