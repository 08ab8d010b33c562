"""How `qhub flow` reaches a platform, and how it tells what `qhub.flows` raises."""

from __future__ import annotations

import os
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from qhub.errors import QhubError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def reached(config_file: Path) -> Iterator[None]:
    """Let `qhub.flows` find the platform of a config file, else that of the environment.

    Prefect reads its settings when it is imported: it must not be imported before.
    """
    with told(needs_prefect=True):
        if config_file.is_file() or not os.environ.get("PREFECT_API_URL"):
            os.environ.update(_of(config_file))
        yield


@contextmanager
def told(*, needs_prefect: bool = False) -> Iterator[None]:
    """Tell what `qhub.flows` raises."""
    if needs_prefect and find_spec("prefect") is None:
        raise QhubError("Prefect is not installed", hint="pip install 'qhub[flows]'")
    from qhub.flows.errors import FlowsError

    try:
        yield
    except FlowsError as error:
        raise QhubError(str(error), hint=error.hint) from error


def _of(config_file: Path) -> dict[str, str]:
    """Return the environment by which the platform of a config file is found."""
    from qhub.api import load
    from qhub.cli.embedded import environment

    project = load(config_file)
    if project.platform.provider != "embedded":
        if os.environ.get("PREFECT_API_URL"):
            return {}
        raise QhubError(
            f"{config_file} does not say where Prefect's API of a '{project.platform.provider}' "
            "platform is reached from here",
            hint="set PREFECT_API_URL (and PREFECT_API_AUTH_STRING)",
        )
    return environment(project)
