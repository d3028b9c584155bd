"""What the DAGs need to know of a pipeline: its name, its events tables, its views, and how it is scheduled."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tidemark_airflow.document import Problem, Section

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
# As './tidemark validate' has it: in SQL they mean something of Spark's or of the lake's own.
TAKEN = frozenset(
    "ops lake spark_catalog delta iceberg parquet orc avro csv json text xml binaryfile kafka global_temp"
    " information_schema session system builtin".split()
)
DURATION = re.compile(r"(\d{1,9}) (second|minute|hour|day)s?\Z")


@dataclass(frozen=True)
class Schedule:
    """How the DAGs of a pipeline run: the keys of `airflow.yaml`, each with a default."""

    enabled: bool = True
    cron: str = "0 4 * * *"
    owner: str = "tidemark"
    retries: int = 3
    retry_delay: timedelta = timedelta(minutes=15)
    timeout: timedelta = timedelta(hours=2)
    connection: str = "spark_default"
    quality_connection: str = "spark_quality"
    pool: str = "default_pool"
    submit: tuple[tuple[str, str | bool], ...] = ()


@dataclass(frozen=True)
class Pipeline:
    """A pipeline's name, its tables by their names, and where its files are."""

    folder: Path
    name: str
    history_from: date
    events: tuple[str, ...]
    views: tuple[str, ...]
    schedule: Schedule

    @property
    def has_quality(self) -> bool:
        """Whether there are checks to run."""
        return (self.folder / "quality.yaml").exists()

    @property
    def beginning(self) -> datetime:
        """The first instant that its dates can have."""
        return datetime.combine(self.history_from, datetime.min.time(), tzinfo=timezone.utc)


@dataclass(frozen=True)
class Pipelines:
    """Those that could be read, and what is wrong with the others."""

    pipelines: tuple[Pipeline, ...]
    problems: tuple[str, ...]


def read_all(places: tuple[Path, ...]) -> Pipelines:
    """Every pipeline in these folders, each a pipeline or a folder of them, in the order of their names."""
    read: list[Pipeline] = []
    problems: list[str] = []
    if not places:
        problems.append(
            "Cannot find pipelines: TIDEMARK_PIPELINES is empty. Name folders of pipelines in it, or unset it: then it"
            " is the folder conf of TIDEMARK_HOME."
        )
    for place in places:
        try:
            folders = _folders(place)
        except Exception as e:
            problems.append(f"{place}: Cannot look for pipelines there: {_said(e)}. TIDEMARK_PIPELINES names it.")
            continue
        if not folders:
            problems.append(f"{place}: Cannot find a pipeline there. TIDEMARK_PIPELINES names the folders.")
        for folder in folders:
            try:
                read.append(_read(folder))
            except Problem as e:
                problems.append(str(e))
            except Exception as e:  # Whatever it is, the other pipelines keep their DAGs.
                problems.append(f"{folder}: Cannot read this pipeline: {_said(e)}.")
    enabled = [pipeline for pipeline in read if pipeline.schedule.enabled]
    counted = Counter(pipeline.name for pipeline in enabled)
    for name in sorted(name for name, count in counted.items() if count > 1):
        folders = ", ".join(str(pipeline.folder) for pipeline in enabled if pipeline.name == name)
        problems.append(f"{folders}: Cannot tell pipelines apart: both are named '{name}'. Neither has DAGs.")
    alone = [pipeline for pipeline in enabled if counted[pipeline.name] == 1]
    return Pipelines(tuple(sorted(alone, key=lambda pipeline: pipeline.name)), tuple(problems))


def _said(e: Exception) -> str:
    return f"{type(e).__name__}: {e}" if str(e) else type(e).__name__


def _folders(place: Path) -> list[Path]:
    if (place / "pipeline.yaml").exists():
        return [place]
    return sorted(file.parent for file in place.glob("*/pipeline.yaml"))


def _read(folder: Path) -> Pipeline:
    file = folder / "pipeline.yaml"
    root = Section.of_file(file)
    views = tuple(section.required("name", _name) for section in root.each("views"))
    events = tuple(section.required("name", _name) for section in root.each("events"))
    twice = [name for name, count in Counter(views + events).items() if count > 1]
    if twice:
        raise Problem(file, 0, f"Cannot name two tables '{twice[0]}'.")
    return Pipeline(
        folder=folder,
        name=root.required("name", _schema),
        history_from=root.required("history-from", _date),
        events=events,
        views=views,
        schedule=_schedule(folder / "airflow.yaml"),
    )


def _schedule(file: Path) -> Schedule:
    if not file.exists():
        return Schedule()
    root = Section.of_file(file)
    usual = Schedule()
    schedule = Schedule(
        enabled=root.optional("enabled", _boolean, usual.enabled),
        cron=root.optional("schedule", _cron, usual.cron),
        owner=root.optional("owner", _text, usual.owner),
        retries=root.optional("retries", _count, usual.retries),
        retry_delay=root.optional("retry-delay", _duration, usual.retry_delay),
        timeout=root.optional("timeout", _duration, usual.timeout),
        connection=root.optional("connection", _text, usual.connection),
        quality_connection=root.optional("quality-connection", _text, usual.quality_connection),
        pool=root.optional("pool", _text, usual.pool),
        submit=root.optional("submit", _properties, usual.submit),
    )
    root.refuse_others(
        [
            "enabled",
            "schedule",
            "owner",
            "retries",
            "retry-delay",
            "timeout",
            "connection",
            "quality-connection",
            "pool",
            "submit",
        ]
    )
    return schedule


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("A single value is expected here, not a list or a section.")
    return value


def _name(value: Any) -> str:
    if not NAME.match(_text(value)):
        raise ValueError(
            f"Cannot name a table {value!r}: use lower case letters, digits and underscores, a letter first."
        )
    return value


def _schema(value: Any) -> str:
    if _name(value) in TAKEN:
        raise ValueError(f"Cannot name a pipeline {value!r}: the name is taken. Choose another name.")
    return value


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise ValueError(f"Cannot read {value!r} as a date: write it as 2010-12-31.") from None


def _boolean(value: Any) -> bool:
    if value not in ("true", "false"):
        raise ValueError(f"Cannot read {value!r}: write true or false.")
    return value == "true"


def _count(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,3}", value):
        raise ValueError(f"Cannot read {value!r} as a count: write a whole number up to 999.")
    return int(value)


def _duration(value: Any) -> timedelta:
    found = DURATION.match(_text(value))
    if not found:
        raise ValueError(f"Cannot read {value!r} as a duration: write it as '15 minutes'.")
    return timedelta(**{f"{found.group(2)}s": int(found.group(1))})


def _cron(value: Any) -> str:
    from croniter import croniter

    if not croniter.is_valid(_text(value)):
        raise ValueError(f"Cannot read {value!r} as a cron expression: write it as '0 4 * * *'. It is in UTC.")
    return value


def _properties(value: Any) -> tuple[tuple[str, str | bool], ...]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError("Cannot read it: it must be keys and values.")
    booleans = {"true": True, "false": False}
    return tuple((key, booleans.get(text, text)) for key, text in sorted(value.items()))
