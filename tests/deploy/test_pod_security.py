"""Which overrides the Pod Security of a namespace would refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qhub.deploy.pod_security import refused
from qhub.platform.merge import merged
from tests.deploy.requests import request
from tests.platform.planned import SERVER


def _refused(level: str | None, overrides: dict[str, Any]) -> list[tuple[str, str]]:
    """Ask for overrides as they come out of a config: the schema of the chart lets none by yet."""
    made = request(prefect={"enabled": True, "api": SERVER}).platform
    (agent,) = made.agents
    changed = replace(agent, settings=merged(agent.settings, overrides))
    return [(key, why) for _agent, key, why in refused(replace(made, agents=(changed,)), level)]


@pytest.mark.parametrize("level", [None, "privileged", "baseline", "restricted"])
def test_the_chart_as_it_is_fits_every_level(level: str | None) -> None:
    assert _refused(level, {}) == []


PRIVILEGED = ("securityContext.privileged", "a container may not be privileged")
HOST = ("extraVolumes[0]", "a folder of the node may not be mounted")


@pytest.mark.parametrize(
    ("overrides", "baseline", "restricted"),
    [
        pytest.param(
            {"securityContext": {"privileged": True}}, [PRIVILEGED], [PRIVILEGED], id="privileged"
        ),
        pytest.param(
            {"extraVolumes": [{"name": "host", "hostPath": {"path": "/"}}]},
            [HOST],
            [HOST],
            id="hostPath",
        ),
        pytest.param(
            {"podSecurityContext": {"runAsNonRoot": False, "runAsUser": 0}},
            [],
            [
                ("podSecurityContext.runAsNonRoot", "must be true"),
                ("podSecurityContext.runAsUser", "must not be 0, which is root"),
            ],
            id="root",
        ),
        pytest.param(
            {"securityContext": {"capabilities": {"drop": [], "add": ["CHOWN", "SYS_ADMIN"]}}},
            [("securityContext.capabilities.add", "not allowed: SYS_ADMIN")],
            [
                ("securityContext.capabilities.add", "not allowed: SYS_ADMIN"),
                ("securityContext.capabilities.drop", "must contain ALL"),
                ("securityContext.capabilities.add", "not allowed: CHOWN"),
            ],
            id="capabilities",
        ),
        pytest.param(
            {"job": {"securityContext": {"allowPrivilegeEscalation": True}}},
            [],
            [("job.securityContext.allowPrivilegeEscalation", "must be false")],
            id="a job",
        ),
        pytest.param(
            {"podSecurityContext": {"seccompProfile": {"type": "Unconfined"}}},
            [("podSecurityContext.seccompProfile.type", "may not be Unconfined")],
            [("podSecurityContext.seccompProfile.type", "may not be Unconfined")],
            id="seccomp",
        ),
        pytest.param(
            {"job": {"extraVolumes": [{"name": "nfs", "nfs": {"server": "s", "path": "/"}}]}},
            [],
            [("job.extraVolumes[0]", "not allowed: nfs")],
            id="a volume",
        ),
    ],
)
def test_an_override_that_a_level_does_not_allow_is_named(
    overrides: dict[str, Any],
    baseline: list[tuple[str, str]],
    restricted: list[tuple[str, str]],
) -> None:
    assert _refused("baseline", overrides) == baseline
    assert _refused("restricted", overrides) == restricted
    assert _refused(None, overrides) == []
