"""Each piece of Python in docs/flows.md runs as it stands there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qhub.api import load
from tests.flows.engine import DIGEST, engine
from tests.flows.projects import write

if TYPE_CHECKING:
    from tests.flows.conftest import Published

GUIDE = Path(__file__).parents[2] / "docs" / "flows.md"
IMAGES = "from qhub.flows import build, deploy"
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
    pieces = [block for block in BLOCKS if not block.startswith(IMAGES)]
    assert len(pieces) == 6
    _execute(tmp_path, *pieces)
    out = capsys.readouterr().out
    assert re.search(r"^created etl/default [0-9a-f]{12}$", out, re.M)
    assert "Dask workers" in out
    assert "Cancelled\n" in out
    assert platform.post("/deployments/filter", {"deployments": {"name": {"any_": ["weekly"]}}})[0]
    sys.modules.pop("etl", None)


@pytest.mark.usefixtures("modules")
def test_the_piece_of_the_guide_about_images_runs(
    kubernetes: Published,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write(tmp_path, {"pyproject.toml": "", "requirements.txt": "pandas\n"})
    docker = engine(tmp_path.parent / f"{tmp_path.name}-engine", monkeypatch)
    [piece] = [block for block in BLOCKS if block.startswith(IMAGES)]
    assert "registry.example.org" in piece
    files = [block for block in BLOCKS if block.startswith("# ")]
    _execute(tmp_path, *files, piece.replace("registry.example.org", "127.0.0.1:1"))
    assert len(docker.builds) == 1
    reference = f"127.0.0.1:1/team/etl@{DIGEST}"
    assert capsys.readouterr().out.splitlines()[-1] == reference
    for flow in ("etl", "cleanup"):
        stored = kubernetes.get(f"/deployments/name/{flow}/default")
        assert stored["job_variables"]["image"] == reference
    sys.modules.pop("etl", None)


def _execute(folder: Path, *blocks: str) -> None:
    """Write the blocks that are files, and run the others."""
    for block in blocks:
        if named := re.match(r"# (\w+\.py)\n", block):
            write(folder, {named[1]: block})
        else:
            exec(compile(block, "docs/flows.md", "exec"), {"__name__": "guide"})  # noqa: S102 that is the test


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
