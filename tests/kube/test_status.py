"""`qhub status` on Kubernetes: agents, Secrets and drift of what real Helm installed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from qhub.api import load
from qhub.cli import main
from qhub.cluster.health import Problem, Status
from qhub.cluster.status import look
from tests.kube import deployed
from tests.kube.kubelet import NODE, Kubelet
from tests.kube.objects import container_status, ended, now, waiting
from tests.kube.reaching import http, listening
from tests.terraform.apiserver import NOBODY

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.api import Project
    from qhub.cluster import Cluster
    from tests.kube.objects import Objects
    from tests.terraform.apiserver import ApiServer

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("controlled")]


@dataclass(frozen=True, slots=True)
class Running:
    """A platform whose agent runs, and the agent's pod."""

    project: Project
    pod: str


@pytest.fixture(scope="module", autouse=True)
def node(kubelet: Kubelet, controlled: ApiServer) -> None:
    """Have the node take pods."""
    del kubelet  # there it is
    amounts = {"cpu": "100", "memory": "100Gi", "pods": "500"}
    status = {"allocatable": amounts, "capacity": amounts}
    controlled.call("PATCH", f"/api/v1/nodes/{NODE}/status", {"status": status})
    controlled.call("PATCH", f"/api/v1/nodes/{NODE}", {"spec": {"taints": []}})


def seen(cluster: Cluster, project: Project) -> Status:
    """Return the status, drift included."""
    return look(cluster, project.platform, wanted=deployed.stage(project))


def get_ready(cluster: Cluster, objects: Objects, until: Any, kubelet: Kubelet) -> str:
    """Have the pod of agent etl run; return its name."""
    until(lambda: any(pod.node for pod in cluster.pods()))
    (pod,) = (pod for pod in cluster.pods() if not pod.is_deleted)
    kubelet.log(pod.name).lines.append(f"{now()} Worker 'etl' started!")
    state = {"running": {"startedAt": now()}}
    objects.says(
        pod.name,
        phase="Running",
        conditions=[{"type": "Ready", "status": "True", "lastTransitionTime": now()}],
        initContainerStatuses=[container_status(ended(0, "Completed"), name="work-pool")],
        containerStatuses=[container_status(state, ready=True)],
    )
    until(lambda: all(one.is_rolled_out for one in cluster.deployments()))
    return pod.name


@pytest.fixture
def running(
    cluster: Cluster, objects: Objects, tmp_path: Path, until: Any, kubelet: Kubelet
) -> Running:
    """Have a platform that does well."""
    project = deployed.deploy(objects, tmp_path)
    return Running(project, get_ready(cluster, objects, until, kubelet))


def test_a_platform_that_does_well_until_its_config_is_changed(
    cluster: Cluster, objects: Objects, tmp_path: Path, running: Running
) -> None:
    found = seen(cluster, running.project)
    assert found.problems == ()
    assert (found.healthy, found.deployed, found.notes) == (
        *(True, True),
        ("context qhub-bed is the kubeconfig's current one; the config names none (kube_context)",),
    )
    (agent,) = found.agents
    assert (agent.name, agent.state, agent.ready, agent.wanted) == ("etl", "running", 1, 1)
    assert (agent.restarts, agent.runs, agent.pods) == (0, 0, (running.pod,))
    assert agent.since is not None
    assert agent.heard is not None
    assert {one.name: (one.there, one.made, one.keys) for one in found.secrets} == {
        "qhub-etl-flow": (True, True, ("S3_KEY",)),
        "warehouse": (True, False, ("password",)),
    }

    # What is wrong is told by the names of values.
    changed = load(deployed.write(tmp_path, objects.namespace, level="pl4nted"))
    (problem,) = seen(cluster, changed).problems
    assert problem.message == (
        "the config asks for something else than what is deployed (envVars.LEVEL)"
    )
    assert problem.hint == "run `qhub deploy`, or undo the change"
    files = deployed.stage(changed)
    deployed.install(objects, tmp_path, "etl", files)
    assert "envVars" not in str(seen(cluster, changed).problems)
    # Another chart, as a newer QHub brings one.
    other = files | {"charts/prefect-agent/values.yaml": b"other"}
    problems = look(cluster, changed.platform, wanted=other).problems
    assert "its chart is of another version of QHub than this one" in {
        problem.message for problem in problems
    }


def test_another_platform_that_prefect_describes_is_noted(
    cluster: Cluster, objects: Objects, tmp_path: Path, until: Any, kubelet: Kubelet
) -> None:
    other = {"project": "old", "namespace": "gone"}
    told = [{"name": "qhub_platform", "value": other, "last_heartbeat_time": now()}]
    with listening(http("200 OK", json.dumps(told))) as port:
        project = deployed.deploy(objects, tmp_path, api=f"http://127.0.0.1:{port}/api")
        get_ready(cluster, objects, until, kubelet)
        found = seen(cluster, project)
    assert found.agents[0].heartbeat is not None
    assert (found.healthy, len(found.notes)) == (True, 2)
    assert found.notes[1].startswith(
        "Prefect's variables describe the platform 'old' in namespace 'gone'"
    )


def test_what_is_not_deployed(cluster: Cluster, objects: Objects, tmp_path: Path) -> None:
    project = load(deployed.write(tmp_path, objects.namespace))
    found = seen(cluster, project)
    assert (found.deployed, found.healthy) == (False, False)
    assert found.problems == (Problem("platform", "it is not deployed", "run `qhub deploy`"),)
    assert [agent.state for agent in found.agents] == ["absent"]


def test_a_namespace_that_is_not_there(cluster: Cluster, tmp_path: Path) -> None:
    found = seen(cluster, load(deployed.write(tmp_path, "no-such-namespace")))
    assert found.problems == (
        Problem(
            "platform",
            "it is not deployed: there is no namespace 'no-such-namespace'",
            "run `qhub deploy`, or check kube_context",
        ),
    )


def test_an_agent_that_does_not_start(
    cluster: Cluster, objects: Objects, tmp_path: Path, until: Any, kubelet: Kubelet
) -> None:
    project = deployed.deploy(objects, tmp_path)
    until(lambda: any(pod.node for pod in cluster.pods()))
    (pod,) = cluster.pods()
    kubelet.log(pod.name, "work-pool").write(
        "failed: the API refused the credential (status 401); check the token's Secret"
    )
    crashing = waiting("CrashLoopBackOff", name="work-pool", restartCount=2, lastState=ended(1))
    objects.says(
        pod.name,
        initContainerStatuses=[crashing],
        containerStatuses=[waiting("PodInitializing")],
    )
    found = seen(cluster, project)
    assert [agent.state for agent in found.agents] == ["failing"]
    (problem,) = found.problems
    assert problem.part == "agent/etl"
    assert problem.message == (f"pod/{pod.name}: 'work-pool' ends with status 1, 2 restarts so far")
    assert problem.hint.startswith("Prefect's API refuses the token: check what")
    assert problem.lines == (
        "failed: the API refused the credential (status 401); check the token's Secret",
    )


def test_what_was_changed_by_hand_is_told(
    cluster: Cluster, objects: Objects, until: Any, running: Running
) -> None:
    objects.delete("v1", "secrets", "qhub-etl-flow")
    objects.patch("v1", "secrets", "warehouse", {"data": {"password": None, "other": "eA=="}})
    objects.delete("rbac.authorization.k8s.io/v1", "rolebindings", "qhub-etl")
    objects.patch("v1", "configmaps", "qhub-etl-env", {"data": {"LEVEL": "DEBUG"}})
    objects.patch(
        "apps/v1", "deployments", "qhub-etl", {"metadata": {"annotations": {"more": "is fine"}}}
    )
    undo = "run `qhub deploy`: it makes it again as the config has it"
    problems = seen(cluster, running.project).problems
    assert sorted((one.part, one.message, one.hint) for one in problems) == [
        ("agent/etl", "configmap/qhub-etl-env was changed by hand (data.LEVEL)", undo),
        ("agent/etl", "rolebinding/qhub-etl was deleted", undo),
        (
            "secret/qhub-etl-flow",
            "it is not there; read by etl",
            "run `qhub deploy`: it writes it again",
        ),
        (
            "secret/warehouse",
            "it lacks password; read by etl",
            "create it with the keys password: QHub does not make this one",
        ),
    ]

    objects.patch("apps/v1", "deployments", "qhub-etl", {"spec": {"replicas": 0}})
    until(lambda: not cluster.deployments()[0].ready)
    found = seen(cluster, running.project)
    assert [agent.state for agent in found.agents] == ["stopped"]
    assert {one.message for one in found.problems} - {one.message for one in problems} == {
        "it takes no flow runs: its replicas are 0",
        "deployment/qhub-etl was changed by hand (spec.replicas)",
    }


def test_agents_that_the_config_no_longer_names_are_told(
    cluster: Cluster, objects: Objects, tmp_path: Path
) -> None:
    deployed.deploy(objects, tmp_path, agents="[{name: etl}, {name: old}]")

    def named(agents: str) -> Status:
        fewer = load(deployed.write(tmp_path, objects.namespace, agents=agents))
        return seen(cluster, fewer)

    def problem(agent: str) -> Problem:
        hint = (
            "run `qhub deploy`: it takes it away; what Terraform does not know: "
            f"`helm uninstall qhub-{agent} -n {objects.namespace}`"
        )
        return Problem(f"agent/{agent}", "it runs, and the config names no such agent", hint)

    etl, old = problem("etl"), problem("old")
    found = named("[{name: etl}]")
    assert found.deployed
    assert [one for one in found.problems if one.part != "agent/etl"] == [old]
    assert {etl, old} <= set(named("[{name: other}]").problems)


def test_what_the_cluster_refuses_an_agent_and_that_it_was_started_again_shortly_is_told(
    cluster: Cluster, objects: Objects, kubelet: Kubelet, running: Running
) -> None:
    told = 'pods is forbidden: User "system:serviceaccount:dev:qhub-etl" cannot watch'
    kubelet.log(running.pod).lines.append(f"{now()} {told}")
    (refused,) = seen(cluster, running.project).problems
    assert refused.message == (
        "the cluster refuses it something: runs that crash may stay as they are"
    )
    assert refused.lines == (told,)

    again = container_status(
        {"running": {"startedAt": now()}},
        ready=True,
        restartCount=1,
        lastState=ended(137, "OOMKilled"),
    )
    objects.says(
        running.pod,
        phase="Running",
        conditions=[{"type": "Ready", "status": "True", "lastTransitionTime": now()}],
        containerStatuses=[again],
    )
    found = seen(cluster, running.project)
    assert found.agents[0].restarts == 1
    (problem,) = (one for one in found.problems if one != refused)
    assert re.fullmatch(
        rf"'agent' of pod/{running.pod} ended at \S+ \(OOMKilled, status 137\)"
        " and was started again",
        problem.message,
    )


def test_the_command_shows_all_of_it(
    objects: Objects,
    tmp_path: Path,
    running: Running,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(objects.server.kubeconfig))
    assert main(["status"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].startswith(
        f"pipelines in namespace {objects.namespace} of context qhub-bed ({objects.server.url}, "
    )
    assert lines[2].split() == [
        *("agent", "state", "for", "ready", "restarts", "runs"),
        *("heartbeat", "last", "line", "takes"),
    ]
    assert lines[3].startswith("etl    running  ")
    assert "warehouse      password    etl" in out
    assert lines[-1] == "healthy"
    objects.delete("v1", "secrets", "warehouse")
    assert main(["status", "--output", "json"]) == 4
    found = json.loads(capsys.readouterr().out)
    assert (found["healthy"], found["namespace"]) == (False, objects.namespace)
    assert found["agents"][0]["pods"] == [running.pod]
    assert found["problems"][0]["part"] == "secret/warehouse"
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setenv("KUBE_CONFIG_PATH", str(objects.server.kubeconfig))
    assert load(tmp_path).status().problems[0].part == "secret/warehouse"
    assert main(["logs", "agent/etl"]) == 0
    assert capsys.readouterr() == ("Worker 'etl' started!\n", "")
    assert main(["logs", "agent/etl", "--output", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"][0]["text"] == "Worker 'etl' started!"
    assert main(["logs", "server"]) == 3
    assert capsys.readouterr().err == (
        "qhub: nothing here is called 'server'\n  known here: agent/etl, run/ID\n"
    )


def test_a_cluster_that_cannot_be_asked_is_told_by_the_command(
    objects: Objects,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.write(tmp_path, objects.namespace)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "absent"))
    assert main(["status"]) == 3
    assert capsys.readouterr() == (
        "",
        f"qhub: there is no kubeconfig: {tmp_path}/absent does not exist\n"
        "  set KUBECONFIG to the file that tells how to reach the cluster\n",
    )


def test_who_may_look_at_little_is_told_what_he_may_not(
    objects: Objects,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deployed.write(tmp_path, objects.namespace)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(objects.server.login(NOBODY)))
    assert main(["status"]) == 4
    out = capsys.readouterr().out
    assert "etl    unknown" in out
    assert f"user 'nobody' may not list deployments.apps in namespace '{objects.namespace}'" in out
    assert "note: we may not look at the Secrets qhub-etl-flow, warehouse, nor at Helm's" in out
