"""Makes the DAGs of all pipelines; what is wrong with one does not keep the others from theirs."""

from __future__ import annotations

from dataclasses import dataclass

from airflow.sdk import DAG

from tidemark_airflow.kinds import KINDS
from tidemark_airflow.pipelines import read_all
from tidemark_airflow.settings import Settings


@dataclass(frozen=True)
class Built:
    """The DAGs, and why some are missing."""

    dags: tuple[DAG, ...]
    problems: tuple[str, ...]

    def refuse(self) -> None:
        """Raises if some are missing."""
        if self.problems:
            raise ValueError(
                "Cannot make the DAGs of the pipelines below; the others have theirs. './tidemark validate' says more.\n"
                + "\n".join(self.problems)
            )


def build(settings: Settings) -> Built:
    """One DAG of each kind for each pipeline, or none for a pipeline with a problem."""
    read = read_all(settings.pipelines)
    dags: list[DAG] = []
    problems = list(read.problems)
    for pipeline in read.pipelines:
        try:
            made = [kind(pipeline, settings) for kind in KINDS]
        except Exception as e:  # Airflow's own refusals have many types.
            problems.append(f"{pipeline.folder}/airflow.yaml: Cannot make the DAGs: {e}")
        else:
            dags += [dag for dag in made if dag is not None]
    return Built(tuple(dags), tuple(problems))
