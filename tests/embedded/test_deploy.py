"""`qhub deploy` on real parts: what starts, what is restarted, what is left alone."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from qhub.embedded import automations
from qhub.embedded.supervise import Supervisor
from tests.embedded.platform import Machine, machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A platform with two agents that runs; tests may change it and deploy it again."""
    with machine(tmp_path_factory.mktemp("platform") / "project") as found:
        found.edit("queues: [etl]}", "queues: [etl], secrets: []}")  # one agent alone reads any
        told = found.deploy()
        assert told["started"] is True
        yield found


def test_everything_runs_and_is_told_to_prefect(deployed: Machine) -> None:
    with deployed.api() as api:
        pools = {pool["name"]: pool for pool in api.every("/work_pools/filter")}
        assert {name: pool["type"] for name, pool in pools.items()} == {
            "one": "process",
            "two": "process",
        }
        assert {pool["status"] for pool in pools.values()} == {"READY"}
        queues = {queue["name"] for queue in api.every("/work_pools/two/queues/filter")}
        assert queues == {"default", "etl"}
        limit = api.get(f"/v2/concurrency_limits/{automations.CONCURRENCY_LIMIT}")
        assert (limit["limit"], limit["active"]) == (1, True)
        found = {automation["name"] for automation in api.every("/automations/filter")}
        assert found == {automation["name"] for automation in automations.automations()}
        value = api.get("/variables/name/qhub_platform")["value"]
    assert value["pools"] == ["one", "two"]
    assert value["storage"] == f"file://{deployed.layout.flows}"
    assert value["gateway"]["address"].startswith("http://127.0.0.1:")
    states = {program.name: program.state for program in Supervisor(deployed.layout).programs()}
    assert states.keys() == {"server", "gateway", "agent-one", "agent-two"}


def test_a_second_deploy_changes_nothing_and_is_quick(deployed: Machine) -> None:
    deployed.deploy()
    before = deployed.pids()
    begun = time.monotonic()
    out = deployed.qhub("deploy")
    assert time.monotonic() - begun < 3
    assert "pipelines (dev) runs already, nothing had changed; " in out
    assert deployed.pids() == before
    told = deployed.deploy()
    assert (told["unchanged"], told["restarted"], told["changed"]) == (True, [], [])


def test_a_changed_variable_restarts_its_agent_alone(deployed: Machine) -> None:
    before = deployed.pids()
    deployed.edit("COLOUR: red", "COLOUR: blue")
    told = deployed.deploy()
    assert told["restarted"] == ["agent-one"]
    assert told["changed"] == ["config/agents/one.json"]
    after = deployed.pids()
    assert after.pop("agent-one") != before.pop("agent-one")
    assert after == before


def test_a_changed_secret_restarts_those_who_read_it(deployed: Machine) -> None:
    before = deployed.pids()
    deployed.environ["THE_KEY"] = "planted-anew"
    told = deployed.deploy()
    assert told["restarted"] == ["agent-one"]
    assert told["changed"] == ["secrets/one/KEY"]
    volume = deployed.layout.root / "secrets"
    assert [str(p.relative_to(volume)) for p in volume.rglob("*") if p.is_file()] == ["one/KEY"]
    assert (volume / "one" / "KEY").read_text() == "planted-anew"
    assert deployed.pids()["server"] == before["server"]
    assert deployed.pids()["agent-two"] == before["agent-two"]


def test_agents_and_queues_come_and_go_what_runs_stays_and_a_pool_in_use_is_kept(
    deployed: Machine,
) -> None:
    deployed.deploy()
    before = deployed.pids()
    deployed.edit("    - name: one", "    - {name: aaa}\n    - name: one")  # first by its name
    assert deployed.deploy()["restarted"] == ["agent-aaa"]
    assert deployed.pids().items() >= before.items()
    with deployed.api() as api:
        flow = api.post("/flows/", {"name": "kept"})["id"]
        body = {"name": "kept", "flow_id": flow, "work_pool_name": "aaa"}
        deployment = api.post("/deployments/", body)["id"]
        deployed.edit("    - {name: aaa}\n", "")
        told = deployed.deploy()
        assert told["restarted"] == []
        assert told["notes"] == [
            "pool aaa is in the config no longer, but 1 deployment uses it: it is paused"
        ]
        assert api.get("/work_pools/aaa")["is_paused"] is True
        assert deployed.pids() == before
        api.post(f"/deployments/{deployment}/create_flow_run", {})
        assert (
            "config: the work pool 'aaa' is in the config no longer, and is paused; "
            "1 deployment uses it, 1 run waits there" in deployed.qhub("status", status=4)
        )
        assert deployed.deploy()["unchanged"] is True
        deployed.edit("    - name: one", "    - {name: aaa}\n    - name: one")
        deployed.deploy()
        assert api.get("/work_pools/aaa")["is_paused"] is False
        api.delete(f"/deployments/{deployment}")
        deployed.edit("    - {name: aaa}\n", "")
        assert deployed.deploy()["notes"] == []
        assert {pool["name"] for pool in api.every("/work_pools/filter")} == {"one", "two"}
        deployed.edit("    - name: one\n", "    - name: one\n      queues: [default, late]\n")
        told = deployed.deploy()
        assert (told["restarted"], told["changed"]) == (
            [],
            ["config/agents/one.json", "config/platform.json", "queue one/late"],
        )
        deployed.edit("queues: [default, late]", "queues: [default, nightly]")
        assert deployed.deploy()["changed"][-2:] == ["queue one/nightly", "queue one/late"]
        queues = {queue["name"] for queue in api.every("/work_pools/one/queues/filter")}
        assert queues == {"default", "nightly"}
    assert deployed.pids() == before
    deployed.edit("      queues: [default, nightly]\n", "")


def test_what_a_user_changed_in_prefect_is_put_right_and_their_own_things_stay(
    deployed: Machine,
) -> None:
    deployed.deploy()
    with deployed.api() as api:
        api.post("/work_pools/", {"name": "of-the-user", "type": "process"})
        api.patch("/work_pools/one", {"is_paused": True, "base_job_template": {}})
        api.patch("/variables/name/qhub_platform", {"value": "wrong"})
        api.post("/variables/", {"name": "qhub_profile_old", "value": {}})
        api.post("/variables/", {"name": "theirs", "value": 1})
        told = deployed.deploy()
        assert told["changed"] == [
            "pool one",
            "variable qhub_platform",
            "variable qhub_profile_old",
        ]
        pool = api.get("/work_pools/one")
        assert pool["is_paused"] is True  # somebody meant it
        assert "memory_limit" in pool["base_job_template"]["variables"]["properties"]
        assert api.get("/variables/name/theirs")["value"] == 1
        assert api.get("/work_pools/of-the-user")["is_paused"] is False
        api.patch("/work_pools/one", {"is_paused": False})
        api.delete("/work_pools/of-the-user")


def test_all_files_are_for_their_owner_alone(deployed: Machine) -> None:
    for path in [deployed.layout.root, *deployed.layout.root.rglob("*")]:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode) or deployed.layout.server / "page" in path.parents:
            continue  # Prefect copies its page with the modes of its package
        assert stat.S_IMODE(mode) & 0o077 == 0, path


def test_the_lock_says_who_holds_it(deployed: Machine) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom qhub.embedded.layout import Layout\n"
        "from qhub.embedded.locking import lock\n"
        "with lock(Layout(Path(sys.argv[1])), 'deploy'):\n    print(flush=True)\n"
        "    sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(deployed.layout.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        out = deployed.qhub("deploy", status=3)
        assert f"another qhub (deploy, pid {holder.pid}, since " in out


def test_a_configured_port_that_is_taken_is_told_and_changes_nothing(deployed: Machine) -> None:
    deployed.deploy()
    before = deployed.pids()
    with closing(socket.create_server(("127.0.0.1", 0))) as foreign:
        port = foreign.getsockname()[1]
        deployed.write(deployed.config.read_text() + f"embedded: {{ports: {{server: {port}}}}}\n")
        out = deployed.qhub("deploy", status=3)
    assert f"port {port} (server) is taken: pid {os.getpid()}, " in out
    assert deployed.pids() == before
    deployed.edit(f"embedded: {{ports: {{server: {port}}}}}\n", "")


def test_a_shell_without_the_secrets_variables_can_deploy_again(deployed: Machine) -> None:
    deployed.deploy()
    key = deployed.environ.pop("THE_KEY")
    deployed.edit("COLOUR: ", "NEW: thing, COLOUR: ")
    told = deployed.deploy()
    deployed.environ["THE_KEY"] = key
    assert told["notes"] == ["KEY: its value is kept; its variable THE_KEY is not set"]
    assert told["changed"] == ["config/agents/one.json"]
    assert (deployed.layout.secrets("one") / "KEY").read_text() == key


def test_another_folder_of_the_same_names_changes_nothing_unless_it_takes_over(
    deployed: Machine, tmp_path: Path
) -> None:
    deployed.deploy()
    before = deployed.pids()
    other = Machine(tmp_path / "other", environ=deployed.environ)
    other.write(deployed.config.read_text())
    other.edit("    - name: one\n", "    - name: one\n      queues: [default, other]\n")
    out = other.qhub("deploy", status=3)
    assert f"pipelines (dev) was deployed from {deployed.config}" in out
    assert deployed.pids() == before
    assert [path.name for path in other.folder.iterdir()] == ["qhub-config.yaml"]
    assert f"note: it was deployed from {deployed.config}" in other.qhub("status", status=4)
    out = other.qhub("deploy", "--adopt")
    assert f"note: taken over from {deployed.config}" in out
    with other.api() as api:
        queues = {queue["name"] for queue in api.every("/work_pools/one/queues/filter")}
    assert queues == {"default", "other"}
    assert deployed.pids() == before
    assert f"was deployed from {other.config}" in deployed.qhub("deploy", status=3)
    other.config.rename(tmp_path / "away.yaml")
    assert (
        f"{other.config}, from which this platform was deployed, is gone"
        in (deployed.deploy()["notes"][0])
    )
    assert deployed.deploy()["notes"] == []


def test_a_missing_secret_stops_a_deploy_before_anything_changes(deployed: Machine) -> None:
    deployed.deploy()
    before = deployed.pids()
    rendered = {p: p.stat().st_mtime_ns for p in deployed.folder.rglob("*") if p.is_file()}
    key, deployed.environ["THE_KEY"] = deployed.environ["THE_KEY"], ""
    out = deployed.qhub("deploy", status=3)
    deployed.environ["THE_KEY"] = key
    assert "KEY (environment variable THE_KEY): not set, or empty" in out
    assert deployed.pids() == before
    after = {p: p.stat().st_mtime_ns for p in deployed.folder.rglob("*") if p.is_file()}
    assert after == rendered


def test_another_folder_of_the_same_names_removes_nothing_unless_it_takes_over(
    deployed: Machine, tmp_path: Path
) -> None:
    deployed.deploy()
    root = deployed.layout.root
    of_somebody = root.parent / "of-somebody"
    of_somebody.mkdir()
    other = Machine(tmp_path / "other", environ={"QHUB_HOME": deployed.environ["QHUB_HOME"]})
    told = other.qhub("destroy", "--data", "--confirm", "pipelines", status=3)
    assert f"pipelines (dev) was deployed from {deployed.config}" in told
    assert "destroy it with that file, or take it over with --adopt" in told
    assert deployed.status()["healthy"]
    told = other.qhub("destroy", "--data", "--adopt", "--confirm", "pipelines")
    assert f"taken over from {deployed.config}" in told
    assert f"removed      {root}" in told
    assert list(root.parent.iterdir()) == [of_somebody]
    assert deployed.processes() == []
    assert "is not deployed on this machine" in deployed.qhub("destroy")
