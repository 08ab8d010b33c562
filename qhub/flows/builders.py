"""Starts `images/build`, the script that builds images, as a process of its own.

It lies beside the package in a checkout, and inside it where qhub was installed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from qhub.flows.errors import ImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Builder", "choose", "images_folder", "run"]

Builder = Literal["docker", "buildah", "chroot"]
_ASK = {
    "docker": ("docker", "version", "--format={{.Server.Version}}"),
    "buildah": ("buildah", "version"),
}
_ASK_SECONDS = 20
_LAST_WORD_SECONDS = 10
_NOT_FOR_BUILDS = ("PREFECT_", "QHUB_", "TF_VAR_")
_PACKAGE = Path(__file__).parents[1]


def images_folder() -> Path:
    """Return the folder with the script `build` and the recipes."""
    bundled = _PACKAGE / "_bundle" / "images"
    return bundled if bundled.is_dir() else _PACKAGE.parent / "images"


def choose(asked: Builder | None) -> Builder:
    """Return the builder that was asked for; else Docker if it works here, else Buildah."""
    if asked is not None:
        return asked
    told = []
    engines: tuple[Builder, ...] = ("docker", "buildah")
    for name in engines:
        reason = _hindrance(name)
        if not reason:
            return name
        told.append(f"{name}: {reason}")
    raise ImageError(
        f"there is nothing here to build an image with ({'; '.join(told)})",
        hint="start Docker, install Buildah, or as root on Linux: builder='chroot'",
    )


def run(arguments: Sequence[str], say: Callable[[str], None]) -> dict[str, Any]:
    """Build an image; return what the script says of it, and tell its progress by lines."""
    command = [sys.executable, str(images_folder() / "build"), *arguments, "--output=json"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_FOR_BUILDS)}
    with subprocess.Popen(
        command,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout  # noqa: S101 for types
        assert process.stderr  # noqa: S101
        last = ""
        try:
            for line in process.stderr:
                if text := line.rstrip():
                    say(text)
                    last = text
            said = process.stdout.read()  # some lines, and only at the end
            status = process.wait()
        except BaseException:
            _end(process)
            raise
    return _result(said, status, last)


def _result(said: str, status: int, last: str) -> dict[str, Any]:
    try:
        result: dict[str, Any] = json.loads(said)
    except ValueError:
        raise ImageError(
            f"the build ended with status {status}" + (f": {last}" if last else "")
        ) from None
    if error := result.get("error"):
        raise ImageError(f"the image cannot be built: {error['message']}", hint=error["hint"])
    return result


def _end(process: subprocess.Popen[str]) -> None:
    """Let the script clean up: ^C on a terminal has reached it already, all else has not."""
    for seconds, last in ((1, signal.SIGINT), (_LAST_WORD_SECONDS, signal.SIGKILL)):
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(last)


def _hindrance(name: str) -> str:
    """Return why a builder does not work here; empty if it does."""
    if not shutil.which(name):
        return "not on PATH"
    try:
        done = subprocess.run(
            _ASK[name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ASK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    lines = done.stderr.strip().splitlines()
    return (lines[-1] if lines else f"status {done.returncode}") if done.returncode else ""
