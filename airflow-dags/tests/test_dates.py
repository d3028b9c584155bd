from datetime import date, datetime, timedelta, timezone

import pytest

from tidemark_airflow import dates


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize("clock", ["00:00", "03:30", "23:59"])
def test_a_daily_schedule_proves_each_date_once_whatever_its_hour(clock):
    proven = []
    start = at(f"2010-12-01T{clock}")
    for day in range(40):
        begin = start + timedelta(days=day)
        proven += dates.ended_within(begin, begin + timedelta(days=1))
    assert proven == [date(2010, 12, 1) + timedelta(days=day) for day in range(40)]


def test_an_hourly_schedule_proves_a_date_in_the_hour_in_which_it_ends():
    assert dates.ended_within(at("2010-12-01T22:00"), at("2010-12-01T23:00")) == []
    assert dates.ended_within(at("2010-12-01T23:00"), at("2010-12-02T00:00")) == [date(2010, 12, 1)]


def test_an_interval_in_another_zone_is_taken_by_its_instants():
    zone = timezone(timedelta(hours=-5))
    start = datetime(2010, 12, 1, 0, 0, tzinfo=zone)
    assert dates.ended_within(start, start + timedelta(days=1)) == [date(2010, 12, 1)]


def test_a_conf_without_dates_asks_for_none_in_particular():
    assert dates.asked({}, ["sales"]) is None
    assert dates.asked({"dates": None, "reason": None}, ["sales"]) is None


def test_dates_are_taken_once_and_in_order():
    conf = {"dates": {"sales": ["2010-12-05", "2010-12-01", "2010-12-05"]}}
    assert dates.asked(conf, ["sales", "other"]) == {"sales": ["2010-12-01", "2010-12-05"]}


@pytest.mark.parametrize(
    ("conf", "says"),
    [
        ({"date": "2010-12-01"}, "Cannot use 'date' of the run's conf"),
        ({"dates": {}}, "Cannot read 'dates'"),
        ({"dates": ["2010-12-01"]}, "Cannot read 'dates'"),
        ({"dates": {"o'brien": ["2010-12-01"]}}, "Cannot reconcile view 'o'brien': the pipeline has the views sales"),
        ({"dates": {"sales": []}}, "names no date"),
        ({"dates": {"sales": "2010-12-01"}}, "names no date"),
        ({"dates": {"sales": [""]}}, "Cannot reconcile '' of 'sales'"),
        ({"dates": {"sales": [None]}}, "Cannot reconcile None of 'sales'"),
        ({"dates": {"sales": ["2010-02-30"]}}, "Cannot reconcile '2010-02-30'"),
        ({"dates": {"sales": ["2010-12-01; rm"]}}, "Cannot reconcile '2010-12-01; rm'"),
    ],
)
def test_a_conf_that_cannot_be_meant_is_refused(conf, says):
    with pytest.raises(ValueError) as refused:
        dates.asked(conf, ["sales"])
    assert says in str(refused.value)


def test_a_form_upside_down_is_refused():
    with pytest.raises(ValueError, match="the last date is before the first"):
        dates.between("2010-12-02", "2010-12-01")


def test_dates_of_a_form_include_both_ends():
    assert dates.between("2010-12-30", "2011-01-01") == ["2010-12-30", "2010-12-31", "2011-01-01"]


def test_ranges_are_contiguous():
    assert dates.ranges(["2010-12-31", "2010-12-01", "2011-01-01"]) == [
        ["2010-12-01", "2010-12-01"],
        ["2010-12-31", "2011-01-01"],
    ]
