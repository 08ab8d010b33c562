"""How a run finds a flow again: the file, and the name that holds the flow in it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qhub.flows import project
from qhub.flows.errors import FlowSourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prefect import Flow

__all__ = ["Entrypoint", "Source", "entrypoint", "flows_of", "source"]

_IN_A_FILE = (
    "put the flow into a file and deploy it from there: from my_flow import my_flow, "
    "or `qhub flow deploy my_flow.py`"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A flow, the module that holds it, and its name there."""

    flow: Flow[Any, Any]
    module: ModuleType
    attribute: str
    file: Path


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """Prefect's `text` of it, and the folders to import from, relative to the project."""

    text: str
    paths: tuple[str, ...]


def source(flow: Flow[Any, Any]) -> Source:
    """Return where a flow is defined: the name at the top of a module that holds this object."""
    for module in _candidates(flow):
        for attribute, value in vars(module).items():
            if value is flow and (file := _file(module)) is not None:
                return Source(flow, module, attribute, file)
    name, module_name = flow.fn.__name__, flow.fn.__module__
    defining = sys.modules.get(module_name)
    if defining is None or _file(defining) is None:
        raise FlowSourceError(
            f"the flow '{flow.name}' is in no file (a notebook, or a prompt): "
            "a run could not load it",
            hint=_IN_A_FILE,
        )
    raise FlowSourceError(
        f"the flow '{flow.name}' has no name at the top of {_file(defining)}: "
        "a run could not find it",
        hint=f"assign it to one: {name}_deployed = {name}.with_options(…), and deploy that",
    )


def flows_of(module: ModuleType) -> Iterator[Source]:
    """Yield the flows that a module defines, in its order; not those that it imports."""
    file = _file(module)
    if file is None:
        return
    seen: set[int] = set()
    for attribute, value in list(vars(module).items()):
        if _is_flow(value) and id(value) not in seen and not _is_imported(value, module):
            seen.add(id(value))
            yield Source(value, module, attribute, file)


def entrypoint(found: Source, folder: Path) -> Entrypoint:
    """Return how a run loads a flow of a project: as part of its package, else as a script.

    A file of a package that was itself started as a script stays one: its imports are a
    script's.
    """
    file = found.file
    if not file.is_relative_to(folder):
        raise FlowSourceError(
            f"{file} is not in the project folder {folder}", hint="name another one: project='…'"
        )
    first = (".", "src") if (folder / "src").is_dir() else (".",)
    top = project.package_top(file)
    name = _dotted(found.module)
    if name is None or top == file or not top.parent.is_relative_to(folder):
        text = f"{file.relative_to(folder).as_posix()}:{found.attribute}"
        beside = file.parent.relative_to(folder).as_posix()
        return Entrypoint(text, tuple(dict.fromkeys((beside, *first))))
    home = top.parent.relative_to(folder).as_posix()
    return Entrypoint(f"{name}.{found.attribute}", tuple(dict.fromkeys((home, *first))))


def _dotted(module: ModuleType) -> str | None:
    """Return the name by which a module of a package is imported; None for a script."""
    name = module.__name__
    if name == "__main__":  # `python -m package.module` tells its name, `python file.py` does not
        spec = module.__spec__
        name = "" if spec is None else spec.name
    return name if "." in name or hasattr(module, "__path__") else None


def _candidates(flow: Flow[Any, Any]) -> Iterable[ModuleType]:
    """Yield the module of the flow's function, what was started, and all others."""
    defining = sys.modules.get(flow.fn.__module__)
    others = (module for module in list(sys.modules.values()) if isinstance(module, ModuleType))
    return (module for module in (defining, sys.modules["__main__"], *others) if module)


def _file(module: ModuleType) -> Path | None:
    name = getattr(module, "__file__", None)
    path = Path(name).resolve() if name else None
    return path if path and path.suffix == ".py" and path.is_file() else None


def _is_flow(value: object) -> bool:
    from prefect import Flow

    return isinstance(value, Flow)


def _is_imported(flow: Flow[Any, Any], module: ModuleType) -> bool:
    """Tell whether the flow is another module's, where it has a name, too."""
    if flow.fn.__module__ == module.__name__:
        return False
    defining = sys.modules.get(flow.fn.__module__)
    return defining is not None and any(value is flow for value in vars(defining).values())
