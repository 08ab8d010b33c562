"""What needs no server: identities, messages, records, limits, environment, template, old files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qhub.embedded.layout import Layout
from qhub.embedded.runs import Identity, agent_environment, base_job_template
from qhub.embedded.runs.errors import LimitError
from qhub.embedded.runs.housekeeping import remove_old_logs, remove_working_folders
from qhub.embedded.runs.limits import Limits
from qhub.embedded.runs.messages import Ended, Job, Refused, Started, read, write
from qhub.embedded.runs.records import Records

REPOSITORY = Path(__file__).parents[3]


def test_an_identity_is_of_one_process() -> None:
    own = Identity.of(os.getpid())
    assert own is not None
    assert own.alive
    assert Identity.parse(str(own)) == own
    assert not Identity(own.pid, "another").alive


def test_a_dead_process_has_no_identity_even_before_it_is_reaped() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = Identity.of(child.pid)
    assert identity is not None
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert Identity.of(child.pid) is None
    assert not identity.alive
    assert child.stdin is not None
    child.stdin.close()
    child.wait()


@pytest.mark.parametrize("text", [None, "", "4711", "x:1", "-1:2", "1:2", "0:2", "4711:"])
def test_what_is_no_identity_is_none(text: str | None) -> None:
    assert Identity.parse(text) is None


@pytest.mark.parametrize(
    "message",
    [
        Job(1, "r", "flow", {"A": "line\nbreak"}, "/log", "/folder", cpus=1, memory_bytes=2),
        Started(1, "2:3"),
        Ended(1, -9),
        Refused(1, "no"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_is_one_line_and_comes_back(message: Job | Started | Ended | Refused) -> None:
    line = write(message)
    assert line.count(b"\n") == 1
    assert read(line) == message


def test_a_job_is_shown_without_its_environment() -> None:
    assert "planted" not in repr(Job(1, "r", "flow", {"A": "planted"}, "/log", "/folder"))


def test_records_tell_which_runs_live(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.make()
    own = Identity.of(os.getpid())
    assert own is not None
    records.write("living", own)
    records.write("dead", Identity(own.pid, "another"))
    assert records.alive() == {"living": own}
    assert records.read("dead") is None
    records.forget("living", Identity(own.pid, "of an earlier process"))
    assert records.read("living") == own
    records.forget("living", own)
    assert records.read("living") is None


def test_limits_are_rounded_up_to_whole_cpus() -> None:
    assert Limits.read({}) == Limits()
    assert Limits.read({"cpu_limit": "1500m", "memory_limit": "1Gi"}) == Limits(2, 1 << 30)
    assert Limits.read({"cpu_limit": "0.1", "memory_limit": None}).cpus == 1


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    layout.make()
    (layout.config / "agents").mkdir()
    (layout.config / "agents" / "etl.json").write_text(
        json.dumps({"env_vars": {"A": "config", "B": "config", "QHUB_AGENT": "x"}})
    )
    layout.password("api").write_text("qhub:pass\n")
    layout.password("gateway").write_text("gate")
    layout.secrets("etl").mkdir()
    return layout


SUPERVISOR = {
    "PATH": "/bin",
    "QHUB_SERVER_PORT": "1",
    "QHUB_GATEWAY_PROXY_PORT": "2",
    "QHUB_GATEWAY_TLS_PORT": "3",
    "QHUB_PROJECT": "p",
    "QHUB_NAMESPACE": "n",
}


def test_secrets_win_over_variables_and_nothing_over_the_platform(layout: Layout) -> None:
    for name, content in {"B": b"secret", "DASK_GATEWAY__ADDRESS": b"evil", "C": b"\xff"}.items():
        (layout.secrets("etl") / name).write_bytes(content)
    found = agent_environment(layout, "etl", SUPERVISOR)
    assert (found["A"], found["B"], found["PATH"]) == ("config", "secret", "/bin")
    assert "C" not in found
    assert found["QHUB_AGENT"] == "etl"
    assert found["PREFECT_API_URL"] == "http://127.0.0.1:1/api"
    assert found["PREFECT_API_AUTH_STRING"] == "qhub:pass"
    assert found["DASK_GATEWAY__ADDRESS"] == "http://127.0.0.1:2"
    assert found["QHUB_GATEWAY_PROXY_ADDRESS"] == "gateway://127.0.0.1:3"
    assert found["DASK_GATEWAY__AUTH__KWARGS__PASSWORD"] == "gate"  # noqa: S105


def test_a_proxy_is_not_asked_for_the_loopback(layout: Layout) -> None:
    (layout.secrets("etl") / "no_proxy").write_bytes(b"corp.example")
    found = agent_environment(layout, "etl", {**SUPERVISOR, "NO_PROXY": "127.0.0.1,a"})
    assert found["NO_PROXY"] == found["no_proxy"] == "127.0.0.1,a,corp.example,localhost"
    everything = agent_environment(layout, "etl", {**SUPERVISOR, "NO_PROXY": "*"})
    assert everything["NO_PROXY"] == "*"


def test_a_limit_that_is_no_quantity_names_its_variable() -> None:
    with pytest.raises(LimitError, match=r"^the job variable cpu_limit is 'many', not a CPU"):
        Limits.read({"cpu_limit": "many"})


def test_a_platform_without_a_gateway_has_no_password_of_it(layout: Layout) -> None:
    layout.password("gateway").unlink()
    assert agent_environment(layout, "etl", SUPERVISOR)["QHUB_GATEWAY_PASSWORD"] == ""


def test_job_variables_of_the_agent_are_defaults_of_the_template() -> None:
    template = base_job_template({"cpu_limit": "2", "memory_limit": None})
    properties = template["variables"]["properties"]
    assert properties["cpu_limit"]["default"] == "2"
    assert "default" not in properties["memory_limit"]
    assert template["job_configuration"]["retries_on_crash"] == "{{ retries_on_crash }}"
    assert "image" not in template["job_configuration"]
    assert base_job_template({})["variables"]["properties"]["cpu_limit"].get("default") is None


def test_a_deployment_for_kubernetes_may_set_the_same_job_variables_here() -> None:
    path = REPOSITORY / "helm" / "prefect-agent" / "files" / "base-job-template.json"
    there = json.loads(path.read_text())["variables"]["properties"]
    here = base_job_template({})["variables"]["properties"]
    # A process alone has a folder of its own choice; its agent alone counts the crashes of runs.
    assert here.keys() - there.keys() == {"working_dir", "retries_on_crash"}
    told = {"title", "description", "default"}
    for name, schema in there.items():
        values = {key: value for key, value in here[name].items() if key not in told}
        if name != "cluster_config":  # there it is a block of Prefect's
            assert values == {key: value for key, value in schema.items() if key not in told}, name
        is_taken_alone = name not in base_job_template({})["job_configuration"]
        assert is_taken_alone == ("no effect" in here[name].get("description", "")), name


def test_the_template_needs_no_prefect() -> None:
    code = "import sys, qhub.embedded.runs; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_old_logs_go_and_new_ones_stay(tmp_path: Path) -> None:
    for number in range(5):
        log = tmp_path / f"{number}.log"
        log.touch()
        os.utime(log, (1000 + number, 1000 + number) if number < 4 else None)
    remove_old_logs(tmp_path, kept=3, seconds=10**10)
    assert sorted(log.name for log in tmp_path.iterdir()) == ["2.log", "3.log", "4.log"]
    remove_old_logs(tmp_path, kept=3, seconds=3600)
    assert [log.name for log in tmp_path.iterdir()] == ["4.log"]


def test_working_folders_of_dead_runs_go(tmp_path: Path) -> None:
    records = Records(tmp_path)
    records.make()
    own = Identity.of(os.getpid())
    assert own is not None
    records.write("living", own)
    for name in ("living", "living-hooks", "watched", "dead"):
        (records.working / name).mkdir()
    remove_working_folders(records, ["watched"])
    left = sorted(folder.name for folder in records.working.iterdir())
    assert left == ["living", "living-hooks", "watched"]
