"""What keeps a deploy from its end is told with the mend, in time; and the next deploy works.

A deploy that fails mostly waits, so all are begun together, each in a namespace of its own; what
does not disturb each other is wrong in one of them, each of an agent named after it.
"""

from __future__ import annotations

import secrets
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster import pods, prefect_server
from tests.cluster.failing import (
    BINDING,
    Attempt,
    another_qhub,
    at_work,
    bound,
    limited_user,
    shown,
)
from tests.cluster.images import image
from tests.cluster.place import STAGE, new_namespace, place_in
from tests.cluster.pods import start, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.cluster.access import Cluster
    from tests.cluster.place import Place
    from tests.cluster.prefect_server import Server

TOLD_WITHIN_SECONDS = 60
QUICK = {
    "readinessProbe": {"initialDelaySeconds": 1, "periodSeconds": 1},
    "resources": {"requests": {"cpu": "10m"}},  # others' pods must fit beside them
}
QUOTA = {
    "kind": "ResourceQuota",
    "apiVersion": "v1",
    "metadata": {"name": "full"},
    "spec": {"hard": {"requests.memory": "4Gi"}},
}
PUSHED_LATE = f"3.8.8-late-{secrets.token_hex(4)}"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
SPREAD = {"maxSkew": 0, "topologyKey": "zone", "whenUnsatisfiable": "Sometimes"}
GPU_NODE = {"nvidia.com/gpu.present": "true", "qhub.dev/pool": "nowhere"}


@dataclass(frozen=True, slots=True)
class Case:
    """What is wrong, and what is told of it; `event` is the one by which the cluster shows it."""

    about: str
    message: str
    hint: str
    event: str | None = None
    tag: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)


CASES: Mapping[str, Case] = {
    "image": Case(
        "pod/qhub-image-",
        f"{PUSHED_LATE}: not found",
        "the registry has no such image or tag: check its name, or push it first",
        event="Failed",
        tag=PUSHED_LATE,
    ),
    "selector": Case(
        "pod/qhub-selector-",
        "no node takes it: 0/1 nodes are available: 1 node(s) didn't match",
        "no node has the labels that it selects: check node_pool and node_selectors, and "
        "`kubectl get nodes --show-labels`",
        event="FailedScheduling",
        overrides={"nodeSelector": GPU_NODE},
    ),
    "room": Case(
        "pod/qhub-room-",
        "no node takes it: 0/1 nodes are available: 1 Insufficient cpu",
        "no node has so much cpu free: lower the requests in `resources` (of runs: the profile), "
        "or add nodes",
        event="FailedScheduling",
        overrides={"resources": {"requests": {"cpu": "900"}}},
    ),
    "quota": Case(
        "deployment/qhub-quota",
        "exceeded quota: full",
        "free something, lower `resources`, or ask for more: `kubectl describe quota full` "
        "shows it",
        event="FailedCreate",
        overrides={"resources": {"requests": {"memory": "5Gi"}, "limits": {"memory": "5Gi"}}},
    ),
    "security": Case(
        "deployment/qhub-security",
        'violates PodSecurity "restricted:latest"',
        "the namespace enforces Pod Security 'restricted': take what it names out of the "
        "overrides (securityContext, volumes), or use another namespace",
        event="FailedCreate",
    ),
    "rights": Case(
        'helm_release.agent["security"]',
        "forbidden",
        "ask who administers the cluster for that right, and deploy again",
    ),
    "chart": Case(
        'helm_release.agent["chart"]',
        "values don't meet the specifications of the schema",
        "mend the override of that name in the config file",
        overrides={"replicas": 2},
    ),
    "kubernetes": Case(
        'helm_release.agent["kubernetes"]',
        "spec.template.spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0",
        "Kubernetes refuses what became of an override: mend it in the config file",
        overrides={"topologySpreadConstraints": [SPREAD]},
    ),
}
DEPLOYS = {
    "pending": ("image", "selector", "room", "quota"),
    "refused": ("chart", "kubernetes"),
    "limited": ("security",),
}
"""The agents of each deploy; the user of the last may not look at the namespace: what it enforces
is only seen when pods are refused."""


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Server]:
    """The Prefect server of all agents."""
    with new_namespace(cluster) as namespace:
        yield prefect_server.start(cluster, namespace)


@pytest.fixture(scope="module")
def another_chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return another_qhub(tmp_path_factory.mktemp("another"))


@pytest.fixture(scope="module")
def failing(
    cluster: Cluster,
    server: Server,
    another_chart: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Attempt]]:
    """The deploys that fail, all at work."""
    begun = {}
    for name, agents in DEPLOYS.items():
        folder = tmp_path_factory.mktemp(name)
        namespace = f"test-{name}-{secrets.token_hex(4)}"
        labels = None if name == "refused" else pods.RESTRICTED
        pods.make_namespace(cluster, namespace, labels)
        place = place_in(folder, cluster, namespace)
        if name == "pending":
            start(cluster, namespace, QUOTA)
            until(lambda: _counted(place), "the quota is counted")  # noqa: B023  waited for here
        if name == "limited":
            user = limited_user(cluster, namespace, folder)
            place.environment["KUBECONFIG"] = str(user)
        _write(place, server, {agent: CASES[agent] for agent in agents})
        begun[name] = Attempt.begin(place, qhub=None if name == "pending" else another_chart)
    yield begun
    for attempt in begun.values():
        pods.remove(cluster, "namespace", attempt.place.namespace)


def test_what_pods_wait_for_in_vain_is_told_and_the_next_deploy_works(
    failing: dict[str, Attempt], server: Server
) -> None:
    place = failing["pending"].place
    _is_told(failing["pending"], *DEPLOYS["pending"])

    _push_late()
    # With the same config of the image: what is wrong is not in it.
    mended = dict.fromkeys(DEPLOYS["pending"]) | {"image": CASES["image"]}
    _write(place, server, mended)
    _works(place, server, *mended)

    values = place.folder / "stages" / STAGE / "values" / "image.yaml"
    rendered = values.read_text(encoding="utf-8")
    values.write_text(f"{rendered}replicas: many\n", encoding="utf-8")
    said = place.run("deploy", status=5)
    assert str(values.relative_to(place.folder)) in said
    assert "--force" in said
    assert place.report("deploy", "--force")["unchanged"]
    assert values.read_text(encoding="utf-8") == rendered


def test_what_is_refused_is_told_and_the_next_deploy_works(
    failing: dict[str, Attempt], server: Server
) -> None:
    place = failing["refused"].place
    _is_told(failing["refused"], "chart", "kubernetes")

    _write(place, server, dict.fromkeys(DEPLOYS["refused"]))
    _works(place, server, *DEPLOYS["refused"])


def test_what_a_user_of_few_rights_meets_is_told_and_the_next_deploy_works(
    failing: dict[str, Attempt], server: Server, cluster: Cluster
) -> None:
    place = failing["limited"].place
    _is_told(failing["limited"], "security")

    attempt = Attempt.begin(place)
    until(lambda: place.items("pods"), "Helm is at work")
    assert at_work(place), "what works for a place is not found"
    pods.remove(cluster, "rolebinding", BINDING, place.namespace)
    _is_told(attempt, "rights")

    error = place.report("deploy", status=3)["error"]
    (trouble,) = error["troubles"]
    assert trouble["about"] == f"system:serviceaccount:{place.namespace}:{BINDING} may not"
    for kind in ("deployments.apps", "secrets", "roles.rbac.authorization.k8s.io"):
        assert f" {kind} in namespace '{place.namespace}'" in trouble["message"]
    assert trouble["hint"] == "ask who administers the cluster for these rights"

    start(cluster, place.namespace, bound(place.namespace))
    _works(place, server, "security")


def test_what_pod_security_will_refuse_is_told_before_anything_is_changed(
    cluster: Cluster, server: Server, another_chart: Path, tmp_path: Path
) -> None:
    with new_namespace(cluster) as namespace:
        place = place_in(tmp_path, cluster, namespace)
        _write(place, server, {"etl": None})

        told = Attempt.begin(place, qhub=another_chart).told()

        assert told.status == 3, told.out + told.err
        assert place.items("secrets") == []
    troubles = told.report["error"]["troubles"]
    assert {trouble["about"] for trouble in troubles} == {
        "agent etl: podSecurityContext.runAsNonRoot",
        "agent etl: job.podSecurityContext.runAsNonRoot",
    }
    for trouble in troubles:
        assert f"namespace '{namespace}' enforces Pod Security 'restricted'" in trouble["message"]
        assert trouble["hint"].startswith("take it out of prefect.overrides")


def _counted(place: Place) -> bool:
    return "hard" in place.items("resourcequotas")[0]["status"]


def _write(place: Place, server: Server, agents: Mapping[str, Case | None]) -> None:
    """Write a config file of agents with what is wrong in a case; nothing is wrong without one."""
    repository, _, tag = image("flow").rpartition(":")
    place.write(
        prefect={
            "enabled": True,
            "image": f"{repository}:{tag}",
            "api": {"url": server.url},
            "overrides": QUICK,
            "agents": [
                {
                    "name": name,
                    "image": f"{repository}:{(case and case.tag) or tag}",
                    "overrides": dict(case.overrides) if case else {},
                }
                for name, case in agents.items()
            ],
        }
    )


def _is_told(attempt: Attempt, *names: str) -> None:
    """Hold that an attempt fails, and tells all that is wrong in these cases, and no more."""
    told = attempt.told()

    assert told.status == 3, told.out + told.err
    error = told.report["error"]
    assert len(error["troubles"]) == len(names), error
    for name in names:
        case = CASES[name]
        [trouble] = [each for each in error["troubles"] if case.about in each["about"]]
        assert case.message in trouble["message"]
        assert case.hint in trouble["hint"]
        # What a person reads holds all of it, too.
        assert trouble["message"] in error["message"]
        assert trouble["hint"] in error["message"]
        begun = shown(attempt.place, name, case.event) if case.event else attempt.begun
        assert told.at - begun < TOLD_WITHIN_SECONDS
    _is_quiet(attempt.place)


def _works(place: Place, server: Server, *agents: str) -> None:
    """Hold that a deploy makes these agents, and no others."""
    place.run("deploy")
    heard = [f"/work_pools/{name}/workers/filter" for name in agents]
    # A worker is ready a moment before it is heard of.
    until(lambda: all(map(server.every, heard)), "the workers are heard of")
    made = {item["metadata"]["name"] for item in place.items("deployments")}
    assert made == {f"qhub-{name}" for name in agents}
    assert place.report("status")["healthy"]
    assert place.report("deploy")["unchanged"]
    _is_quiet(place)


def _push_late() -> None:
    """Give the flow image its late tag, too."""
    repository, _, tag = image("flow").rpartition(":")
    host, _, path = repository.partition("/")
    url = f"http://{host}/v2/{path}/manifests"
    asked = urllib.request.Request(f"{url}/{tag}", headers={"Accept": MANIFEST})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310  the tests' registry
        manifest, kind = answer.read(), answer.headers["Content-Type"]
    pushed = urllib.request.Request(  # noqa: S310
        f"{url}/{PUSHED_LATE}", method="PUT", data=manifest, headers={"Content-Type": kind}
    )
    urllib.request.urlopen(pushed, timeout=30).close()  # noqa: S310


def _is_quiet(place: Place) -> None:
    """Hold that nothing works for a place; the kernel ends helm a moment after its provider."""
    until(lambda: not at_work(place), "all has ended", seconds=5)
