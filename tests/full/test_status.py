"""A whole platform tells the truth of itself while its parts are broken one by one.

What lies around it is not its own: proxies that lead nowhere, variables, and a user without a home.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import psutil  # noqa: TID253 the tests' own
import pytest

from qhub.embedded import processes
from tests.full.platform import BIN, Platform, deployed, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.full

CONFIG = """\
project_name: told
provider: embedded
prefect: {enabled: true}
dask_gateway: {enabled: true, idle_timeout: 60}
secrets:
  S3_KEY: {from_env: S3_KEY}
"""
FLOW = """
import os

from prefect import flow
from qhub.flows import deploy

@flow(log_prints=True)
def etl():
    print("good morning, exempt:", os.environ["NO_PROXY"])

if __name__ == "__main__":
    deploy(etl)
"""
NOWHERE = {
    **dict.fromkeys(("HTTP_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "HOME": "/nonexistent",
    "NO_PROXY": "corp.example",
}
PLANTED = {"S3_KEY": "planted-key", "EXPORTED": "planted-export"}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("told")
    with deployed(folder, CONFIG, more=NOWHERE | PLANTED) as platform:
        _wait_healthy(platform)
        yield platform


@pytest.fixture(autouse=True)
def _healthy_after(platform: Platform) -> Iterator[None]:
    yield
    _wait_healthy(platform)


def _wait_healthy(platform: Platform) -> None:
    until(lambda: platform.look()["healthy"])


def _part(found: Any, name: str) -> Any:
    return next(part for part in found["parts"] if part["name"] == name)


def _told(found: Any, part: str) -> str:
    return "\n".join(p["message"] for p in found["problems"] if p["part"] == part)


def test_a_healthy_platform_is_told_within_seconds(platform: Platform) -> None:
    begun = time.monotonic()
    found = json.loads(platform.qhub("status", "--output", "json"))
    assert time.monotonic() - begun < 5  # 0.4 s on a machine that does nothing else
    assert [part["name"] for part in found["parts"]] == [
        "supervisor",
        "server",
        "gateway",
        "agent/told",
    ]
    assert {part["state"] for part in found["parts"]} == {"running"}
    assert 150 < found["memory_mb"] < 700
    assert found["clusters"] == []
    assert "planted" not in json.dumps(found)


def test_nothing_of_the_shell_is_in_a_process(platform: Platform) -> None:
    """Look into the environment of each; what the same look finds in a command is the control."""
    found = [processes.environment(one.pid) for one in processes.find(platform.layout)]
    # supervisor, server and what asks it, gateway, its proxy, and parent and worker of the agent
    assert len(found) >= 7
    assert all(str(platform.layout.root) in one.values() for one in found)
    assert not {value for one in found for value in one.values()} & {*PLANTED.values()}
    here = platform.start("status")
    try:
        until(lambda: {*PLANTED.values()} <= {*processes.environment(here.pid).values()})
    finally:
        here.communicate(timeout=60)


def test_a_paused_pool_is_told(platform: Platform) -> None:
    with platform.api() as api:
        api.patch("/work_pools/told", {"is_paused": True})
        assert "is paused: no run starts" in _told(platform.look(), "agent/told")
        api.patch("/work_pools/told", {"is_paused": False})


def test_a_lost_secret_is_told(platform: Platform) -> None:
    file = platform.layout.secrets("told") / "S3_KEY"
    value = file.read_bytes()
    file.unlink()
    assert "S3_KEY" in _told(platform.look(), "agent/told")
    file.write_bytes(value)


def test_a_config_file_that_was_edited_is_told(platform: Platform) -> None:
    file = platform.folder / "qhub-config.yaml"
    text = file.read_text()
    file.write_text(text.replace("idle_timeout: 60", "idle_timeout: 90"))
    assert "asks for something else than what runs (platform.json)" in _told(
        platform.look(), "config"
    )
    file.write_text(text)


def test_a_cluster_whose_scheduler_hangs_is_told_and_one_that_died_is_gone(
    platform: Platform,
) -> None:
    ports = json.loads(platform.layout.ports.read_text())
    password = platform.layout.password("gateway").read_text().strip()
    address = f"http://127.0.0.1:{ports['gateway_proxy']}"
    with httpx.Client(base_url=address, auth=("told", password), trust_env=False) as gateway:
        made = gateway.post("/api/v1/clusters/", json={"cluster_options": {"flow": "etl"}})
        name = made.json()["name"]
        found = until(lambda: _running(platform, name))
        assert found["flow"] == "etl"
        assert found["user"] == "told"
        assert found["workers"] == 0
        assert (
            httpx.get(found["dashboard"], trust_env=False, follow_redirects=True).status_code < 500
        )
        (scheduler,) = (
            process
            for process in psutil.process_iter(["cmdline", "environ"])
            if "scheduler" in (process.info["cmdline"] or ())
            and (process.info["environ"] or {}).get("DASK_GATEWAY_CLUSTER_NAME") == name
        )
        scheduler.suspend()
        told = _told(platform.look(), f"cluster/{name[:8]}")
        assert told == "its scheduler does not answer (agent told)"
        scheduler.kill()
    until(lambda: platform.look()["clusters"] == [])


def _running(platform: Platform, name: str) -> Any:
    clusters = [c for c in platform.look()["clusters"] or () if c["name"] == name]
    return next((c for c in clusters if c["status"] == "running"), None)


def test_neither_a_proxy_nor_a_missing_home_is_in_the_way_of_a_run_whose_log_is_followed(
    platform: Platform,
) -> None:
    (platform.folder / "etl.py").write_text(FLOW)
    platform.qhub("flow", "run", "etl", fails=3)
    assert "nothing is deployed yet: qhub flow deploy FILE" in platform.said[-1]
    platform.qhub("connect", "--", str(BIN / "python"), "etl.py")
    assert platform.said[-1].startswith("created    etl/default  ")
    assert "unchanged  etl/default" in platform.qhub("flow", "deploy", "etl.py")
    platform.qhub("flow", "run", "etll", fails=3)
    assert "did you mean 'etl'?" in platform.said[-1]
    platform.qhub("flow", "run", "etl")
    assert "exempt: 127.0.0.1,localhost" in platform.said[-1]
    seen = platform.qhub("connect", "--", "sh", "-c", "echo $NO_PROXY $no_proxy")
    assert seen.split() == ["corp.example,127.0.0.1,localhost"] * 2
    run = platform.run(platform.trigger("etl"))
    assert "good morning" in platform.qhub("logs", f"run/{run['name']}", "-f")
    assert platform.run(run["id"])["state_type"] == "COMPLETED"
    assert "good morning" in platform.here("logs", f"run/{run['id'][:13]}")
    assert "good morning" in platform.qhub("logs", f"run/{run['id']}", "--raw", "-f", "-n", "50")
    assert "Warning" not in "".join(platform.said)


def test_an_agent_that_hangs_is_offline_with_its_last_heartbeat(platform: Platform) -> None:
    part = _part(platform.look(), "agent/told")
    agent = psutil.Process(part["pid"])
    family = [agent, *agent.children(recursive=True)]
    for process in family:
        process.suspend()
    try:
        with closing(
            sqlite3.connect(platform.layout.server / "prefect.db", timeout=30)
        ) as database:
            moment = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M:%S.%f")
            changed = database.execute("UPDATE worker SET last_heartbeat_time = ?", (moment,))
            assert changed.rowcount == 1
            database.commit()
        told = until(
            lambda: _told(platform.look(), "agent/told").partition("it does not ask")[2],
            seconds=90,  # a young agent is taken to be starting
            every=2,
        )
        assert told.startswith(" for work; its last heartbeat was 3")
        assert _part(platform.look(), "agent/told")["state"] == "offline"
    finally:
        for process in family:
            process.resume()
