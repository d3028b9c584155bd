"""Runs notebooks, two at a time, and checks what is in the repository of them."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

SECONDS_OF_A_CELL = 300
AT_ONCE = 2
#: What some of them are followed by, in the same kernel: a notebook's name, and code that is not a part of it.
AFTERWARDS = Path(__file__).parent / "afterwards"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
#: Columns that have these names in every pipeline.
EVERYWHERE = {"date", "event_id", "event_time", "window_start"}


def names_of_the_lake() -> set[str]:
    """Tables and columns that a user of another pipeline has to replace."""
    # It sets the zone of this process, which kernels would inherit.
    import lake

    tables = {table for table in lake.tables() if not table.startswith("ops.")}
    columns = {column for table in tables for column in lake.arrow_schema(table).names if not column.startswith("_")}
    # The table retail.events is called as every notebook calls what is in it.
    bare = {name for name in (table.split(".")[1] for table in tables) if "_" in name}
    return tables | bare | columns - EVERYWHERE


def faults(notebook: Path) -> list[str]:
    """What is wrong with a notebook and its pair as they stand in the repository."""
    cells = nbformat.read(notebook, as_version=4).cells
    pair = notebook.with_suffix(".py")
    found = []
    if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
        found.append(f"{notebook.name} has outputs: clear them")
    later = "\n".join([cell.source for cell in cells if cell.cell_type == "code"][1:])
    named = sorted(name for name in names_of_the_lake() if re.search(rf"\b{re.escape(name)}\b", later))
    if named:
        found.append(f"{notebook.name} names {', '.join(named)} below its first cell: give it a name there")
    if not pair.is_file():
        return [*found, f"{notebook.name} has no pair: 'jupytext --to py:percent {notebook.name}' makes it"]
    for number, (cell, other) in enumerate(zip(cells, jupytext.read(pair).cells, strict=False), 1):
        if (cell.cell_type, cell.source) != (other.cell_type, other.source):
            return [*found, f"{notebook.name} and {pair.name} differ in cell {number}: 'jupytext --sync' mends it"]
    if len(cells) != len(jupytext.read(pair).cells):
        found.append(f"{notebook.name} and {pair.name} have not as many cells: 'jupytext --sync' mends it")
    return found


async def run(notebook: Path, folder: Path, places: asyncio.Semaphore) -> None:
    """Writes what its cells printed to a file of its name, or to another why it failed."""
    async with places:
        content = nbformat.read(notebook, as_version=4)
        afterwards = AFTERWARDS / f"{notebook.stem}.py"
        if afterwards.is_file():
            content.cells += jupytext.read(afterwards).cells
        client = NotebookClient(
            content,
            timeout=SECONDS_OF_A_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": str(folder)}},
        )
        failure = ""
        try:
            await client.async_execute()
        except CellExecutionError as error:
            failure = f"A cell of {notebook.name} failed:\n{error.traceback or error}"
        except DeadKernelError as error:
            failure = f"The kernel of {notebook.name} died: {error}"
        except TimeoutError as error:
            failure = f"A cell of {notebook.name} took too long: {error}"
        nbformat.write(content, folder / notebook.name)
        outputs = [output for cell in content.cells for output in cell.get("outputs", [])]
        streams = [output for output in outputs if output.output_type == "stream"]
        noise = "".join(output.text for output in streams if output.name == "stderr")
        if noise and not failure:
            failure = f"{notebook.name} has warnings or logs in its outputs:\n{noise}"
        printed = "".join(output.text for output in streams if output.name == "stdout")
        plots = sum("image/png" in output.get("data", {}) for output in outputs)
        (folder / f"{notebook.stem}.txt").write_text(f"{printed}plots: {plots}\n")
        if failure:
            (folder / f"{notebook.stem}.error").write_text(COLOURS.sub("", failure))


async def main(folder: Path, notebooks: list[Path]) -> None:
    """Checks each of them, and runs it."""
    places = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(run(notebook, folder, places) for notebook in notebooks))
    for notebook in notebooks:
        (folder / f"{notebook.stem}.faults").write_text("\n".join(faults(notebook)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
