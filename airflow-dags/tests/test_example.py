"""The condition of the example; that an asset starts it is in AirflowIT."""

from datetime import datetime, timezone
from types import SimpleNamespace

import pytest
from test_dags import dag_bag  # noqa: F401
from test_pipelines import REPOSITORY
from test_tasks import Events

from tidemark_airflow.assets import view_asset


@pytest.fixture
def is_yesterday_final(dag_bag, monkeypatch):  # noqa: F811
    """Asks on the first of May, after these events, the last one first."""
    condition = dag_bag(REPOSITORY / "conf").dags["when_yesterday_is_final"].get_task("is_yesterday_final")
    asset = view_asset("retail", "sales_by_product_day")

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 5, 1, 0, 30, tzinfo=timezone.utc).astimezone(tz)

    ask = condition.python_callable
    monkeypatch.setitem(ask.__globals__, "datetime", Clock)

    def after(*extras):
        assert condition.inlets == [asset]
        return ask(inlet_events={asset: Events([SimpleNamespace(extra=extra) for extra in extras])})

    return after


def final(through):
    return {"dates": [], "tidemark": through, "sealed_through": "2026-05-01T00:10:00Z", "seals": {}}


@pytest.mark.parametrize(
    ("through", "is_final"),
    [("2026-04-29", False), ("2026-04-30", True), ("2026-05-01", True), (None, False)],
)
def test_it_works_when_the_view_is_final_through_yesterday(is_yesterday_final, through, is_final):
    assert is_yesterday_final(final(through)) is is_final


def test_it_does_not_work_before_anything_was_sealed(is_yesterday_final):
    assert is_yesterday_final() is False


def test_what_the_last_event_says_counts_and_not_what_one_before_it_has_said(is_yesterday_final):
    assert is_yesterday_final(final("2026-04-28"), final("2026-04-30")) is False


def test_what_others_say_of_the_asset_does_not_hide_that_yesterday_is_final(is_yesterday_final):
    assert is_yesterday_final({"by": "hand"}, final("2026-04-30")) is True


def test_what_others_say_of_the_asset_does_not_make_yesterday_final(is_yesterday_final):
    assert is_yesterday_final({"tidemark": "2026-04-30"}) is False
