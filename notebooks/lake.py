"""Opens a lake of Tidemark for a notebook: with Spark, with pyiceberg and delta-rs, with DuckDB, with Trino."""

from __future__ import annotations

import atexit
import os
import shlex
import sys
import time
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlparse

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.dataset
    from deltalake import DeltaTable
    from duckdb import DuckDBPyConnection
    from py4j.java_gateway import JavaGateway
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Table
    from pyspark import SparkConf
    from pyspark.sql import SparkSession
    from trino.dbapi import Connection

#: Names the folder of the lake.
CHOICE = "TIDEMARK_LAKE"

#: Where Tidemark is, whose jars Spark takes.
HOME = Path(__file__).resolve().parent.parent

#: Options of Java that the launcher has, too: a session of minutes is over before the second compiler has earned its time.
FAST = (
    "-XX:+UseParallelGC",
    "-XX:Tier4InvocationThreshold=50000",
    "-XX:Tier4MinInvocationThreshold=6000",
    "-XX:Tier4CompileThreshold=150000",
    "-XX:Tier4BackEdgeThreshold=400000",
    "-Xshare:auto",
    "-Xlog:cds=off",
    "-Xlog:cds+dynamic=off",
)


# PySpark and pandas show times in the zone of this process, and those of the lake are UTC.
os.environ["TZ"] = "UTC"
time.tzset()


class LakeError(Exception):
    """What is missing, and how to get it."""

    def _render_traceback_(self) -> list[str]:
        """A notebook shows this in place of a traceback, which would tell nothing more."""
        return [str(self)]


@cache
def folder() -> Path:
    """The folder of the lake: the one that TIDEMARK_LAKE names, or else lake here or in Tidemark's own folder."""
    chosen = os.environ.get(CHOICE, "")
    candidates = [Path(chosen)] if chosen else [Path("lake"), HOME / "lake"]
    for candidate in candidates:
        if (candidate / "environment.yaml").is_file() and (candidate / "warehouse").is_dir():
            return candidate.resolve()
    where = " or ".join(str(candidate.absolute()) for candidate in candidates)
    raise LakeError(
        f"Cannot find a lake in {where}: it has no environment.yaml and warehouse. "
        f"Make one with './tidemark demo', or name its folder in {CHOICE} and start the kernel again."
    )


def tables() -> dict[str, str]:
    """Name to format, 'delta' or 'iceberg', of every table."""
    warehouse = folder() / "warehouse"
    found = {f"{log.parent.parent.name}.{log.parent.name}": "delta" for log in warehouse.glob("*/*/_delta_log")}
    if (folder() / "catalog.db").is_file():
        for namespace in catalog().list_namespaces():
            found |= {".".join(name): "iceberg" for name in catalog().list_tables(namespace)}
    return dict(sorted(found.items()))


def require(name: str, *columns: str) -> None:
    """Fails if the lake lacks a table, or the table a column; the message says what there is."""
    found = tables()
    if name not in found:
        others = ", ".join(other for other in found if not other.startswith("ops."))
        if not others:
            raise LakeError(
                f"Cannot find {name} in {folder()}: nothing has landed there yet. './tidemark demo' lands something."
            )
        raise LakeError(
            f"Cannot find {name} in {folder()}: it has {others}. "
            "Name a table and columns of it in the first cell of the notebook."
        )
    present = arrow_schema(name).names
    lacking = [column for column in columns if column not in present]
    if lacking:
        raise LakeError(
            f"Cannot find {', '.join(lacking)} in {name}: it has {', '.join(present)}. "
            "Name columns of it in the first cell of the notebook."
        )


def require_rows(name: str, count: int, remedy: str) -> None:
    """Fails if a notebook would have nothing to show."""
    if count == 0:
        raise LakeError(f"Cannot go on: {name} of {folder()} has no rows. {remedy}")


# pyiceberg and delta-rs


@cache
def catalog() -> SqlCatalog:
    """The catalog of the Iceberg tables, for reading."""
    from pyiceberg.catalog.sql import SqlCatalog

    file = folder() / "catalog.db"
    if not file.is_file():
        raise LakeError(f"Cannot open {file}: it is not there. This lake has no Iceberg tables yet.")
    # Without the last property it would write to a catalog that it only reads.
    return SqlCatalog("lake", uri=f"sqlite:///{file}", init_catalog_tables="false")


def iceberg(name: str) -> Table:
    """An Iceberg table by its name."""
    from pyiceberg.exceptions import NoSuchTableError

    try:
        return catalog().load_table(name)
    except NoSuchTableError:
        raise LakeError(f"Cannot find the Iceberg table {name} in {folder()}: it has {listed('iceberg')}.") from None


def delta(name: str) -> DeltaTable:
    """A Delta table by its name."""
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        return DeltaTable(str(folder() / "warehouse" / name.replace(".", "/")))
    except TableNotFoundError:
        raise LakeError(f"Cannot find the Delta table {name} in {folder()}: it has {listed('delta')}.") from None


def arrow(table: DeltaTable) -> pyarrow.dataset.Dataset:
    """The rows of an opened Delta table; refuses one that delta-rs would give wrongly, without an error of its own."""
    protocol = table.protocol()
    features = {*(protocol.reader_features or ())} & {"deletionVectors", "columnMapping"}
    if table.metadata().configuration.get("delta.columnMapping.mode", "none") != "none":
        features.add("columnMapping")
    if features:
        raise LakeError(
            f"Cannot read {table.table_uri} with delta-rs: somebody has turned on {' and '.join(sorted(features))}. "
            "lake.duck() and lake.spark() read it."
        )
    return table.to_pyarrow_dataset()


def listed(kind: str) -> str:
    """The tables of a format in a sentence."""
    return ", ".join(name for name, other in tables().items() if other == kind) or "none"


def arrow_schema(name: str) -> pyarrow.Schema:
    """The columns of a table in either format."""
    if tables()[name] == "iceberg":
        return iceberg(name).schema().as_arrow()
    import pyarrow

    return pyarrow.schema(delta(name).schema().to_arrow())


# DuckDB


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


# Spark


def spark() -> SparkSession:
    """A Spark as './tidemark query' has it: UTC, ANSI mode, every table of the lake by its name. Its log is a file."""
    from pyspark import SparkContext

    if SparkContext._active_spark_context is None:
        # Somebody has stopped the last one, or there was none.
        start_spark.cache_clear()
    return start_spark()


@cache
def start_spark() -> SparkSession:
    """Starts one."""
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    place = folder()
    logs = place / "logs"
    logs.mkdir(exist_ok=True)
    conf = SparkConf(loadDefaults=False)
    conf.set("spark.master", "local[*]")
    conf.set("spark.app.name", "notebook")
    conf.set("spark.driver.memory", "2g")
    conf.set("spark.driver.extraClassPath", class_path())
    conf.set("spark.driver.extraJavaOptions", java_options(logs))
    conf.set("spark.ui.enabled", "false")
    conf.set("spark.ui.showConsoleProgress", "false")
    conf.set("spark.sql.catalogImplementation", "in-memory")
    conf.set("spark.sql.warehouse.dir", str(place / "warehouse"))
    conf.set(
        "spark.sql.extensions",
        "io.delta.sql.DeltaSparkSessionExtension,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
    )
    forget_another_spark()
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # The Java of a Spark that somebody has stopped goes on, and PySpark keeps to it.
    gateway = SparkContext._gateway or start_java(conf, logs / "notebooks-spark.err")
    context = SparkContext(gateway=gateway, conf=conf)
    atexit.register(context.stop)
    # Tidemark's own classes, so that names, types and settings are those of its verbs.
    tidemark = gateway.jvm.io.tidemark
    file = gateway.jvm.java.io.File(str(place / "environment.yaml")).toPath()
    environment = tidemark.pipeline.EnvironmentFile.read(file)
    session = tidemark.table.LakeSession.open(
        "notebook", environment.warehouse(), environment.catalog(), environment.spark()
    )
    session.conf().set("spark.sql.execution.arrow.pyspark.enabled", "true")
    session.conf().set("spark.sql.shuffle.partitions", "4")
    tidemark.table.Lake.of(session).register(session)
    return SparkSession(context, session)


def start_java(conf: SparkConf, output: Path) -> JavaGateway:
    """Starts the Java that Spark is in. What it says before it has a log would be a cell's output, and is a file's."""
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    with output.open("w") as errors:
        try:
            return launch_gateway(conf, {"stdout": errors, "stderr": errors})
        except (PySparkRuntimeError, OSError) as failure:
            said = output.read_text(errors="replace").strip().splitlines()[-5:]
            raise LakeError(
                f"Cannot start Spark: {' '.join(said) or failure}. "
                "It needs Java 17 to 22, which JAVA_HOME names or PATH has."
            ) from None


def forget_another_spark() -> None:
    """Removes the variables by which PySpark would take another Spark than the one that it brings, or its settings."""
    for name in list(os.environ):
        if name.startswith(("SPARK_", "PYSPARK_")) and not name.startswith("SPARK_LOCAL_"):
            del os.environ[name]


def class_path() -> str:
    """Tidemark's jars and those that they stand on, as the launcher has built them."""
    target = HOME / "local-stack" / "target"
    parts = [target / "dependencies.txt", target / "modules.txt"]
    jars = sorted(target.glob("local-stack-*.jar"))
    if not jars or not all(part.is_file() for part in parts):
        raise LakeError(
            f"Cannot start Spark: Tidemark's jars are not in {target}. Build them: './tidemark --help' in {HOME} does."
        )
    return os.pathsep.join([parts[0].read_text().strip(), str(jars[0]), parts[1].read_text().strip()])


def java_options(logs: Path) -> str:
    """As the launcher has them: a fast start, where Java logs to, and its zone."""
    flags = [*FAST, f"-XX:SharedArchiveFile={HOME / 'target' / 'dependencies.jsa'}"]
    options = {
        "tidemark.logs": logs,
        "tidemark.logs.pattern": str(logs).replace("%", "%%"),
        "tidemark.verb": "notebooks-spark",
        "user.timezone": "UTC",
    }
    lines = flags + [f"-D{key}={value}" for key, value in options.items()]
    # Spark takes them apart as a shell does.
    return " ".join('"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"' for line in lines)


# Trino


def trino() -> Connection:
    """A connection to the Trino that './tidemark up --trino' has started on this lake."""
    import requests
    from trino.dbapi import connect

    port = trino_port()
    try:
        if port is None:
            raise requests.ConnectionError
        information = requests.get(f"http://127.0.0.1:{port}/v1/info", timeout=10)
        if information.json()["starting"]:
            raise LakeError(
                f"Cannot ask Trino on port {port} yet: it is starting. Run this cell again in half a minute."
            )
    except (requests.RequestException, KeyError, TypeError):
        raise LakeError(
            f"Cannot ask Trino: none runs on this lake. Start one: ./tidemark up --trino --lake {shlex.quote(str(folder()))}"
        ) from None
    return connect(host="127.0.0.1", port=port, user="notebook", timezone="UTC")


def trino_port() -> int | None:
    """Where it was told to listen when it was last started, if it is not stopped."""
    file = folder() / "trino" / "config.properties"
    if not file.is_file():
        return None
    settings = dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    return int(settings["http-server.http.port"])
