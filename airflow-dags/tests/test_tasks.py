"""What tasks do with what a verb has left for them; Spark itself is in AirflowIT."""

import json
from datetime import datetime, timedelta, timezone
from importlib import import_module
from types import SimpleNamespace

import pytest
from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowNotFoundException,
    AirflowSkipException,
)
from test_pipelines import pipeline

from tidemark_airflow import outcome
from tidemark_airflow.kinds.quality import QualityOperator
from tidemark_airflow.pipelines import read_all
from tidemark_airflow.settings import Settings
from tidemark_airflow.spark import VerbOperator

# A function of its package has the same name.
reconcile = import_module("tidemark_airflow.kinds.reconcile")
repair = import_module("tidemark_airflow.kinds.repair")

PROVEN = {
    "exit_code": 0,
    "outcome": "in sync",
    "views": {
        "sales": {
            "view": "sales",
            "from": None,
            "to": None,
            "dates": 0,
            "outcome": "in sync",
            "last_closed": "2010-12-01",
            "tidemark": "2010-12-01",
        }
    },
    "sealed": {"sales": {"2010-12-01": "2026-11-29T14:00:00Z"}},
}


class Store(dict):
    """A task's state, which Airflow keeps from one try to the next."""

    def delete(self, key: str) -> None:
        self.pop(key, None)


class Events(list):
    """An asset's events, the last one first."""

    def ascending(self, _: bool) -> "Events":
        return self

    def limit(self, _: int) -> "Events":
        return self


@pytest.fixture
def views(tmp_path):
    """The pipeline, with checks."""
    (pipeline(tmp_path / "shop") / "quality.yaml").write_text("tables: []\n")
    [read] = read_all((tmp_path,)).pipelines
    return read


@pytest.fixture
def task(views, tmp_path, monkeypatch):
    """The task that reconciles, whose submissions leave these outcomes and do nothing else."""
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", "spark://master:7077?deploy-mode=cluster")
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_QUALITY", "spark://master:7077?deploy-mode=cluster")
    settings = Settings.of_environment({"TIDEMARK_OUTCOMES": str(tmp_path / "outcomes")})
    return reconcile.reconcile(views, settings).get_task("reconcile_sales")


def context(try_number: int = 1, *, final: tuple[str, ...] = ()):
    said: dict[str, str] = {}
    instance = SimpleNamespace(
        dag_id="shop_reconcile",
        run_id="scheduled__1",
        task_id="reconcile_sales",
        try_number=try_number,
        xcom_pull=lambda task_ids: {"sales": {"dates": [], "final": list(final)}},
        xcom_push=lambda key, value: said.update({key: value}),
        said=said,
    )
    store = Store(spark_job_id="driver-1", k8s_driver_status="Succeeded")
    return {"ti": instance, "params": {}, "task_state_store": store}


def leaves(monkeypatch, ended):
    """Has every submission end with this outcome, an exception or nothing."""

    def execute(self, _):
        if isinstance(ended, Exception):
            raise ended
        outcome.path(self.outcomes, "shop_reconcile", "scheduled__1", self.task_id).write_text(json.dumps(ended))

    monkeypatch.setattr(SparkSubmitOperator, "execute", execute)


def test_a_retry_submits_again_what_has_ended_and_was_not_final(task, monkeypatch):
    leaves(monkeypatch, PROVEN)
    run = context(final=("2010-12-02",))
    with pytest.raises(AirflowException, match="not final yet: 2010-12-02") as failed:
        task.execute(run)
    # After that one Airflow makes no retry.
    assert not isinstance(failed.value, AirflowFailException)
    assert run["task_state_store"] == {}


def test_a_retry_submits_again_what_has_failed_and_said_so(task, monkeypatch):
    leaves(monkeypatch, {"exit_code": 10, "outcome": "drifted"})
    run = context()
    with pytest.raises(AirflowException, match="Exit code 10"):
        task.execute(run)
    assert run["task_state_store"] == {}


def test_a_retry_submits_again_what_has_ended_and_said_nothing(task, monkeypatch):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda self, context: None)
    run = context()
    with pytest.raises(AirflowException, match="Cannot tell how it ended"):
        task.execute(run)
    assert run["task_state_store"] == {}


@pytest.mark.parametrize("mode", [0o500, 0o400])
def test_a_folder_for_outcomes_that_cannot_be_written_is_named_before_spark_is_started(
    task, tmp_path, monkeypatch, mode
):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda *_: pytest.fail("submitted"))
    outcomes = tmp_path / "outcomes"
    outcomes.mkdir()
    # Whoever is root may write anywhere.
    monkeypatch.setattr("os.access", lambda place, wanted: not wanted & ~(mode >> 6))
    with pytest.raises(AirflowFailException) as failed:
        task.execute(context())
    said = str(failed.value)
    assert said.startswith(f"Cannot keep how the verb ends in {outcomes}/shop_reconcile/scheduled__1: ")
    assert "TIDEMARK_OUTCOMES names the folder" in said
    assert "let the user of Airflow's workers" in said


@pytest.mark.parametrize("below", ["file/outcomes", "file"])
def test_a_folder_for_outcomes_that_cannot_be_made_is_named_before_spark_is_started(task, tmp_path, monkeypatch, below):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda *_: pytest.fail("submitted"))
    (tmp_path / "file").write_text("not a folder")
    task.outcomes = str(tmp_path / below)
    with pytest.raises(AirflowFailException, match="Cannot keep how the verb ends in .*TIDEMARK_OUTCOMES names"):
        task.execute(context())


def test_a_store_for_outcomes_that_does_not_answer_is_named_and_tried_again(task, monkeypatch):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda *_: pytest.fail("submitted"))

    def away(*_, **__):
        raise ConnectionError("no route to the store")

    task.outcomes = "memory://bucket/outcomes"
    monkeypatch.setattr(outcome.ObjectStoragePath, "exists", away)
    monkeypatch.setattr(outcome.ObjectStoragePath, "unlink", away)
    with pytest.raises(AirflowException) as failed:
        task.execute(context())
    assert "in memory://bucket/outcomes/shop_reconcile/scheduled__1: no route to the store" in str(failed.value)
    assert not isinstance(failed.value, AirflowFailException)


def test_a_store_for_outcomes_whose_provider_is_not_installed_is_named(task, monkeypatch):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda *_: pytest.fail("submitted"))
    task.outcomes = "s3a://bucket/outcomes"
    with pytest.raises(AirflowFailException, match="in s3a://bucket/outcomes.*install its provider"):
        task.execute(context())


def test_a_folder_for_outcomes_must_not_depend_on_where_airflow_was_started(task, monkeypatch):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda *_: pytest.fail("submitted"))
    task.outcomes = "outcomes"
    with pytest.raises(AirflowFailException, match="in outcomes.*begin with /"):
        task.execute(context())


def test_a_second_pass_that_comes_to_nothing_does_not_leave_the_outcome_of_the_first(task, monkeypatch):
    run = context()
    leaves(monkeypatch, PROVEN)
    task.execute(run)
    file = outcome.path(task.outcomes, "shop_reconcile", "scheduled__1", "reconcile_sales")
    assert outcome.read(file) == PROVEN
    leaves(monkeypatch, RuntimeError("the cluster is away"))
    with pytest.raises(AirflowException):
        task.execute(run)
    assert outcome.read(file) is None


def test_the_outcome_of_a_job_that_a_lost_worker_has_left_is_kept(task, monkeypatch):
    file = outcome.path(task.outcomes, "shop_reconcile", "scheduled__1", "reconcile_sales")
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(PROVEN))
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda *_: None)
    task.execute(context())


def test_a_retry_finds_the_job_that_a_lost_worker_has_left_running(task, monkeypatch):
    leaves(monkeypatch, RuntimeError("the master does not answer"))
    run = context()
    with pytest.raises(AirflowException, match="the master does not answer"):
        task.execute(run)
    assert run["task_state_store"]["spark_job_id"] == "driver-1"


def test_a_connection_that_is_not_there_is_named(task, monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_SPARK_DEFAULT")
    monkeypatch.setattr(SparkSubmitHook, "get_connection", missing)
    with pytest.raises(AirflowFailException, match="Airflow has no connection 'spark_default'"):
        task.execute(context())


def missing(name: str):
    """As Airflow does without a database."""
    raise AirflowNotFoundException(f"The conn_id `{name}` isn't defined")


@pytest.mark.parametrize("failure", [AirflowFailException("Exit code 11: a check failed"), RuntimeError("no cluster")])
def test_a_retry_asks_the_gates_again_before_the_verb(task, monkeypatch, failure):
    submitted = []

    def run(self, context, arguments):
        submitted.append((self.task_id, arguments[0]))
        if isinstance(self, QualityOperator):
            raise failure
        return PROVEN

    monkeypatch.setattr(VerbOperator, "run", run)
    task.execute(context())
    assert submitted == [("reconcile_sales", "--view")]

    task.execute(context(2))
    assert submitted[1:] == [("gates_of_sales", "--dirty"), ("reconcile_sales", "--view")]


@pytest.mark.parametrize(("try_number", "job"), [(1, "reconcile_sales"), (2, "gates_of_sales")])
def test_a_task_that_is_ended_ends_the_job_that_is_running(task, monkeypatch, try_number, job):
    ended = []
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda self, _: task.on_kill())
    monkeypatch.setattr(SparkSubmitOperator, "on_kill", lambda self: ended.append(self.task_id))
    with pytest.raises(AirflowException, match="Airflow has ended it"):
        task.execute(context(try_number))
    assert ended == [job]


def test_a_date_that_no_check_was_asked_of_is_tried_again_and_one_that_failed_is_not(task, monkeypatch):
    held = [{"date": "2010-12-01", "reason": "ran on 1 events, and there are 2 now", "failed": False}]
    found = PROVEN["views"]["sales"] | {"causes": {}, "waiting": held}
    leaves(monkeypatch, PROVEN | {"exit_code": 11, "outcome": "waiting", "views": {"sales": found}})
    with pytest.raises(AirflowException) as waiting:
        task.execute(context())
    assert not isinstance(waiting.value, AirflowFailException)

    found = PROVEN["views"]["sales"] | {"causes": {}, "refused": [held[0] | {"failed": True}]}
    leaves(monkeypatch, PROVEN | {"exit_code": 11, "outcome": "refused", "views": {"sales": found}})
    with pytest.raises(AirflowFailException):
        task.execute(context())


@pytest.fixture
def publish(views, tmp_path, monkeypatch):
    """Publishes after a run that has left this outcome, and gives back what the asset's event says."""
    settings = Settings.of_environment({"TIDEMARK_OUTCOMES": str(tmp_path / "outcomes")})
    published = reconcile.reconcile(views, settings).get_task("publish_sales")

    def after(ended, *events, has_read_it=True):
        file = outcome.path(settings.outcomes, "shop_reconcile", "scheduled__1", "reconcile_sales")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        if ended is not None:
            file.write_text(json.dumps(ended))
        instance = SimpleNamespace(
            dag_id="shop_reconcile",
            run_id="scheduled__1",
            xcom_pull=lambda task_ids, key: str(file) if has_read_it else None,
        )
        monkeypatch.setattr(reconcile, "get_current_context", lambda: {"ti": instance})
        [asset] = published.outlets
        update = SimpleNamespace(extra=None)
        published.python_callable(
            inlet_events={asset: Events([SimpleNamespace(extra=extra) for extra in events])},
            outlet_events={asset: update},
        )
        return update.extra

    return after


def as_of(minutes: int, **more):
    """What was proven so many minutes ago."""
    return PROVEN | {"as_of": (datetime.now(timezone.utc) - timedelta(minutes=minutes)).isoformat()} | more


def test_an_asset_is_told_of_what_was_sealed_since_its_last_event(publish):
    told = publish(PROVEN)
    assert (told["dates"], told["tidemark"]) == ([["2010-12-01", "2010-12-01"]], "2010-12-01")
    with pytest.raises(AirflowSkipException, match="No date was sealed since"):
        publish(PROVEN, told)


def test_what_others_say_of_the_asset_does_not_hide_what_was_sealed_last(publish):
    with pytest.raises(AirflowSkipException, match="No date was sealed since"):
        publish(PROVEN, {"by": "hand"}, publish(PROVEN))


def test_an_asset_is_told_nothing_of_a_run_that_has_failed(publish):
    with pytest.raises(AirflowSkipException, match="This run has sealed nothing of sales"):
        publish({"exit_code": 1, "message": "the disk is full"})


@pytest.mark.parametrize("of_an_earlier_pass", [PROVEN, None])
def test_an_asset_is_told_nothing_of_a_view_that_this_pass_has_not_reconciled(publish, of_an_earlier_pass):
    with pytest.raises(AirflowSkipException, match="This run has sealed nothing of sales"):
        publish(of_an_earlier_pass, has_read_it=False)


def test_what_a_task_has_read_is_told_though_it_fails(task, monkeypatch):
    leaves(monkeypatch, PROVEN)
    run = context(final=("2010-12-02",))
    with pytest.raises(AirflowException, match="not final yet"):
        task.execute(run)
    file = outcome.path(task.outcomes, "shop_reconcile", "scheduled__1", "reconcile_sales")
    assert run["ti"].said == {"outcome": str(file)}


def test_an_outcome_that_cannot_be_seen_is_a_failure_and_not_nothing_to_tell(publish):
    with pytest.raises(AirflowException) as failed:
        publish(None)
    assert "Cannot tell the asset what was sealed: reconcile_sales left it in " in str(failed.value)
    assert "TIDEMARK_OUTCOMES must be a place that every worker reaches" in str(failed.value)
    assert not isinstance(failed.value, AirflowFailException)


def test_an_asset_is_told_when_what_it_is_told_was_read(publish):
    ended = as_of(1)
    assert publish(ended)["as_of"] == ended["as_of"]


def test_a_publication_that_is_cleared_later_tells_nothing_that_may_not_be_final_any_more(publish):
    publish(as_of(50))
    with pytest.raises(AirflowFailException) as refused:
        publish(as_of(70))
    said = str(refused.value)
    assert said.startswith("Cannot tell the asset what was final 70 minutes ago: ")
    assert "clear the task reconcile_sales of this run, with those downstream" in said


def test_a_publication_that_comes_after_that_of_a_later_run_tells_nothing(publish):
    later = publish(as_of(5))
    earlier = as_of(10, sealed={"sales": {"2010-12-01": "2026-11-29T14:00:00Z", "2010-12-02": "2026-11-29T14:00:00Z"}})
    with pytest.raises(AirflowSkipException, match="A later run has told the asset already"):
        publish(earlier, later)


def test_dates_are_sealed_though_somebody_elses_dag_has_taken_the_name_of_the_asset(task):
    assert (task.inlets, task.outlets) == ([], [])


def chosen(monkeypatch, **run):
    start = datetime(2010, 12, 1, 22, tzinfo=timezone.utc)
    run = {
        "run_id": "manual__1",
        "conf": None,
        "data_interval_start": start,
        "data_interval_end": start + timedelta(hours=1),
    } | run
    monkeypatch.setattr(reconcile, "get_current_context", lambda: {"dag_run": SimpleNamespace(**run)})
    return reconcile.choose.function(["a", "b"])


def test_a_scheduled_run_proves_what_needs_it_also_where_no_date_has_ended(monkeypatch):
    every = {"dates": [], "final": []}
    assert chosen(monkeypatch, run_type="scheduled") == {"a": every, "b": every}
    assert chosen(monkeypatch, run_type="backfill") == {"a": None, "b": None}


def test_runs_over_time_wait_for_the_dates_of_their_interval(monkeypatch):
    end = datetime(2010, 12, 2, 22, tzinfo=timezone.utc)
    for run_type, named in (("scheduled", []), ("backfill", ["2010-12-01"])):
        each = {"dates": named, "final": ["2010-12-01"]}
        assert chosen(monkeypatch, run_type=run_type, data_interval_end=end) == {"a": each, "b": each}


def test_a_manual_run_proves_what_it_names_or_what_needs_it(monkeypatch):
    every = {"dates": [], "final": []}
    assert chosen(monkeypatch, run_type="manual") == {"a": every, "b": every}
    asked = {"dates": ["2010-12-01"], "final": ["2010-12-01"]}
    assert chosen(monkeypatch, run_type="manual", conf={"dates": {"a": ["2010-12-01"]}}) == {"a": asked, "b": None}


FORM = {"view": "a", "first_date": "2010-12-01", "last_date": "2010-12-02", "reason": "to be sure"}


def form(monkeypatch, run_id="manual__1", **conf):
    run = {"dag_run": SimpleNamespace(conf=conf, run_id=run_id), "params": FORM}
    monkeypatch.setattr(repair, "get_current_context", lambda: run)
    return repair.read_form.function(["a", "b"])


def test_a_repair_asks_for_the_dates_of_its_form(monkeypatch):
    asked = {"dates": {"a": ["2010-12-01", "2010-12-02"]}, "reason": "to be sure"}
    assert form(monkeypatch) == asked
    assert form(monkeypatch, **FORM) == asked


def test_a_misspelt_key_of_a_repair_is_refused_and_does_not_widen_it(monkeypatch):
    with pytest.raises(AirflowFailException) as refused:
        form(monkeypatch, vieww="a", reason="to be sure")
    assert str(refused.value) == (
        "Cannot use 'vieww' of the run's conf: its keys are view, first_date, last_date and reason."
    )


def test_what_airflow_itself_adds_to_a_conf_is_left_alone(monkeypatch):
    every = {"dates": [], "final": []}
    assert chosen(monkeypatch, run_type="manual", conf={"openlineage": {}}) == {"a": every, "b": every}
    assert form(monkeypatch, openlineage={})["dates"] == {"a": ["2010-12-01", "2010-12-02"]}


def test_a_repair_waits_for_the_run_that_it_has_started_whatever_its_own_is_called(views):
    dag = repair.repair(views, Settings.of_environment({}))
    started = dag.get_task("reconcile").trigger_run_id
    for run in ("manual__1", "a/b", "a b", "a😀b", "r" * 250):
        asked = []
        instance = SimpleNamespace(get_dagrun_state=lambda _, run, asked=asked: asked.append(run) or "success")
        dag.get_task("reconciled").poke({"ti": instance, "run_id": run})
        assert asked == [dag.get_template_env().from_string(started).render(run_id=run)]


@pytest.mark.parametrize("run", ["a/b", "a%41b", "a?b", "a#b"])
def test_nothing_is_asked_for_under_the_id_of_another_run(task, monkeypatch, run):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda *_: pytest.fail("submitted"))
    refused = "Cannot work under the run id"
    with pytest.raises(AirflowFailException, match=refused):
        chosen(monkeypatch, run_type="manual", run_id=run)
    with pytest.raises(AirflowFailException, match=refused):
        form(monkeypatch, run)
    own = context()
    own["ti"].run_id = run
    own["ti"].xcom_pull = lambda task_ids: pytest.fail("the dates of another run")
    with pytest.raises(AirflowFailException, match=refused):
        task.execute(own)


def test_a_run_id_is_not_taken_for_an_option_of_the_verb(task, monkeypatch):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda self, _: None)
    run = context()
    run["ti"].run_id = "--all-views"
    with pytest.raises(AirflowException):
        task.execute(run)
    assert task.application_args[-1] == "--airflow-run=--all-views"


def waited(state):
    asked = []
    instance = SimpleNamespace(get_dagrun_state=lambda dag_id, run_id: asked.append((dag_id, run_id)) or state)
    sensor = repair.ReconciledSensor(task_id="reconciled", waits_for="shop_reconcile")
    ended = sensor.poke({"ti": instance, "run_id": "manual__1"})
    assert asked == [("shop_reconcile", "repair__manual__1")]
    return ended


@pytest.mark.parametrize(("state", "ended"), [("queued", False), ("running", False), ("success", True)])
def test_a_repair_waits_until_its_run_has_ended(state, ended):
    assert waited(state) == ended


def test_a_repair_whose_run_has_failed_fails_and_says_where_to_look():
    with pytest.raises(AirflowFailException) as failed:
        waited("failed")
    assert "Run 'repair__manual__1' of shop_reconcile has failed" in str(failed.value)
    assert "The log of its failed task says why" in str(failed.value)
