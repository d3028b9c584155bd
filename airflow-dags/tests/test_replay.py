"""Which dead letters a run of `<pipeline>_replay_dead_letters` is about."""

import json
from importlib import import_module
from types import SimpleNamespace

import pytest
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from test_pipelines import pipeline

from tidemark_airflow import outcome
from tidemark_airflow.pipelines import read_all
from tidemark_airflow.settings import Settings

replay = import_module("tidemark_airflow.kinds.replay_dead_letters")

ENDED = {
    "outcome": "replayed",
    "exit_code": 0,
    "tables": [
        {"table": "shop.sales", "landed": 3, "refused": {"malformed": 1, "bad-magic": 2}},
        {"table": "shop.visits", "landed": 1, "refused": {}},
    ],
    "dirty": [],
}


@pytest.fixture
def task(tmp_path, monkeypatch):
    """The task that replays, whose submissions end with `ENDED`."""
    monkeypatch.setenv("AIRFLOW_CONN_SPARK_DEFAULT", "spark://master:7077?deploy-mode=cluster")
    pipeline(tmp_path / "shop")
    [read] = read_all((tmp_path,)).pipelines

    def execute(self, _):
        outcome.path(self.outcomes, "shop_replay_dead_letters", "manual__1", self.task_id).write_text(json.dumps(ENDED))

    monkeypatch.setattr(SparkSubmitOperator, "execute", execute)
    settings = Settings.of_environment({"TIDEMARK_OUTCOMES": str(tmp_path / "outcomes")})
    return replay.replay_dead_letters(read, settings).get_task("replay")


def context(**form):
    instance = SimpleNamespace(dag_id="shop_replay_dead_letters", run_id="manual__1", task_id="replay", try_number=1)
    return {"ti": instance, "params": form, "dag_run": SimpleNamespace(conf=form)}


def test_without_a_form_all_are_tried(task):
    assert task.execute(context()) == 4
    assert task.application_args[:2] == ["replay", "--pipeline"]


def test_the_form_chooses(task):
    task.execute(context(reason="--since", topic="sales", schema_id=0, since="2024-05-01"))
    assert task.application_args[1:5] == ["--reason=--since", "--topic=sales", "--schema-id=0", "--since=2024-05-01"]


@pytest.mark.parametrize("form", [{"reasn": "bad-magic"}, {"since": "yesterday"}])
def test_a_form_that_cannot_be_meant_is_refused_before_spark_is_started(task, monkeypatch, form):
    monkeypatch.setattr(SparkSubmitOperator, "execute", lambda *_: pytest.fail("submitted"))
    with pytest.raises(AirflowFailException):
        task.execute(context(**form))


def test_what_the_verb_says_of_a_failure_fails_the_task(task, monkeypatch):
    monkeypatch.setitem(ENDED, "exit_code", 1)
    monkeypatch.setitem(ENDED, "message", "Cannot ask the registry")
    monkeypatch.setitem(ENDED, "tables", [])
    with pytest.raises(AirflowException, match="Exit code 1: Cannot ask the registry"):
        task.execute(context())


def test_the_log_says_what_became_of_them():
    assert [line for table in ENDED["tables"] for line in replay.described(table)] == [
        "shop.sales: 3 dead letters have become events.",
        "shop.sales: still refused: 2 bad-magic, 1 malformed.",
        "shop.visits: 1 dead letters have become events.",
    ]
