"""The tables as pyiceberg and delta-rs read them, and which there are."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ._folder import LakeError, folder

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.dataset
    from deltalake import DeltaTable
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Table


def tables() -> dict[str, str]:
    """Name to format, 'delta' or 'iceberg', of every table."""
    warehouse = folder() / "warehouse"
    found = {f"{log.parent.parent.name}.{log.parent.name}": "delta" for log in warehouse.glob("*/*/_delta_log")}
    if (folder() / "catalog.db").is_file():
        for namespace in catalog().list_namespaces():
            found |= {".".join(name): "iceberg" for name in catalog().list_tables(namespace)}
    return dict(sorted(found.items()))


@cache
def catalog() -> SqlCatalog:
    """The catalog of the Iceberg tables, for reading."""
    from pyiceberg.catalog.sql import SqlCatalog

    file = folder() / "catalog.db"
    if not file.is_file():
        raise LakeError(f"Cannot open {file}: it is not there. This lake has no Iceberg tables yet.")
    # Without the last property it would write to a catalog that it only reads.
    return SqlCatalog("lake", uri=f"sqlite:///{file}", init_catalog_tables="false")


def iceberg(name: str) -> Table:
    """An Iceberg table by its name."""
    from pyiceberg.exceptions import NoSuchTableError

    try:
        return catalog().load_table(name)
    except NoSuchTableError:
        raise LakeError(f"Cannot find the Iceberg table {name} in {folder()}: it has {listed('iceberg')}.") from None


def delta(name: str) -> DeltaTable:
    """A Delta table by its name."""
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        return DeltaTable(str(folder() / "warehouse" / name.replace(".", "/")))
    except TableNotFoundError:
        raise LakeError(f"Cannot find the Delta table {name} in {folder()}: it has {listed('delta')}.") from None


def arrow(table: DeltaTable) -> pyarrow.dataset.Dataset:
    """The rows of an opened Delta table; refuses one that delta-rs would give wrongly, without an error of its own."""
    protocol = table.protocol()
    features = {*(protocol.reader_features or ())} & {"deletionVectors", "columnMapping"}
    if table.metadata().configuration.get("delta.columnMapping.mode", "none") != "none":
        features.add("columnMapping")
    if features:
        raise LakeError(
            f"Cannot read {table.table_uri} with delta-rs: it has {' and '.join(sorted(features))}. "
            "lake.duck() and lake.spark() read it."
        )
    return table.to_pyarrow_dataset()


def listed(kind: str) -> str:
    """The tables of a format in a sentence."""
    return ", ".join(name for name, other in tables().items() if other == kind) or "none"


def arrow_schema(name: str) -> pyarrow.Schema:
    """The columns of a table in either format."""
    if tables()[name] == "iceberg":
        return iceberg(name).schema().as_arrow()
    import pyarrow

    return pyarrow.schema(delta(name).schema().to_arrow())
