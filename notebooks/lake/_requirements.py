"""What a notebook needs of a lake, and what to do if it is not there."""

from __future__ import annotations

from ._files import arrow_schema, tables
from ._folder import LakeError, folder


def require(name: str, *columns: str) -> None:
    """Fails if the lake lacks a table, or the table a column; the message says what there is."""
    found = tables()
    if name not in found:
        others = ", ".join(other for other in found if not other.startswith("ops."))
        if not others:
            raise LakeError(
                f"Cannot find {name} in {folder()}: nothing has landed there yet. './tidemark demo' lands something."
            )
        raise LakeError(
            f"Cannot find {name} in {folder()}: it has {others}. "
            "Name a table and columns of it in the first cell of the notebook."
        )
    present = arrow_schema(name).names
    lacking = [column for column in columns if column not in present]
    if lacking:
        raise LakeError(
            f"Cannot find {', '.join(lacking)} in {name}: it has {', '.join(present)}. "
            "Name columns of it in the first cell of the notebook."
        )


def require_rows(name: str, count: int, remedy: str) -> None:
    """Fails if a notebook would have nothing to show."""
    if count == 0:
        raise LakeError(f"Cannot go on: {name} of {folder()} has no rows. {remedy}")
