"""How `qhub flow` reaches a platform, and how it tells what `qhub.flows` raises."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from qhub.errors import QhubError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qhub.flows.errors import FlowsError

_KEYWORD = re.compile(r"\b(storage|project|image|base|builder)='([^']*)'")
_PLACEHOLDERS = {"project": "DIR", "image": "IMAGE", "base": "IMAGE"}
_SWITCHES = {"build=True": "--build", "build=False": "--no-build"}


@contextmanager
def reached(config_file: Path) -> Iterator[None]:
    """Let `qhub.flows` find the platform of a config file, else that of the environment.

    Prefect reads its settings when it is imported: it must not be imported before.
    """
    mend = ""
    with told(needs_prefect=True):
        if config_file.is_file() or not os.environ.get("PREFECT_API_URL"):
            found, mend = _of(config_file)
            os.environ.update(found)
        from qhub.flows.errors import UnreachableError

        try:
            yield
        except UnreachableError as error:
            raise QhubError(str(error), hint=mend or error.hint) from error


@contextmanager
def told(*, needs_prefect: bool = False) -> Iterator[None]:
    """Tell what `qhub.flows` raises."""
    if needs_prefect and find_spec("prefect") is None:
        raise QhubError("Prefect is not installed", hint="pip install 'qhub[flows]'")
    from qhub.flows.errors import FlowsError

    try:
        yield
    except FlowsError as error:
        raise in_words(error) from error


def in_words(error: FlowsError) -> QhubError:
    """Return an error with the options of the command line for Python's: --no-build."""
    return QhubError(_as_options(str(error)), hint=_as_options(error.hint))


def _as_options(text: str) -> str:
    def option(found: re.Match[str]) -> str:
        value = found[2] if found[2] != "…" else _PLACEHOLDERS.get(found[1], "…")
        return f"--{found[1]} {value}"

    text = _KEYWORD.sub(option, text)
    for python, switch in _SWITCHES.items():
        text = text.replace(python, switch)
    return text


def _of(config_file: Path) -> tuple[dict[str, str], str]:
    """Return the environment by which the platform of a config file is found.

    With it comes how to mend it where nothing answers there; empty where nothing more is known.
    """
    from qhub.api import load

    project = load(config_file)
    if project.platform.provider == "embedded":
        from qhub.cli.embedded import environment

        return environment(project), ""
    if os.environ.get("PREFECT_API_URL"):
        return {}, ""
    from qhub.cli.flow_api import environment_of

    return environment_of(project)
