"""A verb of Tidemark as a Spark application: on a cluster or on the worker, as the Spark connection says."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Any

import psutil
from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowNotFoundException

from tidemark_airflow import dates, driver, outcome, run_ids
from tidemark_airflow.pipelines import Pipeline
from tidemark_airflow.settings import Settings

MOST_RANGES = 5


class VerbOperator(SparkSubmitOperator):
    """Submits a verb, and turns how it ended into a task state that says why.

    The verb writes its outcome to a file, since in cluster mode neither its output nor its exit code comes back. A
    retry may submit it again: every verb may run twice.
    """

    def __init__(self, *, outcomes: str, **kwargs: Any):
        """Takes a folder or URI for outcomes besides what SparkSubmitOperator takes."""
        super().__init__(**kwargs)
        self.outcomes = outcomes
        self.is_told_to_end = False

    def run(self, context: Any, arguments: list[str]) -> dict[str, Any]:
        """Submits it with these arguments, and gives back its outcome; raises if it failed."""
        instance = context["ti"]
        self.refuse_run_id(context)
        # Not the instance's task: one verb may be submitted for the sake of another.
        file = outcome.ready(
            self.outcomes, instance.dag_id, instance.run_id, self.task_id, keep=self._is_job_known(context)
        )
        # In one, since an id may look like an option.
        self.application_args = [*arguments, "--outcome", _hadoop(str(file)), f"--airflow-run={instance.run_id}"]
        self._require_connection()
        hook = self._hook = self._get_hook()
        submit = hook.submit

        def submit_again(*args: Any, **kwargs: Any) -> Any:
            self.refuse_to_go_on(arguments)
            # Here, since a task that finds its job still running on the cluster does not get here.
            file.unlink(missing_ok=True)
            binary = hook._get_spark_binary_path()[0]
            try:
                return submit(*args, env=_environment(binary), **kwargs)
            except (FileNotFoundError, PermissionError, NotADirectoryError) as e:
                raise AirflowFailException(
                    f"Cannot start Spark: this worker cannot run the program '{binary}' ({e.strerror}). Install Spark"
                    " there, or name its spark-submit in TIDEMARK_SPARK_SUBMIT, or that of checks in"
                    " TIDEMARK_QUALITY_SPARK_SUBMIT."
                ) from None

        hook.submit = submit_again
        if hook._is_yarn_cluster_mode and not self._yarn_track_via_rm_api:
            # There it would be refused; a retry is a new job then, which is just as good.
            self.durable = False
        failure: Exception | None = None
        try:
            super().execute(context)
        except AirflowFailException:
            raise
        except (AirflowException, RuntimeError) as e:
            failure = e
        self.refuse_to_go_on(arguments)
        ended = outcome.read(file)
        if ended is not None or failure is None:
            self._forget_job(context)
        if ended is None:
            raise AirflowException(
                driver.died(self._what(arguments), hook, failure, None)
                if failure
                else f"Cannot tell how it ended: the application has left no outcome in {file}. TIDEMARK_OUTCOMES must"
                " be a place that driver and worker both reach."
            ) from None
        self.look_at(context, ended)
        why = outcome.failed_with(ended)
        if why is None and failure is None:
            return ended
        # The command and its whole output are in the log already: what counts is the last line.
        raise (AirflowFailException if outcome.is_final(ended) else AirflowException)(
            why or driver.died(self._what(arguments), hook, failure, ended)
        ) from None

    def refuse_run_id(self, context: Any) -> None:
        """Raises for one by which the dates of another run would be found."""
        try:
            run_ids.refuse(context["ti"].run_id)
        except ValueError as e:
            raise AirflowFailException(str(e)) from None

    def refuse_to_go_on(self, arguments: list[str]) -> None:
        """Raises if Airflow has ended the task, which goes on for some seconds."""
        if self.is_told_to_end:
            raise AirflowException(
                f"Cannot finish {self._what(arguments)}: Airflow has ended it, since the state of the task or of its"
                " run was set by hand, or its worker was stopped. What is sealed stays sealed. A retry goes"
                " on from there; where Airflow makes none, clear the task."
            ) from None

    def on_kill(self) -> None:
        """Ends the job, and what a spark-submit that only starts another one has started."""
        self.is_told_to_end = True
        submitted = self._hook._submit_sp if self._hook else None
        started = _descendants(submitted.pid) if submitted and submitted.poll() is None else []
        if self._hook:
            super().on_kill()
        for process in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def _what(self, arguments: list[str]) -> str:
        named = arguments[arguments.index("--date") + 1].split(",") if "--date" in arguments else []
        found = [first if first == last else f"{first} to {last}" for first, last in dates.ranges(named)]
        more = [f"{len(found) - MOST_RANGES} more"] if len(found) > MOST_RANGES else []
        return f"'{self.name}' for {', '.join(found[:MOST_RANGES] + more) or 'every date that needs it'}"

    def _require_connection(self) -> None:
        try:
            SparkSubmitHook.get_connection(self._conn_id)
        except AirflowNotFoundException as e:
            # The hook would take yarn instead.
            raise AirflowFailException(
                f"Cannot submit to Spark: Airflow has no connection '{self._conn_id}'. Add it with 'airflow connections"
                f" add {self._conn_id} --conn-type spark --conn-host …', or name another one in airflow.yaml."
            ) from e

    def _is_job_known(self, context: Any) -> bool:
        """Whether an earlier try has left a job that may have ended meanwhile, and said how."""
        store = context.get("task_state_store")
        return store is not None and bool(store.get(self.external_id_key))

    def _forget_job(self, context: Any) -> None:
        """Has a retry submit another job: the one that has ended would be taken for that of the retry."""
        store = context.get("task_state_store")
        if store is not None and self.durable:
            store.delete(self.external_id_key)
            store.delete(self._K8S_DRIVER_STATUS_KEY)

    def look_at(self, context: Any, ended: dict[str, Any]) -> None:
        """Is told of every outcome, before it may fail the task."""


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _environment(binary: str) -> dict[str, str]:
    """Lets a spark-submit of a virtual environment find its own Spark, not the client in Airflow's environment."""
    found = shutil.which(binary)
    python = Path(found).with_name("python3") if found else None
    if "SPARK_HOME" in os.environ or python is None or not python.exists():
        return dict(os.environ)
    return {**os.environ, "PYSPARK_PYTHON": str(python)}


def _hadoop(place: str) -> str:
    return place if "://" in place else f"file://{place}"


def submitting(pipeline: Pipeline, settings: Settings) -> dict[str, Any]:
    """What every verb on Spark 4.1 is submitted with."""
    return {
        "conn_id": pipeline.schedule.connection,
        "application": settings.reconcile_jar,
        "packages": settings.packages,
        "jars": settings.jars,
        "spark_binary": settings.spark_submit,
        **common(pipeline, settings),
    }


def common(pipeline: Pipeline, settings: Settings) -> dict[str, Any]:
    """What every verb is submitted with, whichever Spark it runs on."""
    return {
        "outcomes": settings.outcomes,
        # Otherwise the lines that matter are lost in the task's log.
        "conf": {"spark.log.level": "WARN"},
        "pool": pipeline.schedule.pool,
        "execution_timeout": pipeline.schedule.timeout,
        **{key.replace("-", "_"): value for key, value in pipeline.schedule.submit},
    }


def place(pipeline: Pipeline, settings: Settings) -> list[str]:
    """The options that name pipeline and lake."""
    return ["--pipeline", settings.driver_folder(pipeline.folder), "--environment", settings.environment]
