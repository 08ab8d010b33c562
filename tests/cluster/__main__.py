"""`python -m tests.cluster up|down|status|env|run|tools`: the test bed, by hand."""

from __future__ import annotations

import os
import sys
import time

from tests.cluster.bed import lifecycle
from tests.cluster.bed.errors import BedError
from tests.cluster.bed.place import REGISTRY, Place

USAGE = """usage: python -m tests.cluster COMMAND
  up        bring the bed up, or say that it is
  down      take it away
  status    say what works; status 4 where something does not
  env       print shell lines for it: eval "$(python -m tests.cluster env)"
  run ARG…  run a command in its network
  tools     install and build its programs, and no more"""


def main(argv: list[str]) -> int:
    """Return the exit status."""
    place, began = Place(), time.monotonic()

    def report(line: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:5.1f} s  {line}\n")

    match argv:
        case ["up"]:
            lifecycle.up(place, report)
            report(f"the bed is up: KUBECONFIG={place.kubeconfig}, network {place.name}")
        case ["down"]:
            lifecycle.down(place, report)
            report("there is no bed any more")
        case ["tools"]:
            lifecycle.tools(place, report)
        case ["status"]:
            return _status(place)
        case ["env"]:
            sys.stdout.write(_environment(place))
        case ["run", program, *args]:
            _run(place, program, args)
        case _:
            sys.stderr.write(f"{USAGE}\n")
            return 2
    return 0


def _status(place: Place) -> int:
    problems = lifecycle.condition(place).problems
    sys.stdout.write("\n".join(problems or (f"the bed {place.name} works",)) + "\n")
    return 4 if problems else 0


def _environment(place: Place) -> str:
    lines = {
        "KUBECONFIG": place.kubeconfig,
        "QHUB_BED_NETWORK": place.network,
        "QHUB_BED_REGISTRY": REGISTRY,
    }
    text = "".join(f"export {name}='{value}'\n" for name, value in lines.items())
    return f"{text}export PATH='{place.bin}':\"$PATH\"\n"


def _run(place: Place, program: str, args: list[str]) -> None:
    if not place.network.exists():
        raise BedError("there is no bed", hint="make cluster")
    path = f"{place.bin}:{os.environ.get('PATH', '')}"
    env = {**os.environ, "KUBECONFIG": str(place.kubeconfig), "PATH": path}
    argv = ["nsenter", f"--net={place.network}", "--", program, *args]
    os.execvpe(argv[0], argv, env)  # noqa: S606 to become it is the point


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    except BedError as error:
        sys.stderr.write(f"{error}\n{error.hint}\n")
        status = error.status
    except KeyboardInterrupt:
        status = 130
    raise SystemExit(status)
