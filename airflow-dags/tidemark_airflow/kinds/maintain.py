"""`<pipeline>_maintain`: keeps tables fast and small."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG

from tidemark_airflow.new_dag import new_dag
from tidemark_airflow.pipelines import Pipeline
from tidemark_airflow.settings import Settings
from tidemark_airflow.spark import VerbOperator, place, submitting


class MaintainOperator(VerbOperator):
    """Compacts closed dates, forgets history that nobody needs, deletes files of no version."""

    def __init__(self, *, options: list[str], **kwargs: Any):
        """Takes the options that name pipeline and lake."""
        super().__init__(java_class="io.tidemark.maintain.MaintainCommand", **kwargs)
        self.options = options

    def execute(self, context: Any) -> str:
        """Fails if an action did; a retry tries those again that are still worth it."""
        ended = self.run(context, self.options)
        self.log.info("%s ops.maintenance has every action.", ended.get("message", ""))
        return "maintained"


def maintain(pipeline: Pipeline, settings: Settings) -> DAG:
    """The DAG that maintains the tables of a pipeline every hour."""
    with new_dag(
        pipeline,
        "maintain",
        schedule="@hourly",
        max_active_runs=1,
        doc_md=f"""
### Maintain the tables of `{pipeline.name}`

Runs `maintain`: small files of closed dates become one, history that nobody needs is forgotten, and files of no version
are deleted. It runs beside streams and reconciliations. What it leaves is in `maintenance` of `pipeline.yaml`.
""",
    ) as made:
        MaintainOperator(
            task_id="maintain",
            options=place(pipeline, settings),
            name=f"tidemark maintain {pipeline.name}",
            max_active_tis_per_dag=1,
            doc_md="Does for every table of the pipeline what there is to do.",
            **submitting(pipeline, settings),
        )
    return made
