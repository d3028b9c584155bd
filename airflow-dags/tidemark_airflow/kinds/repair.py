"""`<pipeline>_repair`: a form for whoever wants dates of a view proven again."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, BaseSensorOperator, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from tidemark_airflow import dates, run_ids
from tidemark_airflow.kinds.reconcile import dag_id
from tidemark_airflow.new_dag import new_dag
from tidemark_airflow.pipelines import Pipeline
from tidemark_airflow.settings import Settings

EVERY = "every view"
KEYS = ("view", "first_date", "last_date", "reason")
RUN = "repair__"


class ReconciledSensor(BaseSensorOperator):
    """Waits for the run that this one has started, and fails if that run fails."""

    def __init__(self, *, waits_for: str, **kwargs: Any):
        """Takes the id of the DAG that the run is of."""
        super().__init__(**kwargs)
        self.waits_for = waits_for

    def poke(self, context: Any) -> bool:
        """Whether it has ended well."""
        run = run_ids.following(RUN, context["run_id"])
        state = context["ti"].get_dagrun_state(self.waits_for, run)
        if state == "failed":
            raise AirflowFailException(
                f"Run '{run}' of {self.waits_for} has failed, so the dates of the form may not be proven. The log of"
                f" its failed task says why. Mend that, then clear the task 'reconcile' of this run: it starts '{run}'"
                " again."
            )
        named = getattr(state, "value", state)
        self.log.info("Run '%s' of %s is %s; the logs of its tasks say more.", run, self.waits_for, named)
        return state == "success"


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
        user_defined_macros={"following": functools.partial(run_ids.following, RUN)},
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
            trigger_run_id="{{ following(run_id) }}",
            conf=conf,
            logical_date=None,
            reset_dag_run=True,
            # To wait here would take a slot from the tasks that are waited for.
            wait_for_completion=False,
            retries=0,
            doc_md=f"Starts `{dag_id(pipeline)}` for the dates of the form. Cleared, it starts the same run again.",
        )
        reconciled = ReconciledSensor(
            task_id="reconciled",
            waits_for=dag_id(pipeline),
            mode="reschedule",
            poke_interval=10,
            # The tasks of that run have their own time limits.
            timeout=timedelta(days=7),
            doc_md=f"Waits for the run of `{dag_id(pipeline)}`, without a worker slot, and fails if it fails.",
        )
        conf >> asked >> reconciled
    return made


@task(multiple_outputs=False, doc_md="Reads the form, and says what is wrong with it.")
def read_form(views: list[str]) -> dict[str, Any]:
    """The conf of the reconciliation."""
    context = get_current_context()
    form = context["params"]
    try:
        run_ids.refuse(context["dag_run"].run_id)
        # A misspelt key would leave the default in place, which is every view.
        dates.refuse_others(context["dag_run"].conf or {}, KEYS)
        named = dates.between(form["first_date"], form["last_date"])
    except ValueError as e:
        raise AirflowFailException(str(e)) from e
    chosen = views if form["view"] == EVERY else [form["view"]]
    return {"dates": dict.fromkeys(chosen, named), "reason": form["reason"]}
