"""`qhub flow build` and `qhub flow image`: images that flows run in."""

from __future__ import annotations

import shlex
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, screen
from qhub.cli.flow_reach import reached, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qhub.flows.builders import Builder

_builder = click.option(
    "--builder",
    type=click.Choice(["docker", "buildah", "chroot"]),
    help="chroot needs root on Linux, nothing else.  [default: docker if it works, else buildah]",
)


def _push(command: Callable[..., int]) -> Callable[..., int]:
    return click.option("--push", is_flag=True, help="Push it to its registry.")(command)


@click.command(
    epilog="Example: qhub flow build etl.py reports.py --image registry.example.org/team/etl:1 "
    "--push"
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH[:FLOW]...")
@options.config_file
@click.option("--image", required=True, metavar="IMAGE", help="Its name: REGISTRY/TEAM/IMAGE:TAG.")
@_push
@click.option("--base", metavar="IMAGE", help="What it stands on.  [default: the platform's own]")
@_builder
@click.option("--requirements", metavar="FILE", help="Packages to install, a file of the project.")
@click.option("--project", metavar="DIR", help="Folder of the code.  [default: found]")
@options.output
def build(
    paths: tuple[str, ...],
    config_file: Path,
    *,
    image: str,
    push: bool,
    base: str | None,
    builder: Builder | None,
    requirements: str | None,
    project: str | None,
    output: screen.Format,
) -> int:
    """Put the code of flows into one image, for `qhub flow deploy --no-build`.

    The whole project is in it: all its flows, in /opt/flows. With --base, or a config file that
    names the image, no platform is asked.
    """
    base = base or _of_config(config_file)
    with told(needs_prefect=True) if base else reached(config_file):
        from qhub.flows import build as make
        from qhub.flows.loading import load

        with redirect_stdout(sys.stderr):  # what users' files print is no result of ours
            flows = [item.flow for path in paths for item in load(path)]
        built = make(
            flows,
            image=image,
            push=push,
            base=base,
            builder=builder,
            requirements=requirements,
            project=project,
            tell=screen.progress,
        )
    if output == "json":
        said = asdict(built)
        for inner in ("folder", "files", "is_dirty"):
            said.pop(inner)
        screen.result_json({"built": said})
        return exits.OK
    screen.result(built.reference)
    if push:
        named = shlex.join(paths)
        screen.progress(f"next: qhub flow deploy {named} --image {built.reference} --no-build")
    return exits.OK


@click.command("image", epilog="Example: qhub flow image registry.example.org/team/flow:1 --push")
@click.argument("image", metavar="IMAGE")
@_push
@click.option("--base", metavar="IMAGE", help="Debian with Python 3.11 to 3.13.")
@_builder
@options.output
def flow_image(
    image: str, *, push: bool, base: str | None, builder: Builder | None, output: screen.Format
) -> int:
    """Build the image that flows, workers and Dask run in: `default_images.flow`.

    It has Prefect, Dask, git and qhub.flows; `qhub flow build` puts flows on top of it.
    """
    with told():
        from qhub.flows.images import build_flow_image

        reference = build_flow_image(
            image, push=push, base=base, builder=builder, say=screen.progress
        )
    if output == "json":
        screen.result_json({"built": {"image": image, "reference": reference, "pushed": push}})
    else:
        screen.result(reference)
        screen.progress(f"next, in the config file: default_images: {{flow: {reference}}}")
    return exits.OK


def _of_config(file: Path) -> str | None:
    """Return the image that the config file gives flow runs; None without such a file."""
    if not file.is_file():
        return None
    from qhub.api import load

    platform = load(file).platform
    first = (agent for agent in platform.agents if agent.name == platform.first_agent)
    return next((agent.job.image for agent in first), None)
