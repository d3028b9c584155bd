"""Makes Airflow's DAGs from Tidemark's pipeline files."""
