"""The tables in DuckDB."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlparse

from ._files import delta, iceberg, tables

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from duckdb import DuckDBPyConnection
    from pyiceberg.table import Table


def duck() -> DuckDBPyConnection:
    """A DuckDB in memory, with a view for each table of the lake at its version of this moment; the zone is UTC."""
    import duckdb

    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    for extension in ("delta", "avro", "iceberg"):
        package = Path(import_module(f"duckdb_extension_{extension}").__path__[0])
        connection.load_extension(str(next(package.rglob("*.duckdb_extension"))))
    connection.execute("SET TimeZone = 'UTC'")
    for name, kind in tables().items():
        schema, table = name.split(".")
        opened = iceberg(name) if kind == "iceberg" else delta(name)
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
        connection.execute(f'CREATE VIEW "{schema}"."{table}" AS SELECT * FROM {in_duckdb(opened)}')
    return connection


def in_duckdb(table: Table | DeltaTable) -> str:
    """An opened table, at the version that it was opened at, as DuckDB takes it after FROM."""
    from deltalake import DeltaTable

    if isinstance(table, DeltaTable):
        # Of a plain path it would decode what looks encoded, as '100% la' in a folder's name.
        address = "file://" + quote(unquote(urlparse(table.table_uri).path))
        return f"delta_scan({quoted(address)}, version := {table.version()})"
    return f"iceberg_scan({quoted(table.metadata_location)})"


def quoted(text: object) -> str:
    """As a text in SQL."""
    return "'" + str(text).replace("'", "''") + "'"
