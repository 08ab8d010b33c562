"""The objects of the chart: rights, accounts, policies, and what replaces the pods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helm.engine import Manifest, merged, parse, template
from tests.helm.examples import (
    AGENT,
    CHART,
    GENERATIONS,
    NAMESPACE,
    RELEASE,
    SECRETS,
    TOKEN,
    WORKER,
)
from tests.helm.pods import container, environment, find, pod
from tests.helm.restricted import violations


def render(values: dict[str, Any], change: dict[str, Any] | None = None) -> list[Manifest]:
    return template(CHART, RELEASE, NAMESPACE, merged(values, change or {}))


def marks(values: dict[str, Any], change: dict[str, Any] | None = None) -> dict[str, str]:
    deployment = find(render(values, change), "Deployment", RELEASE)
    found: dict[str, str] = deployment["spec"]["template"]["metadata"]["annotations"]
    return found


def job_template(values: dict[str, Any], change: dict[str, Any] | None = None) -> dict[str, Any]:
    data = find(render(values, change), "ConfigMap", f"{RELEASE}-job-template")["data"]
    [content] = parse(data["job-template.yaml"])
    return dict(content)


def defaults(values: dict[str, Any], change: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the defaults of the base job template's variables."""
    properties = job_template(values, change)["variables"]["properties"]
    return {name: each.get("default") for name, each in properties.items()}


def rules(values: dict[str, Any]) -> dict[str, list[str]]:
    role = find(render(values), "Role", RELEASE)
    return {resource: rule["verbs"] for rule in role["rules"] for resource in rule["resources"]}


def test_a_worker_has_the_rights_that_it_uses_and_no_more() -> None:
    assert rules(WORKER) == {
        "jobs": ["create", "get", "list", "watch"],
        "pods": ["list", "watch"],
        "pods/log": ["get"],
    }


def test_an_agent_has_the_rights_that_it_uses_and_no_more() -> None:
    assert rules(AGENT) == {
        "jobs": ["create", "delete", "list"],
        "events": ["list"],
        "pods": ["list"],
    }


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_role_is_bound_to_the_agents_account_alone(generation: str) -> None:
    binding = find(render(GENERATIONS[generation]), "RoleBinding", RELEASE)
    assert [subject["name"] for subject in binding["subjects"]] == [RELEASE]
    assert pod(render(GENERATIONS[generation]))["serviceAccountName"] == RELEASE


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_jobs_have_an_account_of_their_own_without_a_token(generation: str) -> None:
    account = find(render(GENERATIONS[generation]), "ServiceAccount", "qhub-etl-job")
    assert account["automountServiceAccountToken"] is False


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_object_is_in_the_releases_namespace(generation: str) -> None:
    assert {each["metadata"]["namespace"] for each in render(GENERATIONS[generation])} == {"dev"}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_agents_pod_is_restricted_read_only_and_limited(generation: str) -> None:
    spec = pod(render(GENERATIONS[generation]))
    assert violations(spec) == []
    for each in [*spec.get("initContainers", []), *spec["containers"]]:
        assert each["securityContext"]["readOnlyRootFilesystem"] is True
        assert set(each["resources"]["requests"]) == {"cpu", "memory"}
        assert each["resources"]["limits"] == {"memory": "512Mi"}
        assert "/tmp" in [mount["mountPath"] for mount in each["volumeMounts"]]  # noqa: S108


def test_the_check_of_restricted_finds_what_is_planted() -> None:
    spec = pod(render(WORKER))
    spec["securityContext"]["runAsNonRoot"] = False
    spec["volumes"].append({"name": "host", "hostPath": {"path": "/"}})
    spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True
    assert violations(spec) == [
        "runAsNonRoot is not true",
        "volume host is of a refused kind",
        "agent: allowPrivilegeEscalation is not false",
    ]


def test_an_agent_gets_the_token_under_both_names_and_its_labels_as_a_list() -> None:
    manifests = render(AGENT)
    variables = environment(manifests, container(manifests), SECRETS)
    assert variables["PREFECT__CLOUD__AGENT__AUTH_TOKEN"] == TOKEN
    assert variables["PREFECT__CLOUD__API_KEY"] == TOKEN
    assert variables["PREFECT__CLOUD__AGENT__LABELS"] == '["gpu","it\'s $(HOME) $HOME"]'
    assert variables["PREFECT__CLOUD__AGENT__AGENT_ADDRESS"] == "http://:8080"
    assert variables["PREFECT__BACKEND"] == "cloud"
    assert not {"IMAGE_PULL_SECRETS", "SERVICE_ACCOUNT_NAME"} & set(variables)


def test_an_agent_without_a_token_works_for_an_own_server() -> None:
    manifests = render(AGENT, {"token": {"secretName": ""}})
    variables = environment(manifests, container(manifests), SECRETS)
    assert variables["PREFECT__BACKEND"] == "server"
    assert "PREFECT__CLOUD__API_KEY" not in variables
    assert "qhub.dev/token-revision" not in marks(AGENT, {"token": {"secretName": ""}})


@pytest.mark.parametrize(
    ("generation", "path", "delay"),
    [("worker", "/health", 40), ("agent", "/api/health", 40)],
    ids=["worker", "agent"],
)
def test_the_agent_is_probed(generation: str, path: str, delay: int) -> None:
    described = container(render(GENERATIONS[generation]))
    for probe in ("livenessProbe", "readinessProbe"):
        assert described[probe]["httpGet"] == {"path": path, "port": "health"}
    assert described["livenessProbe"]["initialDelaySeconds"] == delay


def test_a_worker_watches_its_own_namespace_and_polls_default_and_every_queue() -> None:
    manifests = render(WORKER)
    variables = environment(manifests, container(manifests), SECRETS)
    assert variables["PREFECT_INTEGRATIONS_KUBERNETES_OBSERVER_NAMESPACES"] == "dev"
    assert variables["PREFECT_INTEGRATIONS_KUBERNETES_CLUSTER_UID"] == "dev-qhub-etl"
    queues = [text for text in container(manifests)["command"] if text.startswith("--work-queue=")]
    assert queues == [
        "--work-queue=default",
        "--work-queue=gpu",
        '--work-queue=odd $$(HOME) "queue"',
    ]


def test_a_secret_with_a_name_of_prefects_settings_is_not_in_the_workers_environment() -> None:
    item = {"name": "Prefect_Client_Custom_Headers", "secretName": "x", "key": "y"}
    change = {"secrets": {"items": [item]}}
    assert "Prefect_Client_Custom_Headers" not in str(container(render(WORKER, change))["env"])
    fixed = job_template(WORKER, change)["job_configuration"]["job_manifest"]["spec"]["template"]
    assert [entry["name"] for entry in fixed["spec"]["containers"][0]["env"]] == [item["name"]]


def test_without_secrets_there_is_no_secrets_volume() -> None:
    for values in (AGENT, WORKER):
        assert "/etc/qhub/secrets" not in str(render(values, {"secrets": {"items": []}}))


@pytest.mark.parametrize("generation", GENERATIONS)
def test_connections_to_the_agent_and_to_its_jobs_are_refused(generation: str) -> None:
    manifests = render(GENERATIONS[generation])
    for name in (RELEASE, "qhub-etl-job"):
        policy = find(manifests, "NetworkPolicy", name)["spec"]
        assert policy["policyTypes"] == ["Ingress"]
        assert "ingress" not in policy


def test_the_health_port_and_egress_open_for_those_that_are_named() -> None:
    peers = [{"podSelector": {"matchLabels": {"app": "prometheus"}}}]
    rule = {"ports": [{"port": 53, "protocol": "UDP"}]}
    change = {"networkPolicy": {"healthFrom": peers, "egress": {"enabled": True, "rules": [rule]}}}
    policy = find(render(WORKER, change), "NetworkPolicy", RELEASE)["spec"]
    assert policy["ingress"] == [{"from": peers, "ports": [{"port": "health", "protocol": "TCP"}]}]
    assert (policy["policyTypes"], policy["egress"]) == (["Ingress", "Egress"], [rule])


@pytest.mark.parametrize("replicas", [1, 3])
def test_a_disruption_budget_is_made_for_several_pods_only(replicas: int) -> None:
    kinds = [each["kind"] for each in render(WORKER, {"replicas": replicas})]
    assert ("PodDisruptionBudget" in kinds) is (replicas > 1)


ROLLS: dict[str, dict[str, Any]] = {
    "job template": {"job": {"ttlSecondsAfterFinished": 60}},
    "environment": {"envVars": {"REGION": "us-1"}},
    "queues": {"queues": ["other"]},
    "token revision": {"token": {"revision": 2}},
    "secrets revision": {"secrets": {"revision": 2}},
}
STAYS: dict[str, dict[str, Any]] = {
    "network policy": {"networkPolicy": {"enabled": False}},
    "disruption budget": {"podDisruptionBudget": {"enabled": False}},
    "project": {"project": "other"},
    "account of the jobs annotated": {"job": {"serviceAccount": {"annotations": {"a": "b"}}}},
    "replicas": {"replicas": 3},
}


@pytest.mark.parametrize("change", ROLLS.values(), ids=ROLLS)
def test_what_the_pods_read_replaces_them(change: dict[str, Any]) -> None:
    assert marks(WORKER, change) != marks(WORKER)


@pytest.mark.parametrize("change", STAYS.values(), ids=STAYS)
def test_what_the_pods_do_not_read_leaves_them(change: dict[str, Any]) -> None:
    def template_of(changes: dict[str, Any]) -> Any:
        return find(render(WORKER, changes), "Deployment", RELEASE)["spec"]["template"]

    assert template_of(change) == template_of({})


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, ("100m", "256Mi", None, "1Gi")),
        ({"requests": {"memory": "6Gi"}}, ("100m", "6Gi", None, "6Gi")),
        ({"limits": {"memory": "128Mi"}}, ("100m", "128Mi", None, "128Mi")),
        ({"limits": {"cpu": 4}}, ("4", "256Mi", "4", "1Gi")),
        ({"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}, ("1", "256Mi", "2", "1Gi")),
        ({"requests": {"cpu": None}, "limits": {"cpu": None}}, ("100m", "256Mi", None, "1Gi")),
    ],
    ids=[
        "nothing",
        "memory request",
        "memory limit",
        "CPU limit as a number",
        "both for CPU",
        "nulls",
    ],
)
def test_amounts_that_are_not_given_never_contradict_those_that_are(
    resources: dict[str, Any], expected: tuple[str, str, str | None, str]
) -> None:
    empty = {
        "requests": {"cpu": "", "memory": ""},
        "limits": {"cpu": "", "memory": ""},
    }
    found = defaults(WORKER, {"job": {"resources": merged(empty, resources)}})
    amounts = tuple(
        found[name] for name in ("cpu_request", "memory_request", "cpu_limit", "memory_limit")
    )
    assert amounts == expected


def test_the_base_job_template_has_the_jobs_values_as_defaults() -> None:
    found = defaults(WORKER, {"job": {"priorityClassName": "high"}})
    assert found["gpu_limit"] == 1
    assert found["image_pull_secrets"] == [{"name": "regcred"}]
    assert found["priority_class_name"] == "high"
    assert (found["namespace"], found["service_account_name"]) == ("dev", "qhub-etl-job")
    assert defaults(WORKER, {"job": {"gpus": 0}})["gpu_limit"] is None


def test_the_jobs_account_is_the_default_one_when_none_is_made() -> None:
    change = {"job": {"serviceAccount": {"create": False}}}
    assert defaults(WORKER, change)["service_account_name"] == "default"
    assert "qhub-etl-job" not in [
        each["metadata"]["name"]
        for each in render(WORKER, change)
        if each["kind"] == "ServiceAccount"
    ]


def test_the_agents_image_is_pulled_with_the_jobs_secrets_unless_it_has_its_own() -> None:
    assert pod(render(WORKER))["imagePullSecrets"] == [{"name": "regcred"}]
    own = render(WORKER, {"imagePullSecrets": ["own"]})
    assert pod(own)["imagePullSecrets"] == [{"name": "own"}]
    none = render(WORKER, {"job": {"imagePullSecrets": []}})
    assert "imagePullSecrets" not in pod(none)
