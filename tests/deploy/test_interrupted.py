"""Deploys that are killed: the next one ends in the same state as one in one go.

At 30 moments of the apply qhub, Terraform or both are killed: at the start and the end of each
object, and at times between.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from qhub.deploy import processes
from tests.deploy.place import AUTH, S3, STAGE, place_in
from tests.deploy.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from _pytest.mark.structures import ParameterSet

    from tests.deploy.place import Place
    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster

ADDRESSES = (
    'kubernetes_namespace_v1.this["this"]',
    *(
        f'kubernetes_secret_v1.{kind}["{agent}"]'
        for kind in ("flow", "token")
        for agent in ("etl", "gpu")
    ),
    *(f'helm_release.agent["{agent}"]' for agent in ("etl", "gpu")),
)
EVENTS = [(event, address) for address in ADDRESSES for event in ("apply_start", "apply_complete")]
TIMES = 16
QUICK = (3, 12)
"""Of the events, those that the quick tests have."""


def _both(qhub: subprocess.Popen[str], terraform: int) -> None:
    """Kill everything, as the end of a container does."""
    qhub.kill()
    os.killpg(terraform, signal.SIGKILL)


VICTIMS: dict[str, Callable[[subprocess.Popen[str], int], None]] = {
    "qhub": lambda qhub, _terraform: qhub.kill(),
    "terraform": lambda _qhub, terraform: os.kill(terraform, signal.SIGKILL),
    "both": _both,
}


def _moments() -> Iterator[ParameterSet]:
    """Yield the events, each with the next victim: every object meets two."""
    for number, (event, address) in enumerate(EVENTS):
        victim = list(VICTIMS)[number % len(VICTIMS)]
        kind, _, rest = address.partition(".")
        name = f"{victim} at the {event.removeprefix('apply_')} of {kind} {rest}"
        marks = () if number in QUICK else (pytest.mark.full,)
        yield pytest.param(event, address, victim, marks=marks, id=name)


@pytest.mark.parametrize(("event", "address", "victim"), [*_moments()])
def test_a_killed_deploy_is_put_right_by_the_next(
    event: str, address: str, victim: str, place: Place
) -> None:
    is_late = event == "apply_complete" and address.startswith("helm_release")
    _kill_at(place, lambda text: _told(text, event, address), VICTIMS[victim], may_be_over=is_late)

    place.run("deploy")

    _as_undisturbed(place)


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_lock_in_the_cluster_that_a_killed_deploy_left_is_taken_away(
    victim: str, place: Place
) -> None:
    place.write(terraform_state={"type": "remote"})
    at = ADDRESSES[0]
    _kill_at(place, lambda text: _told(text, "apply_complete", at), VICTIMS[victim])

    told = place.run("deploy")

    if victim != "qhub":
        assert "the lock of a deploy that was killed" in told
    assert place.report("deploy")["unchanged"]
    assert place.secret("qhub-etl-flow") == {"S3": S3}


def test_a_lock_of_somebody_else_is_left_alone_and_told(place: Place) -> None:
    place.write(terraform_state={"type": "remote"})
    place.run("deploy")
    leases = "/apis/coordination.k8s.io/v1/namespaces/qhub-state/leases"
    name = f"lock-tfstate-default-pipelines.{place.namespace}.{STAGE}"
    info = {
        "ID": "5f7b1f9c-1d0a-7d6e-4a44-0d0b5d4f0f0c",
        "Operation": "OperationTypeApply",
        "Who": "somebody@elsewhere",
        "Version": "1.11.4",
        "Created": "2026-11-21T10:00:00Z",
        "Info": "",
        "Path": "",
    }
    held = {
        "metadata": {"annotations": {"app.terraform.io/lock-info": json.dumps(info)}},
        "spec": {"holderIdentity": info["ID"]},
    }
    place.server.call("PATCH", f"{leases}/{name}", held)

    error = place.report("deploy", status=3)["error"]

    assert "is locked by somebody@elsewhere since 2026-11-21" in error["message"]
    lease = place.server.call("GET", f"{leases}/{name}")
    assert lease["spec"]["holderIdentity"] == info["ID"]


@pytest.fixture(scope="module")
def apply_seconds(
    tmp_path_factory: pytest.TempPathFactory, apiserver: ApiServer, providers: Path
) -> float:
    """How long an apply takes that nobody disturbs."""
    place = place_in(tmp_path_factory.mktemp("undisturbed"), apiserver, providers)
    data = place.private / STAGE
    with apiserver.ready_pods(place.namespace), place.start("deploy") as qhub:
        until(lambda: _applying(data, lambda _text: True), what="the apply")
        began = time.monotonic()
        until(lambda: _applying(data, lambda _text: True) is None, what="its end")
        took = time.monotonic() - began
        told = qhub.communicate()[0]
    assert qhub.returncode == 0, told
    return took


@pytest.mark.full
@pytest.mark.parametrize("part", range(TIMES))
def test_a_deploy_that_is_killed_at_any_time_is_put_right_by_the_next(
    part: int, apply_seconds: float, place: Place
) -> None:
    victim = list(VICTIMS.values())[part % len(VICTIMS)]
    first: list[float] = []

    def is_now(text: str) -> bool:
        first.append(time.monotonic())
        # At the latest with the last object: a faster apply would else be over.
        last = all(_told(text, "apply_complete", address) for address in ADDRESSES)
        return last or first[-1] - first[0] >= apply_seconds * part / TIMES

    _kill_at(place, is_now, victim, may_be_over=part >= TIMES - 2)

    place.run("deploy")

    _as_undisturbed(place)


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_changed_secret_is_written_though_a_deploy_of_it_was_killed(
    victim: str, place: Place
) -> None:
    """That agents roll where the kill came before the state was stored: test_not_stored."""
    place.run("deploy")
    new = {"S3_KEY": "another value"}
    at = 'kubernetes_secret_v1.flow["etl"]'
    _kill_at(place, lambda text: _told(text, "apply_start", at), VICTIMS[victim], more=new)
    until(lambda: place.secret("qhub-etl-flow") != {"S3": S3} or victim != "qhub", what="the value")

    place.run("deploy", more=new)

    assert place.secret("qhub-etl-flow") == {"S3": "another value"}
    pods = place.server.call(
        "GET", f"/apis/apps/v1/namespaces/{place.namespace}/deployments/qhub-etl"
    )["spec"]["template"]["metadata"]["annotations"]
    # Who was killed before it wrote the value is followed by one who counts on from there.
    assert pods["qhub.dev/secrets-revision"] in {"2", "3"}, pods
    assert place.report("deploy", more=new)["unchanged"]


def _kill_at(
    place: Place,
    is_now: Callable[[str], bool],
    victim: Callable[[subprocess.Popen[str], int], None],
    more: dict[str, str] | None = None,
    *,
    may_be_over: bool = False,
) -> None:
    """Start a deploy and kill a part of it at a moment of its apply.

    On a busy machine one of the last moments may be over before it is seen.
    """
    data = place.private / STAGE
    with place.start("deploy", more=more) as qhub:
        found = until(
            lambda: _applying(data, is_now) or (qhub.poll() is not None and "over"),
            what="the moment",
        )
        if isinstance(found, int):
            with suppress(ProcessLookupError):
                victim(qhub, found)
        said = qhub.communicate()[0]
    ends = (-signal.SIGKILL, 3, *([0] if may_be_over else []))
    assert qhub.returncode in ends, said


def _applying(data: Path, is_now: Callable[[str], bool]) -> int | None:
    """Return the process of Terraform when it applies, and the moment has come."""
    found = processes.orphan(data / "running.json")
    if found is None or found.command != "apply":
        return None
    try:
        text = (data / "running.out").read_text()
    except FileNotFoundError:
        return None
    return found.pid if is_now(text) else None


def _told(text: str, event: str, address: str) -> bool:
    for line in text.splitlines():
        try:
            said: dict[str, Any] = json.loads(line)
        except ValueError:
            continue
        hook = said.get("hook") or {}
        if said.get("type") == event and hook.get("resource", {}).get("addr") == address:
            return True
    return False


def _as_undisturbed(place: Place) -> None:
    """Hold that everything is as a deploy in one go leaves it, and that nothing is locked."""
    again = place.report("deploy")
    assert again["unchanged"], again
    for agent in ("etl", "gpu"):
        assert place.secret(f"qhub-{agent}-flow") == {"S3": S3}
        assert place.secret(f"qhub-{agent}-token") == {"token": AUTH}
    assert {name: status for name, (status, _) in place.releases().items()} == {
        "qhub-etl": "deployed",
        "qhub-gpu": "deployed",
    }
    state = json.loads((place.private / f"{STAGE}.tfstate").read_text())
    kept = [
        (resource["type"], instance["index_key"], instance.get("status"))
        for resource in state["resources"]
        for instance in resource["instances"]
    ]
    assert sorted(kept, key=str) == sorted(
        [
            ("kubernetes_namespace_v1", "this", None),
            *(
                (kind, agent, None)
                for agent in ("etl", "gpu")
                for kind in ("kubernetes_secret_v1", "kubernetes_secret_v1", "helm_release")
            ),
        ],
        key=str,
    )
    left = [path.name for path in place.private.rglob("*") if "killed-" in path.name]
    assert left == []
    assert not list(place.private.rglob("*.lock.info"))
    assert not (place.private / STAGE / "running.json").exists()
