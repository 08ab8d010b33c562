"""Named mistakes, each with the whole text that `qhub validate` prints about it.

A file under `mistakes/` is a list of `id`, `text` (what somebody wrote) and `told`. What a text
lacks of project_name and provider is put behind it, unless `whole` says that it is the whole file.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from qhub.cli.problems import as_text
from qhub.config import check, read
from qhub.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qhub.config import Problem

_FOLDER = Path(__file__).parent / "mistakes"
_MISTAKES: list[tuple[str, dict[str, Any]]] = [
    (f"{file.stem}: {mistake['id']}", mistake)
    for file in sorted(_FOLDER.glob("*.yaml"))
    for mistake in yaml.safe_load(file.read_text(encoding="utf-8"))
]
_NEEDED = {"project_name": "orchard", "provider": "existing"}


def test_the_mistakes_are_many_and_have_names() -> None:
    ids = [name for name, _ in _MISTAKES]

    assert len(ids) >= 140
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("mistake", [pytest.param(mistake, id=name) for name, mistake in _MISTAKES])
def test_a_mistake_is_told_with_its_place_and_its_mend(
    mistake: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = Path("qhub-config.yaml")
    file.write_bytes(_whole(mistake).encode())

    told = as_text(_problems(file), stream=io.StringIO())

    assert told == mistake["told"].rstrip("\n")
    assert "not-a-real-" not in told


def _whole(mistake: dict[str, Any]) -> str:
    text: str = mistake["text"]
    if mistake.get("whole"):
        return text
    missing = [key for key in _NEEDED if not re.search(rf"^{key}:", text, re.MULTILINE)]
    return text + "".join(f"{key}: {_NEEDED[key]}\n" for key in missing)


def _problems(file: Path) -> Sequence[Problem]:
    try:
        return check(read(file)).problems
    except ConfigError as error:
        return error.problems
