"""Ids of DAG runs, which may be nearly anything, where they become names of files, parts of addresses or other ids."""

from __future__ import annotations

import hashlib
import re

# What Airflow allows by itself, which means nothing in an address.
PLAIN = re.compile(r"[A-Za-z0-9_.~:+-]+\Z")
NOT_IN_A_FILE_NAME = re.compile(r"[^A-Za-z0-9_.-]")
# Airflow's own folders of logs are named 'run_id=…', and no file system takes a name of more than 255 bytes.
LONGEST = 200
DIGEST = 16


def refuse(run_id: str) -> None:
    """Raises for an id by which Airflow would not find the results of the run's own tasks, or find another run's."""
    wrong = sorted(set(re.findall(r"[/?#%\x00-\x1f\x7f]", run_id))) or ([run_id] if run_id in (".", "..") else [])
    if wrong:
        raise ValueError(
            f"Cannot work under the run id {run_id!r}: Airflow puts it into addresses as it stands, where"
            f" {' and '.join(repr(each) for each in wrong)} would have it mean another run. Start the run again, with"
            " an id of letters, digits and _.~:+- or without one. Airflow's setting scheduler.allowed_run_id_pattern"
            " refuses other ids unless it was changed."
        )


def file_name(text: str) -> str:
    """A name for a file: the id itself where it may be one, else one that no other id has."""
    plain = NOT_IN_A_FILE_NAME.sub("_", text)[:LONGEST]
    return plain if plain == text and plain.strip(".") else f"{plain}-{_digest(text)}"


def following(prefix: str, run_id: str) -> str:
    """The id of a run that this one starts: the same each time, and one that any Airflow takes."""
    made = prefix + run_id
    if PLAIN.match(made) and len(made) <= LONGEST:
        return made
    return f"{prefix}{NOT_IN_A_FILE_NAME.sub('_', run_id)[: LONGEST // 2]}-{_digest(run_id)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]
