"""supervisord.conf of the embedded platform: one [program:…] for each thing that runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Program", "supervisord_conf"]


@dataclass(frozen=True, slots=True)
class Program:
    """One program that supervisor keeps running: `python -m module [argument]`.

    One that ends before `start_seconds` did not start; `stop_seconds` after it was asked to end
    it is killed. One of a lower `priority` starts earlier and stops later. `name` and `argument`
    are DNS labels.
    """

    name: str
    module: str
    what: str
    priority: int
    start_seconds: int
    stop_seconds: int
    argument: str = ""


def supervisord_conf(programs: Sequence[Program]) -> str:
    """Return the file; what it says of a program depends on no other: a change restarts it."""
    sections = [
        _PROGRAM.format(
            program=program,
            argument=f" {program.argument}" if program.argument else "",
        )
        for program in programs
    ]
    return "\n".join([_HEAD, *sections])


_HEAD = """\
; What runs on this machine: written by `qhub render`, started by `qhub deploy`.
; QHUB_* of its environment says where state, socket and programs are.

[unix_http_server]
file=%(ENV_QHUB_SOCKET)s
chmod=0700

[supervisord]
nodaemon=false
umask=077
directory=%(ENV_QHUB_STATE)s
identifier=%(ENV_QHUB_STATE)s
pidfile=%(ENV_QHUB_STATE)s/supervisord.pid
logfile=%(ENV_QHUB_STATE)s/logs/supervisord.log
logfile_maxbytes=10MB
logfile_backups=3
childlogdir=%(ENV_QHUB_STATE)s/logs
; Without it supervisor reads the identifier as a pattern of files to remove.
nocleanup=true
strip_ansi=false

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://%(ENV_QHUB_SOCKET)s

; A program that does not start is tried again after 1, 2, … 9 seconds, then it is FATAL.
; Supervisor expands the path of a log twice, hence its second '%'.
"""
_PROGRAM = """\
[program:{program.name}]
command="%(ENV_QHUB_PYTHON)s" -m {program.module}{argument}
priority={program.priority}
autostart=true
autorestart=true
startsecs={program.start_seconds}
startretries=9
stopsignal=TERM
stopwaitsecs={program.stop_seconds}
stopasgroup=false
killasgroup=false
redirect_stderr=true
stdout_logfile=%%(ENV_QHUB_STATE)s/logs/{program.name}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=3
"""
