"""Opens a lake of Tidemark for a notebook: with Spark, with pyiceberg and delta-rs, with DuckDB, with Trino."""

from __future__ import annotations

import os
import time

from ._duckdb import duck, in_duckdb, quoted
from ._files import arrow, arrow_schema, catalog, delta, iceberg, listed, tables
from ._folder import CHOICE, HOME, LakeError, folder
from ._requirements import require, require_rows
from ._spark import spark
from ._trino import trino, trino_port

__all__ = [
    "CHOICE",
    "HOME",
    "LakeError",
    "arrow",
    "arrow_schema",
    "catalog",
    "delta",
    "duck",
    "folder",
    "iceberg",
    "in_duckdb",
    "listed",
    "quoted",
    "require",
    "require_rows",
    "spark",
    "tables",
    "trino",
    "trino_port",
]

# PySpark and pandas show times in the zone of this process, and those of the lake are UTC.
os.environ["TZ"] = "UTC"
time.tzset()
