"""How `qhub status`, `qhub logs` and the next deploy deal with agents that run, and with what
somebody changed by hand. With provider `local`, whose namespace QHub makes itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import qhub
from tests.cluster import pods, prefect_server
from tests.cluster.images import image
from tests.cluster.place import Place, new_namespace, own_namespace, place_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.access import Cluster
    from tests.cluster.prefect_server import Server

AUTH = "qhub:auth-51f0"
S3_KEY = "s3-key-51f0"
MEND = "run `qhub deploy`: it makes it again as the config has it"


@dataclass(frozen=True, slots=True)
class Deployed:
    place: Place
    server: Server


@pytest.fixture(scope="module")
def deployed(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with new_namespace(cluster) as beside, own_namespace(cluster, f"{beside}-own") as namespace:
        server = prefect_server.start(cluster, beside, auth=AUTH)
        place = place_in(
            tmp_path_factory.mktemp("status"),
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
                    "envVars": {"LEVEL": "INFO"},
                    "terminationGracePeriodSeconds": 5,
                },
                "agents": [{"name": "etl", "secrets": []}, {"name": "gpu", "queues": ["gpu", "b"]}],
            },
            secrets={"S3_KEY": {"from_env": "S3_KEY"}},
        )
        place.environment.update(TF_VAR_prefect_token=AUTH, S3_KEY=S3_KEY)
        absent = place.report("status", status=4)
        assert (absent["deployed"], absent["healthy"]) == (False, False)
        place.run("deploy", "--yes")
        workers = [f"/work_pools/{name}/workers/filter" for name in ("etl", "gpu")]
        pods.until(lambda: all(map(server.every, workers)), "each agent is heard of")
        yield Deployed(place, server)


def healthy(place: Place) -> dict[str, Any]:
    """Return the status as soon as nothing is wrong: a heartbeat comes after the pod is ready."""
    project = qhub.load(place.folder)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("KUBECONFIG", str(place.cluster.kubeconfig))
        pods.until(lambda: project.status().healthy, "the status is healthy", pause=1)
    found: dict[str, Any] = place.report("status")
    return found


def problems(place: Place) -> dict[str, tuple[str, str]]:
    """Return message and mend of each problem by its message's first word."""
    found = place.report("status", status=4)["problems"]
    return {one["message"]: (one["part"], one["hint"]) for one in found}


def test_the_namespace_is_qhubs_own_and_restricted(deployed: Deployed) -> None:
    place = deployed.place
    labels = pods.get(place.cluster, "", "namespace", place.namespace)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["app.kubernetes.io/managed-by"] == "qhub"


def test_each_agent_is_ready_and_heard_of(deployed: Deployed) -> None:
    found = healthy(deployed.place)
    assert found["namespace"] == deployed.place.namespace
    agents = {one["name"]: one for one in found["agents"]}
    assert {name: one["takes"] for name, one in agents.items()} == {
        "etl": [],
        "gpu": ["gpu", "b"],
    }
    for one in agents.values():
        assert (one["state"], one["ready"], one["wanted"]) == ("running", 1, 1)
        assert (one["restarts"], one["runs"], one["image"]) == (0, 0, image("flow"))
        assert len(one["pods"]) == 1
        if deployed.server.own_url == deployed.server.url:  # else it is out of reach from here
            age = datetime.now(UTC) - datetime.fromisoformat(one["heartbeat"])
            assert age < timedelta(minutes=3)


def test_each_secret_is_there(deployed: Deployed) -> None:
    found = {one["name"]: one for one in healthy(deployed.place)["secrets"]}
    assert {name: (one["there"], one["keys"], one["agents"]) for name, one in found.items()} == {
        "qhub-etl-token": (True, ["token"], ["etl"]),
        "qhub-gpu-token": (True, ["token"], ["gpu"]),
        "qhub-gpu-flow": (True, ["S3_KEY"], ["gpu"]),
    }
    told = deployed.place.run("status")
    assert told.splitlines()[-1] == "healthy"
    assert [value for value in (AUTH, S3_KEY) if value in told] == []


def test_the_logs_of_an_agent_begin_with_its_set_up(deployed: Deployed) -> None:
    place = deployed.place
    told = [one["text"] for one in place.report("logs", "agent/gpu")["lines"]]
    assert "work pool 'gpu': created" in told
    assert any("Worker 'qhub-gpu-" in line and "started" in line for line in told)
    assert "nothing" not in place.run("logs", "agent/etl")
    said = place.run("logs", "agent/gpo", status=3)
    assert "did you mean" in said


def test_what_was_changed_by_hand_is_told_and_mended_by_the_next_deploy(
    deployed: Deployed,
) -> None:
    place = deployed.place
    kubectl, within = place.cluster.kubectl, ("--namespace", place.namespace)
    before = {one["name"]: one["pods"] for one in healthy(place)["agents"]}
    kubectl("set", "env", "deployment/qhub-etl", "--containers=agent", "ADDED=by-hand", *within)
    patch = json.dumps({"data": {"LEVEL": "DEBUG"}})
    kubectl("patch", "configmap", "qhub-etl-env", "--type=merge", f"--patch={patch}", *within)
    kubectl("delete", "rolebinding", "qhub-etl", *within)
    kubectl("rollout", "status", "deployment/qhub-etl", *within)

    found = problems(place)
    changed = "spec.template.spec.containers[0].env"
    assert found["configmap/qhub-etl-env was changed by hand (data.LEVEL)"] == ("agent/etl", MEND)
    assert found[f"deployment/qhub-etl was changed by hand ({changed})"] == ("agent/etl", MEND)
    assert found["rolebinding/qhub-etl was deleted"] == ("agent/etl", MEND)
    assert "agent/gpu" not in {part for part, _ in found.values()}

    planned = place.report("plan", "--detailed-exitcode", status=4)
    [change] = planned["stages"][0]["changes"]
    assert change["address"] == 'helm_release.agent["etl"]'
    assert change["why"] == "somebody changed in the cluster what it had made"
    done = place.report("deploy", "--yes")
    assert [one["address"] for one in done["stages"][0]["changes"]] == [change["address"]]

    after = {one["name"]: one["pods"] for one in healthy(place)["agents"]}
    assert after["gpu"] == before["gpu"], "an agent that nobody touched does not roll"
    [config] = [
        one for one in place.items("configmaps") if one["metadata"]["name"] == "qhub-etl-env"
    ]
    assert config["data"]["LEVEL"] == "INFO"
    container = pods.get(place.cluster, place.namespace, "deployment", "qhub-etl")["spec"][
        "template"
    ]["spec"]["containers"][0]
    assert "ADDED" not in {entry["name"] for entry in container["env"]}
    assert place.report("deploy", "--yes")["unchanged"] is True


def test_a_deployment_that_was_deleted_is_made_again(deployed: Deployed) -> None:
    place = deployed.place
    within = ("--namespace", place.namespace)
    place.cluster.kubectl("delete", "deployment", "qhub-gpu", "--cascade=foreground", *within)
    place.cluster.kubectl("delete", "secret", "qhub-gpu-flow", *within)
    found = place.report("status", status=4)
    assert {one["name"]: one["state"] for one in found["agents"]}["gpu"] == "absent"
    assert {one["name"]: one["missing"] for one in found["secrets"]}["qhub-gpu-flow"] == ["S3_KEY"]
    assert [one for one in found["problems"] if "`qhub deploy`" not in one["hint"]] == []

    place.run("deploy", "--yes")
    healthy(place)
    assert place.secret("qhub-gpu-flow") == {"S3_KEY": S3_KEY.encode()}
    assert place.report("deploy", "--yes")["unchanged"] is True


def test_destroy_removes_the_namespace_that_qhub_made(deployed: Deployed) -> None:
    place = deployed.place
    place.run("destroy", "--confirm", "pipelines")
    assert place.report("status", status=4)["deployed"] is False
