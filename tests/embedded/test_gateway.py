"""The gateway that supervisor starts: whom it lets in, and that it comes back."""

from __future__ import annotations

import os
import signal
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from qhub.embedded.health.gateway import look
from qhub.flows import patience
from qhub.flows.dask_clusters import clusters, stop
from qhub.flows.dask_errors import ClusterError, GatewayAwayError, GatewayError
from qhub.flows.errors import NotFoundError
from qhub.flows.gateway import (
    Access,
    access,
    ask,
    check_profile,
    connect,
    describe,
    failures,
    scheduler_address,
)
from qhub.flows.new_cluster import attach, submit
from qhub.flows.patience import patiently
from qhub.flows.scheduler import is_alive, workers_of
from tests.embedded import gateway
from tests.embedded.gateway import PASSWORD, RunningGateway, healthy, serving, until
from tests.embedded.server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with serving(tmp_path_factory.mktemp("gateway")) as found:
        yield found


@pytest.fixture
def here(running: RunningGateway) -> Access:
    return access(running.client())


@pytest.fixture(scope="module")
def cluster(running: RunningGateway) -> str:
    """A cluster of a flow of pipelines, which no test but the last one ends."""
    to = access(running.client())
    with connect(to) as found, failures(to):
        name = submit(found, to, flow="f", profile=None, idle_timeout=None, owned=False)
        attach(found, to, name).close()
    return name


@pytest.mark.parametrize(
    ("agent", "password"),
    [("pipelines", "wrong"), ("somebody", gateway.PASSWORD), ("", gateway.PASSWORD)],
    ids=["wrong password", "no agent", "no user"],
)
def test_only_agents_with_the_password_get_in(
    running: RunningGateway, agent: str, password: str
) -> None:
    other = Access(running.address, "", agent, password)
    with pytest.raises(GatewayError, match=f"does not know agent '{agent}' with this password"):
        ask("clusters/", other)
    assert password not in str(Access(running.address, "", agent, password))


@pytest.mark.parametrize(
    "header",
    ["", "Bearer x", "Basic", "Basic %%%", "Basic " + b64encode(b"\xff\xfe").decode()],
    ids=["none", "other kind", "empty", "not base64", "not text"],
)
def test_a_header_that_is_none_is_refused(running: RunningGateway, header: str) -> None:
    request = urllib.request.Request(f"{running.address}/api/v1/clusters/")  # noqa: S310 our own
    if header:
        request.add_header("Authorization", header)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)  # noqa: S310 our own
    assert caught.value.code == 401
    caught.value.close()


def test_the_files_are_for_their_owner_alone(running: RunningGateway) -> None:
    database = running.layout.gateway / "gateway.sqlite"
    assert oct(database.stat().st_mode & 0o777) == "0o600"


def test_a_profile_is_checked_with_a_suggestion(here: Access) -> None:
    check_profile("Medium Worker", here)
    with pytest.raises(NotFoundError, match="there is no profile of Dask workers 'medium'"):
        check_profile("medium", here)


def test_a_worker_that_never_fits_is_refused_with_the_limits(here: Access) -> None:
    with connect(here) as found, pytest.raises(ValueError, match="fits into dask_gateway"):
        found.submit(worker_memory=64.0)


def test_a_cluster_lives_through_the_death_of_the_gateway_and_what_is_asked_meanwhile_is_done(
    tmp_path: Path,
) -> None:
    """No call waits until it is healthy: a run that needs a cluster now does not fail."""
    with serving(tmp_path) as first:
        to, name = _killed_with_a_cluster(first)
        second = RunningGateway(first.layout, first.ports, gateway.start(first.layout, first.ports))
        try:
            with connect(to) as found:
                with attach(found, to, name) as cluster:
                    assert is_alive(found, to, name)
                    assert workers_of(cluster) == 0
                other = submit(found, to, flow="g", profile=None, idle_timeout=None, owned=False)
            assert {one.name for one in clusters(to)} == {name, other}
            told = describe(name, to)
            assert told is not None
            assert told.most == 4
            stop(name, to)
            folder = first.layout.gateway / "clusters" / name
            until(lambda: not folder.exists(), 30)
        finally:
            second.process.terminate()
            second.process.wait(40)


def test_a_scheduler_that_died_with_the_gateway_is_noticed_by_the_next(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        to, name = _killed_with_a_cluster(first)
        os.kill(_scheduler(name), signal.SIGKILL)
        second = RunningGateway(first.layout, first.ports, gateway.start(first.layout, first.ports))
        try:
            healthy(second)
            until(lambda: clusters(to) == (), 10)
        finally:
            second.process.terminate()
            second.process.wait(40)


def test_a_gateway_that_stays_away_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0.5)
    nowhere = f"http://127.0.0.1:{free_port()}"
    to = Access(nowhere, "", "pipelines", "")
    with connect(to) as found:
        for call in (lambda: ask("options", to), found.list_clusters):
            with pytest.raises(GatewayAwayError, match=f"Dask Gateway at {nowhere} cannot be reac"):
                patiently(to, call)


def test_schedulers_on_this_machine_are_talked_to_without_the_proxy(
    here: Access, cluster: str
) -> None:
    """A proxy that died takes no connection with it, and does not make a cluster look dead."""
    with (
        connect(here) as found,
        failures(here),
        attach(found, here, cluster) as attached,
        attached.get_client() as client,
    ):
        assert attached.scheduler_address.startswith("tls://127.0.0.1:")
        assert client.scheduler is not None
        assert client.scheduler.address == attached.scheduler_address
    astray = replace(here, proxy_address=f"gateway://127.0.0.1:{free_port()}")
    with connect(astray) as found:
        assert is_alive(found, astray, cluster)
    stranger = replace(here, user="other")
    assert scheduler_address(cluster, here) == attached.scheduler_address
    assert scheduler_address(cluster, stranger) is None
    assert scheduler_address(cluster, replace(here, address="http://gateway.example")) is None


def test_a_worker_keeps_to_as_many_cpus_as_its_profile_has(here: Access, cluster: str) -> None:
    all_of_them = os.sched_getaffinity(0)
    with connect(here) as found, failures(here), attach(found, here, cluster) as attached:
        attached.scale(2)
        until(lambda: workers_of(attached) == 2, 30)
        bound = [os.sched_getaffinity(pid) for pid in _processes(cluster, "worker")]
        assert os.sched_getaffinity(_scheduler(cluster)) == all_of_them
    assert [len(cpus) for cpus in bound] == [1, 1]
    assert len(bound[0] | bound[1]) == min(2, len(all_of_them))  # in turn


def test_status_sees_the_clusters_of_every_agent(running: RunningGateway, cluster: str) -> None:
    """The gateway tells by a cookie who asks; one of another agent would hide clusters."""
    for agents in (["other", "pipelines"], ["pipelines", "other"]) * 5:
        seen = look(running.address, PASSWORD, agents, timeout_seconds=10)
        assert seen.clusters is not None
        assert [one.name for one in seen.clusters] == [cluster]


def test_a_dead_scheduler_is_noticed_at_once(
    here: Access, running: RunningGateway, cluster: str
) -> None:
    """The last one here: it ends the cluster of the others."""
    with connect(here) as found, failures(here):
        os.kill(_scheduler(cluster), signal.SIGKILL)
        until(lambda: clusters(here) == (), 10)
        with pytest.raises(ClusterError, match=f"the Dask cluster {cluster} ended"):
            attach(found, here, cluster)
    until(lambda: "The scheduler of cluster" in running.layout.log("gateway").read_text(), 5)


def _killed_with_a_cluster(first: RunningGateway) -> tuple[Access, str]:
    """Start a cluster, kill the gateway; return how it was reached, and the cluster's name."""
    to = access(first.client())
    with connect(to) as found, failures(to):
        name = submit(found, to, flow="f", profile=None, idle_timeout=None, owned=False)
        attach(found, to, name).close()
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    return to, name


def _scheduler(name: str) -> int:
    [pid] = _processes(name, "scheduler")
    return pid


def _processes(name: str, program: str) -> list[int]:
    from tests.flows.dask_platform import dask_processes

    return [pid for pid, words in dask_processes(name).items() if program in words]
