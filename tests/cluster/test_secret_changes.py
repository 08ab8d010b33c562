"""A secret that changes, here or by hand in the cluster, rolls the agents that read it alone."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.cluster import pods, prefect_server, reading
from tests.cluster.images import image
from tests.cluster.place import Place, place_in
from tests.cluster.reading import Expected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.access import Cluster
    from tests.cluster.prefect_server import Server

# Which agents read which of these: `etl` ONE, `gpu` ONE and TWO, `ops` its credential alone.
VALUES = {"ONE": "planted-one", "TWO": "planted-two", "TF_VAR_ops_auth": "ops:planted"}
AGENTS = ("etl", "gpu", "ops")
TOLD = "its value is not what the cluster holds"
GONE = "it is gone from the cluster"


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

    def said(self, *arguments: str, status: int) -> str:
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


@pytest.fixture(scope="module")
def town(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    namespace = f"change-{secrets.token_hex(3)}"
    pods.make_namespace(cluster, namespace)
    server = prefect_server.start(cluster, namespace)
    reading.lay_out(cluster, namespace)
    place = place_in(
        tmp_path_factory.mktemp("changes"),
        cluster,
        namespace,
        prefect={
            "enabled": True,
            "image": image("flow"),
            "api": {"url": server.url},
            "overrides": reading.OVERRIDES,
            "agents": [
                {"name": "etl", "secrets": ["ONE"]},
                {"name": "gpu", "secrets": ["ONE", "TWO"]},
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
    place.run("deploy")
    yield Town(place, server)
    pods.remove(cluster, "namespace", namespace)


def test_a_new_value_rolls_its_readers_and_the_next_run_has_it(town: Town) -> None:
    before = town.pods()
    town.place.environment["ONE"] = "planted-new"

    assert town.differing() == {("etl", "ONE", "differs"), ("gpu", "ONE", "differs")}
    assert town.planned() == {
        'kubernetes_secret_v1.flow["etl"]': TOLD,
        'kubernetes_secret_v1.flow["gpu"]': TOLD,
        'helm_release.agent["etl"]': "a secret that its flows read",
        'helm_release.agent["gpu"]': "a secret that its flows read",
    }
    town.place.run("deploy")

    assert town.rolled(before) == {"etl", "gpu"}
    one = {"ONE": "planted-new"}
    two = {**one, "TWO": town.place.environment["TWO"]}
    reading.read_by(town.server, {"etl": Expected(one, one), "gpu": Expected(two, two)})


def test_what_somebody_changed_or_deleted_in_the_cluster_is_told_and_healed(town: Town) -> None:
    before = town.pods()
    cluster, namespace = town.place.cluster, town.place.namespace
    patch = json.dumps({"stringData": {"TWO": "planted-by-hand"}})
    cluster.kubectl("patch", "secret", "qhub-gpu-flow", "-n", namespace, f"--patch={patch}")
    pods.remove(cluster, "secret", "qhub-ops-token", namespace)

    assert town.differing() == {("gpu", "TWO", "differs"), ("ops", "OPS", "absent")}
    assert "qhub-ops-token" in town.said("status", status=4)
    assert town.planned() == {
        'kubernetes_secret_v1.flow["gpu"]': TOLD,
        'kubernetes_secret_v1.token["ops"]': GONE,
        'helm_release.agent["gpu"]': "a secret that its flows read",
        'helm_release.agent["ops"]': "its credential",
    }
    town.place.run("deploy")

    assert town.rolled(before) == {"gpu", "ops"}
    town.said("plan", "--detailed-exitcode", status=0)
    values = {name: town.place.environment[name] for name in ("ONE", "TWO")}
    assert town.place.secret("qhub-gpu-flow") == {
        name: value.encode() for name, value in values.items()
    }
    assert town.place.secret("qhub-ops-token") == {"token": b"ops:planted"}
    assert all(s["well"] for s in town.place.report("secrets", "check")["secrets"])
    reading.read_by(town.server, {"gpu": Expected(values, values)})


def test_nothing_rolls_where_nothing_changed(town: Town) -> None:
    before = town.pods()
    assert town.place.report("deploy")["unchanged"]
    assert town.rolled(before) == set()
