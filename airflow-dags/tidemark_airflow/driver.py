"""Why a driver has come to nothing, in words for whoever reads the task's log."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterable
from typing import Any

RETRY = "A retry is safe: it does only what is left."
LONGEST = 300
# Java's, where it was told to exit, and Spark's own.
OUT_OF_MEMORY_CODES = (3, 52)
OUT_OF_MEMORY = "OutOfMemoryError"
REASONS = (r"^Caused by: ", r"^Exception in thread ", r"^Error: ")
MORE_MEMORY = "driver-memory under 'submit' in airflow.yaml"

HOW = {
    signal.SIGKILL: "was killed",
    signal.SIGTERM: "was told to end",
    **dict.fromkeys((signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE), "crashed"),
}
WHAT_NOW = {
    "was killed": " That is how Linux or a container ends a program when memory runs out: see their logs, and give it"
    f" more memory, or the driver less of it by {MORE_MEMORY}.",
    "was told to end": " That is how a machine or a container that stops ends a program, and a person may have.",
    "crashed": " Java says why in a file hs_err_pid….log, in the folder that it ran in, if it could write one.",
    "ran out of memory": f" Give it more by {MORE_MEMORY}.",
}


def died(what: str, hook: Any, failure: Exception, said: dict[str, Any] | None) -> str:
    """What has happened to the driver of a verb, where its log is, and what now.

    The failure of the hook itself is the whole command, and its last lines, which are in the log already.
    """
    code = _exit_code(hook)
    lines = [line for line in hook._last_submit_log_lines if line.strip()]
    how, number = _how(code, lines)
    if code:
        happened = f"{how} ({number})" if how else f"ended with {number}"
    else:
        happened = f"came to nothing ({_said(failure)})"
    when = "after it had reported success" if said is not None else "before it could report how it ended"
    reason = _reason(lines) if code and how not in ("was killed", "was told to end") else None
    quoted = f" Its log says: {_sentence(_short(hook._mask_cmd([reason])))}" if reason else ""
    return (
        f"Cannot finish {what}: its driver {happened} {when}.{quoted}{WHAT_NOW.get(how or '', '')} {_log(hook)} {RETRY}"
    )


def _exit_code(hook: Any) -> int | None:
    code = hook._submit_sp.returncode if hook._submit_sp else None
    return code or (hook._spark_exit_code if hook._is_kubernetes else None)


def _how(code: int | None, lines: Iterable[str]) -> tuple[str | None, str]:
    """In a word what the exit code means, if anything, and the code itself as a shell says it."""
    if not code:
        return None, ""
    by = _signal(-code if code < 0 else code - 128)
    if by:
        return HOW.get(by, "was ended by a signal"), f"exit code {128 + by}, {by.name}"
    out_of_memory = code in OUT_OF_MEMORY_CODES or any(OUT_OF_MEMORY in line for line in lines)
    return "ran out of memory" if out_of_memory else None, f"exit code {code}"


def _signal(number: int) -> signal.Signals | None:
    try:
        return signal.Signals(number)
    except ValueError:
        return None


def _reason(lines: list[str]) -> str | None:
    """The line that says most; the last cause of an exception is the first one in time."""
    for said in (OUT_OF_MEMORY, *REASONS):
        found = [line for line in lines if re.search(said, line)]
        if found:
            return found[-1].strip()
    return None


def _log(hook: Any) -> str:
    if hook._yarn_application_id:
        return f"'yarn logs -applicationId {hook._yarn_application_id}' has its log."
    if hook._kubernetes_driver_pod:
        return f"'kubectl logs {hook._kubernetes_driver_pod}' has its log while the pod is there."
    if hook._driver_id:
        return f"The cluster has its log, under {hook._driver_id}."
    return "Its whole output is above, in this log."


def _said(failure: Exception) -> str:
    text = str(failure).partition("\n")[0]
    return "its pod has not told an exit code" if text.startswith("Cannot execute: ") else _short(text)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
