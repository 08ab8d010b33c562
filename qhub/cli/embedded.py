"""The environment of whatever talks with the platform of a config file from outside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qhub.api import Project

__all__ = ["environment"]


def environment(project: Project) -> dict[str, str]:
    """Return the variables with which Prefect, Dask Gateway and `qhub.flows` find a platform.

    Passwords are among them. Raises `NotDeployedError` where it does not run.
    """
    from qhub.embedded.connect import outside
    from qhub.embedded.deploy import layout_of

    return outside(layout_of(project.config), project.platform)
