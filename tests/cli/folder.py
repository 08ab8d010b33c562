"""A folder with a config file in which `qhub` runs, each time in a process of its own."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from tests.cli.process import QHUB

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["UsersFolder"]

DEADLINE_SECONDS = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersFolder:
    """`environment` is all that `qhub` gets; a variable of it that is empty is not set."""

    folder: Path
    namespace: str
    environment: dict[str, str]
    config: dict[str, Any] = field(default_factory=dict)

    def write(self, **changes: Any) -> None:
        """Write the config file, with other values for some keys; None takes one away."""
        self.config.update(changes)
        kept = {key: value for key, value in self.config.items() if value is not None}
        text = yaml.safe_dump(kept, sort_keys=False)
        (self.folder / "qhub-config.yaml").write_text(text, encoding="utf-8")

    def attempt(
        self, *arguments: str, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `qhub`, whatever it ends with."""
        return subprocess.run(
            [*QHUB, *arguments],
            cwd=self.folder,
            env=self.env(more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )

    def run(self, *arguments: str, status: int = 0, more: Mapping[str, str] | None = None) -> str:
        """Run `qhub`, which must end so; return what it printed, errors and all."""
        done = self.attempt(*arguments, more=more)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def report(
        self, *arguments: str, status: int = 0, more: Mapping[str, str] | None = None
    ) -> Any:
        """Run `qhub … --output json` and return its result."""
        done = self.attempt(*arguments, "--output", "json", more=more)
        assert done.returncode == status, done.stdout + done.stderr
        return json.loads(done.stdout)

    def start(
        self, *arguments: str, more: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start `qhub` as the leader of a process group, as a shell does."""
        return subprocess.Popen(
            [*QHUB, *arguments],
            cwd=self.folder,
            env=self.env(more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        merged = {**self.environment, **(more or {})}
        return {name: value for name, value in merged.items() if value}
