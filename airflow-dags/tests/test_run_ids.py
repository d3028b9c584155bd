import re
from pathlib import Path

import pytest

from tidemark_airflow import outcome, run_ids

# The longest that Airflow's database keeps.
LONG = "r" * 250
ODD = ["a b", "a/b", "a%2Fb", "a?b", "a#b", "a😀b", "aéb", "a\\b", "..", "@x", "a\nb", "é" * 250]
IDS = ["a_b", "a:b", "a+b", ".", "-x", LONG, *ODD]


@pytest.mark.parametrize("run", IDS)
def test_an_outcome_has_a_plain_name_in_the_folder_of_its_dag_whatever_its_run_is_called(tmp_path, run):
    file = outcome.path(str(tmp_path), "shop_reconcile", run, "reconcile_sales")
    [folder, name] = Path(file.path).relative_to(tmp_path / "shop_reconcile").parts
    assert name == "reconcile_sales.json"
    # A driver may take names for ASCII.
    assert re.fullmatch(r"[A-Za-z0-9_.-]{1,220}", folder)
    assert folder.strip(".")


def test_no_two_runs_have_one_outcome(tmp_path):
    assert len({str(outcome.path(str(tmp_path), "shop_reconcile", run, "a")) for run in IDS}) == len(IDS)


def test_a_plain_id_is_the_name_itself():
    assert run_ids.file_name("manual__1") == "manual__1"
    assert run_ids.following("repair__", "manual__2026-11-29T04:00:00+00:00_a.b~c") == (
        "repair__manual__2026-11-29T04:00:00+00:00_a.b~c"
    )


@pytest.mark.parametrize("run", IDS)
def test_a_run_that_another_starts_has_an_id_that_every_airflow_takes(run):
    started = run_ids.following("repair__", run)
    assert re.fullmatch(r"repair__[A-Za-z0-9_.~:+-]+", started)
    # A folder of Airflow's logs is named 'run_id=…'.
    assert len(started) < 240


def test_no_two_runs_start_the_same_one():
    assert len({run_ids.following("repair__", run) for run in IDS}) == len(IDS)


@pytest.mark.parametrize("run", ["a/b", "a%41b", "a?b", "a#b", "a\nb", ".", ".."])
def test_an_id_that_airflow_takes_for_another_one_is_refused(run):
    with pytest.raises(ValueError, match="Cannot work under the run id") as refused:
        run_ids.refuse(run)
    assert repr(run) in str(refused.value)
    assert "Start the run again" in str(refused.value)


@pytest.mark.parametrize("run", ["a b", "a:b", "a+b", "a😀b", "a\\b", "-x", "a..b", LONG])
def test_every_other_id_may_be_used(run):
    run_ids.refuse(run)
