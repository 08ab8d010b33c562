"""Document → Config: defaults, every accepted spelling, and secrets by their place alone."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from qhub.config.build import build
from qhub.config.model import (
    CloudCluster,
    Config,
    DaskWorkerProfile,
    Embedded,
    ExistingSecret,
    FlowRunProfile,
    FromEnv,
    FromFile,
    JobOverrides,
    KubernetesCluster,
    LiteralInFile,
    NodeSelector,
    Overrides,
    Secret,
    TerraformState,
)
from qhub.config.read import parse

URL = "https://prefect.example/api"
CLOUD_URL = "https://api.prefect.cloud/api/accounts/a/workspaces/w"
IMPLICIT = Secret("PREFECT_TOKEN", FromEnv("TF_VAR_prefect_token"))
OLD_IMAGE = "prefecthq/prefect:0.14.22-python3.8"


def config(**keys: Any) -> Config:
    data = {"project_name": "pipelines", "provider": "existing", **keys}
    return build(parse(yaml.safe_dump(data).encode(), "qhub-config.yaml"))


def overrides(**keys: Any) -> Overrides:
    return config(prefect={"enabled": True, "overrides": keys}).prefect.overrides


def test_a_short_file_gets_the_defaults_of_the_schema() -> None:
    made = config()

    assert made.namespace == "dev"
    assert made.cluster == KubernetesCluster(None, create_namespace=False, node_selectors=())
    assert made.terraform_state == TerraformState("remote", None, {})
    assert (made.ci_cd, made.certificate, made.domain, made.flow_image) == (None, None, None, None)
    gateway = made.dask_gateway
    assert (gateway.enabled, gateway.idle_timeout_seconds) == (False, 1800)
    assert (gateway.limit_workers, gateway.limit_cores) == (20, 80.0)
    assert gateway.limit_memory == "320Gi"


def test_without_a_prefect_block_nothing_of_prefect_is_enabled() -> None:
    assert config().prefect.enabled is False


def test_without_agents_there_is_one_named_after_the_project() -> None:
    made = config(project_name="Acme_Pipes", prefect={"enabled": True})

    assert made.project_name == "acme-pipes"
    (agent,) = made.prefect.agents
    assert agent.name == "acme-pipes"
    assert (agent.image, agent.queues, agent.secrets) == (None, (), None)


@pytest.mark.parametrize(
    ("prefect", "generation", "version", "api_kind"),
    [
        pytest.param({}, "worker", "3.8.8", "deployed", id="default-image"),
        pytest.param({"api": {"url": URL}}, "worker", "3.8.8", "server", id="own-server"),
        pytest.param({"api": {"url": CLOUD_URL}}, "worker", "3.8.8", "cloud", id="cloud"),
        pytest.param({"image": OLD_IMAGE}, "agent", "0.14.22", "hosted", id="0.14"),
        pytest.param(
            {"image": "team/flows:7", "version": "1.4"}, "agent", "1.4", "hosted", id="version-key"
        ),
        pytest.param(
            {"image": "prefecthq/prefect:2.20.0", "enabled": False},
            "worker",
            "2.20.0",
            "deployed",
            id="switched-off-with-an-image-that-cannot-run",
        ),
    ],
)
def test_the_image_decides_generation_and_api(
    prefect: dict[str, Any], generation: str, version: str, api_kind: str
) -> None:
    made = config(prefect={"enabled": True, **prefect}).prefect

    assert (made.generation, made.version, made.api_kind) == (generation, version, api_kind)


@pytest.mark.parametrize(
    ("prefect", "secrets", "token"),
    [
        pytest.param({"api": {"url": CLOUD_URL}}, {}, IMPLICIT, id="cloud"),
        pytest.param({"image": OLD_IMAGE}, {}, IMPLICIT, id="hosted"),
        pytest.param(
            {"image": OLD_IMAGE, "api": {"url": "https://api.prefect.io/graphql"}},
            {},
            IMPLICIT,
            id="hosted-by-its-url",
        ),
        pytest.param({"api": {"url": URL}}, {}, None, id="own-server"),
        pytest.param({}, {}, None, id="deployed"),
        pytest.param(
            {"image": OLD_IMAGE, "api": {"url": "https://p1.example"}}, {}, None, id="own-prefect-1"
        ),
        pytest.param(
            {"api": {"url": CLOUD_URL}},
            {"PREFECT_TOKEN": {"from_env": "KEY"}},
            Secret("PREFECT_TOKEN", FromEnv("KEY")),
            id="entry-of-the-default-name",
        ),
        pytest.param(
            {"api": {"url": URL, "token": "AUTH"}},
            {"AUTH": {"from_file": "auth"}},
            Secret("AUTH", FromFile("auth")),
            id="named",
        ),
        pytest.param(
            {"api": {"url": URL, "token": "PREFECT_TOKEN"}}, {}, IMPLICIT, id="default-name-named"
        ),
    ],
)
def test_the_credential_is_the_named_one_or_the_default_where_one_is_needed(
    prefect: dict[str, Any], secrets: dict[str, Any], token: Secret | None
) -> None:
    assert config(prefect={"enabled": True, **prefect}, secrets=secrets).prefect.token == token


@pytest.mark.parametrize(
    ("value", "source"),
    [
        pytest.param({"from_env": "NAME"}, FromEnv("NAME"), id="environment"),
        pytest.param({"from_file": "~/.ssh/deploy"}, FromFile("~/.ssh/deploy"), id="file"),
        pytest.param(
            {"existing_secret": "s3", "key": "token"}, ExistingSecret("s3", "token"), id="existing"
        ),
        pytest.param("QHUB_SECRET_S3", FromEnv("QHUB_SECRET_S3"), id="placeholder"),
        pytest.param("planted", LiteralInFile(("secrets", "S3")), id="literal"),
        pytest.param(
            "QHUB_SECRET_ and more", LiteralInFile(("secrets", "S3")), id="no-placeholder"
        ),
    ],
)
def test_a_secret_is_a_name_and_where_its_value_comes_from(value: Any, source: Any) -> None:
    assert config(secrets={"S3": value}).secrets == (Secret("S3", source),)


def test_of_a_literal_secret_the_config_holds_the_path_and_not_the_value() -> None:
    made = config(
        secrets={"A": "planted-a"},
        prefect={
            "enabled": True,
            "overrides": {"secretEnvVars": {"B": "planted-b"}},
            "agents": [
                {"name": "x", "overrides": {"secretEnvVars": {"C": "planted-c"}}},
            ],
        },
    )

    (agent,) = made.prefect.agents
    at_agent = ("prefect", "agents", 0, "overrides", "secretEnvVars", "C")
    assert agent.overrides.secret_env_vars == (Secret("C", LiteralInFile(at_agent)),)
    assert "planted" not in repr(made)
    assert "secretEnvVars" in repr(made)


def test_a_placeholder_among_envvars_is_a_secret() -> None:
    made = overrides(envVars={"PLAIN": "text", "KEY": "QHUB_SECRET_KEY"})

    assert made.env_vars == {"PLAIN": "text"}
    assert made.secret_env_vars == (Secret("KEY", FromEnv("QHUB_SECRET_KEY")),)


JOB = JobOverrides("1.5", "4", "2Gi", "1073741824", ("a", "b"), "Always")
REQUESTS = {"cpu": 1.5, "memory": "2Gi"}
LIMITS = {"cpu": 4, "memory": 1073741824}
VARIABLES = {
    "JOB_CPU_REQUEST": 1.5,
    "JOB_CPU_LIMIT": "4",
    "JOB_MEM_REQUEST": "2Gi",
    "JOB_MEM_LIMIT": 1073741824,
    "IMAGE_PULL_SECRETS": "a, b",
    "IMAGE_PULL_POLICY": "Always",
}


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(
            {
                "prefect_agent": {
                    "job": {
                        "resources": {"requests": REQUESTS, "limits": LIMITS},
                        "imagePullSecrets": ["a", "b"],
                        "imagePullPolicy": "Always",
                    }
                }
            },
            id="documented",
        ),
        pytest.param(
            {
                "prefect_agent": {
                    "job": {
                        "resources": {"request": REQUESTS, "limit": LIMITS},
                        "imagePullSecrets": "a,b",
                        "imagePullPolicy": "Always",
                    }
                }
            },
            id="singular",
        ),
        pytest.param(
            {
                "job": {
                    "resources": {"requests": REQUESTS, "limits": LIMITS},
                    "imagePullSecrets": ["a", "b"],
                    "imagePullPolicy": "Always",
                }
            },
            id="as-in-the-chart",
        ),
        pytest.param(
            {
                "prefect_agent": {
                    "job": {
                        "resources": {
                            "requests": {"cpu": 1.5},
                            "request": {"cpu": 9, "memory": "2Gi"},
                            "limits": LIMITS,
                        },
                        "imagePullSecrets": "a,b",
                        "imagePullPolicy": "Always",
                    }
                }
            },
            id="plural-and-singular",
        ),
        pytest.param({"prefect_agent": VARIABLES}, id="old-variables-under-prefect_agent"),
        pytest.param(VARIABLES, id="old-variables"),
        pytest.param(
            {"envVars": {name: str(value) for name, value in VARIABLES.items()}},
            id="old-variables-in-the-environment",
        ),
        pytest.param(
            {
                **VARIABLES,
                "JOB_CPU_LIMIT": "8",
                "prefect_agent": {"job": {"resources": {"limits": {"cpu": "4"}}}},
            },
            id="the-documented-form-wins",
        ),
    ],
)
def test_every_spelling_of_the_jobs_settings_means_the_same(written: dict[str, Any]) -> None:
    made = overrides(**written)

    assert made.job == JOB
    assert made.chart_values == {}
    assert made.env_vars == {}


def test_empty_texts_of_old_files_say_nothing() -> None:
    empty = dict.fromkeys(VARIABLES, "")

    assert overrides(prefect_agent=empty).job == JobOverrides()


@pytest.mark.parametrize(
    "text",
    ["a,b", "a, b", "['a', 'b']", '["a","b"]', "[a, b]", "('a', 'b')", "'a','b'", ["a", "b"]],
    ids=str,
)
@pytest.mark.parametrize(
    "place",
    [
        pytest.param(("prefect_agent", "prefectLabels"), id="documented"),
        pytest.param(("prefect_agent", "PREFECT__CLOUD__AGENT__LABELS"), id="variable-in-agent"),
        pytest.param(("PREFECT__CLOUD__AGENT__LABELS",), id="variable"),
    ],
)
def test_labels_are_taken_as_list_comma_text_and_list_literal(
    text: Any, place: tuple[str, ...]
) -> None:
    written = text
    for key in reversed(place):
        written = {key: written}

    assert overrides(**written).labels == ("a", "b")


@pytest.mark.parametrize("text", ["[]", []], ids=["text", "list"])
def test_an_empty_list_of_labels_is_no_label(text: Any) -> None:
    assert overrides(prefect_agent={"prefectLabels": text}).labels == ()


def test_everything_else_under_overrides_goes_to_the_chart() -> None:
    made = overrides(
        replicas=2,
        job={"ttlSecondsAfterFinished": 60, "imagePullPolicy": "Never"},
        prefect_agent={"prefectLabels": ["a"]},
    )

    assert made.chart_values == {"replicas": 2, "job": {"ttlSecondsAfterFinished": 60}}
    assert made.job.image_pull_policy == "Never"


def test_a_service_account_by_name_alone_is_the_old_form() -> None:
    made = overrides(serviceAccount="flows")

    assert made.chart_values == {"serviceAccount": {"create": True, "name": "flows"}}


def test_profiles_get_text_quantities_and_float_cores() -> None:
    worker = {
        "worker_cores": 1.5,
        "worker_cores_limit": 2,
        "worker_memory": "5G",
        "worker_memory_limit": 8000000000,
        "worker_threads": 2.0,
    }
    made = config(
        profiles={
            "flow_run": {"small": {"cpu": 1, "memory": "2Gi", "cpu_limit": 1.5}},
            "dask_worker": {"Small Worker": worker},
        }
    )

    assert made.flow_run_profiles == (
        FlowRunProfile("small", "1", "2Gi", "1.5", None, 0, None, default=False),
    )
    assert made.dask_worker_profiles == (
        DaskWorkerProfile(
            "Small Worker", 1.5, 2.0, "5G", "8000000000", 2, None, 0, None, default=False
        ),
    )


@pytest.mark.parametrize(
    ("written", "seconds"),
    [(90, 90), (90.0, 90), ("30m", 1800), (0, 0)],
    ids=["seconds", "whole-float", "duration", "never"],
)
def test_the_idle_timeout_is_in_seconds(written: Any, seconds: int) -> None:
    made = config(dask_gateway={"enabled": True, "idle_timeout": written}).dask_gateway

    assert (made.enabled, made.idle_timeout_seconds) == (True, seconds)


def test_a_local_cluster_gets_its_namespace() -> None:
    made = config(provider="local", local={"kube_context": "kind-qhub"})

    assert made.cluster == KubernetesCluster("kind-qhub", create_namespace=True, node_selectors=())


def test_node_selectors_keep_what_is_not_said_unknown() -> None:
    made = config(existing={"node_selectors": {"gpu": {"key": "pool", "value": "gpu"}}})

    assert isinstance(made.cluster, KubernetesCluster)
    assert made.cluster.node_selectors == (NodeSelector("gpu", "pool", "gpu", None, spot=False),)


def test_the_embedded_provider_has_ports_of_its_own_choice_unless_they_are_written() -> None:
    ports = {"server": 4200.0}

    assert config(provider="embedded").cluster == Embedded(None, None)
    assert config(provider="embedded", embedded={"ports": ports}).cluster == Embedded(4200, None)
    assert config(provider="embedded", embedded={"ports": {"gateway": 8000}}).cluster == Embedded(
        None, 8000
    )


@pytest.mark.parametrize(
    ("group", "gpu_gpus_spot"),
    [
        pytest.param({"instance": "m5.large"}, (False, 0, False), id="cpu"),
        pytest.param({"instance": "g5.12xlarge", "gpu": True}, (True, 4, False), id="known-type"),
        pytest.param({"instance": "x9.huge", "gpu": True}, (True, 1, False), id="unknown-type"),
        pytest.param(
            {"instance": "x9.huge", "gpu": True, "gpus": 8}, (True, 8, False), id="written"
        ),
        pytest.param(
            {"instance": "m5.large", "preemptible": True}, (False, 0, True), id="old-spot"
        ),
    ],
)
def test_a_node_group_says_how_many_gpus_a_node_has(
    group: dict[str, Any], gpu_gpus_spot: tuple[bool, int, bool]
) -> None:
    block = {"region": "us-west-2", "kubernetes_version": "1.35", "node_groups": {"x": group}}
    cluster = config(provider="aws", amazon_web_services=block).cluster

    assert isinstance(cluster, CloudCluster)
    (made,) = cluster.node_groups
    assert (made.gpu, made.gpus, made.spot) == gpu_gpus_spot
    assert (made.min_nodes, made.max_nodes) == (0, 1)


def test_accelerators_attached_to_nodes_are_counted() -> None:
    group = {"instance": "n1-standard-4", "guest_accelerators": [{"name": "nvidia-tesla-t4"}]}
    block = {
        "project": "acme",
        "region": "us-central1",
        "kubernetes_version": "1.35",
        "node_groups": {"gpu": group},
    }
    cluster = config(provider="gcp", google_cloud_platform=block).cluster

    assert isinstance(cluster, CloudCluster)
    (made,) = cluster.node_groups
    assert (made.gpu, made.gpus) == (True, 1)


def test_pipeline_and_certificate_take_their_defaults() -> None:
    made = config(ci_cd={"type": "github-actions"}, certificate={"type": "lets-encrypt"})

    assert made.ci_cd is not None
    assert (made.ci_cd.branch, made.ci_cd.commit_render, made.ci_cd.before_script) == (
        "main",
        True,
        (),
    )
    assert made.certificate is not None
    assert made.certificate.acme_server == "https://acme-v02.api.letsencrypt.org/directory"


def test_an_agents_own_keys_are_kept_apart_from_the_defaults() -> None:
    made = config(
        prefect={
            "enabled": True,
            "agents": [
                {
                    "name": "gpu",
                    "image": "team/cuda:1",
                    "queues": ["gpu"],
                    "profile": "gpu",
                    "token": "T",
                    "secrets": [],
                    "overrides": {"envVars": {"A": "1"}},
                }
            ],
        }
    )

    (agent,) = made.prefect.agents
    assert (agent.name, agent.image, agent.queues) == ("gpu", "team/cuda:1", ("gpu",))
    assert (agent.profile, agent.token, agent.secrets) == ("gpu", "T", ())
    assert agent.overrides.env_vars == {"A": "1"}
    assert agent.overrides.labels is None
