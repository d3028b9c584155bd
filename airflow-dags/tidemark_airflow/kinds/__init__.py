"""The kinds of DAGs that a pipeline has.

A kind is a function `(pipeline, settings) -> DAG | None` in a module of this package: None where the pipeline has no
use for it. To add one, write the module and name the function here.
"""

from tidemark_airflow.kinds.maintain import maintain
from tidemark_airflow.kinds.quality import quality
from tidemark_airflow.kinds.reconcile import reconcile
from tidemark_airflow.kinds.repair import repair
from tidemark_airflow.kinds.replay_dead_letters import replay_dead_letters

KINDS = (reconcile, quality, repair, replay_dead_letters, maintain)
