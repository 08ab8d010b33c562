"""What a config may ask for that this version of QHub does not render: told, never left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.model import KubernetesCluster
from qhub.config.problem import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.config.model import Config

__all__ = ["unsupported"]

_NOT_YET = "this version of QHub does not render"


def unsupported(config: Config) -> tuple[Finding, ...]:
    """Return what of a config is not rendered: errors for what flows need, else warnings."""
    return (*_errors(config), *_warnings(config))


def _errors(config: Config) -> Iterator[Finding]:
    if not isinstance(config.cluster, KubernetesCluster):
        yield Finding(
            ("provider",),
            f"{_NOT_YET} provider '{config.provider}'",
            hint="use provider existing or local with a cluster that is there already",
        )
    if config.prefect.enabled and config.prefect.api_kind == "deployed":
        yield Finding(
            ("prefect",),
            f"{_NOT_YET} a Prefect server, which prefect without api.url asks for",
            hint="set prefect.api.url to a Prefect Cloud workspace or to your own server",
            at="key",
        )
    if config.dask_gateway.enabled:
        yield Finding(
            ("dask_gateway", "enabled"),
            f"{_NOT_YET} Dask Gateway",
            hint="set dask_gateway.enabled to false",
        )


def _warnings(config: Config) -> Iterator[Finding]:
    if config.ci_cd is not None and config.ci_cd.type != "none":
        yield _warning("ci_cd", f"{_NOT_YET} a pipeline; run qhub where you deploy from")
    if config.domain is not None:
        yield _warning("domain", f"{_NOT_YET} what is reached at a domain; it is not used")
    if config.certificate is not None and config.certificate.type != "disabled":
        yield _warning("certificate", f"{_NOT_YET} a certificate; it is not used")
    if config.dask_worker_profiles and not config.dask_gateway.enabled:
        yield Finding(
            ("profiles", "dask_worker"),
            "these profiles are used by Dask Gateway alone, which is not enabled",
            severity="warning",
            at="key",
        )


def _warning(key: str, message: str) -> Finding:
    return Finding((key,), message, severity="warning", at="key")
