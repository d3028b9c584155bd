"""What all DAGs of a pipeline have in common."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG

from tidemark_airflow.pipelines import Pipeline


def new_dag(pipeline: Pipeline, kind: str, **kwargs: Any) -> DAG:
    """A DAG without tasks, named `<pipeline>_<kind>`."""
    schedule = pipeline.schedule
    return DAG(
        dag_id=f"{pipeline.name}_{kind}",
        start_date=pipeline.beginning,
        catchup=False,
        # It belongs to the file that keeps it, not to whichever has made it.
        auto_register=False,
        default_args={
            "owner": schedule.owner,
            "retries": schedule.retries,
            "retry_delay": schedule.retry_delay,
            "execution_timeout": schedule.timeout,
        },
        tags=["tidemark", pipeline.name],
        **kwargs,
    )
