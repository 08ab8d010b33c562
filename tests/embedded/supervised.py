"""A real supervisor with tiny programs in a platform's place, for tests of what is told of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psutil  # noqa: TID253 the tests' own

from qhub.embedded import control
from qhub.embedded.supervise import Supervisor
from tests.embedded.server import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from qhub.embedded.layout import Layout

IDLES = "import time; print('at work', flush=True); time.sleep(600)"
ENDS = "print('the disk said no', flush=True); raise SystemExit(1)"
_CONF = """\
[unix_http_server]
file={socket}
[supervisord]
nodaemon=false
pidfile={root}/supervisord.pid
logfile={root}/logs/supervisord.log
nocleanup=true
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
_PROGRAM = """
[program:{name}]
command="{python}" -c "{code}" {marker}
startsecs={seconds}
startretries={retries}
redirect_stderr=true
stdout_logfile={root}/logs/{name}.log
"""


def snapshot(layout: Layout, agents: Mapping[str, tuple[str, ...]], *, gateway: bool) -> None:
    """Write what `qhub deploy` leaves; `agents` have secrets, without their files."""
    layout.make()
    ports = ("server", "gateway", "gateway_proxy", "gateway_tls")
    layout.ports.write_text(json.dumps({name: free_port() for name in ports}))
    platform = {"dask_gateway": {"limit_workers": 1} if gateway else None}
    (layout.config / "platform.json").write_text(json.dumps(platform))
    (layout.config / "agents").mkdir(exist_ok=True)
    for name, secrets in agents.items():
        agent = {"name": name, "secrets": list(secrets)}
        (layout.config / "agents" / f"{name}.json").write_text(json.dumps(agent))
    layout.password("api").write_text("qhub:of-the-tests")
    layout.password("gateway").write_text("of-the-tests")


@contextmanager
def supervising(layout: Layout, programs: Mapping[str, str]) -> Iterator[Supervisor]:
    """Run supervisor with a Python program of each name; all are ended at the end."""
    sections = [
        _PROGRAM.format(
            name=name,
            python=sys.executable,
            code=code,
            marker=f"qhub.embedded.programs.{name.replace('-', ' ', 1)}",
            retries=0,
            seconds=int(code == ENDS),
            root=layout.root,
        )
        for name, code in programs.items()
    ]
    conf = layout.config / "supervisord.conf"
    conf.write_text(
        _CONF.format(root=layout.root, socket=control.make_socket(layout)) + "".join(sections)
    )
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "supervisor.supervisord", "-c", str(conf)],
        env={**os.environ, "QHUB_STATE": str(layout.root)},
        check=True,
        timeout=30,
        start_new_session=True,
    )
    supervisor = Supervisor(layout)
    try:
        yield supervisor
    finally:
        left = [process for process in psutil.process_iter() if _is_of(process, layout)]
        for process in sorted(left, key=lambda process: process.create_time()):  # supervisor first
            process.kill()
        until(lambda: not any(map(_lives, left)))
        control.clear_socket(layout)


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def _lives(process: psutil.Process) -> bool:
    """Tell whether a process is more than what its parent has not yet asked for."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _is_of(process: psutil.Process, layout: Layout) -> bool:
    try:
        return bool(process.environ().get("QHUB_STATE") == str(layout.root))
    except (psutil.Error, OSError):
        return False
