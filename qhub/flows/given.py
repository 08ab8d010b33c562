"""Which flows a caller means: a flow, several, a module or package, or the text `path[:name]`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from qhub.flows.entrypoints import Source, flows_of, source
from qhub.flows.errors import FlowSourceError
from qhub.flows.loading import load, modules_of

if TYPE_CHECKING:
    from prefect import Flow

    Given = Flow[Any, Any] | Sequence[Flow[Any, Any]] | ModuleType | str | Path

__all__ = ["is_one_flow", "sources"]


def sources(given: Given) -> list[Source]:
    """Return the flows and where they are defined; there is one at least, no two of one name."""
    if isinstance(given, str | Path):
        found = load(str(given))
    elif isinstance(given, ModuleType):
        found = [item for module in modules_of(given) for item in flows_of(module)]
    elif isinstance(given, Sequence):
        found = [source(_checked(item)) for item in given]
    else:
        found = [source(_checked(given))]
    if not found:
        raise FlowSourceError("there is no flow to deploy", hint="a flow is a function below @flow")
    _check_alone(found)
    return found


def is_one_flow(given: object) -> bool:
    """Tell whether the caller named one flow, and wants one answer."""
    return not isinstance(given, str | Path | ModuleType | Sequence)


def _check_alone(found: Sequence[Source]) -> None:
    """Refuse two flows of one name, and to deploy from inside a run."""
    first: dict[str, Source] = {}
    for item in found:
        other = first.setdefault(item.flow.name, item)
        if other is not item:
            places = dict.fromkeys((_place(other), _place(item)))
            if len(places) == 1:
                raise FlowSourceError(f"the flow '{item.flow.name}' is named twice: {_place(item)}")
            raise FlowSourceError(
                f"two flows are called '{item.flow.name}': {' and '.join(places)}",
                hint="@flow(name='…') gives a flow its own name",
            )
    loaded = os.environ.get("QHUB_CODE_PATH", "").split(os.pathsep)
    for item in found:
        if any(place and item.file.is_relative_to(place) for place in loaded):
            raise FlowSourceError(
                f"{item.file.name} deploys itself while a run loads it",
                hint="put deploy(…) below: if __name__ == '__main__':",
            )


def _place(item: Source) -> str:
    """Return file and line of a flow's function, the file as seen from the working folder."""
    path, code = item.file, getattr(item.flow.fn, "__code__", None)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    if code is None or Path(code.co_filename).resolve() != path:  # decorated, or made elsewhere
        return f"{shown} ('{item.attribute}')"
    return f"{shown}:{code.co_firstlineno}"


def _checked(given: object) -> Flow[Any, Any]:
    from prefect import Flow

    if isinstance(given, Flow):
        return given
    name = getattr(given, "__name__", repr(given))
    raise FlowSourceError(f"{name} is no flow", hint="a flow is a function below @flow")
