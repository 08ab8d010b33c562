"""When waiting for the pods of a release is given up, and what is told until then."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from qhub.cluster import Target
from qhub.cluster.causes import Cause
from qhub.cluster.errors import ForbiddenError, UnreachableError
from qhub.deploy.events import Begun
from qhub.deploy.listening import ObjectSteps
from qhub.deploy.preflight import Checked
from qhub.deploy.site import Site
from qhub.deploy.values import Values
from qhub.deploy.watch import Patience, Watch, release_of
from tests.deploy.requests import request
from tests.deploy.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qhub.deploy.unfinished import Unfinished

ADDRESS = 'helm_release.agent["etl"]'
QUICK = Patience(look=0.02, any=0.2, crash=0.4, room=0.3, vain=0.1, api=0.2, gap=0.1)
PLANTED = "planted-value-of-a-log"
QUOTA = Cause("quota", "deployment/qhub-etl", "no pod is made", "ask for more", lasting=True)
CRASH = Cause("crash", "pod/x", "it ends", "look", lasting=True, lines=("first", f"key {PLANTED}"))
NO_ROOM = Cause("unschedulable", "pod/x", "no node takes it", "add nodes", lasting=False)
TELLS = Cause("crash", "pod/x", f"it ends: key {PLANTED}", "look", lasting=True)
STARTS = Cause("starting", "pod/x", "it starts", "wait", lasting=False)


class Told:
    """A progress that keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:  # noqa: ARG002 the protocol's signature
        yield

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def told() -> Told:
    return Told()


class Left:
    """Releases that were left half done; each tries again once."""

    def __init__(self, *releases: str) -> None:
        self.releases = list(releases)

    def try_again(self, release: str) -> bool:
        if release not in self.releases:
            return False
        self.releases.remove(release)
        return True


def _watch(
    told: Told, look: Callable[[object, str], tuple[Cause, ...]], unfinished: Left | None = None
) -> Watch:
    """Return a watch of one release that is being installed; it asks `look` and no cluster."""
    target = Target("team", "dev", "https://nowhere.test", "u", "token", None, False, ())  # noqa: FBT003
    values = Values({"a": PLANTED}, (), {})
    site = Site(request(), Path("/nowhere"), Checked(target, values, {}, ()), told)
    steps = ObjectSteps(told)
    steps.tell(Begun(ADDRESS, "create"))
    left = cast("Unfinished", unfinished or Left())
    return Watch(site, steps, look=look, unfinished=lambda *_: left, patience=QUICK)


def _told(watch: Watch, told: Told) -> list[str]:
    watch.drain()
    return told.notes


def test_a_cause_that_lasts_is_told_at_once_and_ends_the_wait_later(told: Told) -> None:
    with _watch(told, lambda _cluster, _release: (QUOTA,)) as watch:
        until(lambda: _told(watch, told), what="the note")
        assert not watch.is_hopeless
        until(lambda: watch.is_hopeless, what="the end")

    assert told.notes == [
        "qhub-etl: deployment/qhub-etl: no pod is made",
        "waiting does not mend that: Terraform is asked to stop",
    ]
    (trouble,) = watch.troubles
    assert (trouble.about, trouble.hint) == ("qhub-etl: deployment/qhub-etl", "ask for more")


def test_a_cause_that_an_earlier_deploy_left_counts_when_it_comes_again(told: Told) -> None:
    left = Left("qhub-etl")

    def look(_cluster: object, _release: str) -> tuple[Cause, ...]:
        return (QUOTA,) if left.releases else ()

    begun = time.monotonic()
    with _watch(told, look, left) as watch:
        until(lambda: not left.releases, what="the second try")
        until(lambda: time.monotonic() - begun > 0.5, what="the time")
    assert not watch.is_hopeless
    assert told.notes == []

    left = Left("qhub-etl")
    with _watch(told, lambda _cluster, _release: (QUOTA,), left) as watch:
        until(lambda: watch.is_hopeless, what="the end")
    assert left.releases == []


def test_a_pod_that_no_node_takes_ends_the_wait_even_if_room_may_come(told: Told) -> None:
    with _watch(told, lambda _cluster, _release: (NO_ROOM,)) as watch:
        until(lambda: watch.is_hopeless, what="the end")
    assert watch.troubles[0].message == "no node takes it"


def test_all_that_lasts_is_told_when_the_first_of_it_ends_the_wait(told: Told) -> None:
    with _watch(told, lambda _cluster, _release: (CRASH, QUOTA)) as watch:
        until(lambda: watch.is_hopeless, what="the end")
    assert [trouble.hint for trouble in watch.troubles] == ["look", "ask for more"]


def test_a_cause_that_comes_and_goes_ends_the_wait_too(told: Told) -> None:
    begun = time.monotonic()

    def look(_cluster: object, _release: str) -> tuple[Cause, ...]:
        return (QUOTA,) if int((time.monotonic() - begun) / 0.03) % 2 else ()

    with _watch(told, look) as watch:
        until(lambda: watch.is_hopeless, what="the end")


def test_a_cause_that_goes_is_forgotten(told: Told) -> None:
    begun = time.monotonic()

    def look(_cluster: object, _release: str) -> tuple[Cause, ...]:
        return (QUOTA,) if time.monotonic() - begun < 0.1 else ()

    with _watch(told, look) as watch:
        until(lambda: time.monotonic() - begun > 0.5, what="the time")
    assert not watch.is_hopeless


def test_what_only_starts_ends_nothing(told: Told) -> None:
    begun = time.monotonic()
    with _watch(told, lambda _cluster, _release: (STARTS,)) as watch:
        until(lambda: time.monotonic() - begun > 0.4, what="the time")
    assert not watch.is_hopeless
    assert told.notes == []


def test_the_last_lines_of_a_crash_are_told_without_secrets(told: Told) -> None:
    with _watch(told, lambda _cluster, _release: (CRASH,)) as watch:
        until(lambda: watch.is_hopeless, what="the end")
    assert watch.troubles[0].message == "it ends\n    | first\n    | key (secret)"


def test_a_note_of_what_is_wrong_is_told_without_secrets(told: Told) -> None:
    with _watch(told, lambda _cluster, _release: (TELLS,)) as watch:
        until(lambda: _told(watch, told), what="the note")
    assert told.notes[0] == "qhub-etl: pod/x: it ends: key (secret)"


def test_an_api_server_that_stays_away_ends_the_wait(told: Told) -> None:
    def look(_cluster: object, _release: str) -> tuple[Cause, ...]:
        raise UnreachableError("the API server does not answer", hint="look at it")

    with _watch(told, look) as watch:
        until(lambda: watch.is_hopeless, what="the end")
    (trouble,) = watch.troubles
    assert (trouble.about, trouble.message) == ("the cluster", "the API server does not answer")
    assert told.notes == [
        "the API server does not answer",
        "it stays away: Terraform is asked to stop",
    ]


def test_who_may_not_look_waits_as_helm_does(told: Told) -> None:
    def look(_cluster: object, _release: str) -> tuple[Cause, ...]:
        raise ForbiddenError("may not")

    with _watch(told, look) as watch:
        pass
    assert not watch.is_hopeless


@pytest.mark.parametrize(
    ("address", "release"),
    [(ADDRESS, "qhub-etl"), ('kubernetes_secret_v1.flow["etl"]', None), ("helm_release.x", None)],
)
def test_the_release_of_an_address_is_known(address: str, release: str | None) -> None:
    assert release_of(address) == release
