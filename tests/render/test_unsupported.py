"""What this version does not render is told with its place, never left out in silence."""

from __future__ import annotations

from typing import Any

import pytest

from qhub.config.problem import Finding
from qhub.render import unsupported
from tests.platform.planned import SERVER, config

PREFECT = {"enabled": True, "api": SERVER}
OLD = {"enabled": True, "image": "prefecthq/prefect:0.14.22-python3.8"}
SIZE = {"cpu": 1, "memory": "1Gi"}
POOL = {"key": "pool", "value": "x"}
GPU = {**POOL, "gpus": 1}
SELECTORS = {"general": POOL, "flows": POOL}
AWS = {
    "provider": "aws",
    "amazon_web_services": {"region": "us-west-2", "kubernetes_version": "1.35"},
}
WORKER = {
    "worker_cores": 1,
    "worker_cores_limit": 1,
    "worker_memory": "1Gi",
    "worker_memory_limit": "1Gi",
}


@pytest.mark.parametrize(
    ("keys", "finding"),
    [
        pytest.param(
            AWS,
            Finding(
                ("provider",),
                "this version of QHub does not render provider 'aws'",
                "use provider existing or local with a cluster that is there already",
            ),
            id="aws",
        ),
        pytest.param(
            {"prefect": {"enabled": True}},
            Finding(
                ("prefect",),
                "this version of QHub does not render a Prefect server, "
                "which prefect without api.url asks for",
                "set prefect.api.url to a Prefect Cloud workspace or to your own server",
                at="key",
            ),
            id="own-server",
        ),
        pytest.param(
            {"dask_gateway": {"enabled": True}},
            Finding(
                ("dask_gateway", "enabled"),
                "this version of QHub does not render Dask Gateway",
                "set dask_gateway.enabled to false",
            ),
            id="dask-gateway",
        ),
        pytest.param(
            {"ci_cd": {"type": "github-actions"}},
            Finding(
                ("ci_cd",),
                "this version of QHub does not render a pipeline; run qhub where you deploy from",
                severity="warning",
                at="key",
            ),
            id="pipeline",
        ),
        pytest.param(
            {"domain": "pipelines.example"},
            Finding(
                ("domain",),
                "this version of QHub does not render what is reached at a domain; it is not used",
                severity="warning",
                at="key",
            ),
            id="domain",
        ),
        pytest.param(
            {"certificate": {"type": "self-signed"}},
            Finding(
                ("certificate",),
                "this version of QHub does not render a certificate; it is not used",
                severity="warning",
                at="key",
            ),
            id="certificate",
        ),
        pytest.param(
            {"profiles": {"dask_worker": {"Small Worker": WORKER}}},
            Finding(
                ("profiles", "dask_worker"),
                "these profiles are used by Dask Gateway alone, which is not enabled",
                severity="warning",
                at="key",
            ),
            id="dask-profiles-alone",
        ),
        pytest.param(
            {"prefect": {**OLD, "storage": "s3://bucket/flows"}},
            Finding(
                ("prefect", "storage"),
                "this version of QHub does not render the storage of flow code for Prefect 0.x "
                "and 1.x; it is not used",
                "put the flows into the image, or deploy them from a git repository",
                severity="warning",
                at="key",
            ),
            id="storage",
        ),
        pytest.param(
            {
                "prefect": OLD,
                "profiles": {"flow_run": {"small": {**SIZE, "default": True}, "large": SIZE}},
            },
            Finding(
                ("profiles", "flow_run", "large"),
                "no agent uses profile 'large', and Prefect 0.x and 1.x know no profiles",
                "name it in prefect.agents[].profile, or make it the default: default: true",
                severity="warning",
                at="key",
            ),
            id="profile-of-no-agent",
        ),
        pytest.param(
            {
                "existing": {"node_selectors": {**SELECTORS, "gpu": GPU, "other": POOL}},
                "profiles": {"flow_run": {"x": {**SIZE, "node_pool": "flows", "default": True}}},
            },
            Finding(
                ("existing", "node_selectors"),
                "no profile and no agent uses: gpu, other",
                "name them in node_pool of a profile; 'general' is for the agents",
                severity="warning",
                at="key",
            ),
            id="unused-node-selectors",
        ),
    ],
)
def test_each_part_that_is_not_rendered_is_told(keys: dict[str, Any], finding: Finding) -> None:
    assert unsupported(config(**{"prefect": PREFECT, **keys})) == (finding,)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({}, id="existing"),
        pytest.param({"provider": "local"}, id="local"),
        pytest.param({"prefect": {"enabled": False}}, id="no-prefect"),
        pytest.param({"ci_cd": {"type": "none"}}, id="no-pipeline"),
        pytest.param({"certificate": {"type": "disabled"}}, id="no-certificate"),
        pytest.param({"prefect": OLD}, id="hosted-api"),
        pytest.param({"prevent_deploy": True}, id="prevent-deploy"),
        pytest.param({"prefect": {**PREFECT, "storage": "s3://bucket/flows"}}, id="storage"),
        pytest.param({"profiles": {"flow_run": {"large": SIZE}}}, id="profile-of-no-agent"),
        pytest.param(
            {
                "prefect": {**PREFECT, "agents": [{"name": "a", "profile": "x"}]},
                "profiles": {"flow_run": {"x": SIZE}},
            },
            id="profile-of-an-agent",
        ),
        pytest.param(
            {
                "existing": {"node_selectors": {"general": POOL, "gpu": GPU}},
                "profiles": {"flow_run": {"x": {**SIZE, "gpus": 1, "default": True}}},
            },
            id="nodes-with-gpus-for-a-profile-that-takes-any",
        ),
    ],
)
def test_what_is_rendered_is_not_told(keys: dict[str, Any]) -> None:
    assert unsupported(config(**{"prefect": PREFECT, **keys})) == ()


def test_several_parts_are_told_at_once_errors_first() -> None:
    findings = unsupported(config(**AWS, prefect={"enabled": True}, ci_cd={"type": "gitlab-ci"}))

    assert [finding.path for finding in findings] == [("provider",), ("prefect",), ("ci_cd",)]
    assert [finding.severity for finding in findings] == ["error", "error", "warning"]


DASK = {"enabled": True}
EMBEDDED = {"provider": "embedded", "prefect": {"enabled": True}}


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({}, id="own-server"),
        pytest.param({"dask_gateway": DASK}, id="dask-gateway"),
        pytest.param({"prefect": {"enabled": True, "storage": "s3://b/f"}}, id="storage"),
        pytest.param({"profiles": {"flow_run": {"x": SIZE}}}, id="profile-of-no-agent"),
        pytest.param({"prevent_deploy": True}, id="prevent-deploy"),
        pytest.param({"domain": "pipelines.example"}, id="what-ignored-tells"),
    ],
)
def test_embedded_renders_a_server_dask_gateway_and_all_profiles(keys: dict[str, Any]) -> None:
    assert unsupported(config(**{**EMBEDDED, **keys})) == ()


def test_profiles_of_dask_workers_without_dask_gateway_are_told_with_embedded_too() -> None:
    (finding,) = unsupported(config(**EMBEDDED, profiles={"dask_worker": {"w": WORKER}}))

    assert (finding.path, finding.severity) == (("profiles", "dask_worker"), "warning")


@pytest.mark.parametrize(
    ("provider", "prefect"), [("embedded", {"enabled": True}), ("existing", PREFECT)]
)
def test_what_is_too_long_for_a_variable_of_prefect_is_an_error_before_anything_runs(
    provider: str, prefect: dict[str, Any]
) -> None:
    agents = [{"name": f"a{number:03}-" + 40 * "x", "queues": []} for number in range(110)]
    long_name = 4900 * "n"

    findings = unsupported(
        config(
            provider=provider,
            prefect={**prefect, "agents": agents},
            profiles={"flow_run": {long_name: SIZE, "short": SIZE}},
        )
    )

    assert findings == (
        Finding(
            ("prefect",),
            "Prefect's variable qhub_platform would have 5517 characters of JSON; "
            "it has 5000 at most",
            "shorten names, or have fewer agents",
            at="key",
        ),
        Finding(
            ("profiles", "flow_run", long_name),
            f"Prefect's variable qhub_profile_{200 * 'n'} would have 5069 characters of JSON; "
            "it has 5000 at most",
            "shorten names, or have fewer agents",
            at="key",
        ),
    )
