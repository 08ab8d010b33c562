"""Flows that the tests run: each does one thing that a run must survive or be told of."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import neighbour  # type: ignore[import-not-found]  # a run finds it beside this file
from prefect import flow, task
from prefect.deployments import run_deployment


@task
def one() -> int:
    return 1


@flow
def trivial() -> int:
    return one()


@flow
def parent(child: str) -> None:
    done: Any = run_deployment(child, timeout=60, poll_interval=1)
    assert done.state.is_completed()


@flow
def describe(file: str, leave: str = "") -> None:
    """Write what this process is like; then leave something behind in it."""
    import prefect

    seen = {
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "path": list(sys.path),
        "argv": sys.argv,
        "left": [getattr(neighbour, "left", None), getattr(prefect, "left", None)],
        "logging": prefect.settings.get_current_settings().logging.level,
        "session": [os.getpid(), os.getsid(0)],
        "descriptors": [str(Path(f"/proc/self/fd/{n}").readlink()) for n in (0, 1, 2)],
        "umask": os.umask(0o077),
        "random": __import__("random").random(),
        "cpus": len(os.sched_getaffinity(0)),
        "terminate": signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL,
    }
    Path(file).write_text(json.dumps(seen))
    print("printed by the flow")  # noqa: T201 goes to the log of the run
    if leave:
        neighbour.left = prefect.left = leave
        os.environ["LEFT"] = leave
        sys.path.insert(0, f"/{leave}")
        os.chdir("/")


@flow
def sleep_with_a_process(file: str, seconds: float = 120) -> None:
    started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    Path(file).write_text(str(started.pid))
    time.sleep(seconds)
    started.terminate()
    started.wait()


@flow
def detach(file: str, seconds: float = 120) -> None:
    """Start a process that leads a session of its own and does not heed SIGTERM."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    started = subprocess.Popen(
        [sys.executable, "-c", f"{code}; time.sleep(300)"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert started.stdout is not None
    started.stdout.readline()
    Path(file).write_text(str(started.pid))
    time.sleep(seconds)
    started.poll()


@flow
def deaf(file: str) -> None:
    """Ignore SIGTERM, as code in a long call of a C library does."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(file).write_text("deaf")
    while True:
        time.sleep(1)


@flow
def until_told(file: str) -> None:
    """Run until the file is there."""
    Path(f"{file}.running").write_text("yes")
    while not Path(file).exists():
        time.sleep(0.1)


@flow
def leave_at_once() -> None:
    os._exit(7)


@flow
def allocate(mebibytes: int) -> int:
    return len(bytearray(mebibytes << 20))


def _note(which: str) -> Any:
    def hook(flow: Any, flow_run: Any, state: Any) -> None:  # noqa: ARG001 Prefect names them
        with Path(flow_run.parameters["file"]).open("a") as out:
            out.write(f"{which} {state.name} {os.getpid()}\n")

    hook.__name__ = which
    return hook


@flow(on_cancellation=[_note("cancelled")], on_crashed=[_note("crashed")])
def hooked(file: str) -> None:
    with Path(file).open("a") as out:
        out.write(f"runs here {os.getpid()}\n")
    time.sleep(120)


@flow
def crash_once(file: str) -> None:
    marker = Path(file)
    if not marker.exists():
        marker.write_text("crashed")
        os.kill(os.getpid(), signal.SIGKILL)


@flow
def crash_always() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
