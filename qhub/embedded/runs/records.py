"""Which run is which process, on disk: what a restarted agent adopts.

agents/<name>/running/<run id>   identity of the run's process, while it lives
agents/<name>/runs/<run id>/     working folder of the run, while it lives
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from qhub.embedded.runs.identity import Identity

__all__ = ["Records"]


@dataclass(frozen=True, slots=True)
class Records:
    """Files of one agent about its runs; `root` is `Layout.agent(name)`."""

    root: Path

    def make(self) -> None:
        """Make the folders."""
        for folder in (self.running, self.working):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def running(self) -> Path:
        """The folder of identities."""
        return self.root / "running"

    @property
    def working(self) -> Path:
        """The folder of working folders."""
        return self.root / "runs"

    def write(self, run: str, identity: Identity) -> None:
        """Note the process of a run, whole or not at all."""
        unfinished = self.running / f".{run}.{identity.pid}"
        unfinished.write_text(str(identity))
        unfinished.replace(self.running / run)

    def read(self, run: str) -> Identity | None:
        """Return the process of a run, None where nothing is noted."""
        try:
            return Identity.parse((self.running / run).read_text())
        except FileNotFoundError:
            return None

    def forget(self, run: str, identity: Identity) -> None:
        """Drop the note of a run, unless a newer process of the same run wrote it anew."""
        if self.read(run) == identity:
            (self.running / run).unlink(missing_ok=True)

    def alive(self) -> dict[str, Identity]:
        """Return the noted runs whose process lives; drop the notes of the others."""
        found = {}
        for file in self.running.iterdir() if self.running.is_dir() else ():
            identity = None if file.name.startswith(".") else self.read(file.name)
            if identity is not None and identity.alive:
                found[file.name] = identity
            elif identity is not None:
                self.forget(file.name, identity)
        return found

    def clear(self, run: str) -> None:
        """Remove the working folder of a run."""
        shutil.rmtree(self.working / run, ignore_errors=True)
