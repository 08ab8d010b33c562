"""Starts supervisor detached from the terminal, with an environment that holds no secret."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

from qhub.embedded import control, processes
from qhub.embedded.errors import SupervisorError
from qhub.embedded.extras import release
from qhub.embedded.supervise import Supervisor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.embedded.layout import Layout
    from qhub.platform import Platform

__all__ = ["environment", "is_current", "launch", "sweep"]

_INHERITED = (
    *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"),
    *("PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SSL_CERT_FILE"),
)
"""All that programs get of the environment in which `qhub deploy` runs."""

_START_SECONDS = 30
_STOP_SECONDS = 60
_MODULE = "supervisor.supervisord"


def environment(
    layout: Layout, platform: Platform, ports: Mapping[str, int], environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of supervisor and its programs."""
    inherited = {name: environ[name] for name in _INHERITED if environ.get(name)}
    return {
        "PATH": os.defpath,
        "HOME": _home(layout),
        **inherited,
        "QHUB_STATE": str(layout.root),
        "QHUB_SOCKET": str(control.socket_path(layout)),
        "QHUB_PYTHON": sys.executable,
        "QHUB_PROJECT": platform.project,
        "QHUB_NAMESPACE": platform.namespace,
        "QHUB_RELEASE": release(),
        "QHUB_SERVER_PORT": str(ports["server"]),
        "QHUB_GATEWAY_PORT": str(ports["gateway"]),
        "QHUB_GATEWAY_PROXY_PORT": str(ports["gateway_proxy"]),
        "QHUB_GATEWAY_TLS_PORT": str(ports["gateway_tls"]),
    }


def is_current(layout: Layout, wanted: Mapping[str, str]) -> bool:
    """Tell whether the running supervisor was started with the same ports, Python and versions."""
    pid = Supervisor(layout).pid()
    found = processes.environment(pid) if pid is not None else {}
    names = {name for name in (*wanted, *found) if name.startswith("QHUB_")} - {"QHUB_HOME"}
    return all(found.get(name) == wanted.get(name) for name in names)


def sweep(layout: Layout) -> list[str]:
    """End what is left of a supervisor that died or is mute; return what was found, in words.

    The gateway is not asked but killed: asked, it would stop its clusters, in which flow runs may
    be computing; the next one finds them again. Flow runs go on and are adopted, too.
    """
    told = []
    mute = [process for process in processes.find(layout) if _MODULE in process.command]
    if mute:
        told.append(f"supervisor (pid {mute[0].pid}) did not answer, and was ended")
        processes.end(mute, grace_seconds=_STOP_SECONDS)
    orphans = processes.orphans(layout)
    if orphans:
        pids = ", ".join(str(process.pid) for process in orphans)
        told.append(f"supervisor was gone; its programs were ended (pids {pids})")
        gateways = [p for p in orphans if "qhub.embedded.programs.gateway" in p.command]
        processes.end(gateways, grace_seconds=0)
        processes.end([p for p in orphans if p not in gateways], grace_seconds=_STOP_SECONDS)
    layout.pid_file.unlink(missing_ok=True)
    return told


def launch(layout: Layout, environ: Mapping[str, str]) -> None:
    """Start supervisor, which starts the programs; none of this platform runs.

    Raises `SupervisorError` with what it said.
    """
    command = [sys.executable, "-m", _MODULE, "-c", str(layout.config / "supervisord.conf")]
    with tempfile.TemporaryFile() as said:
        try:
            status = subprocess.run(
                command,
                env=dict(environ),
                cwd=layout.root,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=_START_SECONDS,
                start_new_session=True,
                umask=0o077,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            status = None
        said.seek(0)
        words = said.read().decode(errors="replace").strip()
    if status != 0 or not Supervisor(layout).running():
        last = words.splitlines()[-1] if words else f"exit status {status}"
        raise SupervisorError(
            f"supervisor does not start: {last}", hint=f"its log is {layout.log('supervisord')}"
        )


def _home(layout: Layout) -> str:
    """Return the home of this user, for an environment without; else the state."""
    with suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_dir
    return str(layout.root)
