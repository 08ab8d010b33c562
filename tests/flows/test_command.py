"""`qhub flow` on the command line: results on stdout, the rest on stderr, honest statuses."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cli import main
from tests.cli.process import run_qhub
from tests.flows.projects import write
from tests.flows.test_runs import Worker, say, set_state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flows.conftest import Published

pytestmark = pytest.mark.usefixtures("modules")

FLOW = """
from prefect import flow

print("imported")

@flow
def {name}(day: str = "today", rows: int = 3, note: str | None = None): ...

@flow
def {name}_again(): ...
"""


@pytest.fixture
def name(
    platform: Published,  # noqa: ARG001 where it is deployed
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """The name of a file with two flows in the working folder, which has no config file."""
    function = str(request.node.originalname.removeprefix("test_"))
    write(tmp_path, {"pyproject.toml": "", f"{function}.py": FLOW.format(name=function)})
    monkeypatch.chdir(tmp_path)
    return function


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert main(["flow", *arguments, "--output", "json"]) == status
    return json.loads(capsys.readouterr().out)


def test_deployed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flow", "deploy", f"{name}.py"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert [line.split()[:2] for line in lines[::2]] == [
        ["created", "deployed/default"],
        ["created", "deployed-again/default"],
    ]
    assert lines[1].strip().startswith("http://127.0.0.1:")
    assert err == "imported\nnext: qhub flow run deployed/default\n"
    options = ["--cron", "0 6 * * *", "--every", "6h", "--timezone", "Europe/Berlin"]
    options += ["--profile", "large", "--queue", "gpu", "--tag", "taxi", "-p", "rows=5"]
    options += ["-p", "day=2026", "-p", "note=7", "--job-variable", "cpu_limit=2"]
    options += ["--retries-on-crash", "2", "--concurrency", "1", "--on-limit", "cancel"]
    (done,) = _json(capsys, "deploy", f"{name}.py:{name}", *options)["deployed"]
    assert done["action"] == "updated"
    assert set(done["changed"]) == {
        *("work pool", "work queue", "job variables", "concurrency"),
        *("tags", "parameters", "schedule"),
    }
    (again,) = _json(capsys, "deploy", f"{name}.py:{name}", *options)["deployed"]
    assert again["action"] == "unchanged"
    rows = {row["name"]: row for row in _json(capsys, "list")["flows"]}
    assert rows["deployed/default"]["schedule"] == [
        "0 6 * * * (Europe/Berlin)",
        "every 6 h (Europe/Berlin)",
    ]
    main(["flow", "list"])
    out = capsys.readouterr().out
    assert out.startswith("FLOW ")
    assert "gpu/gpu" in out
    assert main(["flow", "run", "deployd"]) == 3
    assert "did you mean 'deployed'?" in capsys.readouterr().err


def test_the_next_run_is_listed(
    platform: Published, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (done,) = _json(capsys, "deploy", f"{name}.py:{name}", "--cron", "0 6 1 1 *")["deployed"]
    platform.post(f"/deployments/{done['id']}/schedule", {"min_runs": 1})  # as it does in seconds

    def listed() -> str:
        main(["flow", "list"])
        rows = capsys.readouterr().out.splitlines()
        return next(row for row in rows if row.startswith(done["name"]))

    due = datetime(datetime.now(UTC).year + 1, 1, 1, 6, tzinfo=UTC)
    assert f"{due.astimezone():%Y-%m-%d %H:%M}" in listed()
    assert main(["flow", "deploy", f"{name}.py:{name}", "--cron", "0 6 1 1 *", "--paused"]) == 0
    capsys.readouterr()
    assert " (UTC)  paused " in re.sub(" +", "  ", listed())


def test_a_delete_asks_and_needs_a_terminal_for_that(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for deployment in ("one", "two"):
        _json(capsys, "deploy", f"{name}.py:{name}", "--name", deployment)
    assert main(["flow", "delete", f"{name}/one"]) == 2
    assert "this is no terminal to ask on; give --yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", _Terminal("n\n"))
    assert main(["flow", "delete", name]) == 3  # before it asks
    assert "has several deployments" in capsys.readouterr().err
    assert main(["flow", "delete", f"{name}/one"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("nothing was deleted\n")
    monkeypatch.setattr("sys.stdin", _Terminal("y\n"))
    assert main(["flow", "delete", f"{name}/one"]) == 0
    assert capsys.readouterr().out.startswith("deleted ")
    assert main(["flow", "delete", name, "--yes"]) == 0


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9"])
def test_a_proxy_is_not_asked_for_this_machine(
    name: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    proxy: str,
) -> None:
    assert name
    monkeypatch.setenv(variable, proxy)
    assert "flows" in _json(capsys, "list")


def test_a_proxy_is_asked_for_other_machines(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    assert name
    with temporary_settings({PREFECT_API_URL: "http://prefect.example/api"}):
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
        assert main(["flow", "list"]) == 3
        err = capsys.readouterr().err
    assert "the proxy of the environment cannot be used for http://prefect.example/api" in err
    assert "unset ALL_PROXY" in err


def test_typed_values_are_what_the_flow_wants(
    platform: Published, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _json(capsys, "deploy", f"{name}.py:{name}")
    begun = _json(capsys, "run", name, "--no-watch", "-p", "day=2026", "-p", "rows=5")["run"]
    stored = platform.get(f"/flow_runs/{begun['id']}")["parameters"]
    assert (stored["day"], stored["rows"]) == ("2026", 5)


@pytest.mark.full
def test_a_watched_run_that_fails_is_a_failure(
    platform: Published, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _json(capsys, "deploy", f"{name}.py:{name}")
    Worker(platform, name, "Running", (40, "no taxi"), "Failed", (20, "Finished in state"))
    assert main(["flow", "run", name]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "no taxi" in err
    assert ": Failed" in err


@pytest.mark.full
def test_logs(
    platform: Published, name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _json(capsys, "deploy", f"{name}.py:{name}")
    begun = _json(capsys, "run", name, "--no-watch")["run"]
    set_state(platform, begun["id"], "Running")
    say(platform, begun["id"], (20, "loading"))
    say(platform, begun["id"], (40, "no taxi"))
    set_state(platform, begun["id"], "Completed")
    say(platform, begun["id"], (20, "Finished in state"))
    assert main(["flow", "logs", name, "--level", "WARNING"]) == 0
    assert capsys.readouterr().out.endswith(" ERROR    no taxi\n")
    lines = _json(capsys, "logs", begun["id"], "--search", "LOAD")["lines"]
    assert [line["message"] for line in lines] == ["loading"]
    saved = tmp_path / "run.log"
    assert main(["flow", "logs", name, "--save", str(saved), "-f"]) == 0
    assert capsys.readouterr().out == f"3 lines in {saved}\n"
    assert saved.read_text().count("\n") == 3
    assert main(["flow", "logs", name, "--save", str(saved)]) == 5
    assert "is there already" in capsys.readouterr().err
    assert main(["flow", "logs", name, "--save", str(saved), "--force"]) == 0
    assert main(["flow", "logs", name, "--since", "never"]) == 2
    assert main(["flow", "cancel", name]) == 3
    assert "is Completed already: nothing to cancel" in capsys.readouterr().err
    assert _json(capsys, "delete", name, "--yes") == {"deleted": "logs/default"}


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["run", "elt"], 3, "qhub: there is no deployed flow 'elt'\n  "),
        (["deploy", "refused.py", "--timezone", "UTC"], 2, "--timezone is of a schedule; give "),
        (["deploy", "refused.py", "--on-limit", "cancel"], 2, "--on-limit needs --concurrency"),
        (["deploy", "refused.py", "--name", ""], 3, "deploy(): name has to be a text"),
        (["deploy", "refused.py", "--cron", "0 0 31 2 *"], 2, "'0 0 31 2 *' never comes"),
        (["deploy", "none.py"], 3, "qhub: there is no file none.py\n"),
        (["deploy", "refused.py", "--profile", "smal"], 3, "did you mean 'small'?"),
        (["deploy", "refused.py", "--cron", "0 6"], 2, "--cron: '0 6' is not a cron text (five"),
        (["deploy", "refused.py", "--rrule", "x"], 2, "--rrule: 'x' is no RRULE text"),
        (["deploy", "refused.py", "--every", "0s"], 2, "--every: "),
        (
            ["deploy", "refused.py", "--every", "6h", "--timezone", "Europe/Berlni"],
            *(2, "--timezone: there is no time zone 'Europe/Berlni' (did you mean 'Europe/Berlin'"),
        ),
        (["deploy", "refused.py", "--build"], 2, "--build needs --image IMAGE"),
        (
            ["deploy", "refused.py", "--image", "a b", "--no-build"],
            *(3, "qhub: 'a b' is no name of an image\n  names are lower-case"),
        ),
        (["deploy", "refused.py", "-p", "rows"], 2, "'rows' is not KEY=VALUE"),
        (["deploy", "refused.py", "--every", "often"], 2, "'often' is not like 10min, 6h or 1d"),
        (["deploy", "bad.py"], 3, "qhub: bad.py:2: ZeroDivisionError: division by zero\n"),
        (["deploy"], 2, "missing argument"),
        (["depoly"], 2, "did you mean 'deploy'?"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("name")
def test_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    told: str,
) -> None:
    write(tmp_path, {"bad.py": "x = 0\n1 / x\n"})
    assert main(["flow", *arguments]) == status
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


def test_without_a_config_file_or_an_address_the_file_is_missed(tmp_path: Path) -> None:
    done = run_qhub("flow", "list", cwd=tmp_path, environment={"PREFECT_API_URL": ""})
    assert done.returncode == 1
    assert b"qhub init" in done.stderr


def test_flows_need_no_other_room_of_qhub() -> None:
    import subprocess
    import sys

    program = """
import sys
import qhub.flows
assert not {"prefect", "dask", "click", "fsspec"} & sys.modules.keys()
from qhub.flows import cron, deploy, list, logs, run, secret
mine = {name.split(".")[1] for name in sys.modules if name.startswith("qhub.")}
assert mine == {"flows"}, mine
assert not {"yaml", "click", "kubernetes", "jinja2"} & sys.modules.keys()
assert "prefect" not in sys.modules
import qhub.flows.errors
assert {"deploy", "list", "secret"} <= set(dir(qhub.flows))
"""
    subprocess.run([sys.executable, "-c", program], check=True)
