"""Deploys that are killed: the next one ends in the same state as one in one go.

At 30 moments of the apply qhub, Terraform or both are killed: at the start and the end of each
object, and at times between. Until then a pod gets ready only where the moment is the end of its
release: no apply is over before its moment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from qhub.deploy import processes
from qhub.deploy.watch import release_of
from tests.deploy.place import S3, STAGE, place_in
from tests.deploy.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
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
CUT_OFF = "cut-off.tfstate"
"""A state that was being written when Terraform was killed: its copy counts, people may look."""
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


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a deploy ends in that nobody disturbs, and how long its apply takes."""

    seconds: float
    end: Any
    details: Any


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, apiserver: ApiServer, providers: Mapping[str, str]
) -> Undisturbed:
    place = place_in(tmp_path_factory.mktemp("undisturbed"), apiserver, providers)
    data = place.private / STAGE
    with apiserver.ready_pods(place.namespace), place.start("deploy") as qhub:
        until(lambda: _applying(data, lambda _text: True), what="the apply")
        began = time.monotonic()
        until(lambda: _applying(data, lambda _text: True) is None, what="its end")
        took = time.monotonic() - began
        told = qhub.communicate()[0]
    assert qhub.returncode == 0, told
    return Undisturbed(took, _end(place), _details(place))


@pytest.mark.parametrize(("event", "address", "victim"), [*_moments()])
def test_a_killed_deploy_is_put_right_by_the_next(
    event: str, address: str, victim: str, unready: Place, undisturbed: Undisturbed
) -> None:
    release = release_of(address) if event == "apply_complete" else None
    ready = unready.server.ready_pods(unready.namespace, release) if release else nullcontext()
    with ready:
        _kill_at(unready, lambda text: _told(text, event, address), victim)

    _next_is_as(undisturbed, unready)


@pytest.mark.full
@pytest.mark.parametrize("part", range(TIMES))
def test_a_deploy_that_is_killed_at_any_time_is_put_right_by_the_next(
    part: int, unready: Place, undisturbed: Undisturbed
) -> None:
    first: list[float] = []

    def is_now(_text: str) -> bool:
        first.append(time.monotonic())
        return first[-1] - first[0] >= undisturbed.seconds * part / TIMES

    _kill_at(unready, is_now, list(VICTIMS)[part % len(VICTIMS)])

    _next_is_as(undisturbed, unready)


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_lock_in_the_cluster_that_a_killed_deploy_left_is_taken_away(
    victim: str, place: Place
) -> None:
    place.write(terraform_state={"type": "remote"})
    _kill_at(place, lambda text: _told(text, "apply_complete", ADDRESSES[0]), victim)

    told = place.run("deploy")

    if victim != "qhub":
        assert "the lock of a deploy that was killed" in told
    assert not place.server.call("GET", _lease(place))["spec"].get("holderIdentity")
    assert place.secret("qhub-etl-flow") == {"S3": S3}


def test_a_lock_of_somebody_else_is_left_alone_and_told(place: Place) -> None:
    place.write(terraform_state={"type": "remote"})
    place.run("deploy")
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
    place.server.call("PATCH", _lease(place), held)

    error = place.report("deploy", status=3)["error"]

    assert "is locked by somebody@elsewhere since 2026-11-21" in error["message"]
    assert place.server.call("GET", _lease(place))["spec"]["holderIdentity"] == info["ID"]


def _lease(place: Place) -> str:
    leases = "/apis/coordination.k8s.io/v1/namespaces/qhub-state/leases"
    return f"{leases}/lock-tfstate-default-pipelines.{place.namespace}.{STAGE}"


def test_a_changed_secret_is_written_though_a_deploy_of_it_was_killed(place: Place) -> None:
    """That agents roll where the kill came before the state was stored: test_not_stored."""
    place.run("deploy")
    for victim in VICTIMS:
        before = _revision(place)
        wanted = f"for the death of {victim}"
        _change_and_kill(place, wanted, victim)

        place.run("deploy", more={"S3_KEY": wanted})

        assert place.secret("qhub-etl-flow") == {"S3": wanted}
        # Who was killed before it wrote the value is followed by one who counts on from there.
        assert _revision(place) - before in {1, 2}, victim
    assert place.report("deploy", more={"S3_KEY": wanted})["unchanged"]


def _change_and_kill(place: Place, wanted: str, victim: str) -> None:
    """Kill a deploy while it writes another value; where Terraform lives, that is written."""
    at = 'kubernetes_secret_v1.flow["etl"]'
    _kill_at(place, lambda text: _told(text, "apply_start", at), victim, more={"S3_KEY": wanted})
    if victim == "qhub":
        until(lambda: place.secret("qhub-etl-flow") == {"S3": wanted}, what="the value")


def _revision(place: Place) -> int:
    """Return the revision of the secrets that an agent was rolled for."""
    return int(_pods(place, "etl")["metadata"]["annotations"]["qhub.dev/secrets-revision"])


def _kill_at(
    place: Place, is_now: Callable[[str], bool], victim: str, more: dict[str, str] | None = None
) -> None:
    """Start a deploy and kill a part of it at a moment of its apply."""
    data = place.private / STAGE
    with place.start("deploy", more=more) as qhub:
        terraform = until(
            lambda: _applying(data, is_now) or (qhub.poll() is not None and -1),
            what="the moment",
        )
        if terraform > 0:
            VICTIMS[victim](qhub, terraform)
        said = qhub.communicate()[0]
    assert qhub.returncode == (3 if victim == "terraform" else -signal.SIGKILL), said


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


def _next_is_as(undisturbed: Undisturbed, place: Place) -> None:
    """Hold that the next deploy leaves all as one in one go does, and nothing locked.

    What is the same in all details is unchanged for one more deploy, too; else that is asked.
    """
    with place.server.ready_pods(place.namespace):
        place.run("deploy")
        assert _end(place) == undisturbed.end
        if _details(place) != undisturbed.details:
            again = place.report("deploy")
            assert again["unchanged"], again
    assert not list(place.private.rglob("*.lock.info"))


def _end(place: Place) -> Any:
    """Return what every deploy must end in; of a run that was killed no note is left."""
    kept = [
        (resource["type"], resource["name"], instance["index_key"], instance.get("status"))
        for resource in _state(place)["resources"]
        for instance in resource["instances"]
    ]
    secrets = [f"qhub-{agent}-{kind}" for agent in ("etl", "gpu") for kind in ("flow", "token")]
    return {
        "kept": sorted(kept, key=str),
        "notes": sorted({path.name for path in (place.private / STAGE).iterdir()} - {CUT_OFF}),
        "secrets": {name: place.secret(name) for name in secrets},
        "releases": {name: status for name, (status, _) in place.releases().items()},
    }


def _details(place: Place) -> Any:
    """Return all that the next plan compares; revisions of what was made again differ in it."""
    found = {
        "releases": place.releases(),
        "pods": [_pods(place, agent) for agent in ("etl", "gpu")],
        "state": [_state(place)[part] for part in ("resources", "outputs")],
    }
    volatile = (
        *("uid", "resource_version", "first_deployed", "last_deployed"),
        *("dependencies", "sensitive_attributes"),  # in any order
        *("checksum/job-template", "checksum/setup"),  # of the namespace's name
    )
    return json.loads(
        json.dumps(found).replace(place.namespace, "NAMESPACE"),
        object_hook=lambda entries: {k: v for k, v in entries.items() if k not in volatile},
    )


def _state(place: Place) -> Any:
    return json.loads((place.private / f"{STAGE}.tfstate").read_text())


def _pods(place: Place, agent: str) -> Any:
    """Return what the pods of an agent are made from."""
    path = f"/apis/apps/v1/namespaces/{place.namespace}/deployments/qhub-{agent}"
    return place.server.call("GET", path)["spec"]["template"]
