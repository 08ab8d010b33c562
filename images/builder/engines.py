"""The builders `docker` and `buildah`: the same recipe, built by an engine."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from images.builder import archive, base, context, packages, reference
from images.builder.blobs import Blobs
from images.builder.errors import BuildError
from images.builder.recipe import read
from images.builder.request import Built
from images.builder.steps import base_name, check_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from images.builder.request import Request

__all__ = ["build"]

_ASK_SECONDS = 60
_INSTALL = {
    "docker": "install Docker 23 or later, or take --builder buildah or chroot",
    "buildah": "install Buildah 1.24 or later, or take --builder docker or chroot",
}


def build(request: Request) -> Built:
    """Build an image with an engine; push it or write it into a file as asked."""
    if not shutil.which(request.builder):
        raise BuildError(f"{request.builder} is not on PATH", hint=_INSTALL[request.builder])
    recipe = read(request.recipe)
    check_arguments(recipe, request.build_args)
    name = base_name(recipe, request.build_args)
    prepared = context.prepare(request.recipe, request.work / "context")
    arguments = request.build_args
    if base.is_file(name):
        arguments["BASE"] = _load(request, name)
    _call(_command(request, arguments, prepared))
    digest = _with_docker(request) if request.builder == "docker" else _with_buildah(request)
    return Built(request.tag, digest)


def _command(request: Request, arguments: dict[str, str], prepared: Path) -> list[str]:
    """Return the command line of a build."""
    hidden = packages.proxies(arguments)  # they may hold a password: the engine knows them, too
    options = [f"--build-arg={name}" for name in hidden]
    others = sorted(arguments.items() - hidden.items())
    options += [f"--build-arg={name}={value}" for name, value in others]
    options += [f"--secret=id={name},src={path}" for name, path in sorted(request.secrets.items())]
    options += ["--no-cache"] if request.fresh else []
    options += [f"--file={prepared / request.recipe.name}", f"--tag={request.tag}"]
    match request.builder:
        case "docker":
            return ["docker", "build", *options, str(prepared)]
        case "buildah":
            own = ["--format=oci", "--layers=false", f"--timestamp={request.epoch}"]
            origin = reference.parse(arguments["BASE"]) if arguments.get("BASE") else request.tag
            plain = ["--tls-verify=false"] if origin.plain(request.plain_http) else []
            return ["buildah", "build", *own, *plain, *options, str(prepared)]
        case "chroot":
            raise AssertionError  # has no engine
        case _ as never:
            assert_never(never)


def _with_docker(request: Request) -> str | None:
    """Push and save; return the digest that the registry knows the image by."""
    if request.archive:
        _call(["docker", "save", f"--output={request.archive}", str(request.tag)])
    if not request.push:
        return None
    _call(["docker", "push", str(request.tag)])
    listed = "{{range .RepoDigests}}{{println .}}{{end}}"
    said = _ask(["docker", "image", "inspect", f"--format={listed}", str(request.tag)])
    names = {f"{request.tag.name}@", f"{request.tag.repository.removeprefix('library/')}@"}
    found = [line for line in said.split() if any(line.startswith(name) for name in names)]
    if not found:
        raise BuildError(f"docker does not say under which digest {request.tag} was pushed")
    return found[-1].partition("@")[2]


def _with_buildah(request: Request) -> str | None:
    if request.archive:
        _call(["buildah", "push", str(request.tag), f"oci-archive:{request.archive}:{request.tag}"])
    if not request.push:
        return None
    plain = ["--tls-verify=false"] if request.plain else []
    digest = request.work / "digest"
    target = f"docker://{request.tag}"
    _call(["buildah", "push", *plain, f"--digestfile={digest}", str(request.tag), target])
    return digest.read_text(encoding="utf-8").strip()


def _load(request: Request, name: str) -> str:
    """Hand an engine a base that is a file; return what the engine calls it."""
    image = archive.read(Path(name), Blobs(request.cache))
    tag = f"localhost/qhub-base:{image.manifest.digest.partition(':')[2][:16]}"
    file = request.work / "base.tar"
    archive.write(image, tag, file)
    if request.builder == "docker":
        _call(["docker", "load", f"--input={file}"])
    else:
        _call(["buildah", "pull", f"oci-archive:{file}:{tag}"])
    file.unlink()
    return tag


def _call(command: Sequence[str]) -> None:
    """Run a command, what it says goes to standard error."""
    with _told(command):
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=2, env=_environment(), check=False
        )
    if done.returncode:
        what = " ".join(command[:2])
        raise BuildError(
            f"{what} ended with status {done.returncode}", hint="the lines above say why"
        )


def _ask(command: Sequence[str]) -> str:
    with _told(command):
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=_ASK_SECONDS,
            env=_environment(),
            check=False,
        )
    if done.returncode:
        raise BuildError(f"{' '.join(command[:2])} ended with status {done.returncode}")
    return done.stdout


@contextmanager
def _told(command: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"cannot run {command[0]}: {error}") from error


def _environment() -> dict[str, str]:
    """Return what an engine needs of the environment: where it is, and how it is set up."""
    prefixes = ("DOCKER_", "BUILDAH_", "CONTAINERS_", "STORAGE_", "XDG_", "SSL_", "REGISTRY_")
    names = {"PATH", "HOME", "TMPDIR", "USER", "LANG"}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in names or name.startswith(prefixes) or name.upper().endswith("_PROXY")
    }
    return {**kept, "DOCKER_BUILDKIT": "1"}
