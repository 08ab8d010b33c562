"""Which files of the state change, and which programs read them: nothing else is restarted."""

from __future__ import annotations

import json
import resource
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qhub.embedded import snapshot
from qhub.embedded.layout import Layout
from qhub.errors import WriteError

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
project_name: pipelines
namespace: dev
provider: embedded
prefect:
  enabled: true
  agents: [{name: one}, {name: two, queues: [etl]}]
dask_gateway: {enabled: true}
"""
VALUES = {"one": {"KEY": b"1"}, "two": {"KEY": b"2"}}


def _bundle(text: str = CONFIG) -> dict[str, bytes]:
    from qhub.config import check
    from qhub.config.read import parse
    from qhub.platform import plan
    from qhub.render import render

    checked = check(parse(text.encode(), "qhub-config.yaml"))
    assert checked.config is not None, checked.problems
    return dict(render(plan(checked.config), config=checked.config))


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / "state")
    found.make()
    return found


@pytest.fixture
def written(layout: Layout) -> Layout:
    """A state as a deploy leaves it."""
    snapshot.apply(layout, snapshot.plan(layout, _bundle(), VALUES))
    snapshot.settle(layout)
    return layout


def test_the_first_time_everything_is_written_for_its_owner_alone(layout: Layout) -> None:
    change = snapshot.plan(layout, _bundle(), VALUES)
    assert change.programs == {"server", "gateway", "agent-one", "agent-two", snapshot.EVERYTHING}
    snapshot.apply(layout, change)
    for path, content in change.files.items():
        assert path.read_bytes() == content
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    user, _, password = layout.password("api").read_text().partition(":")
    assert (user, len(password)) == ("qhub", 32)


def test_the_same_again_changes_nothing(written: Layout) -> None:
    change = snapshot.plan(written, _bundle(), VALUES)
    assert (change.files, change.gone, change.programs, change.paths) == ({}, (), frozenset(), ())


@pytest.mark.parametrize(
    ("old", "new", "programs", "paths"),
    [
        pytest.param(
            "{name: one}",
            "{name: one, overrides: {envVars: {A: b}}}",
            {"agent-one"},
            ("config/agents/one.json",),
            id="an environment variable of one agent",
        ),
        pytest.param(
            "queues: [etl]",
            "queues: [etl, nightly]",
            set(),
            ("config/agents/two.json", "config/platform.json"),
            id="a queue: no program reads of it",
        ),
        pytest.param(
            "{name: one}",
            "{name: one, overrides: {job: {resources: {limits: {cpu: 2}}}}}",
            {"agent-one"},
            ("config/agents/one.json",),
            id="the size of an agent's runs",
        ),
        pytest.param(
            "{enabled: true}",
            "{enabled: true, limits: {workers: 3}}",
            set(),
            ("config/platform.json",),
            id="a limit: the gateway reads it when it makes a cluster",
        ),
        pytest.param(
            "{name: one}, ",
            "{name: one}, {name: three}, ",
            {"agent-three"},
            (
                "config/README.md",
                "config/agents/three.json",
                "config/platform.json",
                "config/supervisord.conf",
            ),
            id="a new agent: the gateway looks for it when it comes",
        ),
        pytest.param(
            "{name: one}, ",
            "",
            {"agent-one"},
            (
                "config/README.md",
                "config/agents/one.json",
                "config/platform.json",
                "config/supervisord.conf",
                "secrets/one/KEY",
            ),
            id="an agent that is gone, with its secrets",
        ),
    ],
)
def test_a_changed_config_is_outdated_for_its_readers_alone(
    written: Layout, old: str, new: str, programs: set[str], paths: tuple[str, ...]
) -> None:
    assert old in CONFIG
    values = VALUES if "name: one" in CONFIG.replace(old, new) else {"two": VALUES["two"]}
    change = snapshot.plan(written, _bundle(CONFIG.replace(old, new)), values)
    assert change.programs == programs
    assert change.paths == paths


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({**VALUES, "one": {"KEY": b"changed"}}, id="changed"),
        pytest.param({**VALUES, "one": {}}, id="gone"),
        pytest.param({**VALUES, "one": {"KEY": b"1", "NEW": b"2"}}, id="new"),
    ],
)
def test_a_secret_is_outdated_for_its_agent_alone(
    written: Layout, values: dict[str, dict[str, bytes]]
) -> None:
    change = snapshot.plan(written, _bundle(), values)
    assert change.programs == {"agent-one"}
    snapshot.apply(written, change)
    volume = written.secrets("one")
    found = {path.name: path.read_bytes() for path in volume.iterdir()} if volume.exists() else {}
    assert found == values["one"]


def test_supervisors_own_settings_concern_everything(written: Layout) -> None:
    bundle = _bundle()
    conf = bundle["stages/embedded/supervisord.conf"].replace(
        b"logfile_backups=3", b"logfile_backups=4"
    )
    change = snapshot.plan(written, {**bundle, "stages/embedded/supervisord.conf": conf}, VALUES)
    assert change.programs == {snapshot.EVERYTHING}


def test_a_deploy_that_is_killed_after_writing_loses_no_restart(written: Layout) -> None:
    first = snapshot.plan(written, _bundle(), {**VALUES, "one": {"KEY": b"new"}})
    snapshot.apply(written, first)
    assert snapshot.outdated(written) == {"agent-one"}
    second = snapshot.plan(written, _bundle(), {"one": {"KEY": b"new"}, "two": {"KEY": b"new"}})
    snapshot.apply(written, second)
    assert snapshot.outdated(written) == {"agent-one", "agent-two"}
    snapshot.settle(written)
    assert snapshot.outdated(written) == frozenset()


def test_passwords_are_kept_and_made_again_where_one_is_lost(written: Layout) -> None:
    before = written.password("api").read_bytes()
    assert not snapshot.plan(written, _bundle(), VALUES).files
    written.password("api").unlink()
    change = snapshot.plan(written, _bundle(), VALUES)
    assert change.programs == {"server", "agent-one", "agent-two"}
    assert change.files[written.password("api")] != before


@pytest.mark.parametrize(
    ("name", "programs"),
    [
        pytest.param("gateway", {"gateway", "agent-one", "agent-two"}, id="who logs in"),
        pytest.param("gateway_keys", {"gateway"}, id="what its database is encrypted with"),
    ],
)
def test_a_password_that_is_lost_is_outdated_for_who_uses_it(
    written: Layout, name: str, programs: set[str]
) -> None:
    written.password(name).unlink()
    assert snapshot.plan(written, _bundle(), VALUES).programs == programs


def test_settings_of_an_agent_that_cannot_be_read_are_another_ones(written: Layout) -> None:
    (written.config / "agents" / "one.json").write_text("{")
    assert snapshot.plan(written, _bundle(), VALUES).programs == {"agent-one"}


@pytest.mark.parametrize("name", ["", "passwords", "logs/runs"])
def test_a_folder_that_others_could_read_is_closed_to_them(layout: Layout, name: str) -> None:
    folder = layout.root / name
    folder.chmod(0o755)
    layout.make()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


_FULL = """
import json, sys
from pathlib import Path
from qhub.embedded.files import replace
from qhub.errors import WriteError
folder = Path(sys.argv[1])
try:
    replace({folder / "a": b"new", folder / "big": b"x" * 100_000})
except WriteError as error:
    print(error)
"""


def test_a_full_disk_leaves_every_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    limited = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path)],
        preexec_fn=_little_space,
        capture_output=True,
        text=True,
        check=True,
    )
    assert limited.stdout == f"cannot write {tmp_path / 'big'}: File too large\n"
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old"}


def _little_space() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))


def test_what_the_disk_refuses_is_told_with_its_place(written: Layout) -> None:
    change = snapshot.plan(written, _bundle(), {**VALUES, "one": {"KEY": b"new", "MORE": b"x"}})
    (written.secrets("one") / "MORE").mkdir()
    with pytest.raises(WriteError, match=r"^cannot write .*/secrets/one/MORE"):
        snapshot.apply(written, change)
    assert not list(written.root.rglob("*.qhub-new"))
    assert json.loads((written.root / "outdated.json").read_text()) == ["agent-one"]
