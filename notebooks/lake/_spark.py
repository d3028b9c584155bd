"""The tables in Spark, on Tidemark's own jars."""

from __future__ import annotations

import atexit
import os
import sys
from functools import cache
from typing import TYPE_CHECKING

from ._folder import HOME, LakeError, folder

if TYPE_CHECKING:
    from pathlib import Path

    from py4j.java_gateway import JavaGateway
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

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
    session = tidemark.table.session.LakeSession.open(
        "notebook", environment.warehouse(), environment.catalog(), environment.spark()
    )
    session.conf().set("spark.sql.execution.arrow.pyspark.enabled", "true")
    session.conf().set("spark.sql.shuffle.partitions", "4")
    tidemark.table.session.Lake.of(session).register(session)
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
