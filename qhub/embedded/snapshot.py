"""From rendered files, secrets and passwords to what must be written, and who reads it.

Which programs are to be restarted is written down before the files that they read change, and
crossed out when they were: a deploy that is killed in between loses none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qhub.embedded import passwords, secrets
from qhub.embedded.files import differing, read_or_none, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qhub.embedded.layout import Layout
    from qhub.embedded.secrets import Values

__all__ = ["EVERYTHING", "STAGE", "Change", "apply", "outdated", "plan", "runs", "settle"]

STAGE = "stages/embedded/"
EVERYTHING = "*"
"""In place of a program's name: supervisor itself, and with it all."""


_OF_PREFECT = frozenset({"queues"})
"""What of an agent's settings changes nothing that it does."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written and removed, and the programs that read it.

    `paths` are relative to the state, for people; there is no value among them.
    """

    files: Mapping[Path, bytes]
    gone: tuple[Path, ...]
    programs: frozenset[str]
    paths: tuple[str, ...]


def plan(
    layout: Layout,
    bundle: Mapping[str, bytes],
    values: Values,
    *,
    notes: Mapping[Path, bytes] = MappingProxyType({}),
) -> Change:
    """Return how the state differs from what a platform renders to and from its secrets.

    `notes` are files of the state that no program reads.
    """
    config = _config(layout, bundle)
    wanted = config | secrets.volumes(layout, values) | dict(notes)
    files = differing(wanted) | passwords.missing(layout)
    gone = (*_left_over(layout.config, config), *secrets.left_over(layout, values))
    agents = frozenset(f"agent-{agent}" for agent in values)
    programs = frozenset(
        reader
        for path in (*files, *gone)
        for reader in _readers(path.relative_to(layout.root), agents, layout, files)
    )
    paths = sorted(str(path.relative_to(layout.root)) for path in (*files, *gone))
    return Change(files, gone, programs, tuple(paths))


def runs(layout: Layout, bundle: Mapping[str, bytes]) -> bool:
    """Tell whether what a platform renders to is what the last deploy wrote into the state."""
    config = _config(layout, bundle)
    return not differing(config) and not _left_over(layout.config, config)


def apply(layout: Layout, change: Change) -> None:
    """Write what differs, all or nothing; raises `WriteError`."""
    due = outdated(layout)
    if not change.programs <= due:
        _write_down(layout, due | change.programs)
    replace(change.files, gone=change.gone)
    for folder in {path.parent for path in change.gone}:
        if folder not in (layout.config,) and not any(folder.iterdir()):
            folder.rmdir()


def _config(layout: Layout, bundle: Mapping[str, bytes]) -> dict[Path, bytes]:
    return {
        layout.config / path.removeprefix(STAGE): content
        for path, content in bundle.items()
        if path.startswith(STAGE)
    }


def outdated(layout: Layout) -> frozenset[str]:
    """Return the programs whose files changed since they were started."""
    content = read_or_none(_note(layout))
    return frozenset(json.loads(content)) if content else frozenset()


def settle(layout: Layout) -> None:
    """Cross out all that is outdated: everything was started anew."""
    _note(layout).unlink(missing_ok=True)


def _write_down(layout: Layout, programs: Iterable[str]) -> None:
    replace({_note(layout): json.dumps(sorted(programs)).encode()})


def _note(layout: Layout) -> Path:
    return layout.root / "outdated.json"


def _left_over(folder: Path, wanted: Mapping[Path, bytes]) -> list[Path]:
    """Return the files of a folder that nobody wants; temporary ones of a killed deploy, too."""
    found = (path for path in folder.rglob("*") if not path.is_dir() and path not in wanted)
    return sorted(path for path in found if "__pycache__" not in path.parts)


def _readers(
    path: Path, agents: frozenset[str], layout: Layout, files: Mapping[Path, bytes]
) -> Iterator[str]:
    """Yield the programs that read a file of the state at their start, EVERYTHING for supervisor.

    The gateway reads platform.json and which agents there are whenever it needs them.
    """
    before, after = read_or_none(layout.root / path), files.get(layout.root / path)
    match path.parts:
        case ("config", "agents", name):
            if _settings(before) != _settings(after):
                yield f"agent-{name.removesuffix('.json')}"
        case ("secrets", agent, _):
            yield f"agent-{agent}"
        case ("config", "dask_gateway_config.py") | ("passwords", "gateway_keys"):
            yield "gateway"
        case ("config", "supervisord.conf"):
            if _head(before) != _head(after):
                yield EVERYTHING
        case ("passwords", "api"):
            yield from ("server", *agents)
        case ("passwords", "gateway"):
            yield from ("gateway", *agents)
        case _:
            pass


def _settings(content: bytes | None) -> Any:
    """Return what an agent reads of its file: Prefect alone is told of queues."""
    try:
        settings = json.loads(content or b"null")
    except ValueError:
        return content
    if not isinstance(settings, dict):
        return settings
    return {name: value for name, value in settings.items() if name not in _OF_PREFECT}


def _head(content: bytes | None) -> bytes:
    """Return what of supervisord.conf is about supervisor itself; it reads programs anew."""
    return (content or b"").partition(b"\n[program:")[0]
