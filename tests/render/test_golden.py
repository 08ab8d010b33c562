"""What rendering generates for each example, kept under tests/golden/render/.

Changes through `make golden` alone: it sets QHUB_GOLDEN=write, under which this writes.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.render.rendered import EMBEDDED, EXAMPLES, STAGE, example_bundle

GOLDEN = Path(__file__).parents[1] / "golden" / "render"


def generated(example: Path) -> dict[str, bytes]:
    """Return the generated files of an example, by their path in the stage."""
    files = example_bundle(example)
    return {
        path.removeprefix(f"{STAGE}/").removeprefix(f"{EMBEDDED}/"): content
        for path, content in files.items()
        if not path.endswith(".tf") and not path.startswith(f"{STAGE}/charts/")
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_renders_to_what_is_kept(example: Path) -> None:
    folder = GOLDEN / example.stem
    files = generated(example)
    if os.environ.get("QHUB_GOLDEN") == "write":
        write(files, folder)

    kept = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    assert {name: path.read_text() for name, path in sorted(kept.items())} == {
        name: content.decode() for name, content in sorted(files.items())
    }


def test_nothing_is_kept_that_is_no_example() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(path.stem for path in EXAMPLES)


def write(files: dict[str, bytes], folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
