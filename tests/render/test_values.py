"""An agent's values: named as in the chart, and every text exactly as the user wrote it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qhub.render.serialise import as_yaml
from qhub.render.values import agent_values
from tests.helm.engine import CHARTS, template
from tests.platform.planned import agents
from tests.render.rendered import CLUSTER_EXAMPLES, example_bundle, json_of, values_of

if TYPE_CHECKING:
    from pathlib import Path

# What one YAML reader or the other takes for something else when it stands there bare.
TRAPS = (
    *("", " ", "~", "null", "Null", "true", "TRUE", "yes", "No", "on", "OFF", "y", "n", "Y", "N"),
    *("1", "1.5", "1e3", "1E3", "0o7", "0x1F", "0b1", "1_000", "007", "-0", "+1", ".5", "5."),
    *(".inf", "-.INF", ".nan", "inf", "nan", "2026-01-01", "12:30:45", "1:2", "=", "<<", "!x"),
    *("&a", "*a", "@a", "`a`", "%a", "- a", "? a", "a: b", "a:", "a #b", "#a", "[a]", "{a: b}"),
    *("'a'", '"a"', "a'b", 'a"b', "\\n", "a\\", "|", ">", "---", "...", "a\nb", "\n", "a\n", "\ta"),
    *("{{ .Values.x }}", "${var.x}", "%{ if true }", "$(HOME)", "$$", "a\rb", "\u0085", "\u2028"),
    *("\ufeffa", "\x07", "\x7f", "ü", "\U0001f600", "x" * 300, "x " * 300, "e3", "Infinity"),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def test_an_agent_with_everything_is_values_of_the_chart() -> None:
    made = agents(
        prefect={
            "api": {"url": "https://prefect.example/api", "token": "AUTH"},
            "overrides": {
                "envVars": {"A": "1"},
                "prefect_agent": {
                    "job": {"imagePullSecrets": ["regcred"], "imagePullPolicy": "Always"}
                },
            },
            "agents": [
                {
                    "name": "gpu",
                    "image": "team/cuda:3.8.8",
                    "queues": ["gpu"],
                    "profile": "gpu",
                    "overrides": {"replicas": 2, "job": {"nodeSelector": {"zone": "a"}}},
                }
            ],
        },
        default_images={"flow": "team/flow:1"},
        secrets={
            "AUTH": {"from_env": "TF_VAR_auth"},
            "S3": {"from_env": "TF_VAR_s3"},
            "SSH": {"existing_secret": "ssh", "key": "id"},
        },
        profiles={"flow_run": {"gpu": {"cpu": 4, "memory": "16Gi", "gpus": 1, "node_pool": "gpu"}}},
        existing={"node_selectors": {"gpu": {"key": "pool", "value": "gpu", "gpus": 1}}},
    )

    assert agent_values(made["gpu"], project="pipelines") == {
        "generation": "worker",
        "agentName": "gpu",
        "project": "pipelines",
        "image": "team/cuda:3.8.8",
        "jobImage": "team/flow:1",
        "api": {"kind": "server", "url": "https://prefect.example/api"},
        "token": {"secretName": "qhub-gpu-token", "key": "token"},
        "queues": ["gpu"],
        "labels": [],
        "secrets": {
            "items": [
                {"name": "S3", "secretName": "qhub-gpu-flow", "key": "S3"},
                {"name": "SSH", "secretName": "ssh", "key": "id"},
            ]
        },
        "envVars": {"A": "1"},
        "job": {
            "resources": {
                "requests": {"cpu": "4", "memory": "16Gi"},
                "limits": {"cpu": "4", "memory": "16Gi"},
            },
            "imagePullSecrets": ["regcred"],
            "imagePullPolicy": "Always",
            "gpus": 1,
            "nodeSelector": {"pool": "gpu", "zone": "a"},
            "tolerations": [
                {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
            ],
        },
        "replicas": 2,
    }


def test_what_nobody_said_is_left_to_the_chart() -> None:
    (agent,) = agents(prefect={}).values()

    values = agent_values(agent, project="pipelines")
    assert values["job"] == {}
    assert values["token"] == {"secretName": "", "key": "token"}
    assert "nodeSelector" not in values


def test_what_is_published_is_text_because_helm_takes_nulls_out_of_values() -> None:
    (agent,) = agents(prefect={}).values()
    value = {"version": 1, "gateway": None, "storage": "s3://b/ü"}

    values = agent_values(agent, project="pipelines", published={"qhub_platform": value})
    assert json.loads(values["published"]["qhub_platform"]) == value
    assert "published" not in agent_values(agent, project="pipelines")


def test_a_user_who_says_nothing_is_wanted_there_gets_nothing() -> None:
    (agent,) = agents(
        prefect={
            "overrides": {"prefect_agent": {"job": {"imagePullSecrets": ["a"]}}},
            "agents": [
                {"name": "x", "overrides": {"prefect_agent": {"job": {"imagePullSecrets": []}}}}
            ],
        }
    ).values()

    assert "imagePullSecrets" not in agent_values(agent, project="pipelines")["job"]


@pytest.mark.parametrize("text", TRAPS, ids=ascii)
def test_text_that_yaml_readers_disagree_on_stays_text(text: str) -> None:
    assert read_twice({"key": text, "list": [text]}) == {"key": text, "list": [text]}
    assert read_twice({"map": {text: text}}) == {"map": {text: text}}


@given(st.dictionaries(TEXT, TEXT), st.lists(TEXT))
def test_any_text_survives_into_the_values(env_vars: dict[str, str], labels: list[str]) -> None:
    (agent,) = agents(prefect={"image": "prefecthq/prefect:0.14.22-python3.8"}).values()
    agent = replace(agent, env_vars=env_vars, labels=tuple(labels))

    values = read_twice(agent_values(agent, project="pipelines"))
    assert values["envVars"] == env_vars
    assert values["labels"] == labels


def test_numbers_and_switches_stay_what_they_are() -> None:
    value: dict[str, Any] = {"a": 1, "b": 1.5, "c": True, "d": None, "e": [], "f": {}}

    assert read_twice(value) == value


def test_shared_parts_are_written_out() -> None:
    shared = {"tier": "cpu"}

    assert as_yaml({"one": shared, "two": shared}) == b"one:\n  tier: cpu\ntwo:\n  tier: cpu\n"


@pytest.mark.parametrize("example", CLUSTER_EXAMPLES, ids=lambda path: path.stem)
def test_the_chart_takes_the_values_of_every_example(example: Path) -> None:
    files = example_bundle(example)
    agents_of_example = json_of(files, "terraform.tfvars.json")["agents"]

    assert agents_of_example
    for name in agents_of_example:
        objects = template(CHARTS / "prefect-agent", f"qhub-{name}", "dev", values_of(files, name))
        assert "Deployment" in {made["kind"] for made in objects}


def read_twice(values: dict[str, Any]) -> Any:
    """Return values as PyYAML reads what is written, after Helm's own reader agreed."""
    import helm_python

    written = as_yaml(values).decode()
    read = yaml.safe_load(written)
    assert helm_python.values_from_yaml(written) == read
    return read
