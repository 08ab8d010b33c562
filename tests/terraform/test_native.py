"""`terraform test` of each stage, in a rendered copy of it."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from tests.platform.planned import config
from tests.render.rendered import REPOSITORY, STAGE
from tests.terraform.stage import written
from tests.terraform.standin import environment

if TYPE_CHECKING:
    from pathlib import Path


def test_the_stages_own_tests_pass(tmp_path: Path) -> None:
    processes = environment(tmp_path)
    source = REPOSITORY / "terraform" / STAGE / "tests"
    # Without agents no file of values and no secret is read, so the tests may say which there are.
    stage = written(config(prefect={"enabled": False}), tmp_path, processes)
    shutil.copytree(source, stage.folder / "tests")
    stage.run("init")

    done = stage.attempt("test", "-no-color", variables={})

    runs = sum(len(re.findall(r"^run ", file.read_text(), re.M)) for file in source.iterdir())
    assert runs
    assert f"Success! {runs} passed, 0 failed." in done.stdout, done.stdout + done.stderr
