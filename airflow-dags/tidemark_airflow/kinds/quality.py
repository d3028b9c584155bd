"""`<pipeline>_quality` and tasks of `<pipeline>_reconcile`: checks, where a pipeline has a `quality.yaml`."""

from __future__ import annotations

from datetime import date
from typing import Any

from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException

from tidemark_airflow import outcome
from tidemark_airflow.new_dag import new_dag
from tidemark_airflow.pipelines import Pipeline
from tidemark_airflow.settings import Settings
from tidemark_airflow.spark import VerbOperator, common, place


class QualityOperator(VerbOperator):
    """Checks a date, or whatever was not checked since it has changed."""

    def __init__(self, *, options: list[str], **kwargs: Any):
        """Takes the options that name pipeline and lake."""
        super().__init__(java_class="io.tidemark.quality.QualityCommand", **kwargs)
        self.options = options

    def execute(self, context: Any) -> str:
        """Fails with exit code 11 if a check of level error did not pass."""
        day = context["params"].get("date")
        self.check(context, ["--date", _date(day)] if day else ["--dirty"])
        self.log.info("Every check of level error passed; ops.quality has the results.")
        return "passed"

    def look_at(self, context: Any, ended: dict[str, Any]) -> None:
        """Names what has failed before, which alone does not fail the task."""
        for table in ended.get("tables", []):
            for line in outcome.still_failing(table):
                self.log.warning(line)

    def check(self, context: Any, which: list[str]) -> None:
        """Checks what these options say."""
        self.run(context, [*which, *self.options])


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as e:
        raise AirflowFailException(f"Cannot check {text!r}: write dates as 2010-12-31.") from e


def checking(task_id: str, pipeline: Pipeline, settings: Settings, **kwargs: Any) -> QualityOperator:
    """A task that checks a pipeline, on Spark 3.5."""
    return QualityOperator(
        task_id=task_id,
        options=place(pipeline, settings),
        name=f"tidemark quality {pipeline.name}",
        conn_id=pipeline.schedule.quality_connection,
        application=settings.quality_jar,
        packages=settings.quality_packages,
        jars=settings.quality_jars,
        spark_binary=settings.quality_spark_submit,
        max_active_tis_per_dag=1,
        **common(pipeline, settings),
        **kwargs,
    )


def quality(pipeline: Pipeline, settings: Settings) -> DAG | None:
    """The DAG of a pipeline that has checks."""
    if not pipeline.has_quality:
        return None
    with new_dag(
        pipeline,
        "quality",
        schedule=None,
        params={
            "date": Param(
                None,
                type=["null", "string"],
                format="date",
                title="Date",
                description="Nothing: whatever was never checked, or has changed since.",
            )
        },
        doc_md=f"""
### Check `{pipeline.name}`

Runs the checks of `quality.yaml`. Exit code 11, a failed task: a check of level `error` did not pass; the log says
which.
`{pipeline.name}_reconcile` does the same before and after it reconciles.
""",
    ) as made:
        checking("quality", pipeline, settings, doc_md="Checks one date, or whatever needs it.")
    return made
