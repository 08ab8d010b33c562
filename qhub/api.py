"""What scripts call: `qhub.load("qhub-config.yaml").render("build")`.

Nothing is printed, and no process ends: what is wrong is raised as one of `qhub.errors`.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.errors import ConfigError, DifferenceError

if TYPE_CHECKING:
    import os

    from qhub.cluster import Cluster
    from qhub.cluster.health import Status as ClusterStatus
    from qhub.config import Checked, Document, Problem
    from qhub.config.model import Config
    from qhub.deploy import apply as on_cluster
    from qhub.deploy import destroy as off_cluster
    from qhub.deploy.plan import Planned
    from qhub.deploy.request import Request
    from qhub.deploy.secrets import SecretState
    from qhub.embedded.deploy import Deployed
    from qhub.embedded.destroy import Destroyed
    from qhub.embedded.health.model import Status as EmbeddedStatus
    from qhub.platform import Platform
    from qhub.progress import Progress
    from qhub.render import Bundle
    from qhub.render.write import Written

__all__ = ["Project", "load"]


def load(path: str | os.PathLike[str] = ".") -> Project:
    """Read a config file, or the one in a folder; "-" reads standard input.

    Raises `ConfigError` for a file that is not one YAML mapping. What is wrong with its content
    is told by `Project.problems`.
    """
    from qhub.config import find, read

    source = Path(path)
    is_folder = source.is_dir() and str(path) != "-"
    return Project(read(find(source) if is_folder else source))


class Project:
    """One config file and what follows from it; each step is taken when it is first asked for."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong or doubtful in the file, in file order."""
        return self._checked.problems

    @property
    def config(self) -> Config:
        """The typed, defaulted config; raises `ConfigError` where a problem is an error."""
        if self._checked.config is None:
            raise ConfigError(self.problems)
        return self._checked.config

    @cached_property
    def platform(self) -> Platform:
        """What must exist, free of any tool; raises `ConfigError` as `config` does."""
        from qhub.platform import plan

        return plan(self.config)

    @cached_property
    def bundle(self) -> Bundle:
        """The files that it renders to: relative path → content.

        Raises `ConfigError` as `config` does, and for what this version does not render.
        """
        from qhub.render import render, unsupported

        found = [*self.problems, *map(self.document.problem, unsupported(self.config))]
        if any(problem.severity == "error" for problem in found):
            raise ConfigError(sorted(found, key=lambda problem: (problem.line, problem.column)))
        return render(self.platform, config=self.config)

    def validate(self) -> tuple[Problem, ...]:
        """Return `problems`: empty for a file without a fault; needs no network or cluster."""
        return self.problems

    def render(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        force: bool = False,
        check: bool = False,
    ) -> Written:
        """Write the files below `directory`, and say which changed.

        The default is the current directory, as for the command (and for QHub 0.4): a config
        in `ci/prod.yaml` renders beside the repository's other files, not into `ci/`.

        `force` overwrites generated files that were edited. `check` writes nothing and raises
        `DifferenceError` where the disk is not what would be written. Else raises `ConfigError`
        as `bundle` does, and what `qhub.render.write.write` raises.
        """
        from dataclasses import asdict

        from qhub.render.manifest import MANIFEST
        from qhub.render.write import Written, compare, write

        folder = _folder(directory)
        if not check:
            return write(self.bundle, folder, force=force)
        difference = compare(self.bundle, folder)
        if difference.paths:
            raise DifferenceError(
                f"not what {self.document.file} renders: {', '.join(difference.paths)}",
                paths=difference.paths,
                kinds=asdict(difference),
                hint="render() writes it" + (", with force=True" if difference.edited else ""),
            )
        everything = tuple(sorted({*self.bundle, MANIFEST}))
        return Written(created=(), changed=(), removed=(), unchanged=everything, carried=())

    def deploy(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        force: bool = False,
        adopt: bool = False,
        stage: str | None = None,
        plan: str | os.PathLike[str] | None = None,
        consent: on_cluster.Consent | None = None,
        progress: Progress | None = None,
    ) -> Deployed | on_cluster.Deployed:
        """Render into `directory` as `render` does, and make what runs what the config says.

        With provider `embedded`: starts what does not run on this machine, restarts what reads
        something that changed, and waits until all is healthy. `adopt` takes over a platform of
        the same project and namespace that another config file deployed. Raises what
        `qhub.embedded.deploy.deploy` does.

        With `existing` or `local`: applies each Terraform stage that differs, to the cluster, and
        waits until the agents are ready. `stage` is the only one to apply, `plan` an archive that
        `Project.plan` wrote, `consent` is asked before something changes. Raises what
        `qhub.deploy.apply.deploy` does.
        """
        from qhub.progress import Silent

        folder, shown = _folder(directory), progress or Silent()
        if self.is_embedded:
            from qhub.embedded.deploy import Request, deploy

            request = Request(self.document, self.config, self.platform, self.bundle)
            return deploy(request, folder, progress=shown, force=force, adopt=adopt)
        from qhub.deploy import apply

        return apply.deploy(
            self._request(),
            folder,
            progress=shown,
            consent=consent,
            stage=stage,
            plan_file=None if plan is None else Path(plan),
            force=force,
        )

    def plan(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        force: bool = False,
        stage: str | None = None,
        out: str | os.PathLike[str] | None = None,
        consent: on_cluster.Consent | None = None,
        progress: Progress | None = None,
    ) -> Planned:
        """Say what `deploy` would do on a cluster, and why; `out` keeps the plans for it.

        Raises what `qhub.deploy.plan.plan` does.
        """
        from qhub.deploy.plan import plan
        from qhub.progress import Silent

        return plan(
            self._request(),
            _folder(directory),
            progress=progress or Silent(),
            consent=consent,
            stage=stage,
            out=None if out is None else Path(out),
            force=force,
        )

    def status(self) -> EmbeddedStatus | ClusterStatus:
        """Look how the platform does: `healthy`, and `problems` with what to do about each.

        With provider `embedded`: what runs on this machine. With `existing` or `local`: agents,
        their Secrets, and what differs from the files that the config renders to; raises
        `ClusterError` where the cluster does not answer.
        """
        if self.is_embedded:
            from qhub.embedded.deploy import layout_of
            from qhub.embedded.snapshot import STAGE
            from qhub.embedded.status import look

            wanted = self._stage(STAGE)
            return look(layout_of(self.config), wanted=wanted, file=self.document.file)
        from qhub.cluster import status
        from qhub.render.stage_services import SERVICES

        wanted = self._stage(f"stages/{SERVICES}/")
        with self.cluster() as cluster:
            return status.look(cluster, self.platform, wanted=wanted)

    def cluster(self) -> Cluster:
        """Return the cluster that the config names; nothing is asked of it yet.

        Raises `ProviderError` for a platform that is on none, and `KubeconfigError`.
        """
        from qhub.cluster import Cluster, target
        from qhub.deploy.request import cluster_of

        return Cluster(target(cluster_of(self.config).kube_context, self.config.namespace))

    def secrets(
        self, *, in_cluster: bool = False, consent: on_cluster.Consent | None = None
    ) -> tuple[SecretState, ...]:
        """Say which secrets are set and, with `in_cluster`, which are there; never a value."""
        from qhub.deploy.secrets import secrets

        return secrets(self._request(), in_cluster=in_cluster, consent=consent)

    def destroy(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        data: bool = False,
        adopt: bool = False,
        timeout_seconds: float = 30,
        force: bool = False,
        stage: str | None = None,
        consent: on_cluster.Consent | None = None,
        progress: Progress | None = None,
    ) -> Destroyed | off_cluster.Destroyed:
        """Stop or remove everything that `deploy` made; nobody is asked whether that is meant.

        With provider `embedded`: flow runs have `timeout_seconds` to come to their end; with
        `data`, what the platform keeps is removed, too. `adopt` does so with a platform that
        another config file deployed, too. Raises `ForeignPlatformError` without it, and what
        `qhub.embedded.destroy.destroy` does.

        With `existing` or `local`: Terraform removes releases, Secrets, and the namespace if it
        made it. Raises what `qhub.deploy.destroy.destroy` does.
        """
        from qhub.progress import Silent

        shown = progress or Silent()
        if self.is_embedded:
            return self._stop(shown, data=data, adopt=adopt, timeout_seconds=timeout_seconds)
        from qhub.deploy import destroy as removal

        return removal.destroy(
            self._request(),
            _folder(directory),
            progress=shown,
            consent=consent,
            stage=stage,
            force=force,
        )

    def _stop(
        self, progress: Progress, *, data: bool, adopt: bool, timeout_seconds: float
    ) -> Destroyed:
        """Stop what runs on this machine."""
        from qhub.embedded import owner
        from qhub.embedded.deploy import layout_of
        from qhub.embedded.destroy import destroy

        layout, file = layout_of(self.config), self.document.file
        told = owner.require(layout, file, self.platform, adopt=adopt, instead=owner.DESTROY)
        if told:
            progress.note(told)
        return destroy(layout, progress=progress, timeout_seconds=timeout_seconds, data=data)

    @property
    def is_embedded(self) -> bool:
        """Whether the platform is processes of this machine; raises `ConfigError`."""
        from qhub.config.model import Embedded

        return isinstance(self.config.cluster, Embedded)

    def _request(self) -> Request:
        """Return what is deployed to a cluster; another provider is told before its rendering."""
        from qhub.deploy.request import Request, cluster_of

        cluster_of(self.config)
        return Request(self.document, self.config, self.platform, self.bundle)

    def _stage(self, folder: str) -> dict[str, bytes]:
        """Return the files of a stage as the config renders them now."""
        return {
            path.removeprefix(folder): content
            for path, content in self.bundle.items()
            if path.startswith(folder)
        }

    @cached_property
    def _checked(self) -> Checked:
        from qhub.config import check

        return check(self.document)


def _folder(directory: str | os.PathLike[str] | None) -> Path:
    return Path() if directory is None else Path(directory)
