"""What a config file asks for that means nothing to processes of this machine; deploy lists it.

Of a file that was written for Kubernetes, what a process cannot honour is told once and changes
nothing; what would mislead (another API, Secrets of a cluster) is an error of the rules. A key
that says what holds anyway is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.config.model import TerraformState
from qhub.config.prefect import DEFAULT_IMAGE, image_version
from qhub.config.problem import dotted
from qhub.platform.processes import HONOURED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.model import Config, Overrides
    from qhub.config.problem import Path

__all__ = ["Ignored", "ignored"]

_INSTALLED = "what is installed beside QHub runs"
_ONE_MACHINE = "everything runs on this machine"
_PROCESSES = "it is about pods; here are processes"
_LOOPBACK = "everything listens on 127.0.0.1 alone"
_OWN_DATABASE = "the server keeps an SQLite database in its state folder"
_NO_TERRAFORM = "nothing is applied with Terraform"
# Why a value of the chart has no effect, where it is not that it speaks of pods.
_WHY = {
    "affinity": _ONE_MACHINE,
    "backoffLimit": "retries of a crashed run are its deployment's",
    "gpus": "a process sees every GPU of this machine",
    "imagePullPolicy": _INSTALLED,
    "imagePullSecrets": _INSTALLED,
    "networkPolicy": _LOOPBACK,
    "nodeSelector": _ONE_MACHINE,
    "replicas": "one process is the worker",
    "tolerations": _ONE_MACHINE,
    "topologySpreadConstraints": _ONE_MACHINE,
    "worker": "the worker waits for its pool, and asks for flow runs several times a second",
}


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something without effect: its place in the file as text, what it is, and why."""

    path: str
    what: str
    why: str


def ignored(config: Config) -> tuple[Ignored, ...]:
    """Return what of a config for provider `embedded` has no effect, in the order of the file."""
    return (
        *_top(config),
        *_prefect(config),
        *_profiles(config),
        *_delivery(config),
    )


def _top(config: Config) -> Iterator[Ignored]:
    if config.domain is not None:
        yield _told("domain", what="the domain name", why=_LOOPBACK)


def _prefect(config: Config) -> Iterator[Ignored]:
    prefect = config.prefect
    if prefect.image != DEFAULT_IMAGE:
        yield _told("prefect", "image", what=f"image {prefect.image}", why=_INSTALLED)
    if prefect.version != (image_version(prefect.image) or image_version(DEFAULT_IMAGE)):
        yield _told("prefect", "version", what=f"version {prefect.version}", why=_INSTALLED)
    for key in prefect.server:
        yield _told("prefect", "server", key, what="a setting of the server", why=_OWN_DATABASE)
    yield from _overrides(prefect.overrides, ("prefect", "overrides"))
    for index, agent in enumerate(prefect.agents):
        path = ("prefect", "agents", index)
        if agent.image is not None:
            yield _told(*path, "image", what=f"image {agent.image}", why=_INSTALLED)
        yield from _overrides(agent.overrides, (*path, "overrides"))
    if config.flow_image is not None:
        yield _told("default_images", "flow", what=f"image {config.flow_image}", why=_INSTALLED)


def _overrides(overrides: Overrides, path: Path) -> Iterator[Ignored]:
    job = (*path, "prefect_agent", "job")
    if overrides.job.image_pull_secrets:
        yield _told(*job, "imagePullSecrets", what="pull secrets of images", why=_INSTALLED)
    if overrides.job.image_pull_policy:
        yield _told(*job, "imagePullPolicy", what="when images are pulled", why=_INSTALLED)
    for keys in _values(overrides.chart_values):
        why = _WHY.get(keys[0] if keys[0] != "job" else keys[1], _PROCESSES)
        yield _told(*path, *keys, what=f"value {'.'.join(keys)} of the agent chart", why=why)


def _values(chart_values: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield the keys of values that no process honours; below `job` and `worker` one by one."""
    for key, value in chart_values.items():
        inner = value if key in ("job", "worker") and isinstance(value, dict) else None
        found = [(key,)] if inner is None else [(key, name) for name in inner]
        yield from (keys for keys in found if keys not in HONOURED)


def _profiles(config: Config) -> Iterator[Ignored]:
    for kind, profiles in (
        ("flow_run", config.flow_run_profiles),
        ("dask_worker", config.dask_worker_profiles),
    ):
        for profile in profiles:
            path = ("profiles", kind, profile.name)
            if profile.gpus:
                yield _told(*path, "gpus", what=f"{profile.gpus} GPUs", why=_WHY["gpus"])
            if profile.node_pool is not None:
                what = f"node pool {profile.node_pool}"
                yield _told(*path, "node_pool", what=what, why=_ONE_MACHINE)
    for worker in config.dask_worker_profiles:
        if worker.image is not None:
            place = ("profiles", "dask_worker", worker.name, "image")
            yield _told(*place, what=f"image {worker.image}", why=_INSTALLED)


def _delivery(config: Config) -> Iterator[Ignored]:
    if config.terraform_state != TerraformState("remote", None, {}):
        yield _told("terraform_state", what="the state of Terraform", why=_NO_TERRAFORM)
    if config.ci_cd is not None and config.ci_cd.type != "none":
        yield _told("ci_cd", what="the pipeline", why="qhub deploys to the machine that it runs on")
    if config.certificate is not None and config.certificate.type != "disabled":
        yield _told("certificate", what="the certificate", why=_LOOPBACK)


def _told(*path: str | int, what: str, why: str) -> Ignored:
    return Ignored(dotted(path), what, why)
