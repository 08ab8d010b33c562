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

    from qhub.config import Checked, Document, Problem
    from qhub.config.model import Config
    from qhub.embedded.deploy import Deployed
    from qhub.embedded.destroy import Destroyed
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

        folder = Path() if directory is None else Path(directory)
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
        progress: Progress | None = None,
    ) -> Deployed:
        """Render into `directory` as `render` does, and make this machine run it.

        Starts what does not run, restarts what reads something that changed, and waits until all
        is healthy. `adopt` takes over a platform of the same project and namespace that another
        config file deployed. This version deploys `provider: embedded` alone; raises what
        `qhub.embedded.deploy.deploy` does.
        """
        from qhub.embedded.deploy import Request, deploy, layout_of
        from qhub.progress import Silent

        layout_of(self.config)  # another provider is told before what cannot be rendered
        request = Request(self.document, self.config, self.platform, self.bundle)
        folder = Path() if directory is None else Path(directory)
        return deploy(request, folder, progress=progress or Silent(), force=force, adopt=adopt)

    def destroy(
        self,
        *,
        data: bool = False,
        adopt: bool = False,
        timeout_seconds: float = 30,
        progress: Progress | None = None,
    ) -> Destroyed:
        """Stop everything that `deploy` started; with `data`, remove what it keeps, too.

        Flow runs have `timeout_seconds` to come to their end. `adopt` does so with a platform
        that another config file deployed, too. Raises `ForeignPlatformError` without it, and what
        `qhub.embedded.destroy.destroy` does.
        """
        from qhub.embedded import owner
        from qhub.embedded.deploy import layout_of
        from qhub.embedded.destroy import destroy
        from qhub.progress import Silent

        layout, progress = layout_of(self.config), progress or Silent()
        file = self.document.file
        told = owner.require(layout, file, self.platform, adopt=adopt, instead=owner.DESTROY)
        if told:
            progress.note(told)
        return destroy(layout, progress=progress, timeout_seconds=timeout_seconds, data=data)

    @cached_property
    def _checked(self) -> Checked:
        from qhub.config import check

        return check(self.document)
