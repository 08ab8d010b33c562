"""What the chart refuses is told before anything is rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from qhub.config import check
from qhub.config.build import build
from qhub.config.read import parse
from qhub.platform import plan
from qhub.render.values import agent_values
from tests.helm.engine import ChartError, template
from tests.helm.examples import CHART

if TYPE_CHECKING:
    from collections.abc import Callable

_CALL = re.compile(r'(?:fail|required) \(?(?:printf )?"((?:[^"\\]|\\.)*)"')
_PLACE = re.compile(r"execution error at \([^)]*\): ")
_WORKER = {"api": {"url": "https://prefect.example/api"}}
_AGENT = {**_WORKER, "image": "prefecthq/prefect:1.4.1"}
_CLOUD_URL = (
    "https://api.prefect.cloud/api/accounts/9b649228-0419-40e1-9e0d-44954b5c0ab6"
    "/workspaces/d137367a-5055-44ff-b91c-6f7366c9e4c4"
)
_SECRET = {"from_env": "S3_KEY"}
_TMP = "/tmp"  # noqa: S108 (of the pods)


@dataclass(frozen=True)
class _Told:
    """Overrides that the chart refuses, and where QHub tells it."""

    overrides: dict[str, Any]
    place: str
    prefect: dict[str, Any] = field(default_factory=lambda: dict(_WORKER))
    secrets: dict[str, Any] = field(default_factory=dict)
    is_rendered: bool = True


@dataclass(frozen=True)
class _Impossible:
    """What no config makes QHub render, and why."""

    reason: str
    prefect: dict[str, Any] = field(default_factory=lambda: dict(_WORKER))
    overrides: dict[str, Any] = field(default_factory=dict)


_REFUSALS: dict[str, tuple[_Told | _Impossible, ...]] = {
    "agentName is empty; name the agent, such as agentName: etl": (
        _Told({}, "prefect.agents[0].name", {**_WORKER, "agents": [{"name": ""}]}),
    ),
    "image is empty; give the agent's image, such as "
    "image: prefecthq/prefect:3.8.8-python3.12-kubernetes": (
        _Told({}, "prefect.image", {**_WORKER, "image": ""}, is_rendered=False),
    ),
    "%s%s is null; remove it, so that its default holds": (
        _Impossible(
            "a null in the overrides is what is not set",
            overrides={"resources": {"limits": None}, "job": {"podSecurityContext": None}},
        ),
    ),
    "api.kind is hosted, which a worker cannot use; set cloud or server, or generation: agent": (
        _Impossible("the kind follows from the generation"),
    ),
    "api.kind is %s, which generation agent cannot use; set hosted": (
        _Impossible("the kind follows from the generation", _AGENT),
    ),
    "api.url is empty; give the address of the Prefect API, "
    "such as http://prefect-server:4200/api": (
        _Told({}, "prefect.api.url", {"api": {"url": ""}}, is_rendered=False),
    ),
    "token.secretName is empty, and Prefect Cloud needs a key; name the Secret that holds it": (
        _Impossible("without a name it is that of PREFECT_TOKEN", {"api": {"url": _CLOUD_URL}}),
    ),
    "token.secretName and api.url are both empty; name the token's Secret, "
    "or the address of an own Prefect 1 server": (
        _Impossible(
            "without an address it is the hosted API, without a name it is PREFECT_TOKEN",
            {"image": "prefecthq/prefect:1.4.1"},
        ),
    ),
    "queues are for generation worker; use labels, or set generation: worker": (
        _Impossible(
            "queues of an agent of Prefect 1 are its labels",
            {**_AGENT, "agents": [{"name": "a", "queues": ["gpu"]}]},
        ),
    ),
    "labels are for generation agent; use queues, or set generation: agent": (
        _Impossible(
            "labels of a worker are its queues",
            overrides={"prefect_agent": {"prefectLabels": ["gpu"]}},
        ),
    ),
    "envVars.%s is set by the chart; remove it and use %s": (
        _Told({"envVars": {"pod_name": "x"}}, "prefect.overrides.envVars.pod_name"),
        _Told(
            {"envVars": {"YAML_TEMPLATE": "x"}}, "prefect.overrides.envVars.YAML_TEMPLATE", _AGENT
        ),
    ),
    "envVars.%s contains '$(', which Kubernetes would expand in the jobs; the worker copies its "
    "own settings there. Write the value without '$('": (
        _Told(
            {"envVars": {"PREFECT_UI_URL": "http://$(HOST)"}},
            "prefect.overrides.envVars.PREFECT_UI_URL",
        ),
    ),
    "secrets.items[%d].name: %s is set by the chart; rename the secret, or use %s": (
        _Told(
            {"secretEnvVars": {"Prefect_Api_Key": _SECRET}},
            "prefect.overrides.secretEnvVars.Prefect_Api_Key",
        ),
        _Told({}, "secrets.NAMESPACE", _AGENT, {"NAMESPACE": _SECRET}),
    ),
    "secrets.items[%d].name: %s is in envVars, too; keep it in one of them": (
        _Told(
            {"envVars": {"S3_KEY": "x"}},
            "prefect.overrides.envVars.S3_KEY",
            secrets={"S3_KEY": _SECRET},
        ),
    ),
    "secrets.items[%d].name: %s stands for the same secret as secrets.items[%d].name; "
    "remove one of them": (
        _Told(
            {"secretEnvVars": {"PREFECT__CONTEXT__SECRETS__A": _SECRET}},
            "prefect.overrides.secretEnvVars.PREFECT__CONTEXT__SECRETS__A",
            _AGENT,
            {"A": {"from_env": "A_KEY"}},
        ),
    ),
    "serviceAccount.name is empty and serviceAccount.create is false; "
    "name the account that the agent uses": (
        _Told({"serviceAccount": {"create": False}}, "prefect.overrides.serviceAccount.create"),
    ),
    "job.serviceAccount.name is %s, the agent's own account, so flows would have its rights; "
    "name another": (
        _Told(
            {"serviceAccount": "flows", "job": {"serviceAccount": {"name": "flows"}}},
            "prefect.overrides.job.serviceAccount.name",
        ),
    ),
    "%sextraVolumes[%d].name: %s is a volume of the chart; choose another name": (
        *(
            _Told(
                {"extraVolumes": [{"name": name, "emptyDir": {}}]},
                "prefect.overrides.extraVolumes[0].name",
            )
            for name in ("tmp", "secrets", "setup")
        ),
        _Told(
            {"job": {"extraVolumes": [{"name": "tmp", "emptyDir": {}}]}},
            "prefect.overrides.job.extraVolumes[0].name",
        ),
    ),
    "%sextraVolumeMounts[%d].mountPath: %s belongs to the chart; choose another folder": (
        *(
            _Told(
                {"extraVolumeMounts": [{"name": "data", "mountPath": folder}]},
                "prefect.overrides.extraVolumeMounts[0].mountPath",
            )
            for folder in (_TMP, f"/{_TMP}/", "/data/../tmp", "/etc/qhub", "/etc/qhub/secrets/x")
        ),
        _Told(
            {"job": {"extraVolumeMounts": [{"name": "data", "mountPath": "/etc/./qhub"}]}},
            "prefect.overrides.job.extraVolumeMounts[0].mountPath",
        ),
    ),
    "%s: %s is set by the chart; remove it": (
        *(
            _Told({"podLabels": {label: "x"}}, f'prefect.overrides.podLabels."{label}"')
            for label in (
                "app.kubernetes.io/name",
                "app.kubernetes.io/instance",
                "app.kubernetes.io/component",
                "qhub.dev/agent",
                "qhub.dev/component",
            )
        ),
        _Told(
            {"job": {"labels": {"qhub.dev/agent": "x"}}},
            'prefect.overrides.job.labels."qhub.dev/agent"',
        ),
    ),
    "job: %s would be replaced by Prefect's own templating; write it without the double braces": (
        _Told(
            {"job": {"annotations": {"note": "of {{ flow }}"}}},
            "prefect.overrides.job.annotations.note",
        ),
        _Told(
            {"job": {"extraVolumes": [{"name": "a", "csi": {"attributes": {"b": "{{c[0]}}"}}}]}},
            "prefect.overrides.job.extraVolumes[0].csi.attributes.b",
        ),
        _Told(
            {"job": {"extraVolumeMounts": [{"name": "a", "mountPath": "/d", "subPath": "{{e}}"}]}},
            "prefect.overrides.job.extraVolumeMounts[0].subPath",
        ),
    ),
}
_TOLD = [
    pytest.param(message, told, id=f"{message[:40]} {index}")
    for message, cases in _REFUSALS.items()
    for index, told in enumerate(cases)
    if isinstance(told, _Told)
]
_IMPOSSIBLE = [
    pytest.param(case, id=message[:40])
    for message, cases in _REFUSALS.items()
    for case in cases
    if isinstance(case, _Impossible)
]


def test_every_refusal_of_the_chart_is_in_the_table() -> None:
    sources = [
        file.read_text(encoding="utf-8")
        for file in sorted(CHART.glob("templates/**/*"))
        if file.is_file()
    ]
    messages = {message for source in sources for message in _CALL.findall(source)}
    calls = sum(len(re.findall(r"\b(?:fail|required) [(\"]", source)) for source in sources)

    assert messages == set(_REFUSALS)
    assert calls == len(messages) > 15


@pytest.mark.parametrize(("message", "case"), _TOLD)
def test_what_the_chart_refuses_is_told_with_its_place(message: str, case: _Told) -> None:
    content = _content(case.prefect, case.overrides, case.secrets)

    checked = check(parse(content, "qhub-config.yaml"))

    assert checked.config is None
    errors = [problem for problem in checked.problems if problem.severity == "error"]
    assert [problem.path for problem in errors] == [case.place]
    if case.is_rendered:
        with pytest.raises(ChartError) as refusal:
            _rendered(content)
        pattern = re.sub(r"%[sd]", ".*", re.escape(message))
        assert re.fullmatch(pattern, _PLACE.split(str(refusal.value))[-1])


@pytest.mark.parametrize("case", _IMPOSSIBLE)
def test_what_cannot_come_about_is_rendered_well(case: _Impossible) -> None:
    content = _content(case.prefect, case.overrides, {})

    checked = check(parse(content, "qhub-config.yaml"))

    assert checked.config is not None
    assert _rendered(yaml.safe_dump(_without_nulls(yaml.safe_load(content))).encode())


@pytest.mark.parametrize("kind", ["envVars", "secretEnvVars", "secrets"])
@pytest.mark.parametrize("generation", ["worker", "agent"])
def test_every_variable_that_the_chart_reserves_is_told(
    generation: str, kind: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    # Of these, QHub takes what is in envVars as the settings that they were to old agents.
    settings = {"IMAGE_PULL_SECRETS", "PREFECT__CLOUD__AGENT__LABELS"}
    names = _reserved()[generation]
    names |= {name.lower() for name in names}
    names -= settings if kind == "envVars" and generation == "agent" else set()
    prefect = {"enabled": True, **(_WORKER if generation == "worker" else _AGENT)}
    data: dict[str, Any] = {"prefect": prefect, "secrets": {}}
    variables = dict.fromkeys(names, "x" if kind == "envVars" else _SECRET)
    if kind == "secrets":
        data["secrets"] = variables
    else:
        prefect["overrides"] = {kind: variables}

    lines = [line for line in told(data) if "QHub sets the environment variable" in line]

    assert len(lines) == len(names) > 20


@pytest.mark.parametrize(
    "overrides",
    [
        {"extraVolumeMounts": [{"name": "a", "mountPath": f"{_TMP}/a"}]},
        {"podLabels": {"app.kubernetes.io/part-of": "orchard"}},
        {"podAnnotations": {"note": "{{ flow }}"}},
        {"job": {"annotations": {"note": "{{ two words }} {{}}"}}},
        {"extraVolumes": ["tmp", {"name": ["tmp"]}], "job": []},
    ],
    ids=["below /tmp", "another label", "annotation of the agent", "no placeholder", "no volumes"],
)
def test_what_the_chart_takes_is_right(
    overrides: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"prefect": {"enabled": True, **_WORKER, "overrides": overrides}}) == []


def test_an_agent_of_prefect_1_replaces_no_placeholder(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    overrides = {"job": {"annotations": {"note": "{{ flow }}"}}}

    assert told({"prefect": {"enabled": True, **_AGENT, "overrides": overrides}}) == []


def _content(prefect: dict[str, Any], overrides: dict[str, Any], secrets: dict[str, Any]) -> bytes:
    block = {"enabled": True, **prefect, "overrides": overrides}
    data = {"project_name": "orchard", "provider": "existing", "prefect": block, "secrets": secrets}
    return yaml.safe_dump(data).encode()


def _rendered(content: bytes) -> list[dict[str, Any]]:
    (agent,) = plan(build(parse(content, "qhub-config.yaml"))).agents
    return template(CHART, "qhub-orchard", "dev", agent_values(agent, project="orchard"))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return value


def _reserved() -> dict[str, set[str]]:
    text = (CHART / "templates" / "_validation.tpl").read_text(encoding="utf-8")
    block = text.partition('define "prefect-agent.reservedNames"')[2].partition("define")[0]
    worker, _, agent = block.partition("{{- else }}")
    return {
        generation: set(re.findall(r"^([A-Z_]+): ", part, re.MULTILINE))
        for generation, part in (("worker", worker), ("agent", agent))
    }
