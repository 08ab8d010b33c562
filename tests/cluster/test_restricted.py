"""Agents and flow runs where Pod Security `restricted` is enforced, and who can reach them."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cluster import pods, prefect_server, reading
from tests.cluster.images import image
from tests.cluster.place import STAGE, Place, place_in
from tests.cluster.reading import Expected
from tests.terraform.test_checkov import BAD_POD, BAD_TERRAFORM, SKIPPED, scan, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.access import Cluster
    from tests.cluster.prefect_server import Server

REPLICAS = {"open": 1, "shut": 2}
HEALTH, WEB = 8080, 8000
S3 = {"S3": "a value"}
OURS = ("app.kubernetes.io/name", "qhub.dev/agent")
KINDS = (
    "configmaps,deployments,jobs,networkpolicies,poddisruptionbudgets,"
    "rolebindings,roles,serviceaccounts"
)
# What is not so in a Job for the same reasons as in its agent: a version instead of a digest, no
# pull at every run, secrets in the environment.
OF_JOBS = ("CKV_K8S_15", "CKV_K8S_35", "CKV_K8S_43")
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"


@dataclass(frozen=True, slots=True)
class Town:
    """Two agents in a restricted namespace with a friend; their server, a web page, an outsider.

    `open` has the chart's own NetworkPolicies. `shut` has two pods, whose health the friend may
    ask, and which reach the names' server, the cluster's API and Prefect's, no more.
    """

    place: Place
    server: Server
    friend: str
    outsider: str

    def agents(self, name: str) -> list[str]:
        """Return the addresses of an agent's pods."""
        selector = f"app.kubernetes.io/instance=qhub-{name},app.kubernetes.io/component=agent"
        found = self.place.items("pods", selector)
        assert len(found) == REPLICAS[name]
        return [item["status"]["podIP"] for item in found]

    def reaches(self, who: str, address: str, port: int) -> bool:
        """Return whether a pod (namespace/name, or deploy/name of an agent) can connect."""
        if who.startswith("deploy/"):
            pod, where = who, self.place.namespace
            program: tuple[str, ...] = ("python", "-c", CONNECT, address, str(port))
        else:
            where, _, pod = who.partition("/")
            program = ("/probe", "connect", f"{address}:{port}")
        try:
            self.place.cluster.kubectl("exec", pod, "--namespace", where, "--", *program)
        except AssertionError:
            return False
        return True

    def ours(self) -> list[dict[str, Any]]:
        """Return the objects that QHub and its agents have made, without what the server adds."""
        found = [
            {key: value for key, value in item.items() if key != "status"}
            for item in self.place.items(KINDS)
            if any(label in (item["metadata"].get("labels") or {}) for label in OURS)
        ]
        kinds = {item["kind"] for item in found}
        assert len(kinds) == len(KINDS.split(",")), kinds
        return found


@pytest.fixture(scope="module")
def town(cluster: Cluster, probe: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    tight, away = (f"{name}-{secrets.token_hex(3)}" for name in ("tight", "away"))
    modes = [f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "audit", "warn")]
    pods.make_namespace(cluster, tight, dict.fromkeys(modes, "restricted"))
    pods.make_namespace(cluster, away)
    pods.start(cluster, tight, pods.pod("friend", probe, "sleep"))
    web = pods.pod("web", probe, "serve", str(WEB), "text")
    pods.start(cluster, away, pods.pod("outsider", probe, "sleep"), web)
    server = prefect_server.start(cluster, away)
    reading.lay_out(cluster, tight)
    # How much a run gets is said by the profile.
    job = {key: part for key, part in reading.OVERRIDES["job"].items() if key != "resources"}
    place = place_in(
        tmp_path_factory.mktemp("restricted"),
        cluster,
        tight,
        prefect={
            "enabled": True,
            "image": image("flow"),
            "api": {"url": f"http://{prefect_server.NAME}.{away}.svc.cluster.local:4200/api"},
            "overrides": {**reading.OVERRIDES, "job": job, "envVars": {"TEAM": "data"}},
            "agents": [{"name": "open"}, {"name": "shut", "overrides": _shut(away)}],
        },
        secrets={"S3": {"from_env": "S3"}},
        profiles={"flow_run": {"small": {"cpu": "50m", "memory": "512Mi", "default": True}}},
    )
    place.environment.update(S3)
    place.run("deploy")
    yield Town(place, server, f"{tight}/friend", f"{away}/outsider")
    for name in (tight, away):
        pods.remove(cluster, "namespace", name)


def _shut(away: str) -> dict[str, Any]:
    label = {"kubernetes.io/metadata.name": away}
    rules = [
        {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]},
        {"ports": [{"port": 443}, {"port": 6443}]},
        {"to": [{"namespaceSelector": {"matchLabels": label}}], "ports": [{"port": 4200}]},
    ]
    friend = {"podSelector": {"matchLabels": {"app": "friend"}}}
    egress = {"enabled": True, "rules": rules}
    return {"replicas": 2, "networkPolicy": {"healthFrom": [friend], "egress": egress}}


def test_agents_and_flow_runs_are_admitted_and_end_well(town: Town) -> None:
    reading.read_by(town.server, {name: Expected(S3, S3) for name in REPLICAS})

    jobs = town.place.items("jobs")
    assert {job["metadata"]["labels"]["qhub.dev/agent"] for job in jobs} == {
        f"qhub-{name}" for name in REPLICAS
    }
    reasons = {event["reason"] for event in town.place.items("events")}
    assert "SuccessfulCreate" in reasons
    assert not reasons & {"FailedCreate", "BackOff"}
    loose = pods.pod("loose", "loose:1")
    del loose["spec"]["containers"][0]["securityContext"]
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        pods.start(town.place.cluster, town.place.namespace, loose)


def test_pod_security_warns_of_nothing(town: Town) -> None:
    """Of a Deployment or a Job, whose pods it would refuse, it warns, and admits it."""
    made = [item for item in town.ours() if item["kind"] in {"Deployment", "Job"}]
    for item in made:
        assert _said(town, _again(item)) == ""
        loose = _again(item)
        del loose["spec"]["template"]["spec"]["containers"][0]["securityContext"]
        assert "would violate PodSecurity" in _said(town, loose)


def test_who_can_reach_an_agents_health_port(town: Town) -> None:
    (lone,), both = (town.agents(name) for name in REPLICAS)

    assert all(town.reaches(town.friend, address, HEALTH) for address in both)
    assert not any(town.reaches(town.outsider, address, HEALTH) for address in (lone, *both))
    assert not town.reaches(town.friend, lone, HEALTH)
    # The control: it is the policy that cuts off, and something answers there.
    cluster, namespace = town.place.cluster, town.place.namespace
    kept = pods.get(cluster, namespace, "networkpolicy", "qhub-open")
    pods.remove(cluster, "networkpolicy", "qhub-open", namespace)
    try:
        pods.until(lambda: town.reaches(town.outsider, lone, HEALTH), "the outsider is let in")
    finally:
        del kept["metadata"]["resourceVersion"], kept["metadata"]["uid"]
        pods.start(cluster, namespace, kept)
    pods.until(lambda: not town.reaches(town.outsider, lone, HEALTH), "he is cut off again")


def test_an_agent_reaches_its_api_and_no_more_than_it_may(town: Town) -> None:
    where = town.server.namespace
    api = f"{prefect_server.NAME}.{where}.svc.cluster.local"
    web = pods.get(town.place.cluster, where, "pod", "web")["status"]["podIP"]

    assert town.reaches("deploy/qhub-shut", api, 4200)
    assert not town.reaches("deploy/qhub-shut", web, WEB)
    assert town.reaches("deploy/qhub-open", api, 4200)
    assert town.reaches("deploy/qhub-open", web, WEB)


def test_checkov_finds_nothing_in_what_is_in_the_cluster(town: Town, tmp_path: Path) -> None:
    made = town.ours()
    for number, item in enumerate(made):
        write(tmp_path / "ours" / f"{number}.yaml", yaml.safe_dump(item))
    for path in (town.place.folder / "stages" / STAGE).glob("*.tf*"):
        write(tmp_path / "ours" / path.name, path.read_text(encoding="utf-8"))
    write(tmp_path / "control" / "main.tf", BAD_TERRAFORM)
    write(tmp_path / "control" / "pod.yaml", yaml.safe_dump(BAD_POD))

    reports = scan(tmp_path)

    assert set(reports) == {"kubernetes", "terraform"}
    failed = [
        (check["file_path"].split("/")[1], check["resource"].partition(".")[0], check["check_id"])
        for report in reports.values()
        for check in report["results"]["failed_checks"]
    ]
    assert {kind for folder, kind, _ in failed if folder == "control"} >= {"Pod"}
    # A Job has no annotation that says why, as the Deployment of its agent has.
    ours = {(kind, check) for folder, kind, check in failed if folder == "ours"}
    assert ours == {("Job", check) for check in OF_JOBS}
    assert set(OF_JOBS) < set(SKIPPED)
    assert reports["kubernetes"]["summary"]["passed"] > 400


def _again(item: dict[str, Any]) -> dict[str, Any]:
    """Return an object under another name, as if somebody made it."""
    made: dict[str, Any] = json.loads(json.dumps(item))
    made["metadata"] = {"name": "again"}
    if item["kind"] == "Job":
        del made["spec"]["selector"], made["spec"]["template"]["metadata"]
    return made


def _said(town: Town, item: dict[str, Any]) -> str:
    """Return what the API server remarks when an object is made, which then is not."""
    where = f"--namespace={town.place.namespace}"
    assert town.place.cluster.place is not None
    done = town.place.cluster.inside(
        [
            str(town.place.cluster.place.bin / "kubectl"),
            *("create", "--dry-run=server", where, "--filename=-"),
        ],
        input=json.dumps(item),
        stdin=None,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr
