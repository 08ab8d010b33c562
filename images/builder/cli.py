"""The command line of `images/build`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from images.builder import context, engines, overlay, packages, pushing, reference
from images.builder.errors import BuildError, RecipeError
from images.builder.request import EPOCH, BuilderName, Built, Request
from images.builder.workspace import workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["main"]

_CHECKOUT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str]) -> int:
    """Build what the command line says; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        with _requested(options) as request:
            if request.push:
                pushing.check(request)
            builder = overlay if request.builder == "chroot" else engines
            built = builder.build(request)
    except BuildError as error:
        _print_error(error, options.output)
        return error.status
    except OSError as error:
        place = f" {error.filename}" if error.filename else ""
        told = BuildError(f"cannot write or read{place}: {error.strerror or error}")
        _print_error(told, options.output)
        return told.status
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    _print(built, options.output)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="images/build", description="Build an image from a recipe, and push it.", epilog=_MORE
    )
    add = parser.add_argument
    add("image", metavar="IMAGE", help="an image of images/, or a folder that holds a Dockerfile")
    add("--tag", required=True, metavar="NAME", help="name of the image: REGISTRY/TEAM/IMAGE:TAG")
    add(
        "--builder",
        choices=get_args(BuilderName),
        default="docker",
        help="what builds it; chroot needs root and no engine (default: docker)",
    )
    add("--base", default="", help="base image, or a tar file of one or of a root file system")
    add("--push", action="store_true", help="push the image to its registry")
    add("--archive", type=Path, metavar="FILE", help="write the image into a tar file")
    add("--build-arg", action="append", default=[], metavar="NAME=VALUE", help="an ARG's value")
    add("--secret", action="append", default=[], metavar="ID=FILE", help="a file for RUN --mount")
    add(
        "--plain-http",
        action="append",
        default=[],
        metavar="HOST:PORT",
        help="a registry without TLS; those on this machine need no mention",
    )
    add("--uncompressed", action="store_true", help="with chroot: a layer without compression")
    add("--no-cache", action="store_true", help="carry out every step again")
    add("--cache", type=Path, metavar="DIR", help="where base images and packages are kept")
    add("--output", choices=("text", "json"), default="text", help="format of the result")
    return parser


_MORE = "SOURCE_DATE_EPOCH (seconds, else 1980) is the time of all files in the new layer."


@contextmanager
def _requested(options: argparse.Namespace) -> Iterator[Request]:
    cache = (options.cache or _default_cache()).resolve()
    recipe = context.find_recipe(options.image)
    tag = reference.parse(options.tag)
    if tag.digest:
        raise RecipeError(f"an image cannot be built under a digest: {tag}", hint="name a tag")
    given = _pairs(options.build_arg, "--build-arg NAME=VALUE")
    files = _pairs(options.secret, "--secret ID=FILE")
    secrets = {name: Path(value).absolute() for name, value in files.items()}
    for name, path in secrets.items():
        if not path.is_file():
            raise RecipeError(f"--secret {name}: there is no file {path}")
    epoch = _epoch()
    with workspace(cache) as work:
        yield Request(
            recipe=recipe,
            builder=options.builder,
            tag=tag if tag.tag else reference.parse(f"{tag.name}:latest"),
            base=options.base,
            arguments={"SOURCE_DATE_EPOCH": str(epoch), **packages.proxies(os.environ), **given},
            secrets={**packages.secrets(work, os.environ), **secrets},
            plain_http=frozenset(options.plain_http),
            epoch=epoch,
            cache=cache,
            work=work,
            push=options.push,
            archive=options.archive,
            compressed=not options.uncompressed,
            fresh=options.no_cache,
        )


def _default_cache() -> Path:
    """Return the cache of the checkout, outside of one the user's own."""
    if (_CHECKOUT / "qhub").is_dir():
        return _CHECKOUT / ".cache" / "images"
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "qhub" / "images"


def _pairs(given: Iterable[str], form: str) -> dict[str, str]:
    found = [text.partition("=") for text in given]
    for name, equals, _ in found:
        if not name or not equals:
            raise RecipeError(f"'{name}' is no {form.partition(' ')[2]}", hint=f"write {form}")
    return {name: value for name, _, value in found}


def _epoch() -> int:
    text = os.environ.get("SOURCE_DATE_EPOCH", str(EPOCH))
    if not text.isdigit():
        raise RecipeError(f"SOURCE_DATE_EPOCH is no number of seconds: '{text}'")
    return int(text)


def _print(built: Built, form: str) -> None:
    exact = f"{built.image.name}@{built.digest}" if built.digest else None
    if form == "text":
        sys.stdout.write(f"{exact or built.image}\n")
        return
    layers = [{"digest": digest, "size_bytes": size} for digest, size in built.layers]
    result = {"image": str(built.image), "digest": built.digest, "reference": exact}
    sys.stdout.write(json.dumps({**result, "layers": layers}) + "\n")


def _print_error(error: BuildError, form: str) -> None:
    """Say what went wrong: as data among the results, or as text where progress is told."""
    if form == "text":
        sys.stderr.write(f"{error}\n" + (f"  {error.hint}\n" if error.hint else ""))
        return
    said = {"message": str(error), "hint": error.hint, "status": error.status}
    sys.stdout.write(json.dumps({"error": said}) + "\n")
