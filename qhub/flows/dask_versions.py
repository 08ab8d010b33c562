"""Whether client, scheduler and workers of a cluster understand each other.

Work travels between them as pickles: another Python, Dask or Prefect at one end fails late, and
with an error that names something else. So the versions are compared before work is submitted.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from qhub.flows.dask_errors import VersionMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from distributed import Client

__all__ = ["check", "differences", "here"]

NEEDED = ("dask", "distributed", "msgpack", "cloudpickle", "toolz", "tornado", "prefect")
"""Must be there, and the same."""
SHARED = ("dask-gateway", "lz4", "numpy", "pandas", "prefect-dask", "pyarrow")
"""Must be the same where both have them."""

Versions = dict[str, str]


def here() -> Versions:
    """Return the versions of this process, of Python without the patch."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": "{}.{}".format(*sys.version_info)}
    for name in (*NEEDED, *SHARED):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def check(client: Client) -> None:
    """Raise `VersionMismatchError` where scheduler or a worker differs from this process."""
    mine = here()
    try:
        others = {"the scheduler": client.run_on_scheduler(here)}  # type: ignore[no-untyped-call]
        workers = client.run(here, on_error="return")
    except ImportError as error:
        raise VersionMismatchError(
            f"the cluster cannot import what it needs: {error}",
            hint="scheduler and workers need qhub[flows] in the version that is installed here",
        ) from error
    others |= {f"worker {name}": found for name, found in workers.items() if _is_told(found)}
    lines = [line for where, theirs in others.items() for line in differences(mine, theirs, where)]
    if lines:
        raise VersionMismatchError(
            "\n  ".join(["versions differ, no work was submitted:", *dict.fromkeys(lines)]),
            hint="install the same versions at both ends, in the image of the flow or here",
        )


def differences(mine: Mapping[str, str], theirs: Mapping[str, str], where: str) -> Iterator[str]:
    """Yield a line for each package that differs."""
    for name in ("python", *NEEDED, *SHARED):
        one, other = mine.get(name), theirs.get(name)
        if one != other and (name in ("python", *NEEDED) or (one and other)):
            yield f"{name}: {one or 'missing'} here, {other or 'missing'} at {where}"


def _is_told(found: object) -> bool:
    """Leave out a worker that went while it was asked."""
    return isinstance(found, dict)
