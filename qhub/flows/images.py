"""`build()`: an image that holds the code of flows; and the image that all of them stand on."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.flows import archive, builders, expect, requirements
from qhub.flows import code as codes
from qhub.flows.built import Built
from qhub.flows.entrypoints import entrypoint
from qhub.flows.errors import ImageError
from qhub.flows.given import sources as given_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from qhub.flows.entrypoints import Source
    from qhub.flows.given import Given

__all__ = ["build", "build_flow_image", "build_sources"]

_TEXT = expect.Kind("a text that is not empty", lambda v: isinstance(v, str) and bool(v))
_PATH = expect.Kind("a path", lambda v: isinstance(v, str | Path) and bool(str(v)))
_BUILDER = expect.Kind(
    "'docker', 'buildah' or 'chroot'", lambda v: v in ("docker", "buildah", "chroot")
)
_KINDS = {
    "image": _TEXT,
    "push": expect.TRUTH,
    "base": expect.optional(_TEXT),
    "builder": expect.optional(_BUILDER),
    "requirements": expect.optional(_PATH),
    "project": expect.optional(_PATH),
    "tell": expect.optional(expect.CALLABLE),
}


def build(
    flows: Given,
    *,
    image: str,
    push: bool = False,
    base: str | None = None,
    builder: builders.Builder | None = None,
    requirements: str | Path | None = None,  # the module goes by another name in here
    project: str | Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> Built:
    """Put the project of some flows into one image, for `deploy(flow, image=…, build=False)`.

    `flows` is as in `deploy`, and so is which files are in it: the project folder without what git
    ignores, and without secrets.

    image: its name, REGISTRY/TEAM/IMAGE:TAG.
    push: to the registry; a cluster needs that, unless you load the image there yourself.
    base: the image that it stands on; default: the one that the platform's flows run in.
    builder: default: Docker if it works here, else Buildah; "chroot" needs root on Linux only.
    requirements: a requirements file of the project, for pip.
    project: the folder that goes into the image; default: as in `deploy`.
    tell: is called with lines of progress; without it they go to standard error.
    """
    expect.check("build()", locals(), _KINDS)
    return build_sources(
        given_sources(flows),
        image=image,
        push=push,
        base=base,
        builder=builder,
        required=requirements,
        project=project,
        say=tell or _to_stderr,
    )


def build_sources(
    sources: Sequence[Source],
    *,
    image: str,
    push: bool,
    base: str | None,
    builder: builders.Builder | None,
    required: str | Path | None,
    project: str | Path | None,
    say: Callable[[str], None],
) -> Built:
    """Check everything, then build."""
    local = codes.local(sources, project)
    for item in sources:
        entrypoint(item, local.folder)
    needed = requirements.find(required, local.folder) if required else ()
    chosen = builders.choose(builder)
    base = base or _platforms_image()
    with tempfile.TemporaryDirectory(prefix="qhub-image-") as made:
        context = Path(made)
        shutil.copy(builders.images_folder() / "project" / "Dockerfile", context)
        (context / "requirements").mkdir()
        requirements.copy(needed, local.folder, context / "requirements")
        digest = _pack(local, context / "code.tar")
        for note in codes.notes(local):
            say(note)
        say(f"building {image} with {chosen} on {base}: {len(local.selection.names)} files")
        arguments = [f"--build-arg=CODE={digest}"]
        arguments += [f"--build-arg=REQUIREMENTS={needed[0]}"] if needed else []
        arguments += [f"--base={base}", *_common(image, chosen, push=push)]
        said = builders.run([made, *arguments], say)
    return Built(
        image=said["image"],
        digest=said["digest"],
        reference=(said["reference"] if push else None) or said["image"],
        flows=tuple(item.flow.name for item in sources),
        code=digest,
        commit=local.commit.sha if local.commit else None,
        pushed=push,
        notes=codes.notes(local),
        folder=local.folder,
        files=local.selection.names,
        is_dirty=local.is_dirty,
    )


def build_flow_image(
    image: str,
    *,
    push: bool,
    base: str | None,
    builder: builders.Builder | None,
    say: Callable[[str], None],
) -> str:
    """Build the image that flow runs, workers and Dask clusters run in; return what names it."""
    arguments = [f"--base={base}"] if base else []
    arguments += _common(image, builders.choose(builder), push=push)
    said = builders.run(["flow", *arguments], say)
    return str((said["reference"] if push else None) or said["image"])


def _common(image: str, builder: builders.Builder, *, push: bool) -> list[str]:
    return [f"--tag={image}", f"--builder={builder}", *(["--push"] if push else [])]


def _pack(local: codes.Local, file: Path) -> str:
    with file.open("wb") as out:
        archive.write(local.folder, local.selection.names, out)
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _platforms_image() -> str:
    """Return the image that the work pools of the platform give their runs."""
    from qhub.flows.connection import connect, pages
    from qhub.flows.platform import read

    with connect() as client:
        own = read(client).pools
        pools = {item["name"]: item for item in pages(client, "/work_pools/filter", {})}
    known = [pools[name] for name in own if name in pools] or pools.values()
    found = {image for pool in known if (image := _image(pool))}
    if len(found) == 1:
        return str(found.pop())
    what = f"its work pools have several: {', '.join(sorted(found))}" if found else "it has none"
    raise ImageError(
        f"the platform does not say on which image to build ({what})", hint="name one: base='…'"
    )


def _image(pool: Mapping[str, Any]) -> str | None:
    """Return the image that a work pool gives its runs."""
    variables = (pool.get("base_job_template") or {}).get("variables") or {}
    found = (variables.get("properties") or {}).get("image") or {}
    return found.get("default")


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")
