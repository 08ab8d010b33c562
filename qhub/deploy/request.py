"""What every deployment starts from: a checked config file, and the files that it renders to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.config.model import Embedded, KubernetesCluster
from qhub.deploy.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.config import Document
    from qhub.config.model import Config
    from qhub.platform import Platform

__all__ = ["Request", "cluster_of"]


@dataclass(frozen=True, slots=True)
class Request:
    """A config file, what must exist, and the rendered files."""

    document: Document
    config: Config
    platform: Platform
    bundle: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """How the platform is called where there are several: "pipelines (dev)"."""
        return f"{self.platform.project} ({self.platform.namespace})"


def cluster_of(config: Config) -> KubernetesCluster:
    """Return what the config says of a cluster that is there; raises `ProviderError`."""
    if isinstance(config.cluster, KubernetesCluster):
        return config.cluster
    if isinstance(config.cluster, Embedded):
        raise ProviderError(
            "provider 'embedded' runs on this machine: there is no cluster to look into",
            hint="`qhub deploy` changes what differs, and says what it was; `qhub status` tells "
            "what differs, and which secrets are missing",
        )
    raise ProviderError(
        f"provider '{config.provider}' is not deployed by Terraform in this version of QHub: "
        "only 'existing' and 'local' are",
        hint="use one of them with a cluster that is there already",
    )
