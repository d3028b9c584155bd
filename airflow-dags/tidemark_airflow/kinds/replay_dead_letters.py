"""`<pipeline>_replay_dead_letters`: makes events of dead letters that have become good."""

from __future__ import annotations

from datetime import date
from typing import Any

from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException

from tidemark_airflow import dates
from tidemark_airflow.new_dag import new_dag
from tidemark_airflow.pipelines import Pipeline
from tidemark_airflow.settings import Settings
from tidemark_airflow.spark import VerbOperator, place, submitting

KIND = "replay_dead_letters"
OPTIONS = {"reason": "--reason", "topic": "--topic", "schema_id": "--schema-id", "since": "--since"}


class ReplayOperator(VerbOperator):
    """Replays the dead letters that the form chooses."""

    def __init__(self, *, options: list[str], **kwargs: Any):
        """Takes the options that name pipeline and lake."""
        super().__init__(java_class="io.tidemark.deadletters.DeadLettersCommand", **kwargs)
        self.options = options

    def execute(self, context: Any) -> int:
        """How many became events. Those that are still refused do not fail the task."""
        ended = self.run(context, ["replay", *self.chosen(context), *self.options])
        return sum(table["landed"] for table in ended["tables"])

    def chosen(self, context: Any) -> list[str]:
        """The options that choose among the dead letters."""
        try:
            # A misspelt key would leave all of them chosen.
            dates.refuse_others(context["dag_run"].conf or {}, tuple(OPTIONS))
            form = {key: context["params"].get(key) for key in OPTIONS}
            form["since"] = _date(form["since"])
        except ValueError as e:
            raise AirflowFailException(str(e)) from e
        # In one, since a reason may look like an option.
        return [f"{option}={form[key]}" for key, option in OPTIONS.items() if form[key] not in (None, "")]

    def look_at(self, context: Any, ended: dict[str, Any]) -> None:
        """Logs what became of them."""
        for table in ended.get("tables", []):
            for line in described(table):
                self.log.info(line)
        for dirty in ended.get("dirty", []):
            self.log.info("%s of %s is dirty: it lacks replayed events.", dirty["date"], dirty["view"])


def _date(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as e:
        raise ValueError(f"Cannot use 'since' {text!r}: write dates as 2010-12-31.") from e


def described(table: dict[str, Any]) -> list[str]:
    """What a run found of the dead letters of a table."""
    lines = [f"{table['table']}: {table['landed']} dead letters have become events."] if table.get("landed") else []
    refused = ", ".join(f"{count} {reason}" for reason, count in sorted(table.get("refused", {}).items()))
    return [*lines, f"{table['table']}: still refused: {refused}."] if refused else lines


def replay_dead_letters(pipeline: Pipeline, settings: Settings) -> DAG:
    """The DAG of a pipeline."""
    with new_dag(
        pipeline,
        KIND,
        schedule=None,
        params={
            "reason": Param(
                None,
                type=["null", "string"],
                title="Reason",
                description="Only those with this reason, for example unknown-schema-id. Nothing: with any.",
            ),
            "topic": Param(None, type=["null", "string"], title="Topic", description="Nothing: of every topic."),
            "schema_id": Param(
                None,
                type=["null", "integer"],
                title="Schema",
                description="Only those written with the schema of this id.",
            ),
            "since": Param(
                None,
                type=["null", "string"],
                format="date",
                title="Since",
                description="Only those that landed on this UTC date or later.",
            ),
        },
        doc_md=f"""
### Replay the dead letters of `{pipeline.name}`

Makes events of dead letters that have become good: since a schema was registered, or the pipeline was changed. Each
becomes one once, however often this is run; a stream may run beside it. What is still refused stays a dead letter, and
the log says why. Sealed dates that lack the events turn dirty, and `{pipeline.name}_reconcile` repairs them.
""",
    ) as made:
        ReplayOperator(
            task_id="replay",
            options=place(pipeline, settings),
            name=f"tidemark dead-letters replay {pipeline.name}",
            max_active_tis_per_dag=1,
            doc_md="Replays those that the form chooses.",
            **submitting(pipeline, settings),
        )
    return made
