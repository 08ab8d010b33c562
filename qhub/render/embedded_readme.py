"""README.md of the stage embedded: what runs, of which files, and how to run it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qhub.platform.model import Platform
    from qhub.render.supervisor import Program

__all__ = ["embedded_readme"]


def embedded_readme(platform: Platform, programs: Sequence[Program]) -> str:
    """Return the README of the stage."""
    return "\n".join(_parts(platform, programs))


def _parts(platform: Platform, programs: Sequence[Program]) -> Iterator[str]:
    yield _HEAD
    for program in programs:
        yield f"| `{program.name}` | {program.what} | `{_command(program)}` |"
    yield _FILES
    if platform.dask_gateway is not None:
        yield _GATEWAY
    yield _BY_HAND.format(
        project=platform.project,
        namespace=platform.namespace,
        state=f"{platform.project}-{platform.namespace}",
    )


def _command(program: Program) -> str:
    return f"python -m {program.module} {program.argument}".rstrip()


_HEAD = """\
# embedded

The platform as processes of this machine, written by `qhub render`. `qhub deploy` makes the folder
of the state, passwords, secrets and free ports, copies these files there and starts supervisor,
which starts the programs and starts each again that ends.

| Program | What it is | Started as |
|---|---|---|\
"""
_FILES = """
## Files

| File | Read by |
|---|---|
| `supervisord.conf` | supervisor |
| `platform.json` | `qhub deploy`: work pools, sizes and limits that it tells Prefect |
| `agents/NAME.json` | the program `agent-NAME`: variables, names of secrets, size of its runs |\
"""
_GATEWAY = """\
| `dask_gateway_config.py` | the program `gateway`, with the sizes and limits of `platform.json` |\
"""
_BY_HAND = """
None of them holds a secret, a path or a port: those are in the environment of supervisor and in
the folder of the state.

## By hand

`qhub deploy` makes the state, and `qhub destroy` stops what runs. Between the two, in a POSIX shell
with QHub's Python, this runs the same; supervisor stays in the foreground until ^C.

```sh
export QHUB_STATE="${{QHUB_HOME:-${{XDG_STATE_HOME:-$HOME/.local/state}}/qhub}}/{state}"
export QHUB_SOCKET="$QHUB_STATE/supervisord.sock" QHUB_PYTHON="$(command -v python)"
export QHUB_PROJECT={project} QHUB_NAMESPACE={namespace}
eval "$(python -c '
import json, os
for name, port in json.load(open(os.environ["QHUB_STATE"] + "/ports.json")).items():
    print(f"export QHUB_{{name.upper()}}_PORT={{port}}")')"
supervisord --nodaemon -c "$QHUB_STATE/config/supervisord.conf"
```
"""
