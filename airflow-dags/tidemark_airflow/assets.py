"""The assets of a lake: a view is updated when dates of it have been sealed, an events table when somebody says so."""

from __future__ import annotations

from typing import Any

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


def last_event(inlet_events: Any, asset: Asset) -> dict[str, Any] | None:
    """What the last event of a view has said in `extra`; somebody else's events say nothing of seals."""
    said = (event.extra for event in inlet_events[asset].ascending(False).limit(100))
    return next((extra for extra in said if "sealed_through" in extra), None)
