"""Platform to Bundle: every file that QHub writes, by its path below the rendered folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qhub.config.model import Embedded, KubernetesCluster
from qhub.render.stage_embedded import EMBEDDED, embedded_stage
from qhub.render.stage_services import SERVICES, services_stage

if TYPE_CHECKING:
    from qhub.config.model import Config
    from qhub.platform.model import Platform

__all__ = ["Bundle", "render"]

Bundle = Mapping[str, bytes]
"""Relative path, with '/' on every system, to content."""


def render(platform: Platform, *, config: Config) -> dict[str, bytes]:
    """Return the files of a platform, sorted by path: the same config gives the same bytes.

    Of `config` only what says where things lie and how Terraform works is read. Raises ValueError
    for a config in which `unsupported` finds an error.
    """
    match config.cluster:
        case Embedded():
            stage, files = EMBEDDED, embedded_stage(platform, storage=config.prefect.storage)
        case KubernetesCluster() as cluster:
            stage = SERVICES
            files = services_stage(
                platform,
                cluster=cluster,
                state=config.terraform_state,
                storage=config.prefect.storage,
            )
        case _:
            raise ValueError(f"provider {config.provider} cannot be rendered")
    return dict(sorted((f"stages/{stage}/{path}", content) for path, content in files.items()))
