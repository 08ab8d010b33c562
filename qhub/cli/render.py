"""`qhub render`: the Terraform stages of one config file, on disk."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from qhub.cli import exits, options, problems, screen, warnings
from qhub.errors import DifferenceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from qhub.api import Project
    from qhub.render.write import Difference, Written


@click.command(epilog="Example: qhub render -c ci/prod.yaml --dir build --check")
@options.config_file
@options.folder
@click.option("--check", is_flag=True, help="Write nothing; fail if a file would change.")
@click.option("--force", is_flag=True, help="Overwrite generated files that were edited.")
@click.option("--verbose", is_flag=True, help="Name every file.")
@options.output
def render(
    config_file: Path,
    *,
    folder: Path,
    check: bool,
    force: bool,
    verbose: bool,
    output: screen.Format,
) -> int:
    """Write the Terraform stages of a config file into DIR/stages.

    Files that you added there stay; a generated file that you edited is kept, and reported,
    unless --force.
    """
    from qhub.api import load

    project = load(config_file)
    bundle = project.bundle
    doubts = warnings.of_rendering(project)
    if output == "text":
        warnings.warn(doubts)
        if not project.platform.agents:
            screen.progress("note: no agent is deployed; set prefect.enabled to true for one")
    if check:
        report = _compared(project, folder, output=output)
        lines = [f"{len(bundle) + 1} files are what {config_file} renders"]  # with the manifest
    else:
        written = project.render(folder, force=force)
        following = _next(project, config_file, folder)
        report = _paths(written) | {"dir": str(folder), "next": following}
        lines = [*_told(written, folder, verbose=verbose), "next:", *(f"  {s}" for s in following)]
    if output == "json":
        screen.result_json(report | problems.as_data(doubts))
    else:
        screen.result("\n".join(lines))
    return exits.OK


def _compared(project: Project, folder: Path, *, output: screen.Format) -> dict[str, Any]:
    """Return that nothing differs on the disk; names what does and raises `DifferenceError`."""
    from qhub.render.write import compare

    difference = compare(project.bundle, folder)
    if not difference.paths:
        return {"dir": str(folder), **_paths(difference)}
    if output == "text":
        screen.result("\n".join(_lines(_paths(difference))))
    raise DifferenceError(
        f"{folder / 'stages'} is not what {project.document.file} renders",
        paths=difference.paths,
        kinds=_paths(difference),
        hint="write it: qhub render" + (" --force" if difference.edited else ""),
    )


def _told(written: Written, folder: Path, *, verbose: bool) -> Iterator[str]:
    shown = ("created", "changed", "removed", "unchanged")
    counts = ", ".join(f"{len(getattr(written, name))} {name}" for name in shown)
    yield f"{folder / 'stages'}: {counts}"
    if verbose:
        yield from (f"  {line}" for line in _lines(_paths(written)))
    if written.kept:
        yield "kept aside, saved by somebody while QHub wrote: " + ", ".join(written.kept)


def _lines(paths: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield a line a path, led by what is with it."""
    width = max(map(len, paths))
    for name, inside in paths.items():
        yield from (f"{name.replace('_', ' '):{width}}  {path}" for path in inside)


def _paths(found: Written | Difference) -> dict[str, list[str]]:
    return {name: list(paths) for name, paths in asdict(found).items()}


def _next(project: Project, config_file: Path, folder: Path) -> list[str]:
    """Return what to do to deploy what was rendered, in order."""
    from qhub.render import secret_variables

    chosen = "" if str(config_file) == options.DEFAULT_NAME else f" -c {config_file}"
    deploy = f"qhub deploy{chosen}" + ("" if folder.name == "" else f" --dir {folder}")
    if project.is_embedded:
        return [deploy]
    stages = sorted({path.split("/")[1] for path in project.bundle if path.startswith("stages/")})
    by_hand = [f"follow {folder / 'stages' / stage / 'README.md'}" for stage in stages]
    secrets = f"set the secrets: qhub secrets list{chosen} tells which are missing"
    return [
        *([secrets] if secret_variables(project.platform) else []),
        deploy,
        f"or, to run Terraform yourself, {' and '.join(by_hand)}",
    ]
