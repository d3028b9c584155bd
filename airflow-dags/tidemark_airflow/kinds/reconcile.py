"""`<pipeline>_reconcile`: proves, repairs and seals dates of every view, and says so by the views' assets."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, AssetOrTimeSchedule, CronDataIntervalTimetable, Param, get_current_context, task
from airflow.sdk.bases.timetable import BaseTimetable
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

from tidemark_airflow import dates, outcome, run_ids
from tidemark_airflow.assets import events_asset, last_event, view_asset
from tidemark_airflow.kinds.quality import QualityOperator, checking
from tidemark_airflow.new_dag import new_dag
from tidemark_airflow.pipelines import Pipeline
from tidemark_airflow.settings import Settings
from tidemark_airflow.spark import VerbOperator, place, submitting

KIND = "reconcile"
OVER_TIME = ("scheduled", "backfill")
# Says where an outcome is that this pass of the task has read, and no earlier one: Airflow removes it before each try.
OUTCOME = "outcome"


def dag_id(pipeline: Pipeline) -> str:
    """The DAG's id, which other DAGs and the stream trigger it by."""
    return f"{pipeline.name}_{KIND}"


class ReconcileOperator(VerbOperator):
    """Reconciles one view, as the task `choose` says; a view that it leaves out is skipped."""

    def __init__(
        self, *, view: str, options: list[str], gates: Callable[[], QualityOperator] | None = None, **kwargs: Any
    ):
        """Takes the view, the options that name pipeline and lake, and what asks the gates again, if there are any."""
        super().__init__(java_class="io.tidemark.reconcile.ReconcileCommand", **kwargs)
        self.view = view
        self.options = options
        self.gates = gates
        self.asking: QualityOperator | None = None

    def execute(self, context: Any) -> None:
        """Fails unless everything that was asked for is final."""
        self.refuse_run_id(context)
        views = context["ti"].xcom_pull(task_ids="choose")
        if views is None:
            raise AirflowFailException("Cannot tell which dates to prove: the task 'choose' left no answer. Clear it, and this task runs again.")
        chosen = views[self.view]
        if chosen is None:
            raise AirflowSkipException(f"This run is not about {self.view}.")
        if self.gates and context["ti"].try_number > 1:
            self.ask_gates(context)
        which = ["--date", ",".join(chosen["dates"])] if chosen["dates"] else ["--dirty"]
        ended = self.run(context, ["--view", self.view, *which, *self.options])
        found = ended["views"][self.view]
        waited_for = outcome.missing(ended, self.view, chosen["final"])
        if waited_for:
            raise AirflowException(
                f"{self.view}: not final yet: {', '.join(waited_for)}. What was closed is proven; the last closed date"
                f" is {found['last_closed'] or 'none'}. A date closes when events have come that are later than its end"
                " by the view's lateness. A retry looks again."
            )

    def ask_gates(self, context: Any) -> None:
        """Checks what has changed since the task `gates`: a retry would be refused for the same reason."""
        self.asking = self.gates()
        # It would remember its job in the place of this task's own.
        self.asking.durable = False
        try:
            self.asking.check(context, ["--dirty"])
        except (AirflowException, RuntimeError) as e:
            if self.is_told_to_end:
                raise
            self.log.warning("The verb says which dates this holds back: %s", e)
        finally:
            self.asking = None

    def on_kill(self) -> None:
        """Ends whichever job is running."""
        if self.asking is None:
            super().on_kill()
        else:
            self.is_told_to_end = True
            self.asking.on_kill()

    def look_at(self, context: Any, ended: dict[str, Any]) -> None:
        """Logs what was found, and has it told, even when the task fails."""
        instance = context["ti"]
        file = outcome.path(self.outcomes, instance.dag_id, instance.run_id, self.task_id)
        instance.xcom_push(key=OUTCOME, value=str(file))
        if self.view in ended.get("sealed", {}):
            for line in outcome.describe(ended["views"][self.view]):
                self.log.info(line)


def reconcile(pipeline: Pipeline, settings: Settings) -> DAG:
    """The DAG of a pipeline."""
    with new_dag(
        pipeline,
        KIND,
        schedule=when(pipeline),
        params={
            "dates": Param(
                None,
                type=["null", "object"],
                title="Dates by view",
                description='For example {"a_view": ["2010-12-31"]}. Nothing: every date that needs it.',
            ),
            "reason": Param(
                None, type=["null", "string"], title="Reason", description="Why, for whoever reads this later."
            ),
        },
        doc_md=f"""
### Reconcile `{pipeline.name}`

Recomputes dates of each view from every event that was delivered, explains and repairs what differs, and seals what
agrees.

| run | proves |
|---|---|
| scheduled | every closed date that is not final; fails until those that ended within its data interval are |
| backfill | the dates that ended within its data interval, sealed or not |
| manual, or by the asset of an events table, without `dates` | every closed date that is not final |
| with `dates` in its conf (`{pipeline.name}_repair`, or the stream when late events come) | exactly these |

Views with newly sealed dates update their assets, `tidemark://{pipeline.name}/<view>`. Every task may be retried or
cleared at any time.
""",
    ) as made:
        views = choose(list(pipeline.views))
        gates = checks = None
        # What is sealed is published though something else has failed; the run fails all the same.
        passed = EmptyOperator(
            task_id="passed",
            # By the usual rule a view that is left out would have it skipped before the others have ended.
            trigger_rule="none_failed",
            doc_md="Fails if a task before it has failed, and the run with it.",
        )
        if pipeline.has_quality:
            gates = checking(
                "gates",
                pipeline,
                settings,
                doc_md="Checks what has changed before dates are sealed. A date that fails a check with `gate: seal`"
                " is not sealed below; every other date is.",
            )
            checks = checking(
                "quality",
                pipeline,
                settings,
                trigger_rule="all_done",
                doc_md="Checks what has changed, the views as they are now. Exit code 11: a check of level `error`"
                " did not pass; the log says which.",
            )
            views >> gates
        for view in pipeline.views:
            reconciled = ReconcileOperator(
                task_id=f"reconcile_{view}",
                view=view,
                options=place(pipeline, settings),
                name=f"tidemark reconcile {pipeline.name}.{view}",
                # Two runs, of whatever kind, never reconcile one view at the same time.
                max_active_tis_per_dag=1,
                # A failed gate holds back its own dates alone, which the verb knows.
                trigger_rule="all_done" if gates else "all_success",
                gates=functools.partial(checking, f"gates_of_{view}", pipeline, settings) if gates else None,
                doc_md=f"Recomputes, compares, explains, repairs and seals `{pipeline.name}.{view}`. Exit code 10:"
                " drift was found but not repaired, because another writer changed the table meanwhile; a retry looks again.",
                **submitting(pipeline, settings),
            )
            published = publish(pipeline, view, settings)
            views >> reconciled >> [published, passed]
            if gates and checks:
                gates >> [reconciled, passed]
                reconciled >> checks >> passed
    return made


def when(pipeline: Pipeline) -> BaseTimetable:
    """By the clock, or when somebody says that events were loaded."""
    timetable = CronDataIntervalTimetable(pipeline.schedule.cron, timezone="UTC")
    if not pipeline.events:
        return timetable
    events = functools.reduce(operator.or_, [events_asset(pipeline.name, name) for name in pipeline.events])
    return AssetOrTimeSchedule(timetable=timetable, assets=events)


@task(
    doc_md="Says of each view which dates this run is to prove: by its conf, its data interval, or whatever needs it."
)
def choose(views: list[str]) -> dict[str, Any]:
    """Gives each view the dates to prove (none: those that need it) and those that must be final, None to skip it."""
    run = get_current_context()["dag_run"]
    try:
        run_ids.refuse(run.run_id)
        asked = dates.asked(run.conf or {}, views)
    except ValueError as e:
        raise AirflowFailException(str(e)) from e
    if asked is not None:
        return {view: {"dates": asked[view], "final": asked[view]} if view in asked else None for view in views}
    # A manual run has a data interval that nobody has chosen, or none.
    if run.run_type not in OVER_TIME or not run.data_interval_start:
        return {view: {"dates": [], "final": []} for view in views}
    ended = [day.isoformat() for day in dates.ended_within(run.data_interval_start, run.data_interval_end)]
    if run.run_type != "backfill":
        return {view: {"dates": [], "final": ended} for view in views}
    return {view: {"dates": ended, "final": ended} if ended else None for view in views}


def publish(pipeline: Pipeline, view: str, settings: Settings) -> Any:
    """The task that updates the asset of a view.

    It alone names the asset: Airflow runs no task whose asset is inactive, which it is where somebody else's DAG has
    another one of its name or URI, and dates are proven and sealed all the same.
    """
    asset = view_asset(pipeline.name, view)

    @task(
        task_id=f"publish_{view}",
        inlets=[asset],
        outlets=[asset],
        trigger_rule="all_done",
        # Two would tell of the same dates.
        max_active_tis_per_dag=1,
        doc_md=f"Updates the asset `{pipeline.name}.{view}` if dates have been sealed since its last event, whoever"
        " sealed them; skipped if none were.",
    )
    def sealed(inlet_events: Any = None, outlet_events: Any = None) -> None:
        instance = get_current_context()["ti"]
        task_id = f"reconcile_{view}"
        try:
            run_ids.refuse(instance.run_id)
        except ValueError as e:
            raise AirflowFailException(str(e)) from None
        # Not by XCom itself: the seals of years would be a row of thousands in Airflow's database.
        file = outcome.path(settings.outcomes, instance.dag_id, instance.run_id, task_id)
        ended = outcome.read(file) if instance.xcom_pull(task_ids=task_id, key=OUTCOME) else {}
        if ended is None:
            raise AirflowException(
                f"Cannot tell the asset what was sealed: {task_id} left it in {file}, and it is gone now."
                " TIDEMARK_OUTCOMES must be a place that every worker reaches. Mend that, and clear this task; the next"
                " run of this DAG tells it too."
            )
        if view not in ended.get("sealed", {}):
            raise AirflowSkipException(f"This run has sealed nothing of {view}.")
        last = last_event(inlet_events, asset)
        if outcome.is_told(ended, last):
            raise AirflowSkipException("A later run has told the asset already.")
        new = outcome.sealed_since(ended["sealed"][view], last)
        if not new:
            raise AirflowSkipException("No date was sealed since the last event of the asset.")
        if outcome.age(ended) > outcome.LONGEST_WAIT:
            raise AirflowFailException(
                f"Cannot tell the asset what was final {outcome.age(ended) // timedelta(minutes=1)} minutes ago: late"
                " events may have come since. What is final now is told by the next run of this DAG. To have it told"
                f" sooner, clear the task {task_id} of this run, with those downstream."
            )
        outlet_events[asset].extra = outcome.event(new, ended["views"][view]["tidemark"], last, ended.get("as_of"))

    return sealed()
