"""Platform to Bundle: every file that QHub writes, by its path below the rendered folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qhub.config.model import KubernetesCluster
from qhub.render.stage_services import SERVICES, services_stage

if TYPE_CHECKING:
    from qhub.config.model import Config
    from qhub.platform.model import Platform

__all__ = ["Bundle", "render"]

Bundle = Mapping[str, bytes]
"""Relative path, with '/' on every system, to content."""


def render(platform: Platform, *, config: Config) -> dict[str, bytes]:
    """Return the files of a platform, sorted by path: the same config gives the same bytes.

    Of `config` only what says where and how Terraform works is read. Raises ValueError for a
    config in which `unsupported` finds an error.
    """
    if not isinstance(config.cluster, KubernetesCluster):
        raise ValueError(f"provider {config.provider} cannot be rendered")
    files = services_stage(platform, cluster=config.cluster, state=config.terraform_state)
    bundle = {f"stages/{SERVICES}/{path}": content for path, content in files.items()}
    return dict(sorted(bundle.items()))
