"""Fails to import while a pipeline has no DAGs, so that Airflow shows why; the others keep theirs."""

from tidemark_airflow.build import build
from tidemark_airflow.settings import Settings

# Made, and left to tidemark_pipelines.py.
build(Settings.of_environment()).refuse()
