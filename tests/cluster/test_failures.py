"""What keeps a deploy from its end is told with the mend, in time; and the next deploy works.

A deploy that fails mostly waits, so all of them are begun together, each in a namespace of its own
and with an agent named after what is wrong.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster import pods, prefect_server
from tests.cluster.bed.place import CHECKOUT
from tests.cluster.failing import BINDING, Attempt, at_work, bound, limited_user, shown
from tests.cluster.images import image
from tests.cluster.place import STAGE, place_in
from tests.cluster.pods import start, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.cluster.access import Cluster
    from tests.cluster.place import Place
    from tests.cluster.prefect_server import Server

TOLD_WITHIN_SECONDS = 60
QUICK = {
    "readinessProbe": {"initialDelaySeconds": 1, "periodSeconds": 1},
    "resources": {"requests": {"cpu": "10m"}},  # others' pods must fit beside eight agents
}
QUOTA = {
    "kind": "ResourceQuota",
    "apiVersion": "v1",
    "metadata": {"name": "full"},
    "spec": {"hard": {"pods": "0"}},
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
    ),
    "security": Case(
        "deployment/qhub-security",
        'violates PodSecurity "restricted:latest"',
        "the namespace enforces Pod Security 'restricted': take what it names out of the "
        "overrides (securityContext, volumes), or use another namespace",
        event="FailedCreate",
    ),
    "rights": Case(
        'helm_release.agent["rights"]',
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
LIMITED = {"security", "rights"}
"""Whose user may not look at the namespace: what it enforces is only seen when pods are refused."""


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> Iterator[Server]:
    """The Prefect server of all agents."""
    name = f"test-{secrets.token_hex(4)}"
    pods.make_namespace(cluster, name)
    yield prefect_server.start(cluster, name)
    pods.remove(cluster, "namespace", name)


@pytest.fixture(scope="module")
def places(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Place]]:
    """A place for each case."""
    made = {}
    for name in CASES:
        folder = tmp_path_factory.mktemp(name)
        namespace = f"test-{name}-{secrets.token_hex(4)}"
        pods.make_namespace(cluster, namespace, pods.RESTRICTED)
        made[name] = place_in(folder, cluster, namespace)
        if name in LIMITED:
            user = limited_user(cluster, namespace, folder)
            made[name].environment["KUBECONFIG"] = str(user)
    yield made
    for place in made.values():
        pods.remove(cluster, "namespace", place.namespace)


@pytest.fixture(scope="module")
def failing(cluster: Cluster, server: Server, places: dict[str, Place]) -> dict[str, Attempt]:
    """The deploys that fail, all at work."""
    start(cluster, places["quota"].namespace, QUOTA)
    quota = places["quota"]
    until(lambda: "hard" in quota.items("resourcequotas")[0]["status"], "the quota is counted")
    _with_another_chart(places["chart"], stricter=True)
    _with_another_chart(places["security"], stricter=False)
    begun = {}
    for name, case in CASES.items():
        _write(places[name], server, name, case)
        begun[name] = Attempt.begin(places[name])
    until(lambda: places["rights"].items("deployments"), "Helm is at work", seconds=180)
    assert at_work(places["rights"]), "what works for a place is not found"
    pods.remove(cluster, "rolebinding", BINDING, places["rights"].namespace)
    return begun


@pytest.fixture(scope="module")
def mended() -> dict[str, Attempt]:
    """The deploys after the mend that have been begun."""
    return {}


@pytest.mark.parametrize("name", CASES)
def test_the_cause_and_the_mend_are_told_in_time(
    name: str, failing: dict[str, Attempt], mended: dict[str, Attempt], server: Server
) -> None:
    case, attempt = CASES[name], failing[name]

    told = attempt.told()

    assert told.status == 3, told.out + told.err
    (trouble,) = told.error["troubles"]
    assert case.about in trouble["about"]
    assert case.message in trouble["message"]
    assert case.hint in trouble["hint"]
    # What a person reads holds all of it, too.
    assert trouble["message"] in told.error["message"]
    assert trouble["hint"] in told.error["message"]
    begun = shown(attempt.place, case.event) if case.event else attempt.begun
    assert told.at - begun < TOLD_WITHIN_SECONDS
    _is_quiet(attempt.place)
    mended[name] = _mended(name, attempt.place, server)


@pytest.mark.parametrize("name", CASES)
def test_the_next_deploy_works(
    name: str, failing: dict[str, Attempt], mended: dict[str, Attempt], server: Server
) -> None:
    if name not in mended:
        assert failing[name].told().status == 3
        mended[name] = _mended(name, failing[name].place, server)

    told = mended[name].told()

    assert told.status == 0, told.out + told.err
    place = mended[name].place
    # A worker is ready a moment before it is heard of.
    until(lambda: server.every(f"/work_pools/{name}/workers/filter"), "the worker is heard of")
    assert place.report("status")["healthy"]
    assert place.report("deploy")["unchanged"]
    _is_quiet(place)


def test_what_pod_security_will_refuse_is_told_before_anything_is_changed(
    cluster: Cluster, server: Server, namespace: str, tmp_path: Path
) -> None:
    enforced = "pod-security.kubernetes.io/enforce=restricted"
    cluster.kubectl("label", "namespace", namespace, enforced)
    place = place_in(tmp_path, cluster, namespace)
    _write(place, server, "etl")
    _with_another_chart(place, stricter=False)

    error = place.report("deploy", status=3)["error"]

    about = {trouble["about"] for trouble in error["troubles"]}
    assert about == {
        "agent etl: podSecurityContext.runAsNonRoot",
        "agent etl: job.podSecurityContext.runAsNonRoot",
    }
    for trouble in error["troubles"]:
        assert f"namespace '{namespace}' enforces Pod Security 'restricted'" in trouble["message"]
        assert trouble["hint"].startswith("take it out of prefect.overrides")
    assert place.items("secrets") == []


def test_who_has_no_rights_is_told_all_that_are_missing(
    places: dict[str, Place], server: Server, cluster: Cluster
) -> None:
    place = places["rights"]
    pods.remove(cluster, "rolebinding", BINDING, place.namespace)
    _write(place, server, "rights")

    error = place.report("deploy", status=3)["error"]

    (trouble,) = error["troubles"]
    assert trouble["about"] == f"system:serviceaccount:{place.namespace}:{BINDING} may not"
    for kind in ("deployments.apps", "secrets", "roles.rbac.authorization.k8s.io"):
        assert f" {kind} in namespace '{place.namespace}'" in trouble["message"]
    assert trouble["hint"] == "ask who administers the cluster for these rights"
    start(cluster, place.namespace, bound(place.namespace))
    place.run("deploy")


def test_values_edited_by_hand_are_told_and_not_applied(
    places: dict[str, Place], server: Server
) -> None:
    place = places["image"]
    _write(place, server, "image")
    place.run("render")
    values = place.folder / "stages" / STAGE / "values" / "image.yaml"
    rendered = values.read_text(encoding="utf-8")
    values.write_text(f"{rendered}replicas: many\n", encoding="utf-8")

    said = place.run("deploy", status=5)

    assert str(values.relative_to(place.folder)) in said
    assert "--force" in said
    place.run("deploy", "--force")
    assert values.read_text(encoding="utf-8") == rendered


def _write(place: Place, server: Server, name: str, case: Case | None = None) -> None:
    """Write a config file with what is wrong in a case; with nothing wrong without one."""
    repository, _, tag = image("flow").rpartition(":")
    place.write(
        prefect={
            "enabled": True,
            "image": f"{repository}:{(case and case.tag) or tag}",
            "api": {"url": server.url},
            "agents": [{"name": name}],
            "overrides": {**QUICK, **(case.overrides if case else {})},
        }
    )


def _with_another_chart(place: Place, *, stricter: bool) -> None:
    """Have a QHub whose chart differs from ours.

    A stricter one refuses two replicas, which the check of the config lets through; the other one
    does not fit Pod Security `restricted`.
    """
    copy = place.folder.parent / "checkout"
    for part in ("qhub", "helm", "schemas", "terraform"):
        ignored = shutil.ignore_patterns("__pycache__", ".terraform")
        shutil.copytree(CHECKOUT / part, copy / part, ignore=ignored)
    chart = copy / "helm" / "prefect-agent"
    schema = json.loads((chart / "values.schema.json").read_text(encoding="utf-8"))
    if stricter:
        schema["properties"]["replicas"]["maximum"] = 1
    else:
        del schema["definitions"]["podSecurityContext"]["properties"]["runAsNonRoot"]["const"]
        values = (chart / "values.yaml").read_text(encoding="utf-8")
        assert "runAsNonRoot: true" in values
        loose = values.replace("runAsNonRoot: true", "runAsNonRoot: false")
        (chart / "values.yaml").write_text(loose, encoding="utf-8")
    (chart / "values.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    place.environment["PYTHONPATH"] = f"{copy}{os.pathsep}{place.environment['PYTHONPATH']}"


def _mended(name: str, place: Place, server: Server) -> Attempt:
    """Put right what is wrong in a case, and deploy again."""
    if name == "image":
        _push_late()
        return Attempt.begin(place)  # with the same config: what is wrong is not in it
    if name == "quota":
        pods.remove(place.cluster, "resourcequota", "full", place.namespace)
    if name == "security":
        _, _, ours = place.environment["PYTHONPATH"].partition(os.pathsep)
        place.environment["PYTHONPATH"] = ours
    if name == "rights":
        start(place.cluster, place.namespace, bound(place.namespace))
    _write(place, server, name)
    return Attempt.begin(place)


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
