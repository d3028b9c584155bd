"""What a task says of a driver that has come to nothing: the programs here are real, Spark is not."""

import signal
from importlib import import_module
from types import SimpleNamespace

import pytest
from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from test_pipelines import pipeline
from test_tasks import context

from tidemark_airflow import driver
from tidemark_airflow.pipelines import read_all
from tidemark_airflow.settings import Settings
from tidemark_airflow.spark import VerbOperator

reconcile = import_module("tidemark_airflow.kinds.reconcile")

SAFE = "A retry is safe: it does only what is left."
FAILED_CHECK = "Exit code 11: a check failed"


@pytest.fixture
def task(tmp_path, monkeypatch):
    """The task that reconciles, whose spark-submit is this script."""
    (pipeline(tmp_path / "shop") / "quality.yaml").write_text("tables: []\n")
    [read] = read_all((tmp_path,)).pipelines
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", "spark://local?spark-binary=spark-submit")
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_QUALITY", "spark://local?spark-binary=spark-submit")
    program = tmp_path / "spark-submit"
    settings = Settings.of_environment(
        {"TIDEMARK_OUTCOMES": str(tmp_path / "outcomes"), "TIDEMARK_SPARK_SUBMIT": str(program)}
    )

    def running(script: str | None):
        if script is not None:
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        return reconcile.reconcile(read, settings).get_task("reconcile_sales")

    return running


def failure(task) -> AirflowException:
    with pytest.raises(AirflowException) as failed:
        task.execute(context())
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
    assert "--environment" not in str(failed.value)
    return failed.value


@pytest.mark.parametrize("script", ["kill -9 $$", "exit 137"])
def test_a_driver_that_is_killed_is_told_with_its_view_its_dates_the_log_and_what_to_do_now(task, script):
    said = failure(task(script))
    assert str(said) == (
        "Cannot finish 'tidemark reconcile shop.sales' for every date that needs it: its driver was killed (exit code"
        " 137, SIGKILL) before it could report how it ended. That is how Linux or a container ends a program when memory"
        " runs out: see their logs, and give it more memory, or the driver less of it by driver-memory under 'submit'"
        f" in airflow.yaml. Its whole output is above, in this log. {SAFE}"
    )
    assert not isinstance(said, AirflowFailException)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("kill -15 $$", "its driver was told to end (exit code 143, SIGTERM)"),
        ("exit 134", "its driver crashed (exit code 134, SIGABRT)"),
        ("exit 129", "its driver was ended by a signal (exit code 129, SIGHUP)"),
        ("exit 255", "its driver ended with exit code 255 before it could report how it ended. Its whole output"),
        ("exit 52", "its driver ran out of memory (exit code 52)"),
        (
            "echo 'Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space'; exit 1",
            "its driver ran out of memory (exit code 1) before it could report how it ended. Its log says: Exception in"
            ' thread "main" java.lang.OutOfMemoryError: Java heap space. Give it more',
        ),
        (
            "echo 'Exception in thread \"main\" a.b.Exception: it broke'\necho 'Caused by: java.io.IOException: disk'"
            "\necho '  at a.b.C'; exit 1",
            "exit code 1 before it could report how it ended. Its log says: Caused by: java.io.IOException: disk.",
        ),
        ("echo 'Error: Failed to load class io.tidemark.X.'; exit 101", "Error: Failed to load class io.tidemark.X. "),
    ],
)
def test_each_way_to_die_is_told_in_its_own_words(task, script, says):
    said = str(failure(task(script)))
    assert says in said
    assert said.endswith(SAFE)


def test_the_dates_that_were_asked_for_are_told_in_short(task, monkeypatch):
    run = context()
    days = [f"2010-12-{day:02}" for day in range(1, 32)]
    run["ti"].xcom_pull = lambda task_ids: {"sales": {"dates": days, "final": days}}
    with pytest.raises(AirflowException, match="shop.sales' for 2010-12-01 to 2010-12-31: its driver"):
        task("exit 137").execute(run)


def test_a_secret_in_what_the_driver_has_said_is_left_out(task):
    assert "hunter2" not in str(failure(task("echo 'Caused by: wrong password=hunter2'; exit 1")))


def test_a_driver_that_dies_after_it_has_said_that_all_is_well_is_told_so(task):
    script = 'for f in "$@"; do case $f in file:*) echo \'{"exit_code": 0}\' > "${f#file://}";; esac; done; exit 137'
    said = str(failure(task(script)))
    assert "its driver was killed (exit code 137, SIGKILL) after it had reported success" in said
    assert said.endswith(SAFE)


def test_an_outcome_that_was_cut_short_is_none(task):
    script = 'for f in "$@"; do case $f in file:*) echo \'{"exit_c\' > "${f#file://}";; esac; done; exit 137'
    assert "SIGKILL) before it could report how it ended" in str(failure(task(script)))


def test_a_program_that_is_not_there_is_named(task):
    said = failure(task(None))
    assert "Cannot start Spark: this worker cannot run the program" in str(said)
    assert "spark-submit' (No such file or directory)" in str(said)
    assert "TIDEMARK_SPARK_SUBMIT" in str(said)
    assert isinstance(said, AirflowFailException)


@pytest.mark.parametrize(
    ("hook", "where"),
    [
        ({"_yarn_application_id": "application_1_2"}, "'yarn logs -applicationId application_1_2' has its log."),
        ({"_kubernetes_driver_pod": "sales-driver"}, "'kubectl logs sales-driver' has its log while the pod is there."),
        ({"_driver_id": "driver-7"}, "The cluster has its log, under driver-7."),
    ],
)
def test_a_driver_on_a_cluster_is_told_with_where_its_log_is(hook, where):
    none = {"_yarn_application_id": None, "_kubernetes_driver_pod": None, "_driver_id": None, "_submit_sp": None}
    known = SimpleNamespace(**({"_is_kubernetes": False, "_last_submit_log_lines": []} | none | hook))
    said = driver.died("'verb' of shop.sales", known, RuntimeError("ended with status FAILED"), None)
    assert said == (
        "Cannot finish 'verb' of shop.sales: its driver came to nothing (ended with status FAILED) before it could report"
        f" how it ended. {where} {SAFE}"
    )


@pytest.fixture
def ended_soon():
    """Ends a task as Airflow does, by a signal, while its program runs."""
    previous = signal.getsignal(signal.SIGALRM)

    def soon(task):
        signal.signal(signal.SIGALRM, lambda *_: task.on_kill())
        signal.setitimer(signal.ITIMER_REAL, 1)
        return task

    yield soon
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, previous)


def test_a_program_that_airflow_has_ended_is_not_taken_for_one_that_has_died(task, ended_soon):
    said = str(failure(ended_soon(task("exec sleep 20"))))
    assert said == (
        "Cannot finish 'tidemark reconcile shop.sales' for every date that needs it: Airflow has ended it, since the"
        " state of the task or of its run was set by hand, or its worker was stopped. What is sealed stays sealed. A"
        " retry goes on from there; where Airflow makes none, clear the task."
    )


def test_a_program_behind_a_wrapper_is_ended_too(task, ended_soon, tmp_path):
    survived = tmp_path / "survived"
    # Until all of them have ended, the task reads what they say.
    failure(ended_soon(task(f"(sleep 20; touch {survived}) &\nwait")))
    assert not survived.exists()


def test_a_task_that_is_ended_while_it_asks_the_gates_does_not_go_on_to_the_verb(task, monkeypatch):
    submitted = []
    ended = task("exit 0")

    def run(self, context, arguments):
        submitted.append(self.task_id)
        ended.on_kill()
        raise AirflowException(FAILED_CHECK)

    monkeypatch.setattr(VerbOperator, "run", run)
    monkeypatch.setattr(SparkSubmitOperator, "on_kill", lambda self: None)
    with pytest.raises(AirflowException):
        ended.execute(context(2))
    assert submitted == ["gates_of_sales"]


def test_a_task_that_is_ended_before_its_program_starts_does_not_start_it(task, monkeypatch):
    ended = task("touch started; exit 0")
    monkeypatch.setattr(SparkSubmitHook, "on_kill", lambda self: None)
    require = ended._require_connection
    monkeypatch.setattr(ended, "_require_connection", lambda: (require(), ended.on_kill()))
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("started"))
    assert "Airflow has ended it" in str(failure(ended))
