"""What of the programs is started anew, with tiny ones in their place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from qhub.embedded import launch, snapshot
from qhub.embedded.bring_up import bring_up
from qhub.embedded.layout import Layout
from qhub.embedded.ports import known
from qhub.embedded.supervise import Supervisor
from qhub.progress import Silent
from tests.embedded import supervised
from tests.platform.planned import planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLATFORM = planned(prefect=None)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Layout]:
    """A platform whose supervisor was started with what a deploy gives it."""
    layout = Layout(tmp_path / "state")
    supervised.snapshot(layout, {"one": ()}, gateway=False)
    for name, value in launch.environment(layout, PLATFORM, known(layout), os.environ).items():
        monkeypatch.setenv(name, value)
    programs = dict.fromkeys(("server", "agent-one"), supervised.IDLES)
    with supervised.supervising(layout, programs):
        yield layout


@pytest.mark.parametrize(
    ("other", "is_current"),
    [
        pytest.param({}, True, id="the same"),
        pytest.param({"LANG": "other"}, True, id="what is not ours"),
        pytest.param({"QHUB_HOME": "/elsewhere"}, True, id="a home by another way"),
        pytest.param({"QHUB_RELEASE": "qhub==0.0.1"}, False, id="another release"),
        pytest.param({"QHUB_PYTHON": "/bin/python"}, False, id="another Python"),
        pytest.param({"QHUB_SERVER_PORT": "1"}, False, id="another port"),
    ],
)
def test_supervisor_is_current_while_nothing_of_ours_differs(
    running: Layout, other: dict[str, str], *, is_current: bool
) -> None:
    wanted = launch.environment(running, PLATFORM, known(running), os.environ)
    assert launch.is_current(running, {**wanted, **other}) is is_current


def test_a_deploy_that_is_killed_before_its_restarts_loses_none(
    running: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    (running.root / "outdated.json").write_text('["agent-one"]')

    def killed(_: Supervisor, *names: str) -> None:
        assert names == ("agent-one",)
        raise KeyboardInterrupt

    monkeypatch.setattr(Supervisor, "restart", killed)
    with pytest.raises(KeyboardInterrupt):
        bring_up(running, PLATFORM, known(running), progress=Silent(), environ=os.environ)
    assert snapshot.outdated(running) == {"agent-one"}
