"""The real agents of Prefect 0.14 and 1.4 on a real Kubernetes, from the config to the flow."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.old_agents import (
    CONTROL,
    ENV_VARS,
    SECRETS,
    TOKENS,
    VERSIONS,
    Old,
    deployed,
)
from tests.cluster.pods import until
from tests.full.leaks import Search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.access import Cluster
    from tests.cluster.bed.place import Place as Bed

RESTART_SECONDS = 120
# The config that has two agents; it is the first one, so that its test comes after those that both
# configs have.
TWO_AGENTS = pytest.mark.parametrize("old", ["1.4.1"], indirect=True, scope="module")


@pytest.fixture(scope="module", params=VERSIONS)
def old(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Old]:
    """The agents of each version in turn, one of which has taken a run."""
    folder = tmp_path_factory.mktemp("old")
    with deployed(VERSIONS[request.param], folder, cluster) as made:
        yield made


def test_the_agents_authenticate_and_register_name_and_labels(old: Old) -> None:
    assert {(one.name, one.type, one.labels, one.token) for one in old.api.agents} == {
        (name, "KubernetesAgent", labels, TOKENS[name])
        for name, labels in old.version.labels.items()
    }
    assert old.api.refused == []


def test_the_run_succeeds(old: Old) -> None:
    assert old.run.states == ["Submitted", "Running", "Success"], old.logs
    assert (old.told["prefect"], old.told["python"]) == (old.version.number, old.version.python)


def test_the_job_and_its_pod_have_every_override(old: Old) -> None:
    pods = [old.job["spec"]["template"]["spec"], old.pod["spec"]]
    for pod in pods:
        [flow] = pod["containers"]
        assert flow["image"] == old.image
        assert flow["imagePullPolicy"] == "Always"
        assert flow["resources"] == {
            "requests": {"cpu": "150m", "memory": "192Mi"},
            "limits": {"cpu": "1", "memory": "512Mi"},
        }
        assert pod["imagePullSecrets"] == [{"name": "regcred"}, {"name": "mirror"}]
        assert flow["envFrom"] == [{"configMapRef": {"name": f"qhub-{old.agent}-env"}}]
        assert pod["serviceAccountName"] == f"qhub-{old.agent}-job"
        assert pod["automountServiceAccountToken"] is False
    assert old.job["spec"]["ttlSecondsAfterFinished"] == 86400


def test_the_container_sees_every_value_byte_for_byte(old: Old) -> None:
    labels = str(list(old.version.labels[old.agent]))
    wanted = {
        **ENV_VARS,
        **{name: SECRETS[secret] for name, secret in old.version.variables.items()},
        "CONTROL": CONTROL,
        "PREFECT__CLOUD__AUTH_TOKEN": TOKENS[old.agent],
    }
    found = old.told["environ"]
    assert {name: found.get(name) for name in wanted} == _digests(wanted)
    # Each version turns the labels into text in its own way.
    assert (
        found["PREFECT__CLOUD__AGENT__LABELS"]
        in _digests({"list": labels, "json": json.dumps(ast.literal_eval(labels))}).values()
    )
    files = {name: SECRETS[secret] for name, secret in old.version.variables.items()}
    assert old.told["files"] == _digests(files)
    assert (old.told["writable"], old.told["user"]) == (False, 10001)


def test_prefects_own_secrets_are_the_values(old: Old) -> None:
    values: dict[str, Any] = {
        "GCP_CREDENTIALS": json.loads(SECRETS["GCP_CREDENTIALS"]),
        "DATABASE": json.loads(SECRETS["DATABASE"]),
        "PASSWORD": SECRETS["PASSWORD"],
    }
    texts = {name: json.dumps(value, sort_keys=True) for name, value in values.items()}
    assert old.told["mappings"] == ["DATABASE", "GCP_CREDENTIALS"]
    assert old.told["secrets"] == _digests(texts)


def test_the_token_is_in_the_job_by_reference_only(old: Old) -> None:
    [flow] = old.job["spec"]["template"]["spec"]["containers"]
    entries = {entry["name"]: entry for entry in flow["env"]}
    token = {"name": f"qhub-{old.agent}-token", "key": "token"}
    assert entries["PREFECT__CLOUD__AUTH_TOKEN"]["valueFrom"]["secretKeyRef"] == token
    assert "value" not in entries["PREFECT__CLOUD__AUTH_TOKEN"]


def test_a_secret_is_in_its_own_secret_and_nowhere_else(old: Old) -> None:
    texts = {**SECRETS, "token": TOKENS[old.agent], "control": CONTROL}
    escaped = {name: json.dumps(text)[1:-1] for name, text in texts.items()}
    search = Search({**texts, **{f"{name}, escaped": text for name, text in escaped.items()}})
    kinds = "jobs,pods,configmaps,deployments,replicasets,secrets,events"
    items = [*old.place.items(kinds), old.job, old.pod]
    for item in items:
        where = f"{item['kind']}/{item['metadata']['name']}"
        for text in _texts(item):
            search.bytes(item["kind"], where, text.encode())
    search.bytes("log", "flow", old.logs.encode())
    for agent in old.version.labels:
        log = old.kubectl("logs", f"deployment/qhub-{agent}")
        assert "Waiting for flow runs" in log
        assert "Forbidden" not in log
        search.bytes("log", agent, log.encode())
    for request in old.api.asked.requests:
        search.bytes("asked", "api", json.dumps(request.body).encode())

    found = {(place.text.partition(",")[0], place.where) for place in search.found}
    readers = list(old.version.labels)
    assert found == {
        *((name, f"Secret/qhub-{agent}-flow") for name in SECRETS for agent in readers),
        ("token", f"Secret/qhub-{old.agent}-token"),
        ("control", f"Job/{old.job['metadata']['name']}"),
        ("control", f"Pod/{old.pod['metadata']['name']}"),
    }
    assert search.looked["asked"] > 20
    assert {"Job", "Pod", "ConfigMap", "Deployment", "Secret", "log"} < set(search.looked)
    assert any(item.get("type") == "helm.sh/release.v1" for item in items)


def test_qhub_says_that_they_run(old: Old) -> None:
    agents = old.place.report("status")["agents"]
    assert [(one["name"], one["state"], tuple(one["takes"])) for one in agents] == [
        (name, "running", labels) for name, labels in old.version.labels.items()
    ]
    assert old.place.report("deploy", "--yes")["unchanged"]


def test_an_agent_that_hangs_or_is_killed_starts_again(old: Old, bed: Bed) -> None:  # noqa: ARG001
    hangs = old.version.number == "1.4.1"  # that one is probed often
    [pod] = old.pods(old.agent)
    before = len(_starts(old, old.agent))
    os.kill(_process(pod), signal.SIGSTOP if hangs else signal.SIGKILL)
    assert _ended(old, old.agent, pod)["exitCode"] == 128 + signal.SIGKILL
    until(lambda: len(_starts(old, old.agent)) > before, "it registers again")
    assert _starts(old, old.agent)[-1] == _starts(old, old.agent)[0]
    if hangs:
        assert any(
            event["reason"] == "Unhealthy" and "Liveness probe failed" in event["message"]
            for event in old.place.items("events")
            if event["involvedObject"]["name"] == pod["metadata"]["name"]
        )
    if old.version.number == "0.14.22":  # the others keep finished Jobs
        until(lambda: not old.place.items("jobs"), "it deletes the finished Job", pause=1)


def test_an_agent_that_is_told_to_stop_ends_well(old: Old) -> None:
    agent = next(iter(old.version.labels))
    [pod] = old.pods(agent)
    old.kubectl("exec", pod["metadata"]["name"], "--", "sh", "-c", "kill -TERM 1")
    ended = _ended(old, agent, pod)
    assert (ended["exitCode"], ended["reason"]) == (0, "Completed")


@TWO_AGENTS
def test_a_changed_token_rolls_its_agent_alone_and_a_wrong_one_is_told(old: Old) -> None:
    day, night = old.pods("day"), old.pods("night")
    wrong = {"TF_VAR_day_token": "planted-wrong-token-of-day"}
    failed = old.place.run("deploy", "--yes", status=3, more=wrong)
    assert "planted-wrong-token-of-day" in old.api.refused
    assert "qhub-day" in failed
    assert "Prefect's API refuses the token" in failed
    assert "planted-wrong-token-of-day" not in failed

    new = {"TF_VAR_day_token": "planted-new-token-of-day"}
    old.api.tokens.add("planted-new-token-of-day")
    old.place.run("deploy", "--yes", more=new)
    told = {one.labels for one in old.api.agents if one.token == "planted-new-token-of-day"}  # noqa: S105
    assert told == {old.version.labels["day"]}
    [rolled] = until(lambda: len(found := old.pods("day")) == 1 and found, "one pod is left") or []
    assert rolled["metadata"]["uid"] != day[0]["metadata"]["uid"]
    assert [one["metadata"]["uid"] for one in old.pods("night")] == [night[0]["metadata"]["uid"]]
    assert old.place.report("deploy", "--yes", more=new)["unchanged"]


def _digests(texts: dict[str, str]) -> dict[str, str]:
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


def _texts(value: Any) -> Iterator[str]:
    """Yield every text of an object as it is, not as JSON writes it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _starts(old: Old, agent: str) -> list[object]:
    return [one for one in old.api.agents if one.name == agent]


def _process(pod: dict[str, Any]) -> int:
    """Return the id of the agent's process, as this machine counts."""
    uid = pod["metadata"]["uid"]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if uid not in (process / "cgroup").read_text():
                continue
            if b"legacy_agent.py" in (process / "cmdline").read_bytes():
                return int(process.name)
        except OSError:  # it ended
            continue
    raise AssertionError(f"no process of pod {pod['metadata']['name']}")


def _ended(old: Old, agent: str, pod: dict[str, Any]) -> dict[str, Any]:
    """Wait until the container that a pod had has ended; return how."""
    former = pod["status"]["containerStatuses"][0]["containerID"]

    def look() -> dict[str, Any]:
        [now] = old.pods(agent)
        status = now["status"]["containerStatuses"][0]
        states = [status[key].get("terminated", {}) for key in ("state", "lastState")]
        return next((one for one in states if one.get("containerID") == former), {})

    return until(look, f"{agent} ends", seconds=RESTART_SECONDS, pause=0.5)
