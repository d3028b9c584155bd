"""The folder of the lake, where Tidemark is, and how an error is told."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

#: Names the folder of the lake.
CHOICE = "TIDEMARK_LAKE"

#: Where Tidemark is, whose jars Spark takes.
HOME = Path(__file__).resolve().parent.parent.parent


class LakeError(Exception):
    """What is missing, and how to get it."""

    def _render_traceback_(self) -> list[str]:
        """A notebook shows this in place of a traceback, which would tell nothing more."""
        return [str(self)]


@cache
def folder() -> Path:
    """The folder of the lake: the one that TIDEMARK_LAKE names, or else lake here or in Tidemark's own folder."""
    chosen = os.environ.get(CHOICE, "")
    candidates = [Path(chosen)] if chosen else [Path("lake"), HOME / "lake"]
    for candidate in candidates:
        if (candidate / "environment.yaml").is_file() and (candidate / "warehouse").is_dir():
            return candidate.resolve()
    where = " or ".join(str(candidate.absolute()) for candidate in candidates)
    raise LakeError(
        f"Cannot find a lake in {where}: it has no environment.yaml and warehouse. "
        f"Make one with './tidemark demo', or name its folder in {CHOICE} and start the kernel again."
    )
