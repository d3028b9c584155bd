"""Which dates of which views a run is to prove."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

KEYS = ("dates", "reason")

# By a TriggerDagRunOperator, where OpenLineage is in use.
ADDED_BY_AIRFLOW = "openlineage"


def ended_within(start: datetime, end: datetime) -> list[date]:
    """The UTC dates whose last instant lies in a data interval: one a day, whatever the hour of the schedule."""
    start, end = start.astimezone(timezone.utc), end.astimezone(timezone.utc)
    day = start.date()
    dates = []
    while _end_of(day) <= end:
        if _end_of(day) > start:
            dates.append(day)
        day += timedelta(days=1)
    return dates


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=timezone.utc)


def asked(conf: Mapping[str, Any], views: Iterable[str]) -> dict[str, list[str]] | None:
    """The dates that a run's conf names, by view; None if it names none."""
    views = list(views)
    refuse_others(conf, KEYS)
    dates = conf.get("dates")
    if dates is None:
        return None
    if not isinstance(dates, Mapping) or not dates:
        raise ValueError('Cannot read \'dates\' of the run\'s conf: write it as {"a_view": ["2010-12-31"]}.')
    return {view: _dates(view, named, views) for view, named in dates.items()}


def refuse_others(conf: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuses a conf with a key that nobody reads: its run would not be about what was meant."""
    for key in conf:
        if key not in known and key != ADDED_BY_AIRFLOW:
            names = f"{', '.join(known[:-1])} and {known[-1]}"
            raise ValueError(f"Cannot use '{key}' of the run's conf: its keys are {names}.")


def _dates(view: str, named: Any, views: list[str]) -> list[str]:
    if view not in views:
        raise ValueError(f"Cannot reconcile view '{view}': the pipeline has the views {', '.join(views)}.")
    if not isinstance(named, list) or not named:
        raise ValueError(f"Cannot reconcile '{view}': 'dates' names no date of it. Write them as [\"2010-12-31\"].")
    return sorted({_date(view, text).isoformat() for text in named})


def _date(view: str, text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"Cannot reconcile {text!r} of '{view}': write dates as 2010-12-31.") from None


def between(first: str, last: str) -> list[str]:
    """Every date from one to another, included."""
    begin, end = _date("the form", first), _date("the form", last)
    if end < begin:
        raise ValueError(f"Cannot reconcile {first} to {last}: the last date is before the first.")
    return [(begin + timedelta(days=day)).isoformat() for day in range((end - begin).days + 1)]


def within(found: Iterable[Sequence[str]]) -> list[str]:
    """The dates of contiguous ranges."""
    return [day for first, last in found for day in between(first, last)]


def ranges(dates: Iterable[str]) -> list[list[str]]:
    """Dates as contiguous ranges, each its first and its last."""
    found: list[list[str]] = []
    for day in sorted(dates):
        if found and date.fromisoformat(day) - date.fromisoformat(found[-1][1]) == timedelta(days=1):
            found[-1][1] = day
        else:
            found.append([day, day])
    return found
