"""`qhub logs` and `qhub ui`: lines as text and as data, wrong names, and ^C."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from qhub.cli import main
from qhub.cli.ui import has_display
from qhub.embedded.layout import Layout
from tests.cli import configs
from tests.cli.process import DEADLINE_SECONDS, QHUB, environ
from tests.cli.test_status import EMBEDDED
from tests.embedded.supervised import IDLES, snapshot, supervising

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A deployed platform, as far as its files go, with a log of its server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QHUB_HOME", str(tmp_path / "home"))
    configs.write(tmp_path, EMBEDDED)
    layout = Layout(tmp_path / "home" / "pipelines-dev")
    snapshot(layout, {"pipelines": ()}, gateway=False)
    layout.log("server").write_text("one\n2026-03-02 10:00:00,000 two\nthree\n")
    return layout


@pytest.mark.usefixtures("layout")
def test_the_last_lines_of_a_program_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", "server", "-n", "2"]) == 0
    assert capsys.readouterr() == ("2026-03-02 10:00:00,000 two\nthree\n", "")


@pytest.mark.usefixtures("layout")
def test_lines_are_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["logs", "server", "--since", "2026-03-02T00:00", "--output", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["name"] == "server"
    assert [line["text"][-3:] for line in found["lines"]] == ["two", "ree"]
    assert found["lines"][0]["time"].startswith("2026-03-02T10:00:00")


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        pytest.param(
            ["sever"], 3, "qhub: nothing here is called 'sever'\n  did you mean 'server'?\n"
        ),
        pytest.param(
            ["server", "--raw"],
            2,
            "qhub logs: --raw is for a run: run/ID\n  see 'qhub logs --help'\n",
        ),
        pytest.param(
            ["server", "--since", "lately"],
            2,
            "qhub logs: invalid value for '--since': 'lately' is neither like 10min, 2h or 1d "
            "nor like 2026-11-21T14:00\n  see 'qhub logs --help'\n",
        ),
    ],
    ids=["a typo", "raw of a program", "a time that is none"],
)
def test_what_is_wrong_is_told(
    arguments: list[str], status: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["logs", *arguments]) == status
    assert capsys.readouterr() == ("", message)


def test_what_the_process_of_a_run_wrote_is_shown_without_the_server(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    layout.run_log("0f3e9a1c-aaaa-4bbb-8ccc-123456789abc").write_text("out of memory\n")
    assert main(["logs", "run/0f3e", "--raw"]) == 0
    assert capsys.readouterr().out == "out of memory\n"
    for command in (["logs", "run/0f3e"], ["ui"]):
        assert main(command) == 3
        assert capsys.readouterr().err.splitlines() == [
            "qhub: the platform pipelines (dev) does not run on this machine",
            "  qhub deploy starts it",
        ]


@pytest.mark.parametrize(
    "arguments",
    [["server"], ["agent/pipelines"], ["run/0f3e"], ["run/0f3e", "--raw"], ["server", "-f"]],
    ids=" ".join,
)
def test_a_platform_that_was_not_deployed_has_no_logs(
    arguments: list[str], layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(layout.root)
    assert main(["logs", *arguments]) == 3
    assert capsys.readouterr() == (
        "",
        "qhub: the platform pipelines (dev) was not deployed on this machine\n"
        f"  qhub deploy starts it; it is looked for in {layout.root}\n",
    )


def test_ctrl_c_ends_following_quietly(layout: Layout, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*QHUB, "logs", "server", "-f"],
        cwd=tmp_path,
        env=environ({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "one\n"
    with layout.log("server").open("a") as log:
        log.write("four\n")
    while process.stdout.readline() != "four\n":
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, rest, err) == (130, "", "")


def test_the_page_of_a_dead_server_is_not_opened(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    with supervising(layout, {"server": IDLES}):
        assert main(["ui"]) == 3
    assert capsys.readouterr().err.endswith("(nobody listens there)\n  `qhub status` tells why\n")


def test_a_browser_needs_a_display() -> None:
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert has_display({"DISPLAY": ":0"})


def test_without_a_display_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert not has_display({"TERM": "xterm", "DISPLAY": ""})
