"""What is not installed, or in a version that does not work, is told before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import qhub
from qhub.embedded import extras

CHECK = """
from qhub.embedded import extras
from qhub.embedded.errors import MissingExtraError
try:
    extras.require()
except MissingExtraError as error:
    print(error)
    print(error.hint)
"""


def _check(folder: Path, *requirements: str) -> list[str]:
    """Check against a package whose metadata asks for something else."""
    metadata = folder / f"qhub-{qhub.__version__}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    lines = [f"Requires-Dist: {requirement}" for requirement in requirements]
    head = ["Metadata-Version: 2.1", "Name: qhub", f"Version: {qhub.__version__}"]
    metadata.write_text("\n".join([*head, *lines, ""]))
    path = os.pathsep.join([str(folder), str(Path(qhub.__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_here_all_of_it_is_installed() -> None:
    extras.require()
    assert extras.release().startswith(f"qhub=={version('qhub')} prefect==")


def test_what_is_missing_or_of_a_wrong_version_is_named_through_nested_extras(
    tmp_path: Path,
) -> None:
    told = _check(
        tmp_path,
        'qhub[flows]; extra == "embedded"',
        'psutil>=1; extra == "embedded"',
        'nothing-of-this-name[local]<3,>=2; extra == "embedded"',
        'fastapi<0.1; extra == "flows"',
        'not-wanted; extra == "dev"',
        "click>=900",
    )
    assert told == [
        "what provider 'embedded' runs is not installed: "
        f"fastapi<0.1 is needed, {version('fastapi')} is installed; "
        "nothing-of-this-name<3,>=2 is missing",
        "pip install 'qhub[embedded]'",
    ]
