"""How a run of a verb ended, as the file says that it left for Airflow, in words for whoever reads the task's log."""

from __future__ import annotations

import errno
import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from airflow.sdk import ObjectStoragePath
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from tidemark_airflow import dates, run_ids

DRIFT_NOT_REPAIRED = 10
QUALITY_REFUSED = 11
WRONG_USAGE = 2

OVERLAP = timedelta(hours=3)
# A task that publishes begins as soon as it may, except where it is cleared or its DAG was paused.
LONGEST_WAIT = timedelta(hours=1)

MEANING = {
    DRIFT_NOT_REPAIRED: "drift was found but not repaired, because another writer changed the table meanwhile. A retry looks again",
    QUALITY_REFUSED: "a quality check did not pass or has not run",
    WRONG_USAGE: "wrong configuration or usage",
}


def path(place: str, *names: str) -> ObjectStoragePath:
    """Where the outcome of one task of one run is kept; names may hold anything that a run id may."""
    return ObjectStoragePath(f"{place}/{'/'.join(run_ids.file_name(name) for name in names)}.json")


def ready(place: str, *names: str, keep: bool) -> ObjectStoragePath:
    """The same, where one can be written now; what an earlier try has left there is gone unless it may count."""
    folder = f"{place}/{'/'.join(run_ids.file_name(name) for name in names[:-1])}"
    try:
        if "://" not in place:
            _require_folder(Path(folder))
        file = path(place, *names)
        if keep:
            file.exists()
        else:
            file.unlink(missing_ok=True)
    except Exception as e:  # Each store has its own.
        # A store may only be away.
        is_lasting = "://" not in place or isinstance(e, (ImportError, ValueError))
        raise (AirflowFailException if is_lasting else AirflowException)(_unusable(folder, e)) from e
    return file


def _require_folder(folder: Path) -> None:
    if not folder.is_absolute():
        raise ValueError("it does not begin with /, and where it is depends on where each worker was started")
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _unusable(folder: str, e: Exception) -> str:
    why = getattr(e, "strerror", None) or str(e) or type(e).__name__
    remedy = (
        "see that Airflow has a connection to the store and may write there, or install its provider"
        if "://" in folder
        else "let the user of Airflow's workers make and write files there, or name another folder"
    )
    return (
        f"Cannot keep how the verb ends in {folder}: {why}. TIDEMARK_OUTCOMES names the folder that this is in:"
        f" {remedy}. Spark was not started."
    )


def read(file: ObjectStoragePath) -> dict[str, Any] | None:
    """What stands there; None if the driver came to nothing before it could say anything, or all of it."""
    if not file.exists():
        return None
    try:
        return json.loads(file.read_text())
    except ValueError:
        return None


def is_final(outcome: dict[str, Any]) -> bool:
    """Whether a retry of a run that has failed would end in the same way."""
    return outcome["exit_code"] == WRONG_USAGE or (outcome["exit_code"] == QUALITY_REFUSED and not waits(outcome))


def waits(outcome: dict[str, Any]) -> bool:
    """Whether dates wait for an answer: a check was not asked of what is there now."""
    views = outcome.get("views", {}).values()
    # Jars of earlier versions have them among those that are refused.
    refusals = [refusal for found in views for refusal in found.get("refused", [])]
    return any(found.get("waiting") for found in views) or not all(
        refusal.get("failed", True) for refusal in refusals
    )


def failed_with(outcome: dict[str, Any]) -> str | None:
    """Why the run counts as failed; None if it does not."""
    code = outcome["exit_code"]
    if code == 0:
        return None
    why = outcome.get("message") or MEANING.get(code, "it failed")
    lines = [f"Exit code {code}: {why}."]
    lines += [line for found in outcome.get("views", {}).values() for line in describe(found)]
    lines += [line for table in outcome.get("tables", []) for line in [*not_passed(table), *still_failing(table)]]
    return "\n".join(lines)


def describe(found: dict[str, Any]) -> list[str]:
    """A view's findings in a few lines."""
    view = found["view"]
    if not found["dates"]:
        lines = [f"{view}: nothing to do."]
    else:
        causes = ", ".join(f"{count} {cause}" for cause, count in sorted(found["causes"].items())) or "none"
        lines = [
            f"{view}: {found['dates']} dates from {found['from']} to {found['to']}: {found['outcome']}; rows that"
            f" differed: {found['drift_before']} before, {found['drift_after']} after (causes: {causes});"
            f" {found['sealed']} dates sealed."
        ]
    for refusal in found.get("refused", []):
        lines.append(f"{view}: {refusal['date']} refused, so not repaired or sealed: {refusal['reason']}.")
    for waiting in found.get("waiting", []):
        lines.append(f"{view}: {waiting['date']} waits for a check, so not repaired or sealed: {waiting['reason']}.")
    if found.get("open"):
        lines.append(f"{view}: still open, so not sealed yet: {', '.join(found['open'])}.")
    lines.append(f"{view}: final through {found['tidemark'] or 'no date yet'}.")
    return lines


def not_passed(table: dict[str, Any]) -> list[str]:
    """The checks of a table that did not pass, with their dates."""
    return [
        f"{table['table']}: {check['check']} ({check['level']}): {_result(result)}, accepted {check['accepted']}"
        for check in table["checks"]
        for result in check["results"]
        if result["outcome"] != "passed"
    ]


def still_failing(table: dict[str, Any]) -> list[str]:
    """The checks that failed in earlier runs, and were not asked again since nothing has changed."""
    return [
        f"{table['table']}: {check['check']} still fails, in {check['results']} results of earlier runs"
        for check in table.get("still_failing", [])
    ]


def _result(result: dict[str, Any]) -> str:
    when = result["date"] or "all dates"
    if result.get("message"):
        return f"{when} {result['outcome']}: {result['message']}"
    rows = f"{result['failing']} of {result['rows']} rows do not meet it"
    return f"{when} {result['outcome']} with {result['value']}, {rows}"


def missing(outcome: dict[str, Any], view: str, dates: list[str]) -> list[str]:
    """Which of these dates are not sealed."""
    sealed = outcome.get("sealed", {}).get(view, {})
    return [day for day in dates if day not in sealed]


def sealed_since(sealed: dict[str, str], last: dict[str, Any] | None) -> dict[str, str]:
    """Of dates with the instants at which they were sealed, those that the last event of the asset does not know.

    Others may see a seal long after its instant, so an event knows one by one the seals of the last hours.
    """
    if last is None:
        return dict(sealed)
    through = _instant(last["sealed_through"])
    since = through - OVERLAP if "seals" in last else through
    known = {(day, _instant(at)) for at, found in last.get("seals", {}).items() for day in dates.within(found)}
    return {day: at for day, at in sealed.items() if _instant(at) > since and (day, _instant(at)) not in known}


def age(outcome: dict[str, Any]) -> timedelta:
    """How long ago the dates were read that it says are final; those may have become dirty since."""
    return datetime.now(timezone.utc) - _instant(outcome["as_of"]) if "as_of" in outcome else timedelta(0)


def is_told(outcome: dict[str, Any], last: dict[str, Any] | None) -> bool:
    """Whether the last event of the asset is of a later run, which has seen all that this one has."""
    told = (last or {}).get("as_of")
    return told is not None and "as_of" in outcome and _instant(outcome["as_of"]) < _instant(told)


def event(
    new: dict[str, str], tidemark: str | None, last: dict[str, Any] | None, as_of: str | None = None
) -> dict[str, Any]:
    """What the asset's event says of dates that have been sealed since its last one."""
    known = [(day, at) for at, found in (last or {}).get("seals", {}).items() for day in dates.within(found)]
    through = max([*new.values(), *([last["sealed_through"]] if last else [])], key=_instant)
    seals: dict[str, list[str]] = {}
    for day, at in [*known, *new.items()]:
        if _instant(at) > _instant(through) - OVERLAP:
            seals.setdefault(at, []).append(day)
    return {
        "dates": dates.ranges(new),
        "tidemark": tidemark,
        "as_of": as_of,
        "sealed_through": through,
        "seals": {at: dates.ranges(days) for at, days in seals.items()},
    }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
