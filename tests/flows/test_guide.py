"""Each piece of Python in docs/flows.md runs as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qhub.api import load
from tests.flows.projects import write

if TYPE_CHECKING:
    from tests.flows.conftest import Published

GUIDE = Path(__file__).parents[2] / "docs" / "flows.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.full
@pytest.mark.usefixtures("modules")
def test_the_pieces_of_the_guide_run(
    platform: Published,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write(tmp_path, {"pyproject.toml": "", "secrets/S3_KEY": "1"})
    monkeypatch.setenv("QHUB_SECRETS_DIR", str(tmp_path / "secrets"))
    assert len(BLOCKS) == 6
    for block in BLOCKS:
        if named := re.match(r"# (\w+\.py)\n", block):
            write(tmp_path, {named[1]: block})
        else:
            exec(compile(block, "docs/flows.md", "exec"), {"__name__": "guide"})  # noqa: S102 that is the test
    out = capsys.readouterr().out
    assert re.search(r"^created etl/default [0-9a-f]{12}$", out, re.M)
    assert "Dask workers" in out
    assert "Cancelled\n" in out
    assert platform.post("/deployments/filter", {"deployments": {"name": {"any_": ["weekly"]}}})[0]
    sys.modules.pop("etl", None)


def test_the_config_of_the_guide_has_what_its_pieces_ask_for(tmp_path: Path) -> None:
    [block] = re.findall(r"^```yaml\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.M | re.S)
    file = tmp_path / "qhub-config.yaml"
    file.write_text(f"project_name: guide\nprovider: embedded\n{block}")
    project = load(file)
    assert project.problems == ()
    [agent] = project.platform.agents
    assert agent.queues == ("nightly",)
    assert [secret.name for secret in agent.secrets] == ["S3_KEY"]
    assert "large" in {profile.name for profile in project.platform.profiles}
