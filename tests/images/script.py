"""`images/build` as users start it, with a cache and a recipe of a test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CHECKOUT", "Script", "until"]

CHECKOUT = Path(__file__).parents[2]
PROGRAM = CHECKOUT / "images" / "build"
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Script:
    """`images/build` with a cache of its own; `run` gives it a recipe and returns how it ended."""

    folder: Path
    base: Path

    def recipe(self, *lines: str, files: Mapping[str, str] | None = None) -> Path:
        """Write a recipe on top of the base, and files beside it; return its folder."""
        folder = self.folder / "recipe"
        folder.mkdir(exist_ok=True)
        text = "\n".join(("ARG BASE", "FROM ${BASE}", *lines, ""))
        for name, content in {"Dockerfile": text, **(files or {})}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        return folder

    def command(self, image: Path | str, *options: str, base: str = "") -> list[str]:
        """Return the command line of a build."""
        return [
            *(sys.executable, str(PROGRAM), str(image), f"--cache={self.folder / 'cache'}"),
            *(f"--base={base or self.base}", *options),
        ]

    def start(
        self, image: Path | str, *options: str, base: str = "", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Start a build and wait for its end."""
        return subprocess.run(
            self.command(image, *options, base=base),
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def build(self, image: Path | str, *options: str, base: str = "") -> dict[str, Any]:
        """Build without an engine, which must succeed; return what the script says of the image."""
        defaults = ("--builder=chroot", "--tag=127.0.0.1:1/made:1", "--output=json")
        done = self.start(image, *defaults, *options, base=base)
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return {**said, "stderr": done.stderr}


def until(true: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)
