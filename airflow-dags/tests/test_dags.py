import pytest
from airflow.dag_processing.dagbag import DagBag
from test_pipelines import REPOSITORY, pipeline

DAGS = REPOSITORY / "airflow-dags"


@pytest.fixture
def dag_bag(monkeypatch, tmp_path):
    """The DAGs of pipelines in a folder, as Airflow imports them."""

    def bag(*folders) -> DagBag:
        monkeypatch.setenv("TIDEMARK_PIPELINES", ":".join(str(folder) for folder in folders))
        monkeypatch.syspath_prepend(str(DAGS))
        return DagBag(DAGS, bundle_name="tidemark")

    return bag


def test_every_dag_is_imported_without_an_error_or_a_warning(dag_bag):
    bag = dag_bag(REPOSITORY / "conf")
    assert bag.import_errors == {}
    assert bag.captured_warnings == {}
    assert sorted(bag.dags) == [
        "retail_maintain",
        "retail_quality",
        "retail_reconcile",
        "retail_repair",
        "retail_replay_dead_letters",
        "when_yesterday_is_final",
    ]


def test_every_dag_and_every_task_says_what_it_is_for_and_who_owns_it(dag_bag):
    for dag in dag_bag(REPOSITORY / "conf").dags.values():
        assert dag.doc_md.strip(), dag.dag_id
        for task in dag.tasks:
            assert task.doc_md, task.task_id
            assert task.owner == "tidemark"
            assert task.execution_timeout, task.task_id
            assert task.retries > 0 or task.task_id == "reconcile"


def test_a_view_is_reconciled_by_one_task_at_a_time(dag_bag):
    dag = dag_bag(REPOSITORY / "conf").dags["retail_reconcile"]
    tasks = [task for task in dag.tasks if task.task_id.startswith("reconcile_")]
    assert len(tasks) == 3
    assert {task.max_active_tis_per_dag for task in tasks} == {1}


def test_a_view_is_proven_also_when_its_asset_is_not_active(dag_bag):
    dag = dag_bag(REPOSITORY / "conf").dags["retail_reconcile"]
    # Airflow fails a task with such an asset before it starts.
    with_assets = [task.task_id for task in dag.tasks if task.inlets or task.outlets]
    assert with_assets == [f"publish_{task.view}" for task in dag.tasks if task.task_id.startswith("reconcile_")]


def test_a_view_is_published_by_one_task_at_a_time(dag_bag):
    dag = dag_bag(REPOSITORY / "conf").dags["retail_reconcile"]
    assert {task.max_active_tis_per_dag for task in dag.tasks if task.task_id.startswith("publish_")} == {1}


def test_a_pipeline_without_events_runs_by_the_clock(dag_bag, tmp_path):
    folder = pipeline(tmp_path / "shop")
    file = folder / "pipeline.yaml"
    file.write_text(file.read_text().replace("events:\n  - name: events\n    topic: purchases\n", ""))
    bag = dag_bag(tmp_path)
    assert bag.import_errors == {}
    assert type(bag.dags["shop_reconcile"].timetable).__name__ == "CronDataIntervalTimetable"


def test_tables_are_maintained_by_one_task_at_a_time(dag_bag):
    dag = dag_bag(REPOSITORY / "conf").dags["retail_maintain"]
    task = dag.get_task("maintain")
    assert dag.max_active_runs == 1
    assert task.max_active_tis_per_dag == 1
    assert task._java_class == "io.tidemark.maintain.MaintainCommand"
    assert task.options[0] == "--pipeline"


def test_a_repair_says_at_once_what_cannot_be_done(dag_bag):
    assert dag_bag(REPOSITORY / "conf").dags["retail_repair"].get_task("reconcile").retries == 0


def test_a_repair_holds_no_slot_while_it_waits(dag_bag):
    repair = dag_bag(REPOSITORY / "conf").dags["retail_repair"]
    assert not repair.get_task("reconcile").wait_for_completion
    assert repair.get_task("reconciled").reschedule
    assert repair.get_task("reconciled").upstream_task_ids == {"reconcile"}


def test_a_run_fails_if_one_view_has_failed_though_others_were_left_out(dag_bag):
    passed = dag_bag(REPOSITORY / "conf").dags["retail_reconcile"].get_task("passed")
    assert passed.trigger_rule == "none_failed"
    assert passed.downstream_task_ids == set()


def test_a_new_view_needs_no_python(dag_bag, tmp_path):
    pipeline(tmp_path / "shop", view="brand_new")
    assert dag_bag(tmp_path).dags["shop_reconcile"].has_task("reconcile_brand_new")


def test_a_broken_pipeline_is_one_error_and_the_others_have_their_dags(dag_bag, tmp_path):
    pipeline(tmp_path / "shop")
    pipeline(tmp_path / "broken", name="'o''brien'")
    bag = dag_bag(tmp_path)
    assert "shop_reconcile" in bag.dags
    [(file, error)] = bag.import_errors.items()
    assert file.endswith("tidemark_problems.py")
    assert "broken/pipeline.yaml:2: name: Cannot name a table" in error


def test_an_argument_that_spark_submit_has_not_is_one_error_and_the_others_have_their_dags(dag_bag, tmp_path):
    pipeline(tmp_path / "shop")
    pipeline(tmp_path / "wrong", name="wrong", airflow="submit: {driver-memori: 4g}\n")
    bag = dag_bag(tmp_path)
    assert sorted(bag.dags) == [
        "shop_maintain",
        "shop_reconcile",
        "shop_repair",
        "shop_replay_dead_letters",
        "when_yesterday_is_final",
    ]
    [error] = bag.import_errors.values()
    assert "wrong/airflow.yaml: Cannot make the DAGs" in error
    assert "driver_memori" in error


def test_no_folder_of_pipelines_is_an_error(dag_bag):
    [error] = dag_bag().import_errors.values()
    assert "TIDEMARK_PIPELINES is empty" in error


def test_checks_are_there_where_a_pipeline_has_them(dag_bag, tmp_path):
    pipeline(tmp_path / "plain")
    checked = pipeline(tmp_path / "checked", name="checked")
    (checked / "quality.yaml").write_text("tables: []\n")
    dags = dag_bag(tmp_path).dags
    assert "shop_quality" not in dags
    assert sorted(dags["shop_reconcile"].task_ids) == ["choose", "passed", "publish_sales", "reconcile_sales"]
    assert dags["checked_quality"].task_ids == ["quality"]
    reconcile = dags["checked_reconcile"]
    assert reconcile.get_task("reconcile_sales").upstream_task_ids == {"choose", "gates"}
    # A check without a gate may fail for ever; what is sealed is final.
    assert reconcile.get_task("publish_sales").upstream_task_ids == {"reconcile_sales"}
    assert reconcile.get_task("passed").upstream_task_ids == {"gates", "quality", "reconcile_sales"}
