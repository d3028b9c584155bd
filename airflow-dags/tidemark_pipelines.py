"""The DAGs of every pipeline: one of each kind, made from the pipeline's files for Airflow."""

from tidemark_airflow.build import build
from tidemark_airflow.settings import Settings

for dag in build(Settings.of_environment()).dags:
    globals()[dag.dag_id] = dag
