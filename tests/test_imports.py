"""How the rooms of qhub/ know each other: imports go one way, names are true, starting is cheap."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import qhub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

SOURCE = Path(qhub.__file__).parent
ORDER = (
    ("errors", "bundle", "progress", "reserved", "flows"),
    ("config",),
    ("platform",),
    ("render",),
    ("cluster",),
    ("deploy", "embedded"),
    ("api",),
    ("cli",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
ONLY_FOR_TYPES = {("errors.py", "qhub.config.problem")}
"""An error carries problems; at run time it does not import them."""
HEAVY = {
    *("dask", "dask_gateway", "distributed", "fastjsonschema", "fsspec", "helm_python", "httpx"),
    *("jinja2", "jsonschema", "kubernetes", "prefect", "psutil", "python_terraform"),
    *("supervisor", "yaml"),
}

FILES = sorted(
    str(path.relative_to(SOURCE))
    for path in SOURCE.rglob("*.py")
    if "_bundle" not in path.parts and path.name != "__main__.py"
)


def test_every_room_is_known() -> None:
    rooms = {Path(file).parts[0].removesuffix(".py") for file in FILES} - {"__init__"}
    assert {"errors", "config", "platform", "render", "api", "cli"} <= rooms
    assert rooms <= RANK.keys()


@pytest.mark.parametrize("file", FILES)
def test_imports_go_one_way(file: str) -> None:
    room = Path(file).parts[0].removesuffix(".py")
    rank = RANK["cli"] if room == "__init__" else RANK[room]
    for name in _imported(SOURCE / file):
        if (file, name) in ONLY_FOR_TYPES or name == "qhub":
            continue
        other = name.split(".")[1]
        assert other == room or RANK[other] < rank, f"{file} imports {name}"


def _imported(file: Path) -> Iterator[str]:
    """Yield the modules of qhub that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            found = [_full_name(node.module or "", alias.name) for alias in node.names]
        else:
            continue
        yield from (name for name in found if name.split(".")[0] == "qhub")


def _full_name(module: str, name: str) -> str:
    """Return qhub.cli for `from qhub import cli`, and qhub for a name that is no room."""
    return f"qhub.{name}" if module == "qhub" and name in RANK else module


@pytest.mark.parametrize("file", FILES)
def test_every_name_that_a_module_lists_is_there(file: str) -> None:
    module = _module(file)
    listed = getattr(module, "__all__", [])
    assert [name for name in listed if not hasattr(module, name)] == []
    assert len(set(listed)) == len(listed)


def _module(file: str) -> ModuleType:
    parts = Path(file).with_suffix("").parts
    return importlib.import_module(".".join(["qhub", *parts]).removesuffix(".__init__"))


def test_importing_qhub_costs_nothing() -> None:
    loaded = _loaded("import qhub")
    assert {name for name in loaded if name.startswith("qhub")} == {"qhub"}
    assert "typing" not in loaded or "typing" in _loaded("pass")


def test_public_names_come_when_they_are_asked_for() -> None:
    assert "qhub.api" in _loaded("import qhub; qhub.load")
    assert {"load", "Project"} <= set(dir(qhub))
    with pytest.raises(AttributeError, match=r"^module 'qhub' has no attribute 'laod'$"):
        qhub.laod  # noqa: B018 - a typo, as users make


def test_help_loads_no_heavy_package() -> None:
    loaded = _loaded("from qhub.cli import main; main(['--help'])")
    assert "click" in loaded
    assert not HEAVY & loaded


def _loaded(program: str) -> set[str]:
    """Return the modules that a fresh interpreter has after `program`."""
    program += "\nimport sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=SOURCE.parent,
        capture_output=True,
        check=True,
        text=True,
    )
    return set(done.stderr.split())
