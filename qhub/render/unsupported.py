"""What a config may ask for that this version of QHub does not render: told, never left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.model import CloudCluster, Embedded, KubernetesCluster
from qhub.config.problem import Finding
from qhub.platform import plan
from qhub.platform.node_pools import GENERAL
from qhub.platform.published import LONGEST, too_long, variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.config.model import Config

__all__ = ["unsupported"]

_NOT_YET = "this version of QHub does not render"


def unsupported(config: Config) -> tuple[Finding, ...]:
    """Return what of a config is not rendered: errors for what flows need, else warnings.

    What means nothing to processes of this machine, `qhub.embedded.ignored` tells.
    """
    if isinstance(config.cluster, Embedded):
        return (*_published(config), *_unused_dask_profiles(config))
    published = _published(config) if _publishes(config) else ()
    return (*_errors(config), *published, *_warnings(config))


def _published(config: Config) -> Iterator[Finding]:
    """Yield what is too long for the variables that tell flow authors of the platform."""
    published = variables(plan(config), gateway=None, storage=config.prefect.storage)
    for name, length in too_long(published):
        value = published[name]
        path = ("profiles", value["kind"], value["name"]) if "kind" in value else ("prefect",)
        yield Finding(
            path,
            f"Prefect's variable {name} would have {length} characters of JSON; "
            f"it has {LONGEST} at most",
            hint="shorten names, or have fewer agents",
            at="key",
        )


def _publishes(config: Config) -> bool:
    """Tell whether Prefect has variables: it has from Prefect 3 on."""
    return config.prefect.enabled and config.prefect.generation == "worker"


def _errors(config: Config) -> Iterator[Finding]:
    if isinstance(config.cluster, CloudCluster):
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
        yield _warning("ci_cd", message=f"{_NOT_YET} a pipeline; run qhub where you deploy from")
    if config.domain is not None:
        yield _warning("domain", message=f"{_NOT_YET} what is reached at a domain; it is not used")
    if config.certificate is not None and config.certificate.type != "disabled":
        yield _warning("certificate", message=f"{_NOT_YET} a certificate; it is not used")
    if config.prefect.storage is not None and not _publishes(config):
        yield _warning(
            "prefect",
            "storage",
            message=f"{_NOT_YET} the storage of flow code for Prefect 0.x and 1.x; it is not used",
            hint="put the flows into the image, or deploy them from a git repository",
        )
    yield from _unused_dask_profiles(config)
    yield from _profiles(config)
    yield from _node_selectors(config)


def _unused_dask_profiles(config: Config) -> Iterator[Finding]:
    if config.dask_worker_profiles and not config.dask_gateway.enabled:
        yield _warning(
            "profiles",
            "dask_worker",
            message="these profiles are used by Dask Gateway alone, which is not enabled",
        )


def _profiles(config: Config) -> Iterator[Finding]:
    if _publishes(config):
        return
    named = {agent.profile for agent in config.prefect.agents}
    for profile in config.flow_run_profiles:
        if profile.name not in named and not profile.default:
            yield _warning(
                "profiles",
                "flow_run",
                profile.name,
                message=f"no agent uses profile '{profile.name}', and Prefect 0.x and 1.x know no "
                "profiles",
                hint="name it in prefect.agents[].profile, or make it the default: default: true",
            )


def _node_selectors(config: Config) -> Iterator[Finding]:
    if not isinstance(config.cluster, KubernetesCluster):
        return
    wanted = [
        *((profile.node_pool, profile.gpus) for profile in config.flow_run_profiles),
        *((profile.node_pool, profile.gpus) for profile in config.dask_worker_profiles),
    ]
    named = {GENERAL, *(node_pool for node_pool, _ in wanted)}
    wants_any_gpu = any(gpus and node_pool is None for node_pool, gpus in wanted)
    unused = [
        selector.name
        for selector in config.cluster.node_selectors
        if selector.name not in named and not (wants_any_gpu and selector.gpus)
    ]
    if unused:
        yield _warning(
            config.provider,
            "node_selectors",
            message=f"no profile and no agent uses: {', '.join(unused)}",
            hint=f"name them in node_pool of a profile; '{GENERAL}' is for the agents",
        )


def _warning(*path: str, message: str, hint: str = "") -> Finding:
    return Finding(path, message, hint, severity="warning", at="key")
