"""Running flows on this machine: a warmed parent that forks, a worker that asks it to.

    programs/agent.py  one supervised program per agent
      parent.py        has imported Prefect, is single-threaded, forks and reaps
        worker.py      forked once: polls the work pool, watches, cancels, reports deaths
        child.py       forked per flow run: becomes what `python -m prefect.engine` is

docs/decisions/0010-runs-are-forked.md says why. Of Prefect's private modules only
`supervision.py` and `child.py` know; `warm.py` replaces a name in its client.
"""

from __future__ import annotations

from qhub.embedded.runs.environment import agent_environment
from qhub.embedded.runs.identity import Identity
from qhub.embedded.runs.template import base_job_template

__all__ = ["Identity", "agent_environment", "base_job_template"]
