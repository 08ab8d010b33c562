"""How a platform does, whatever is broken: every side is asked by itself, with short deadlines."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from qhub.embedded import owner, passwords, processes
from qhub.embedded.api import Api
from qhub.embedded.errors import MissingExtraError, NotDeployedError
from qhub.embedded.health import files, gateway, programs, server
from qhub.embedded.health.model import Part, PartState, Problem, Status, age, part_name
from qhub.embedded.layout import home_hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.embedded.health.files import Snapshot
    from qhub.embedded.layout import Layout

__all__ = ["Sides", "Status", "look"]

_ANSWER_SECONDS = 3
_START_SECONDS = 60
"""How long a program may take until it answers: the first time the server makes its database."""


def look(
    layout: Layout,
    *,
    wanted: Mapping[str, bytes] | None = None,
    file: str | None = None,
    start_seconds: float = _START_SECONDS,
) -> Status:
    """Return how the platform does; `wanted` are the files of its stage as rendered now.

    `file` is the config file that asks; another one that deployed it is told.
    A program that is younger than `start_seconds` and does not answer is taken to be starting.
    """
    found = files.snapshot(layout)
    if found is None:
        return _not_deployed(layout)
    _require("httpx", "psutil")
    with ThreadPoolExecutor(3) as pool:
        asked_programs = pool.submit(programs.look, layout, found.programs)
        asked_server = pool.submit(_server, layout, found)
        asked_gateway = pool.submit(_gateway, layout, found) if found.has_gateway else None
        sides = Sides(
            asked_programs.result(),
            asked_server.result(),
            asked_gateway.result() if asked_gateway else None,
            start_seconds,
        )
    parts, problems = sides.judged(found)
    free, full = files.disk(layout)
    problems = (
        *problems,
        *files.missing_secrets(layout, found),
        *files.older(layout),
        *_drift(layout, wanted),
        *full,
    )
    return Status(
        platform=layout.root.name,
        folder=str(layout.root),
        deployed=True,
        healthy=not problems,
        memory_mb=round(sum(part.memory_mb or 0 for part in parts), 1),
        disk_free_mb=free,
        parts=parts,
        runs=sides.server.runs,
        clusters=sides.gateway.clusters if sides.gateway else None,
        problems=problems,
        notes=tuple(_notes(layout, found, file)),
    )


def _notes(layout: Layout, found: Snapshot, file: str | None) -> Iterator[str]:
    if file is not None and (other := owner.foreign(layout, file)) is not None:
        yield f"it was deployed from {other}"
    if not found.agents:
        yield "it has no agent, so no flow runs: prefect.enabled is false"


def _require(*packages: str) -> None:
    for package in packages:
        if find_spec(package) is None:
            raise MissingExtraError(
                f"the package {package} is missing", hint="pip install 'qhub[embedded]'"
            )


def _not_deployed(layout: Layout) -> Status:
    message, hint = f"it is not deployed: {layout.root}", "run `qhub deploy`"
    if left := processes.lost(layout):
        pids = ", ".join(str(process.pid) for process in left)
        message = f"its state is gone, {layout.root}, but it runs still (pids {pids})"
        problem = Problem("platform", message, "`qhub destroy` ends it, `qhub deploy` begins anew")
        return _without_parts(layout, problem)
    above = next((path for path in layout.root.parents if path.exists()), layout.root)
    if layout.ports.exists():
        message = f"files of its last deploy are gone or damaged in {layout.root}"
    elif not above.is_dir():
        message, hint = f"{layout.root} cannot be: {above} is no folder", home_hint()
    elif chosen := os.environ.get("QHUB_HOME"):
        hint += f"; it is looked for in QHUB_HOME, {chosen}"
    return _without_parts(layout, Problem("platform", message, hint))


def _without_parts(layout: Layout, problem: Problem) -> Status:
    name, folder = layout.root.name, str(layout.root)
    return Status(name, folder, False, False, None, None, (), None, None, (problem,))  # noqa: FBT003


def _server(layout: Layout, found: Snapshot) -> server.Seen:
    try:
        with Api.of(layout, timeout_seconds=_ANSWER_SECONDS) as api:
            return server.look(api, found.agents)
    except NotDeployedError as error:
        return server.Seen("refusing", str(error), hint=error.hint)


def _gateway(layout: Layout, found: Snapshot) -> gateway.Seen:
    try:
        password = passwords.value(layout, "gateway")
    except NotDeployedError as error:
        return gateway.Seen("refusing", str(error), hint=error.hint)
    address = f"http://127.0.0.1:{found.ports['gateway_proxy']}"
    return gateway.look(address, password, found.agents, timeout_seconds=_ANSWER_SECONDS)


def _drift(layout: Layout, wanted: Mapping[str, bytes] | None) -> Iterator[Problem]:
    different = files.differing(layout, wanted) if wanted is not None else ()
    if different:
        yield Problem(
            "config",
            f"the file asks for something else than what runs ({', '.join(different)})",
            "run `qhub deploy`, or undo the change",
        )


@dataclass(frozen=True, slots=True)
class Sides:
    """What the three sides said; together they tell what is so."""

    programs: programs.Seen
    server: server.Seen
    gateway: gateway.Seen | None
    start_seconds: float

    def judged(self, found: Snapshot) -> tuple[tuple[Part, ...], tuple[Problem, ...]]:
        """Return the parts, and the problems of all sides."""
        parts: list[Part] = []
        problems = list(self.programs.problems)
        for program, part in self.programs.parts.items():
            state, words = part.state, ""
            if part.state in ("running", "starting"):
                state, words = self._does(program, part)
            address = _address(program, found)
            parts.append(replace(part, state=state, address=address))
            if state == "starting":
                problems.append(Problem(part.name, "it is starting", "look again in a few seconds"))
            elif words:
                problems.append(Problem(part.name, words, self._hint(program, part, state)))
        if self.gateway is not None:
            problems += self.gateway.problems
        return tuple(parts), (*problems, *self.server.problems)

    def _hint(self, program: str, part: Part, state: PartState) -> str:
        side = {"server": self.server, "gateway": self.gateway}.get(program)
        return side.hint if side is not None and side.hint else _hint(part, state)

    def _does(self, program: str, part: Part) -> tuple[PartState, str]:
        """Return the state of a program whose process is there, and what is wrong with it."""
        side = {"server": self.server, "gateway": self.gateway}.get(program)
        if side is not None:
            if side.answer == "works":
                return "running", ""
            if side.answer != "refusing" and self._is_young(part):
                return "starting", ""
            state: PartState = "refusing" if side.answer == "refusing" else "silent"
            return state, side.detail
        agent = part_name(program).removeprefix("agent/")
        if agent in self.server.offline:
            if self._is_young(part):
                return "starting", ""
            return "offline", f"it does not ask for work; {self.server.offline[agent]}"
        return ("running" if self._asked_for_work(agent, part) else part.state), ""

    def _asked_for_work(self, agent: str, part: Part) -> bool:
        """Tell whether the worker that runs now was heard of: supervisor waits longer."""
        heard, seconds = self.server.heartbeats.get(agent), age(part.since)
        # psutil knows when the machine started to a second.
        return heard is not None and seconds is not None and heard < seconds + 1

    def _is_young(self, part: Part) -> bool:
        seconds = age(part.since)
        return seconds is not None and seconds < self.start_seconds


def _address(program: str, found: Snapshot) -> str | None:
    port = {"server": "server", "gateway": "gateway_proxy"}.get(program)
    return f"http://127.0.0.1:{found.ports[port]}" if port else None


def _hint(part: Part, state: PartState) -> str:
    see = f"see `qhub logs {part.name}`"
    if state == "refusing" or part.pid is None:
        return see
    return f"{see}; after `kill -9 {part.pid}` supervisor starts it anew"
