"""Finding flows: those of a file, of a package, or the one of `file.py:name`."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from qhub.flows import project
from qhub.flows.entrypoints import flows_of
from qhub.flows.errors import CodeError, FlowSourceError, not_found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.flows.entrypoints import Source

__all__ = ["load", "modules_of"]


def load(text: str) -> list[Source]:
    """Return the flows that `PATH[:FLOW]` names: of a file, or of all modules of a package.

    FLOW is the name of the function, or of the flow.
    """
    path_text, _, name = text.partition(":")
    path = Path(path_text).expanduser().resolve()
    found = [source for module in _modules(path, path_text) for source in flows_of(module)]
    if not found:
        raise FlowSourceError(f"{path_text} has no flow", hint="a flow is a function below @flow")
    if not name:
        return found
    named = [item for item in found if name in (item.attribute, item.flow.name)]
    if not named:
        raise not_found("flow", name, {item.attribute for item in found}, where=f"in {path_text}")
    return named[:1]


def modules_of(module: ModuleType) -> list[ModuleType]:
    """Return a module, and of a package all modules in it, imported."""
    found = [module]
    for item in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        if not item.name.endswith(".__main__"):
            with _users_errors(Path(module.__file__ or ".").parent):
                found.append(importlib.import_module(item.name))
    return found


def _modules(path: Path, shown: str) -> list[ModuleType]:
    if path.is_dir() and not (path / "__init__.py").exists():
        raise FlowSourceError(
            f"{shown} is a folder, but no package", hint=f"name its files: {shown}/*.py"
        )
    if not path.is_dir() and path.suffix != ".py":
        raise FlowSourceError(
            f"{shown} is no Python file",
            hint="name a file that ends in .py, or the folder of a package",
        )
    if not path.exists():
        raise FlowSourceError(
            f"there is no file {shown}", hint=f"a path starts in {Path.cwd()}, where you are"
        )
    file = path / "__init__.py" if path.is_dir() else path
    folder = project.find(file)
    top = project.package_top(file)
    with _users_errors(folder):
        if top == file or not top.parent.is_relative_to(folder):
            return [_script(file, folder)]
        module = _imported(file, top, folder)
    return modules_of(module) if path.is_dir() else [module]


def _imported(file: Path, top: Path, folder: Path) -> ModuleType:
    """Import a module of a package by its full name, so that its relative imports work."""
    _importable(folder, top.parent)
    parts = file.relative_to(top.parent).with_suffix("").parts
    module = importlib.import_module(".".join(parts).removesuffix(".__init__"))
    if Path(module.__file__ or "").resolve() != file:
        raise FlowSourceError(
            f"{file} cannot be imported: another package is called '{parts[0]}'",
            hint="give the package another name",
        )
    return module


def _script(file: Path, folder: Path) -> ModuleType:
    """Run a file as a module of its own, with its neighbours importable."""
    _importable(folder, file.parent)
    name = file.stem
    if name in sys.modules:
        name = f"_qhub_{hashlib.sha256(bytes(file)).hexdigest()[:16]}"
        if name in sys.modules:
            return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None  # noqa: S101 a .py file has one
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _importable(folder: Path, first: Path) -> None:
    """Put on `sys.path` what a run has there."""
    wanted = (first, folder, *((folder / "src",) if (folder / "src").is_dir() else ()))
    new = [str(path) for path in dict.fromkeys(wanted) if str(path) not in sys.path]
    sys.path[:0] = new


@contextmanager
def _users_errors(folder: Path) -> Iterator[None]:
    """Tell what the user's code raised by its own last line in it."""
    try:
        yield
    except FlowSourceError:
        raise
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise CodeError(f"{_where(error, folder)}: {reason}") from error


def _where(error: BaseException, folder: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_short(error.filename)}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    own = [frame for frame in own if "site-packages" not in frame.filename] or list(frames)
    return f"{_short(own[-1].filename)}:{own[-1].lineno}"


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file
