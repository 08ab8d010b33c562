"""A program that runs a flow as often as a test asks it to: to start one costs two seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.embedded.gateway import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.flows.dask_platform import DaskPlatform


@dataclass
class Program:
    """`one/main.py`, which runs; its log has what it wrote."""

    process: subprocess.Popen[str]
    log: Path
    _before: int = 0

    @property
    def text(self) -> str:
        """What it wrote since it was asked."""
        return self.log.read_text()[self._before :]

    def ask(self, *, agent: str = "pipelines", folder: Path | None = None, **wish: Any) -> None:
        """Let it run its flow, in whose `folder` the tasks meet; the wish is of its task runner."""
        self._before = len(self.log.read_text())
        asked = {
            "agent": agent,
            "folder": folder and str(folder),
            "wish": wish or {"workers": 1},
        }
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(asked)}\n")
        self.process.stdin.flush()

    def answer(self, seconds: float = 150) -> str:
        """Wait for the result; return what it wrote since it was asked."""

        def answered() -> bool:
            assert self.process.poll() is None, self.text
            return "\nRESULT " in self.text and self.text.endswith("\n")

        until(answered, seconds, lambda: self.text)
        return self.text

    def run(self, agent: str = "pipelines") -> str:
        """Run the flow with one worker; return what that wrote."""
        self.ask(agent=agent)
        return self.answer()


@contextmanager
def program(platform: DaskPlatform, **more: str) -> Iterator[Program]:
    """Start one; `more` is added to its environment. At the end it has no more to do."""
    number = len(list(platform.folder.glob("*.log")))
    log = platform.folder / f"program-{number}.log"
    with (
        log.open("w") as out,
        subprocess.Popen(
            [sys.executable, "one/main.py"],
            env={**platform.environment(), "QHUB_REVISION": "first", **more},
            cwd=platform.folder,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            yield Program(process, log)
            process.communicate(timeout=30)
        finally:
            process.kill()
