"""A platform that runs, and what changes: its status, and which agents roll for what.

A secret changes here, or somebody changes or deletes in the cluster what `qhub` made: it is told,
and the next deploy heals it and rolls the agents that it is about alone. With provider `local`,
whose namespace QHub makes itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import qhub
from tests.cluster import pods, prefect_server, reading
from tests.cluster.images import image
from tests.cluster.place import Place, new_namespace, own_namespace, place_in
from tests.cluster.reading import Expected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.access import Cluster
    from tests.cluster.prefect_server import Server

AUTH = "qhub:planted-auth"
# Which agents read which of these: `etl` ONE, `gpu` ONE and TWO, `ops` its credential alone.
VALUES = {
    "ONE": "planted-one",
    "TWO": "planted-two",
    "TF_VAR_prefect_token": AUTH,
    "TF_VAR_ops_auth": AUTH,
}
AGENTS = ("etl", "gpu", "ops")
TOLD = "its value is not what the cluster holds"
GONE = "it is gone from the cluster"
EDITED = "somebody changed in the cluster what it had made"
MEND = "run `qhub deploy`: it makes it again as the config has it"


@dataclass(frozen=True, slots=True)
class Town:
    """Three agents and their server."""

    place: Place
    server: Server

    def pods(self) -> dict[str, set[str]]:
        """Return the pods of each agent that are to stay, by the ids that no other pod gets."""
        found: dict[str, set[str]] = {agent: set() for agent in AGENTS}
        for item in self.place.items("pods", "app.kubernetes.io/component=agent"):
            if "deletionTimestamp" not in item["metadata"]:
                release = item["metadata"]["labels"]["app.kubernetes.io/instance"]
                found[release.removeprefix("qhub-")].add(item["metadata"]["uid"])
        return found

    def rolled(self, before: dict[str, set[str]]) -> set[str]:
        """Return the agents none of whose pods is of before; the others have theirs still."""
        now = self.pods()
        assert all(now.values())
        assert all(now[agent] in (before[agent], now[agent] - before[agent]) for agent in AGENTS)
        return {agent for agent in AGENTS if now[agent] != before[agent]}

    def said(self, *arguments: str, status: int = 0) -> str:
        """Return what `qhub` says, which is never a value."""
        done = self.place.attempt(*arguments)
        assert done.returncode == status, done.stdout + done.stderr
        assert "planted" not in done.stdout + done.stderr
        return done.stdout

    def differing(self) -> set[tuple[str, str, str]]:
        """Return what `qhub secrets check` complains of: agent, name and how it is."""
        told = self.said("secrets", "check", status=4)
        found = json.loads(self.said("secrets", "check", "--output", "json", status=4))["secrets"]
        wrong = {(s["agent"], s["name"], s["in_cluster"]) for s in found if not s["well"]}
        states = ("another value there", "not there")
        assert sum(line.endswith(states) for line in told.splitlines()) == len(wrong)
        return wrong

    def planned(self) -> dict[str, str]:
        """Return why each object changes, by what a person reads: a line for each."""
        told = self.said("plan", "--detailed-exitcode", status=4)
        changes = [line.split(maxsplit=2) for line in told.splitlines() if '["' in line]
        return {address: why.strip("()") for _action, address, why in changes}

    def healthy(self) -> dict[str, Any]:
        """Return the status as soon as nothing is wrong: heartbeats come after pods are ready."""
        project = qhub.load(self.place.folder)
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("KUBECONFIG", str(self.place.cluster.kubeconfig))
            pods.until(lambda: project.status().healthy, "the status is healthy", pause=1)
        found: dict[str, Any] = self.place.report("status")
        return found


@pytest.fixture(scope="module")
def town(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with new_namespace(cluster) as beside, own_namespace(cluster, f"{beside}-own") as namespace:
        server = prefect_server.start(cluster, beside, auth=AUTH)
        place = place_in(
            tmp_path_factory.mktemp("changes"),
            cluster,
            namespace,
            provider="local",
            existing=None,
            local={"kube_context": cluster.context},
            prefect={
                "enabled": True,
                "image": image("flow"),
                "api": {"url": server.url, "token": "PREFECT_TOKEN"},
                "overrides": {
                    **reading.OVERRIDES,
                    "envVars": {"LEVEL": "INFO"},
                    "terminationGracePeriodSeconds": 5,
                },
                "agents": [
                    {"name": "etl", "secrets": ["ONE"]},
                    {"name": "gpu", "queues": ["gpu", "b"], "secrets": ["ONE", "TWO"]},
                    {"name": "ops", "secrets": [], "token": "OPS"},
                ],
            },
            secrets={
                "ONE": {"from_env": "ONE"},
                "TWO": {"from_env": "TWO"},
                "OPS": {"from_env": "TF_VAR_ops_auth"},
            },
        )
        place.environment.update(VALUES)
        absent = place.report("status", status=4)
        assert (absent["deployed"], absent["healthy"]) == (False, False)
        place.run("deploy", "--yes")
        workers = [f"/work_pools/{agent}/workers/filter" for agent in AGENTS]
        pods.until(lambda: all(map(server.every, workers)), "each agent is heard of", pause=0.5)
        yield Town(place, server)


def test_the_namespace_is_qhubs_own_and_restricted(town: Town) -> None:
    place = town.place
    labels = pods.get(place.cluster, "", "namespace", place.namespace)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["app.kubernetes.io/managed-by"] == "qhub"


def test_the_status_of_agents_and_secrets_that_are_well(town: Town) -> None:
    found = town.healthy()
    assert found["namespace"] == town.place.namespace
    agents = {one["name"]: one for one in found["agents"]}
    assert {name: one["takes"] for name, one in agents.items()} == {
        "etl": [],
        "gpu": ["gpu", "b"],
        "ops": [],
    }
    for one in agents.values():
        assert (one["state"], one["ready"], one["wanted"]) == ("running", 1, 1)
        assert (one["restarts"], one["runs"], one["image"]) == (0, 0, image("flow"))
        assert len(one["pods"]) == 1
        if town.server.own_url == town.server.url:  # else it is out of reach from here
            age = datetime.now(UTC) - datetime.fromisoformat(one["heartbeat"])
            assert age < timedelta(minutes=3)
    secrets = {one["name"]: one for one in found["secrets"]}
    assert {name: (one["there"], one["keys"], one["agents"]) for name, one in secrets.items()} == {
        "qhub-etl-token": (True, ["token"], ["etl"]),
        "qhub-etl-flow": (True, ["ONE"], ["etl"]),
        "qhub-gpu-token": (True, ["token"], ["gpu"]),
        "qhub-gpu-flow": (True, ["ONE", "TWO"], ["gpu"]),
        "qhub-ops-token": (True, ["token"], ["ops"]),
    }
    assert town.said("status").splitlines()[-1] == "healthy"


def test_the_logs_of_an_agent_begin_with_its_set_up(town: Town) -> None:
    place = town.place

    def told() -> list[str]:
        return [one["text"] for one in place.report("logs", "agent/gpu")["lines"]]

    def is_started() -> bool:
        return any("Worker 'qhub-gpu-" in line and "started" in line for line in told())

    pods.until(is_started, "its log says that it started", pause=1)
    assert "work pool 'gpu': created" in told()
    assert "nothing" not in place.run("logs", "agent/etl")
    said = place.run("logs", "agent/gpo", status=3)
    assert "did you mean" in said


def test_a_new_value_rolls_its_readers_and_the_next_run_has_it(town: Town) -> None:
    place, before = town.place, town.pods()
    place.environment["ONE"] = "planted-new"

    assert town.differing() == {("etl", "ONE", "differs"), ("gpu", "ONE", "differs")}
    assert town.planned() == {
        'kubernetes_secret_v1.flow["etl"]': TOLD,
        'kubernetes_secret_v1.flow["gpu"]': TOLD,
        'helm_release.agent["etl"]': "a secret that its flows read",
        'helm_release.agent["gpu"]': "a secret that its flows read",
    }
    place.run("deploy", "--yes")

    assert town.rolled(before) == {"etl", "gpu"}
    assert place.secret("qhub-gpu-flow") == {"ONE": b"planted-new", "TWO": b"planted-two"}
    one = {"ONE": "planted-new"}
    reading.lay_out(place.cluster, place.namespace)
    reading.read_by(town.server, {"etl": Expected(one, one)})


def test_what_was_changed_or_deleted_by_hand_is_told_and_mended_by_the_next_deploy(
    town: Town,
) -> None:
    place, before = town.place, town.pods()
    cluster, where = place.cluster, place.namespace
    by_hand = {
        "name": "agent",
        "env": [{"name": "ADDED", "value": "by-hand"}],
        "resources": {"requests": {"cpu": "999"}},  # which no node has: it never runs
    }
    template = {"spec": {"containers": [by_hand]}}
    _patch(place, "deployment/qhub-etl", {"spec": {"template": template}})
    _patch(place, "configmap/qhub-etl-env", {"data": {"LEVEL": "DEBUG"}})
    pods.remove(cluster, "rolebinding", "qhub-etl", where)
    pods.remove(cluster, "secret", "qhub-ops-token", where)
    cluster.kubectl("delete", "deployment/qhub-ops", "--cascade=foreground", "-n", where)

    status = json.loads(town.said("status", "--output", "json", status=4))
    found = {one["message"]: (one["part"], one["hint"]) for one in status["problems"]}
    container = "spec.template.spec.containers[0]"
    changed = f"{container}.env, {container}.resources.requests.cpu"
    assert found["configmap/qhub-etl-env was changed by hand (data.LEVEL)"] == ("agent/etl", MEND)
    assert found[f"deployment/qhub-etl was changed by hand ({changed})"] == ("agent/etl", MEND)
    assert found["rolebinding/qhub-etl was deleted"] == ("agent/etl", MEND)
    assert "agent/gpu" not in {part for part, _ in found.values()}
    told = ("secret/qhub-ops-token", "run `qhub deploy`: it writes it again")
    assert found["it is not there; read by ops"] == told
    assert {one["name"]: one["state"] for one in status["agents"]}["ops"] == "absent"
    assert {one["name"]: one["missing"] for one in status["secrets"]}["qhub-ops-token"] == ["token"]
    assert town.differing() == {("ops", "OPS", "absent")}
    planned = {
        'kubernetes_secret_v1.token["ops"]': GONE,
        'helm_release.agent["etl"]': EDITED,
        'helm_release.agent["ops"]': f"{EDITED}; its credential",
    }
    assert town.planned() == planned
    done = place.report("deploy", "--yes")
    assert {one["address"] for one in done["stages"][0]["changes"]} == planned.keys()

    town.healthy()
    assert town.rolled(before) == {"ops"}, "nobody touched gpu; what was changed of etl never ran"
    assert place.secret("qhub-ops-token") == {"token": AUTH.encode()}
    assert all(one["well"] for one in place.report("secrets", "check")["secrets"])
    maps = {one["metadata"]["name"]: one["data"] for one in place.items("configmaps")}
    assert maps["qhub-etl-env"]["LEVEL"] == "INFO"
    spec = pods.get(cluster, where, "deployment", "qhub-etl")["spec"]["template"]["spec"]
    assert "ADDED" not in {entry["name"] for entry in spec["containers"][0]["env"]}


def test_nothing_rolls_where_nothing_changed(town: Town) -> None:
    before = town.pods()
    town.said("plan", "--detailed-exitcode")
    assert town.place.report("deploy", "--yes")["unchanged"] is True
    assert town.rolled(before) == set()


def test_destroy_removes_the_namespace_that_qhub_made(town: Town) -> None:
    place = town.place
    place.run("destroy", "--confirm", "pipelines")
    assert place.report("status", status=4)["deployed"] is False


def _patch(place: Place, what: str, patch: dict[str, Any]) -> None:
    place.cluster.kubectl(
        "patch", what, "--namespace", place.namespace, f"--patch={json.dumps(patch)}"
    )
