"""What the state folder says: what should run, whether secrets are there, how full the disk is."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.embedded.health.model import Problem, part_name
from qhub.embedded.ports import NAMES
from qhub.embedded.snapshot import EVERYTHING, outdated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from qhub.embedded.layout import Layout

__all__ = ["Snapshot", "differing", "disk", "missing_secrets", "older", "snapshot"]

_LEAST_FREE_BYTES = 200 * 1000 * 1000
_LEAST_FREE_SHARE = 0.02
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the last `qhub deploy` started, from the files that it left."""

    agents: tuple[str, ...]
    has_gateway: bool
    secrets: Mapping[str, tuple[str, ...]]
    ports: Mapping[str, int]

    @property
    def programs(self) -> tuple[str, ...]:
        """Return the names that supervisor knows them by."""
        gateway = ("gateway",) if self.has_gateway else ()
        return ("server", *gateway, *(f"agent-{name}" for name in self.agents))


def snapshot(layout: Layout) -> Snapshot | None:
    """Return what was deployed, or None where nothing was, or where its files are damaged."""
    try:
        platform = _json(layout.config / "platform.json")
        agents = tuple(_json(path) for path in sorted(layout.config.glob("agents/*.json")))
        return Snapshot(
            agents=tuple(agent["name"] for agent in agents),
            has_gateway=platform["dask_gateway"] is not None,
            secrets={agent["name"]: tuple(agent["secrets"]) for agent in agents},
            ports={name: int(_json(layout.ports)[name]) for name in NAMES},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def missing_secrets(layout: Layout, found: Snapshot) -> Iterator[Problem]:
    """Yield the secrets whose files are gone from the volumes."""
    for agent, names in found.secrets.items():
        gone = [name for name in names if not (layout.secrets(agent) / name).is_file()]
        if gone:
            yield Problem(
                f"agent/{agent}",
                f"secrets are missing in {layout.secrets(agent)}: {', '.join(gone)}",
                "qhub deploy writes them again",
            )


def disk(layout: Layout) -> tuple[float, tuple[Problem, ...]]:
    """Return how many MB are free where the state is, and whether that is too little."""
    usage = shutil.disk_usage(layout.root)
    free = round(usage.free / _MB, 1)
    if usage.free >= max(_LEAST_FREE_BYTES, _LEAST_FREE_SHARE * usage.total):
        return free, ()
    message = f"the disk of {layout.root} is nearly full: {free:.0f} MB are free"
    hint = "make room; a full disk stops Prefect's database"
    return free, (Problem("disk", message, hint),)


def differing(layout: Layout, wanted: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return which files of a stage, by their path inside it, are not those that run.

    Its README is not among them: that runs nothing.
    """
    running = {
        path.relative_to(layout.config).as_posix(): path.read_bytes()
        for path in layout.config.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    names = (wanted.keys() | running.keys()) - {"README.md"}
    return tuple(sorted(name for name in names if wanted.get(name) != running.get(name)))


def older(layout: Layout) -> Iterator[Problem]:
    """Yield the programs that run with other files than the last deploy wrote."""
    for program in sorted(outdated(layout)):
        everything = program == EVERYTHING
        yield Problem(
            "supervisor" if everything else part_name(program),
            "what it reads changed since it started, and it was not started again",
            "run `qhub deploy`: an earlier one did not get that far",
        )


def _json(path: Path) -> Any:
    return json.loads(path.read_text())
