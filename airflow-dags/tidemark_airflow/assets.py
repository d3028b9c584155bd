"""The assets of a lake: a view is updated when dates of it have been sealed, an events table when somebody says so."""

from __future__ import annotations

from airflow.sdk import Asset


def view_asset(pipeline: str, view: str) -> Asset:
    """A view.

    Its events say in `extra` which dates were sealed (`dates`, as ranges), and through which all are
    final (`tidemark`).
    """
    return Asset(name=f"{pipeline}.{view}", uri=f"tidemark://{pipeline}/{view}", group="tidemark")


def events_asset(pipeline: str, events: str) -> Asset:
    """An events table, which whoever loads it may say to be updated, so that it is reconciled."""
    return Asset(name=f"{pipeline}.{events}", uri=f"tidemark://{pipeline}/{events}", group="tidemark")
