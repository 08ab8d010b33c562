"""Makes what runs on this machine what a config file says; what is so already is left alone."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.config.model import Embedded, KubernetesCluster
from qhub.embedded import extras, owner, ports, secrets, snapshot
from qhub.embedded.bring_up import bring_up, gateway_addresses
from qhub.embedded.errors import PortTakenError, PreventedError, ProviderError
from qhub.embedded.files import refusals, replace
from qhub.embedded.layout import Layout
from qhub.embedded.locking import lock
from qhub.embedded.supervise import Supervisor
from qhub.errors import EditedFilesError
from qhub.render import write
from qhub.render.lock import lock as lock_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qhub.config import Document
    from qhub.config.model import Config
    from qhub.embedded.bring_up import BroughtUp
    from qhub.embedded.secrets import Collected, Values
    from qhub.platform import Platform
    from qhub.progress import Progress
    from qhub.render.lock import FolderLock

__all__ = ["Deployed", "Request", "deploy", "layout_of"]

_ATTEMPTS = 2
"""How often other free ports are tried when some are lost."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be deployed: a checked config file, and the files that it renders to."""

    document: Document
    config: Config
    platform: Platform
    bundle: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deploy did, and where the platform is; no secret is in it.

    `started`: the whole platform was started. `restarted` are the programs that were started
    otherwise. `changed` names what was written: files of the state, and things of Prefect's.
    """

    state: str
    page: str
    api: str
    gateway: str | None
    password_file: str
    started: bool
    restarted: tuple[str, ...]
    changed: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def is_unchanged(self) -> bool:
        """Whether everything ran already as it should."""
        return not (self.started or self.restarted or self.changed)


def layout_of(config: Config) -> Layout:
    """Return where the platform of a config keeps its state; raises `ProviderError`."""
    if config.provider != "embedded":
        raise ProviderError(
            f"provider '{config.provider}' does not run on this machine: only 'embedded' does",
            hint="`qhub deploy` deploys it to its cluster, `qhub status` and `qhub logs` look there"
            if isinstance(config.cluster, KubernetesCluster)
            else "use 'existing' or 'local' with a cluster that is there already",
        )
    root = Layout.of(config.project_name, config.namespace).root
    return Layout(root.resolve())  # one name for it, whatever links lead there


def deploy(
    request: Request,
    folder: Path,
    *,
    progress: Progress,
    force: bool = False,
    adopt: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Deployed:
    """Render into `folder`, write the state, start or restart what differs, and wait for it.

    `adopt` takes over a platform that another config file deployed.

    Raises `ForeignPlatformError` (unless `adopt`), `LockedError`, `MissingExtraError`,
    `MissingSecretsError`, `PortTakenError`, `EditedFilesError` (unless `force`, or nothing that
    runs would change) before anything changes, `WriteError`, and `DeployFailedError` when a part
    does not come up.
    """
    begun = time.monotonic()
    layout = layout_of(request.config)
    with progress.step("check what is installed, and the secrets"):
        values = _checked(request, layout, environ)
        _require_own(layout, request, adopt=adopt)  # before a stranger's folder gets a lock
    with lock(layout, "deploy"), lock_folder(folder, "deploy") as held:
        notes = [*values.notes, *_require_own(layout, request, adopt=adopt)]
        with progress.step("render and write what changed"):
            first = ports.choose(layout, _configured(request.config))
            notes += _render(layout, request.bundle, held, force=force)
            files = _write(layout, request, values.of(layout), first)
        for note in notes:
            progress.note(note)
        chosen, done = _brought_up(layout, request, first, progress=progress, environ=environ)
    gateway = gateway_addresses(request.platform, chosen)
    return Deployed(
        state=str(layout.root),
        page=f"http://127.0.0.1:{chosen['server']}",
        api=f"http://127.0.0.1:{chosen['server']}/api",
        gateway=gateway["address"] if gateway else None,
        password_file=str(layout.password("api")),
        started=done.started,
        restarted=done.restarted,
        changed=(*files, *done.published.changed),
        notes=(*notes, *done.notes, *done.published.notes),
        seconds=round(time.monotonic() - begun, 2),
    )


def _checked(request: Request, layout: Layout, environ: Mapping[str, str]) -> Collected:
    """Return the values of all secrets, where nothing keeps the platform from being deployed."""
    if request.config.prevent_deploy:
        raise PreventedError(
            f"{request.document.file} holds deployments back: prevent_deploy is true",
            hint="set it to false, or remove it, when the config shall be deployed",
        )
    extras.require()
    return secrets.collect(request.platform, request.document, layout, environ)


def _require_own(layout: Layout, request: Request, *, adopt: bool) -> list[str]:
    """Return what is to be told of the config file that deployed the platform before."""
    note = owner.require(layout, request.document.file, request.platform, adopt=adopt)
    return [note] if note else []


def _render(
    layout: Layout, bundle: Mapping[str, bytes], held: FolderLock, *, force: bool
) -> list[str]:
    """Write the rendered files; edited ones stay where nothing of the platform changes.

    The platform runs from its state: to bring it up again, the folder need not be as QHub left it.
    """
    try:
        write.write(bundle, held.folder, force=force, held=held)
    except EditedFilesError as error:
        if not snapshot.runs(layout, bundle):
            raise
        edited = ", ".join(error.paths)
        return [f"edited, and left alone: {edited}; what runs is what the config file says"]
    return []


def _configured(config: Config) -> dict[str, int]:
    assert isinstance(config.cluster, Embedded)  # noqa: S101 the provider was looked at before
    asked = {"server": config.cluster.server_port, "gateway_proxy": config.cluster.gateway_port}
    return {name: port for name, port in asked.items() if port is not None}


def _write(
    layout: Layout, request: Request, values: Values, chosen: Mapping[str, int]
) -> tuple[str, ...]:
    """Write what of the state differs; return the names of the files."""
    with refusals(layout.root):
        layout.make()
    sources = secrets.sources(layout, request.platform)
    change = snapshot.plan(layout, request.bundle, values, notes=sources)
    owner.settle(layout, request.document.file)
    snapshot.apply(layout, change)
    return (*change.paths, *_write_ports(layout, chosen))


def _write_ports(layout: Layout, chosen: Mapping[str, int]) -> tuple[str, ...]:
    if ports.known(layout) == chosen:
        return ()
    replace({layout.ports: json.dumps(dict(chosen), indent=2).encode() + b"\n"})
    return (layout.ports.name,)


def _brought_up(
    layout: Layout,
    request: Request,
    chosen: dict[str, int],
    *,
    progress: Progress,
    environ: Mapping[str, str],
) -> tuple[dict[str, int], BroughtUp]:
    """Start what does not run; where a port was lost to a quicker process, with another one."""
    configured = _configured(request.config)
    for _ in range(_ATTEMPTS):
        try:
            done = bring_up(layout, request.platform, chosen, progress=progress, environ=environ)
        except PortTakenError as error:
            if error.port in configured.values():
                raise
            progress.note(f"{error}; another port is taken")
            Supervisor(layout).shutdown()
            chosen = ports.choose(layout, configured)
            _write_ports(layout, chosen)
        else:
            return chosen, done
    return chosen, bring_up(layout, request.platform, chosen, progress=progress, environ=environ)
