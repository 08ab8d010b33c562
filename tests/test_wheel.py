"""The wheel holds all that rendering needs: installed alone, it renders as the checkout does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qhub.cli import main

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = [REPOSITORY / "qhub-config.yaml", *sorted((REPOSITORY / "examples").glob("*.yaml"))]
UV = shutil.which("uv")
DEADLINE_SECONDS = 300


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, install it into an empty environment, return the `qhub` that is there."""
    folder = tmp_path_factory.mktemp("wheel")
    environment = folder / "venv"
    python = str(environment / "bin" / "python")
    if UV:
        _run(UV, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(REPOSITORY))
        _run(UV, "venv", "--quiet", "--python", sys.executable, str(environment))
        install = [UV, "pip", "install", "--quiet", "--python", python]
    else:
        _run(sys.executable, "-m", "venv", str(environment))
        install = [python, "-m", "pip", "install", "--quiet"]
        _run(
            python, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(REPOSITORY)
        )
    (wheel,) = folder.glob("qhub-*.whl")
    _run(*install, str(wheel))
    return environment / "bin" / "qhub"


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 3


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_wheel_renders_an_example_as_the_checkout_does(
    example: Path, installed: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(example, elsewhere / "qhub-config.yaml")
    _run(str(installed), "render", cwd=elsewhere)
    assert main(["render", "-c", str(example), "--dir", str(tmp_path)]) == 0
    rendered, expected = _tree(elsewhere / "stages"), _tree(tmp_path / "stages")
    assert len(expected) > 5
    assert rendered == expected


def test_the_wheel_writes_and_checks_a_config(installed: Path, tmp_path: Path) -> None:
    _run(str(installed), "init", "--provider", "local", "--project-name", "demo", cwd=tmp_path)
    said = _run(str(installed), "validate", "--strict", cwd=tmp_path)
    assert said == "qhub-config.yaml: valid\n"


PREPARE = """
import sys
from pathlib import Path
from qhub.flows.builders import images_folder

sys.path.insert(0, str(images_folder().parent))
from images.builder import cli, context

context.prepare(context.find_recipe("flow"), Path(sys.argv[1]))
context.prepare(context.find_recipe("project"), Path(sys.argv[1]) / "project")
print(images_folder(), cli._default_cache())
"""


def test_the_wheel_builds_the_images_that_the_checkout_builds(
    installed: Path, tmp_path: Path
) -> None:
    python = str(installed.parent / "python")
    said = _run(python, "-c", PREPARE, str(tmp_path / "wheel"), cwd=tmp_path)
    found, cache = said.split()
    assert Path(found).is_relative_to(installed.parents[1])
    assert Path(cache).parts[-2:] == ("qhub", "images")  # not where packages are installed
    assert not Path(cache).is_relative_to(installed.parents[1])
    done = subprocess.run(
        [sys.executable, "-c", PREPARE, str(tmp_path / "checkout")],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.split()[0]) == REPOSITORY / "images"
    made, expected = _tree(tmp_path / "wheel"), _tree(tmp_path / "checkout")
    assert {"Dockerfile", "checkout/qhub/flows/steps.py", "checkout/images/build"} <= made.keys()
    assert "checkout/pyproject.toml" in made
    assert "project/Dockerfile" in made
    assert made == expected


def _tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _run(*command: str, cwd: Path | None = None) -> str:
    """Run a command without the checkout on Python's path; return what it prints."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=_environ(),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _environ() -> dict[str, str]:
    names = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in names}
