"""What the chart refuses because of two values together, or because one is missing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.helm.engine import ChartError, merged, template
from tests.helm.examples import AGENT, CHART, NAMESPACE, RELEASE, WORKER

PLACE = re.compile(r"execution error at \([^)]*\): ")
CALL = re.compile(r'(?:fail|required) \(?(?:printf )?"((?:[^"\\]|\\.)*)"')


def secret(name: str) -> dict[str, str]:
    return {"name": name, "secretName": "qhub-etl-flow", "key": "k"}


CASES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (WORKER, {"agentName": ""}, "agentName is empty; name the agent, such as agentName: etl"),
    (
        WORKER,
        {"image": ""},
        (
            "image is empty; give the agent's image, such as "
            "image: prefecthq/prefect:3.8.8-python3.12-kubernetes"
        ),
    ),
    (
        WORKER,
        {"securityContext": {"capabilities": {"drop": None}}},
        "securityContext.capabilities.drop is null; remove it, so that its default holds",
    ),
    (
        AGENT,
        {"job": {"podSecurityContext": None}},
        "job.podSecurityContext.runAsNonRoot is null; remove it, so that its default holds",
    ),
    (
        WORKER,
        {"api": {"kind": "hosted"}},
        (
            "api.kind is hosted, which a worker cannot use; "
            "set cloud or server, or generation: agent"
        ),
    ),
    (
        AGENT,
        {"api": {"kind": "cloud"}},
        "api.kind is cloud, which generation agent cannot use; set hosted",
    ),
    (
        WORKER,
        {"api": {"url": ""}},
        (
            "api.url is empty; give the address of the Prefect API, "
            "such as http://prefect-server:4200/api"
        ),
    ),
    (
        WORKER,
        {"api": {"kind": "cloud"}, "token": {"secretName": ""}},
        ("token.secretName is empty, and Prefect Cloud needs a key; name the Secret that holds it"),
    ),
    (
        AGENT,
        {"api": {"url": ""}, "token": {"secretName": ""}},
        (
            "token.secretName and api.url are both empty; name the token's Secret, "
            "or the address of an own Prefect 1 server"
        ),
    ),
    (
        AGENT,
        {"queues": ["gpu"]},
        "queues are for generation worker; use labels, or set generation: worker",
    ),
    (
        WORKER,
        {"labels": ["gpu"]},
        "labels are for generation agent; use queues, or set generation: agent",
    ),
    (
        WORKER,
        {"envVars": {"PREFECT_API_URL": "x"}},
        "envVars.PREFECT_API_URL is set by the chart; remove it and use api.url",
    ),
    (
        AGENT,
        {"envVars": {"IMAGE_PULL_SECRETS": ""}},
        "envVars.IMAGE_PULL_SECRETS is set by the chart; remove it and use job.imagePullSecrets",
    ),
    (
        WORKER,
        {"envVars": {"PREFECT_UI_URL": "http://$(HOST)"}},
        (
            "envVars.PREFECT_UI_URL contains '$(', which Kubernetes would expand in the jobs; "
            "the worker copies its own settings there. Write the value without '$('"
        ),
    ),
    (
        WORKER,
        {"secrets": {"items": [secret("prefect_api_key")]}},
        (
            "secrets.items[0].name: prefect_api_key is set by the chart; "
            "rename the secret, or use token.secretName"
        ),
    ),
    (
        WORKER,
        {"secrets": {"items": [secret("A"), secret("REGION")]}},
        "secrets.items[1].name: REGION is in envVars, too; keep it in one of them",
    ),
    (
        WORKER,
        {"secrets": {"items": [secret("A"), secret("B"), secret("A")]}},
        (
            "secrets.items[2].name: A stands for the same secret as secrets.items[0].name; "
            "remove one of them"
        ),
    ),
    (
        AGENT,
        {"secrets": {"items": [secret("A"), secret("PREFECT__CONTEXT__SECRETS__A")]}},
        (
            "secrets.items[1].name: PREFECT__CONTEXT__SECRETS__A stands for the same secret as "
            "secrets.items[0].name; remove one of them"
        ),
    ),
    (
        WORKER,
        {"serviceAccount": {"create": False}},
        (
            "serviceAccount.name is empty and serviceAccount.create is false; "
            "name the account that the agent uses"
        ),
    ),
    (
        WORKER,
        {"job": {"serviceAccount": {"name": "qhub-etl"}}},
        (
            "job.serviceAccount.name is qhub-etl, the agent's own account, "
            "so flows would have its rights; name another"
        ),
    ),
    (
        WORKER,
        {"extraVolumes": [{"name": "tmp", "emptyDir": {}}]},
        "extraVolumes[0].name: tmp is a volume of the chart; choose another name",
    ),
    (
        AGENT,
        {"job": {"extraVolumeMounts": [{"name": "data", "mountPath": "/etc/qhub/secrets/"}]}},
        (
            "job.extraVolumeMounts[0].mountPath: /etc/qhub/secrets/ belongs to the chart; "
            "choose another folder"
        ),
    ),
    (
        WORKER,
        {"job": {"labels": {"qhub.dev/agent": "x"}}},
        "job.labels: qhub.dev/agent is set by the chart; remove it",
    ),
    (
        WORKER,
        {"podLabels": {"app.kubernetes.io/name": "x"}},
        "podLabels: app.kubernetes.io/name is set by the chart; remove it",
    ),
    (
        WORKER,
        {"job": {"annotations": {"note": "{{ flow }}"}}},
        (
            "job: {{ flow }} would be replaced by Prefect's own templating; "
            "write it without the double braces"
        ),
    ),
]


@pytest.mark.parametrize(("base", "change", "message"), CASES, ids=[case[2] for case in CASES])
def test_it_is_refused_with_the_key_and_the_mend(
    base: dict[str, Any], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ChartError) as error:
        template(CHART, RELEASE, NAMESPACE, merged(base, change))
    assert PLACE.split(str(error.value))[-1] == message


def test_every_refusal_of_the_templates_is_tried() -> None:
    sources = [file.read_text(encoding="utf-8") for file in CHART.glob("templates/**/*.tpl")]
    messages = [message for source in sources for message in CALL.findall(source)]
    assert len(messages) > 15
    tried = [case[2] for case in CASES]
    patterns = [re.sub(r"%[sd]", ".*", re.escape(message)) for message in messages]
    assert [p for p in patterns if not any(re.fullmatch(p, message) for message in tried)] == []
