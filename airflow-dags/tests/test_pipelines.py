import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tidemark_airflow.document import Section
from tidemark_airflow.pipelines import TAKEN, Schedule, read_all

REPOSITORY = Path(__file__).resolve().parents[2]

SHOP = """
name: {name}
history-from: 2010-12-01
events:
  - name: events
    topic: purchases
views:
  - name: {view}
    sql: views/sales.sql
"""


def pipeline(folder: Path, name: str = "shop", view: str = "sales", airflow: str | None = None) -> Path:
    folder.mkdir(parents=True)
    (folder / "pipeline.yaml").write_text(SHOP.format(name=name, view=view))
    if airflow is not None:
        (folder / "airflow.yaml").write_text(airflow)
    return folder


def test_the_reference_pipeline_has_dags_and_the_benchmark_has_none():
    read = read_all((REPOSITORY / "conf",))
    assert read.problems == ()
    [retail] = read.pipelines
    assert retail.name == "retail"
    assert retail.events == ("events",)
    assert retail.views == ("sales_by_hour_country", "sales_by_product_day", "sales_sliding")
    assert retail.history_from == date(2010, 12, 1)


def test_a_broken_pipeline_is_one_problem_and_the_others_are_read(tmp_path):
    pipeline(tmp_path / "good")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "pipeline.yaml").write_text("name: broken\nviews: [\n")
    read = read_all((tmp_path,))
    assert [each.name for each in read.pipelines] == ["shop"]
    [problem] = read.problems
    assert problem.startswith(f"{broken}/pipeline.yaml:3: Cannot read it as YAML")


@pytest.mark.parametrize(
    ("airflow", "says"),
    [
        ("timeout: 999999999999 days", "airflow.yaml:1: timeout: Cannot read '999999999999 days' as a duration"),
        ("owner: " + "[" * 2000, "airflow.yaml: Cannot read it as YAML: it is nested too deeply."),
        ("owner: \0", "airflow.yaml: Cannot read it as YAML"),
    ],
)
def test_an_unreadable_file_of_any_kind_is_the_problem_of_its_pipeline(tmp_path, airflow, says):
    pipeline(tmp_path / "good")
    pipeline(tmp_path / "broken", name="broken", airflow=airflow)
    read = read_all((tmp_path,))
    assert [each.name for each in read.pipelines] == ["shop"]
    [problem] = read.problems
    assert f"{tmp_path}/broken/{says}" in problem


def test_a_failure_that_nobody_has_foreseen_is_the_problem_of_its_pipeline(tmp_path, monkeypatch):
    pipeline(tmp_path / "good")
    pipeline(tmp_path / "broken", name="broken")
    of_file = Section.of_file

    def fails(file):
        if "broken" in file.parts:
            raise MemoryError("too much of it")
        return of_file(file)

    monkeypatch.setattr(Section, "of_file", fails)
    read = read_all((tmp_path,))
    assert [each.name for each in read.pipelines] == ["shop"]
    assert read.problems == (f"{tmp_path}/broken: Cannot read this pipeline: MemoryError: too much of it.",)


@pytest.mark.parametrize("airflow", ["", "# nothing yet\n", "---\n# nothing yet\n"])
def test_a_schedule_without_keys_is_all_defaults(tmp_path, airflow):
    pipeline(tmp_path / "shop", airflow=airflow)
    read = read_all((tmp_path,))
    assert read.problems == ()
    assert read.pipelines[0].schedule == Schedule()


def test_no_folder_of_pipelines_is_a_problem():
    [problem] = read_all(()).problems
    assert problem.startswith("Cannot find pipelines: TIDEMARK_PIPELINES is empty.")


@pytest.mark.parametrize("name", ["ops", "delta", "spark_catalog"])
def test_a_name_that_validate_refuses_has_no_dags(tmp_path, name):
    pipeline(tmp_path / "taken", name=name)
    read = read_all((tmp_path,))
    assert read.pipelines == ()
    assert f"pipeline.yaml:2: name: Cannot name a pipeline '{name}'" in read.problems[0]


def test_two_pipelines_of_one_name_have_no_dags_and_are_named(tmp_path):
    pipeline(tmp_path / "one")
    pipeline(tmp_path / "two")
    pipeline(tmp_path / "three", name="other")
    read = read_all((tmp_path,))
    assert [each.name for each in read.pipelines] == ["other"]
    assert "both are named 'shop'" in read.problems[0]


@pytest.mark.parametrize("view", ["o'brien", '"a b"', "Sales", "sales-by-day", "été", "[a]", "{{ ds }}", "1st"])
def test_a_name_that_is_not_one_of_a_table_is_refused_with_its_line(tmp_path, view):
    pipeline(tmp_path / "shop", view=view)
    read = read_all((tmp_path,))
    assert read.pipelines == ()
    assert f"{tmp_path}/shop/pipeline.yaml:" in read.problems[0]


def test_names_that_yaml_1_1_takes_for_something_else_are_names(tmp_path):
    pipeline(tmp_path / "shop", name="on", view="no")
    [read] = read_all((tmp_path,)).pipelines
    assert (read.name, read.views) == ("on", ("no",))


def test_a_key_that_stands_twice_is_refused(tmp_path):
    folder = pipeline(tmp_path / "shop")
    (folder / "pipeline.yaml").write_text(SHOP.format(name="shop", view="sales") + "name: other\n")
    assert "'name' stands twice" in read_all((tmp_path,)).problems[0]


def test_a_schedule_is_read_key_by_key(tmp_path):
    pipeline(
        tmp_path / "shop",
        airflow="schedule: 30 3 * * *\nretry-delay: 5 minutes\nretries: 1\nowner: data\nsubmit: {driver-memory: 2g}\n",
    )
    [read] = read_all((tmp_path,)).pipelines
    assert read.schedule.cron == "30 3 * * *"
    assert read.schedule.retry_delay == timedelta(minutes=5)
    assert read.schedule.retries == 1
    assert read.schedule.owner == "data"
    assert read.schedule.submit == (("driver-memory", "2g"),)


@pytest.mark.parametrize(
    ("airflow", "says"),
    [
        ("shedule: 0 4 * * *", ":1: Cannot use the key 'shedule'"),
        ("retries: two", ":1: retries: Cannot read 'two' as a count"),
        ("schedule: daily at four", ":1: schedule: Cannot read 'daily at four' as a cron expression"),
        ("owner: data\ntimeout: 1h", ":2: timeout: Cannot read '1h' as a duration"),
        ("enabled: no", ":1: enabled: Cannot read 'no'"),
        ("- enabled", "must be keys and values"),
        ("[]", "must be keys and values"),
    ],
)
def test_a_wrong_schedule_is_refused_with_its_line(tmp_path, airflow, says):
    pipeline(tmp_path / "shop", airflow=airflow)
    read = read_all((tmp_path,))
    assert read.pipelines == ()
    assert says in read.problems[0]


def test_a_folder_without_a_pipeline_is_a_problem(tmp_path):
    assert "Cannot find a pipeline there" in read_all((tmp_path,)).problems[0]


NAMES = [
    tuple(line.split(" ", 1))
    for line in (Path(__file__).with_name("pipeline-names.txt")).read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("verdict", "name"), NAMES)
def test_a_name_of_a_pipeline_is_taken_wrong_or_fine_as_validate_says_too(tmp_path, verdict, name):
    (pipeline(tmp_path / "shop") / "pipeline.yaml").write_text(SHOP.format(name=json.dumps(name), view="sales"))
    read = read_all((tmp_path,))
    said = {"taken": "the name is taken", "wrong": "Cannot name a table"}.get(verdict)
    if said is None:
        assert [each.name for each in read.pipelines] == [name]
    else:
        assert said in read.problems[0]


def test_every_name_that_is_taken_stands_in_the_list_that_validate_is_held_to():
    assert {name for verdict, name in NAMES if verdict == "taken"} == TAKEN
