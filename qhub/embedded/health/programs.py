"""What supervisor and the system say of the programs: alive, since when, how large."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.embedded.errors import SupervisorError
from qhub.embedded.health.model import Part, PartState, Problem, iso, part_name
from qhub.embedded.processes import find, started
from qhub.embedded.supervise import Supervisor
from qhub.embedded.tails import tail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psutil

    from qhub.embedded.layout import Layout
    from qhub.embedded.processes import Process

__all__ = ["Seen", "look", "memory_mb"]

_MB = 1_000_000
_LOG_LINES = 3
_SUPERVISOR_BYTES = 300_000
"""Of supervisor's log that are read for restarts."""
_SUPERVISOR = "supervisor.supervisord"
_PROGRAM = "qhub.embedded.programs."
_STATES: Mapping[str, PartState] = {
    "RUNNING": "running",
    "STARTING": "starting",
    "BACKOFF": "restarting",
    "FATAL": "failed",
    "STOPPING": "stopping",
    "STOPPED": "stopped",
    "EXITED": "stopped",
}
# Of a program that was asked to end, supervisor says "stopped: NAME".
_ENDED = re.compile(r" exited: (\S+) \(|(supervisord started) with pid")


@dataclass(frozen=True, slots=True)
class Seen:
    """The supervisor and its programs, by supervisor's names; what each does is asked elsewhere."""

    parts: Mapping[str, Part]
    problems: tuple[Problem, ...]


def look(layout: Layout, programs: Sequence[str]) -> Seen:
    """Look at the programs that should run."""
    supervisor = Supervisor(layout, answer_seconds=3)
    pid = supervisor.pid()
    if pid is not None:
        with suppress(SupervisorError):
            return _supervised(layout, supervisor, pid, programs)
    return _unsupervised(layout, programs)


def memory_mb(pid: int | None, *, alone: bool = False) -> float | None:
    """Return the memory of a program, unless `alone` with its children that lead no session."""
    import psutil

    if pid is None:
        return None
    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        children = () if alone else process.children(recursive=True)
        family = [process, *(child for child in children if _together(child, pid))]
        return round(sum(map(_bytes, family)) / _MB, 1)
    return None


def _together(child: psutil.Process, pid: int) -> bool:
    """Tell whether a child is part of the program: a flow run has a session of its own."""
    with suppress(OSError):
        return os.getsid(child.pid) == os.getsid(pid)
    return False


def _bytes(process: psutil.Process) -> int:
    import psutil

    with suppress(psutil.Error, OSError, AttributeError):
        return int(process.memory_full_info().pss)
    with suppress(psutil.Error, OSError):
        return int(process.memory_info().rss)
    return 0


def _supervised(layout: Layout, supervisor: Supervisor, pid: int, programs: Sequence[str]) -> Seen:
    restarts = _restarts(layout)
    parts = {"supervisor": _part("supervisor", "running", pid, started(pid), None)}
    problems = []
    found = {program.name: program for program in supervisor.programs()}
    for name in programs:
        program = found.pop(name, None)
        if program is None:
            parts[name] = _part(part_name(name), "stopped", None, None, None)
            problems.append(
                Problem(part_name(name), "supervisor does not know it", "run `qhub deploy`")
            )
            continue
        state = _STATES.get(program.state, "unknown")
        times = None if restarts is None else restarts.get(name, 0)
        parts[name] = _part(part_name(name), state, program.pid, program.started, times)
        if state not in ("running", "starting"):
            problems.append(_not_running(layout, name, state, program.detail))
    problems += [
        Problem(part_name(name), "it runs, but the last deploy had none of it", "run `qhub deploy`")
        for name in found
    ]
    problems += _orphans(layout, pid)
    return Seen(parts, tuple(problems))


def _unsupervised(layout: Layout, programs: Sequence[str]) -> Seen:
    """Return what the system shows where supervisor is dead, or silent."""
    found = find(layout)
    known = _by_program(found)
    supervisor = next((p for p in found if _is_supervisor(p)), None)
    parts = {"supervisor": _part("supervisor", "stopped", None, None, None)}
    if supervisor is not None:
        parts["supervisor"] = _part(
            "supervisor", "silent", supervisor.pid, supervisor.started, None
        )
        problem = Problem(
            "supervisor",
            f"it does not answer (pid {supervisor.pid})",
            "see `qhub logs supervisor`; `qhub deploy` ends it and starts everything anew",
        )
    elif known:
        problem = Problem(
            "supervisor",
            "it is dead, so nobody starts programs again that end",
            "run `qhub deploy`; flow runs go on meanwhile",
        )
    else:
        problem = Problem("supervisor", "nothing of this platform runs", "run `qhub deploy`")
    problems = [problem]
    for name in programs:
        process = known.get(name)
        state: PartState = "stopped" if process is None else "running"
        pid, since = (process.pid, process.started) if process else (None, None)
        parts[name] = _part(part_name(name), state, pid, since, None)
        if process is None and known:
            problems.append(Problem(part_name(name), "it does not run", "run `qhub deploy`"))
    return Seen(parts, tuple(problems))


def _part(
    name: str, state: PartState, pid: int | None, since: float | None, restarts: int | None
) -> Part:
    memory = memory_mb(pid, alone=name == "supervisor")
    return Part(name, state, iso(since), pid, memory, None, restarts)


def _not_running(layout: Layout, name: str, state: PartState, detail: str) -> Problem:
    last = tail(layout.log(name), _LOG_LINES)
    words = {
        "restarting": "it ended too early and is tried again",
        "failed": "it ended too early again and again, and is not tried any more",
    }
    message = words.get(state, f"it is {state} ({detail})" if detail else f"it is {state}")
    lines = [f"{message}; its last lines:", *(f"  {line}" for line in last)] if last else [message]
    return Problem(
        part_name(name),
        "\n".join(lines),
        f"see `qhub logs {part_name(name)}`; `qhub deploy` starts it",
    )


def _orphans(layout: Layout, supervisor: int) -> Iterator[Problem]:
    """Yield the programs of a former supervisor that are still there beside those of this one."""
    for process in _by_program(find(layout), but=supervisor).items():
        name, found = process
        yield Problem(
            part_name(name),
            f"another one of a former supervisor still runs (pid {found.pid})",
            "`qhub deploy` ends it",
        )


def _by_program(found: Sequence[Process], but: int | None = None) -> dict[str, Process]:
    """Return the process of each program: a flow run looks alike and leads its own session."""
    supervisors = {process.pid for process in found if _is_supervisor(process)}
    alive = {process.pid for process in found}
    programs: dict[str, Process] = {}
    for process in found:
        name = _program(process.command)
        led = process.session in alive - supervisors or process.session == but
        if name is not None and not led:
            programs.setdefault(name, process)
    return programs


def _program(command: tuple[str, ...]) -> str | None:
    """Return agent-NAME of `python -m qhub.embedded.programs.agent NAME`, and so on."""
    for place, word in enumerate(command):
        if word.startswith(_PROGRAM):
            return "-".join([word.removeprefix(_PROGRAM), *command[place + 1 : place + 2]])
    return None


def _is_supervisor(process: Process) -> bool:
    return _SUPERVISOR in process.command


def _restarts(layout: Layout) -> dict[str, int] | None:
    """Return how often each program ended unasked, and so was started again; None: not known.

    From supervisor's own log, since supervisor was started.
    """
    try:
        with layout.log("supervisord").open("rb") as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - _SUPERVISOR_BYTES))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return None
    ended: dict[str, int] = {}
    for name, anew in _ENDED.findall(text):
        if anew:
            ended.clear()
        else:
            ended[name] = ended.get(name, 0) + 1
    return ended
