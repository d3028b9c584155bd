"""`<pipeline>_repair`: a form for whoever wants dates of a view proven again."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from tidemark_airflow import dates
from tidemark_airflow.kinds.reconcile import dag_id
from tidemark_airflow.new_dag import new_dag
from tidemark_airflow.pipelines import Pipeline
from tidemark_airflow.settings import Settings

EVERY = "every view"


def repair(pipeline: Pipeline, settings: Settings) -> DAG | None:
    """The DAG of a pipeline; without views there is nothing to repair."""
    if not pipeline.views:
        return None
    with new_dag(
        pipeline,
        "repair",
        schedule=None,
        params={
            "view": Param(EVERY, type="string", enum=[EVERY, *pipeline.views], title="View"),
            "first_date": Param(
                pipeline.history_from.isoformat(), type="string", format="date", title="First date", section="Dates"
            ),
            "last_date": Param(
                pipeline.history_from.isoformat(), type="string", format="date", title="Last date", section="Dates"
            ),
            "reason": Param(
                type="string",
                minLength=3,
                maxLength=500,
                title="Reason",
                description="Why, for whoever reads this later.",
            ),
        },
        render_template_as_native_obj=True,
        doc_md=f"""
### Repair `{pipeline.name}`

Proves dates of a view again, from the first to the last, sealed or not: asks `{dag_id(pipeline)}` for exactly these and
waits for it. What differs is repaired, what agrees is sealed. Only closed dates can be.
""",
    ) as made:
        conf = read_form(list(pipeline.views))
        asked = TriggerDagRunOperator(
            task_id="reconcile",
            trigger_dag_id=dag_id(pipeline),
            trigger_run_id="repair__{{ run_id }}",
            conf=conf,
            logical_date=None,
            reset_dag_run=True,
            wait_for_completion=True,
            poke_interval=10,
            # The tasks of that run are retried, where it makes sense.
            retries=0,
            doc_md=f"Starts `{dag_id(pipeline)}` for the dates of the form and fails if it fails. Cleared, it starts"
            " the same run again.",
        )
        conf >> asked
    return made


@task(multiple_outputs=False, doc_md="Reads the form, and says what is wrong with it.")
def read_form(views: list[str]) -> dict[str, Any]:
    """The conf of the reconciliation."""
    form = get_current_context()["params"]
    try:
        named = dates.between(form["first_date"], form["last_date"])
    except ValueError as e:
        raise AirflowFailException(str(e)) from e
    chosen = views if form["view"] == EVERY else [form["view"]]
    return {"dates": dict.fromkeys(chosen, named), "reason": form["reason"]}
