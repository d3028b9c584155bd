"""Where things are, from environment variables of Airflow's processes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]

PACKAGES = ",".join(
    [
        "io.delta:delta-spark_4.1_2.13:4.4.0",
        "org.apache.iceberg:iceberg-spark-runtime-4.1_2.13:1.12.0",
        "org.apache.spark:spark-avro_2.13:4.1.1",
        "org.apache.kafka:kafka-clients:3.9.1",
    ]
)

QUALITY_PACKAGES = ",".join(
    [
        "io.delta:delta-spark_2.12:3.3.3",
        "org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:1.12.0",
    ]
)


@dataclass(frozen=True)
class Settings:
    """Where things are.

    `pipelines` are folders as Airflow sees them, `driver_pipelines` the one of all pipelines as the Spark driver sees
    it, if that is another machine. `jars` go without `packages`: what is on that list is not fetched.
    """

    pipelines: tuple[Path, ...]
    driver_pipelines: str | None
    environment: str
    outcomes: str
    reconcile_jar: str
    quality_jar: str
    jars: str | None
    packages: str | None
    quality_jars: str | None
    quality_packages: str | None
    spark_submit: str | None
    quality_spark_submit: str | None

    @classmethod
    def of_environment(cls, variables: Mapping[str, str] = os.environ) -> Settings:
        """As the variables say, `TIDEMARK_HOME` first of all: the folder of Tidemark."""
        home = Path(variables.get("TIDEMARK_HOME", HOME))
        named = variables.get("TIDEMARK_PIPELINES", str(home / "conf"))
        jars = variables.get("TIDEMARK_JARS")
        quality_jars = variables.get("TIDEMARK_QUALITY_JARS")
        return cls(
            pipelines=tuple(Path(place) for place in named.split(os.pathsep) if place),
            driver_pipelines=variables.get("TIDEMARK_DRIVER_PIPELINES"),
            environment=variables.get("TIDEMARK_ENVIRONMENT", str(home / "lake" / "environment.yaml")),
            outcomes=variables.get("TIDEMARK_OUTCOMES", str(_airflow_home(variables) / "tidemark-outcomes")).rstrip(
                "/"
            ),
            reconcile_jar=variables.get(
                "TIDEMARK_RECONCILE_JAR", str(home / "batch-reconcile" / "target" / "batch-reconcile.jar")
            ),
            quality_jar=variables.get(
                "TIDEMARK_QUALITY_JAR", str(home / "data-quality" / "target" / "data-quality.jar")
            ),
            jars=jars,
            packages=variables.get("TIDEMARK_PACKAGES", None if jars else PACKAGES),
            quality_jars=quality_jars,
            quality_packages=variables.get("TIDEMARK_QUALITY_PACKAGES", None if quality_jars else QUALITY_PACKAGES),
            spark_submit=variables.get("TIDEMARK_SPARK_SUBMIT"),
            quality_spark_submit=variables.get("TIDEMARK_QUALITY_SPARK_SUBMIT"),
        )

    def driver_folder(self, folder: Path) -> str:
        """The folder of a pipeline as the driver sees it."""
        return f"{self.driver_pipelines.rstrip('/')}/{folder.name}" if self.driver_pipelines else str(folder.resolve())


def _airflow_home(variables: Mapping[str, str]) -> Path:
    return Path(variables.get("AIRFLOW_HOME", Path.home() / "airflow"))
