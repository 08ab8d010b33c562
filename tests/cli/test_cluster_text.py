"""What the commands that deploy to a cluster print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qhub
from qhub.cli.cluster_text import planned_text
from qhub.deploy.changes import Change
from qhub.deploy.plan import Planned
from qhub.deploy.steps import StagePlan

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
project_name: pipelines
namespace: dev
provider: existing
existing: {kube_context: team}
"""


def test_a_plan_tells_of_each_stage_and_how_to_apply_it(tmp_path: Path) -> None:
    (tmp_path / "qhub-config.yaml").write_text(CONFIG)
    stages = (
        StagePlan("01-first", (Change("a.b", "create", "it is new"),)),
        StagePlan("02-second", (), outputs_change=True),
        StagePlan("03-third", (), after="01-first"),
        StagePlan("04-fourth", ()),
    )
    planned = Planned("team", "https://there", "dev", stages, "a b.tar", (), 1.0)

    told = planned_text(planned, qhub.load(tmp_path / "qhub-config.yaml"))

    assert told.splitlines() == [
        "pipelines (dev) on context team (https://there)",
        "01-first: 1 to create",
        "  create   a.b  (it is new)",
        "02-second: outputs alone",
        "03-third: planned when 01-first is applied",
        "04-fourth: nothing to change",
        "kept in a b.tar: qhub deploy --plan 'a b.tar'",
        "  the values of secrets are not: those of the environment of the deploy are written",
    ]
