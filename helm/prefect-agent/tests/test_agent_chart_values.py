"""The chart's options: schema, defaults and README name the same ones, and each has an effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.helm.engine import ChartError, merged, template, texts
from tests.helm.examples import CHART, GENERATIONS, NAMESPACE, RELEASE, WORKER
from tests.helm.readme import options

SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
VALUES = (CHART / "values.yaml").read_text(encoding="utf-8")
OPEN = {
    "/properties/global",
    "/properties/envVars",
    "/properties/published",
    "/definitions/labels",
    "/definitions/annotations",
    "/definitions/kubernetes",
}
VOLUME = {"name": "data", "emptyDir": {}}
MOUNT = {"name": "data", "mountPath": "/data"}
POD_CONTEXT = {"runAsUser": 4000, "fsGroup": 4000}
AFFINITY: dict[str, Any] = {"nodeAffinity": {}}
PEERS: list[Any] = [{"podSelector": {}}]
TOLERATIONS = [{"key": "team", "operator": "Exists"}]

# Option -> generation and a value that is not the default.
CHANGES: dict[str, tuple[str, Any]] = {
    "agentName": ("worker", "other"),
    "project": ("worker", "other"),
    "image": ("worker", "team/other:1"),
    "jobImage": ("agent", "team/flow@sha256:" + "0" * 64),
    "api.kind": ("worker", "cloud"),
    "api.url": ("worker", "https://api.prefect.example/api"),
    "token.secretName": ("agent", "other"),
    "token.key": ("worker", "other"),
    "token.revision": ("worker", 2),
    "queues": ("worker", ["other"]),
    "labels": ("agent", ["other"]),
    "published": ("worker", {"qhub_platform": "{}"}),
    "secrets.items": ("agent", [{"name": "A", "secretName": "b", "key": "c"}]),
    "secrets.revision": ("agent", 2),
    "envVars": ("worker", {"OTHER": "value"}),
    "job.resources.requests.cpu": ("worker", "1"),
    "job.resources.requests.memory": ("agent", "3Gi"),
    "job.resources.limits.cpu": ("worker", 1.5),
    "job.resources.limits.memory": ("agent", "5Gi"),
    "job.imagePullSecrets": ("worker", ["other"]),
    "job.imagePullPolicy": ("agent", "Never"),
    "job.gpus": ("worker", 2),
    "job.nodeSelector": ("agent", {"team": "data"}),
    "job.tolerations": ("agent", TOLERATIONS),
    "job.affinity": ("agent", AFFINITY),
    "job.priorityClassName": ("worker", "high"),
    "job.ttlSecondsAfterFinished": ("agent", 60),
    "job.backoffLimit": ("worker", 1),
    "job.labels": ("worker", {"team": "data"}),
    "job.annotations": ("agent", {"team": "data"}),
    "job.serviceAccount.create": ("worker", False),
    "job.serviceAccount.name": ("agent", "other"),
    "job.serviceAccount.annotations": ("agent", {"team": "data"}),
    "job.extraVolumes": ("worker", [VOLUME]),
    "job.extraVolumeMounts": ("agent", [MOUNT]),
    "job.podSecurityContext": ("worker", POD_CONTEXT),
    "job.securityContext": ("agent", {"readOnlyRootFilesystem": False}),
    "replicas": ("worker", 2),
    "resources.requests.cpu": ("worker", "1"),
    "resources.requests.memory": ("worker", "200Mi"),
    "resources.limits.cpu": ("agent", 1),
    "resources.limits.memory": ("agent", "300Mi"),
    "imagePullPolicy": ("worker", "Always"),
    "imagePullSecrets": ("agent", ["other"]),
    "nodeSelector": ("worker", {"team": "data"}),
    "tolerations": ("agent", TOLERATIONS),
    "affinity": ("worker", AFFINITY),
    "topologySpreadConstraints": ("worker", [{"maxSkew": 1}]),
    "priorityClassName": ("agent", "high"),
    "terminationGracePeriodSeconds": ("worker", 60),
    "podLabels": ("worker", {"team": "data"}),
    "podAnnotations": ("agent", {"team": "data"}),
    "extraVolumes": ("worker", [VOLUME]),
    "extraVolumeMounts": ("worker", [MOUNT]),
    "serviceAccount.create": ("worker", False),
    "serviceAccount.name": ("worker", "other"),
    "serviceAccount.annotations": ("agent", {"team": "data"}),
    "rbac.create": ("agent", False),
    "livenessProbe.initialDelaySeconds": ("worker", 1),
    "livenessProbe.periodSeconds": ("worker", 1),
    "livenessProbe.timeoutSeconds": ("agent", 1),
    "livenessProbe.failureThreshold": ("agent", 1),
    "readinessProbe.initialDelaySeconds": ("worker", 1),
    "readinessProbe.periodSeconds": ("worker", 1),
    "readinessProbe.timeoutSeconds": ("agent", 1),
    "readinessProbe.failureThreshold": ("agent", 1),
    "podSecurityContext": ("worker", POD_CONTEXT),
    "securityContext": ("agent", {"readOnlyRootFilesystem": False}),
    "networkPolicy.enabled": ("worker", False),
    "networkPolicy.healthFrom": ("worker", PEERS),
    "networkPolicy.jobsFrom": ("agent", PEERS),
    "networkPolicy.egress.enabled": ("worker", True),
    "networkPolicy.egress.rules": ("worker", [{"to": PEERS}]),
    "podDisruptionBudget.enabled": ("worker", False),
    "podDisruptionBudget.maxUnavailable": ("worker", 2),
    "worker.querySeconds": ("worker", 5),
    "worker.prefetchSeconds": ("worker", 5),
    "worker.limit": ("worker", 5),
    "worker.setupTimeoutSeconds": ("worker", 5),
    "agent.logLevel": ("agent", "DEBUG"),
    "agent.deleteFinishedJobs": ("agent", False),
}
# What else an option needs to have an effect.
COMPANY: dict[str, dict[str, Any]] = {
    "serviceAccount.create": {"serviceAccount": {"name": "qhub-etl"}},
    "networkPolicy.egress.rules": {"networkPolicy": {"egress": {"enabled": True}}},
    "podDisruptionBudget.enabled": {"replicas": 2},
    "podDisruptionBudget.maxUnavailable": {"replicas": 2},
}


def leaves(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the dotted path of each option: what the schema does not divide further."""
    if "properties" not in schema:
        yield path
    for name, part in schema.get("properties", {}).items():
        yield from leaves(part, f"{path}.{name}" if path else name)


def objects(schema: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each schema of an object, with its place."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield pointer, schema
        for name, part in schema.items():
            yield from objects(part, f"{pointer}/{name}")
    elif isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from objects(part, f"{pointer}/{index}")


def described(schema: dict[str, Any], pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schema of each property and item."""
    for key in ("properties", "definitions"):
        for name, part in schema.get(key, {}).items():
            yield f"{pointer}/{key}/{name}", part
            yield from described(part, f"{pointer}/{key}/{name}")
    if isinstance(schema.get("items"), dict):
        yield from described(schema["items"], f"{pointer}/items")


def at(container: dict[str, Any], path: str) -> Any:
    """Return what a nested mapping holds at a dotted path."""
    for name in path.split("."):
        container = container[name]
    return container


def nested(path: str, value: Any) -> dict[str, Any]:
    """Return a value as a nested mapping: `a.b` is `{"a": {"b": value}}`."""
    for name in reversed(path.split(".")):
        value = {name: value}
    result: dict[str, Any] = value
    return result


def test_schema_defaults_and_readme_name_the_same_options() -> None:
    documented = [option.path for option in options(VALUES)]
    assert list(leaves(SCHEMA)) == documented
    defaults = yaml.safe_load(VALUES)
    properties = {path: of_schema(path) for path in documented}
    assert {path: each["default"] for path, each in properties.items()} == {
        path: at(defaults, path) for path in documented
    }
    assert {path: each["description"] for path, each in properties.items()} == {
        option.path: option.description for option in options(VALUES)
    }


def of_schema(path: str) -> dict[str, Any]:
    schema = SCHEMA
    for name in path.split("."):
        schema = schema["properties"][name]
    return schema


def test_every_object_is_closed_but_those_with_names_of_the_users() -> None:
    found = {
        pointer
        for pointer, schema in objects(SCHEMA)
        if schema.get("additionalProperties") is not False
    }
    assert found == OPEN


def test_every_part_of_the_schema_has_a_description() -> None:
    parts = dict(described(SCHEMA))
    assert len(parts) > 100
    assert [
        p for p, each in parts.items() if not each.get("description") and "$ref" not in each
    ] == []


def test_the_table_of_changes_names_every_option() -> None:
    assert {*CHANGES, "global", "generation"} == set(leaves(SCHEMA))


@pytest.mark.parametrize("path", CHANGES)
def test_each_option_has_an_effect(path: str) -> None:
    generation, value = CHANGES[path]
    before = merged(GENERATIONS[generation], COMPANY.get(path, {}))
    after = merged(before, nested(path, value))
    assert texts(CHART, RELEASE, NAMESPACE, before) != texts(CHART, RELEASE, NAMESPACE, after)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"replica": 2}, "replica"),
        ({"securityContext": None}, "missing property 'securityContext'"),
        ({"job": {"resources": {"limitss": {}}}}, "limitss"),
        ({"token": {"secretName": "no such/name"}}, "/token/secretName"),
        ({"token": {"secretName": 'a"b'}}, "/token/secretName"),
        ({"secrets": {"items": [{"name": "A", "secretName": "$(X)", "key": "k"}]}}, "secretName"),
        ({"secrets": {"items": [{"name": "../A", "secretName": "b", "key": "k"}]}}, "/0/name"),
        ({"secrets": {"items": [{"name": "A", "secretName": "b", "key": "{{ k }}"}]}}, "/0/key"),
        ({"envVars": {"A": 1}}, "/envVars/A"),
        ({"envVars": {"A B": "1"}}, "'A B' does not match"),
        ({"agentName": "Etl"}, "/agentName"),
        ({"image": "a b"}, "/image"),
        ({"api": {"url": "http://x/$(HOME)"}}, "/api/url"),
        ({"queues": ["a/b"]}, "/queues/0"),
        ({"job": {"extraVolumes": [{"name": "a", "hostPath": {"path": "/"}}]}}, "hostPath"),
        ({"securityContext": {"privileged": True}}, "privileged"),
        ({"podSecurityContext": {"runAsNonRoot": False}}, "/podSecurityContext/runAsNonRoot"),
        ({"job": {"resources": {"limits": {"cpu": "four"}}}}, "/job/resources/limits/cpu"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else None,
)
def test_the_schema_refuses_what_cannot_be_and_names_the_place(
    values: dict[str, Any], place: str
) -> None:
    with pytest.raises(ChartError) as error:
        template(CHART, RELEASE, NAMESPACE, merged(WORKER, values))
    assert place in str(error.value)
