"""Whether what the embedded platform runs is installed, in versions that work together.

The ranges are those of QHub's own package metadata: one place says them, pyproject.toml.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from qhub.embedded.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["release", "require"]

_SHOWN = ("qhub", "prefect", "prefect-dask", "distributed", "dask-gateway-server", "supervisor")


def require(extra: str = "embedded") -> None:
    """Raise `MissingExtraError` that names every package which is missing or of a wrong version."""
    try:
        wrong = tuple(dict.fromkeys(_wrong("qhub", extra)))
    except ModuleNotFoundError:  # of `packaging`, which several of them bring
        wrong = ("all of it is missing",)
    if wrong:
        raise MissingExtraError(
            f"what provider 'embedded' runs is not installed: {'; '.join(wrong)}",
            hint=f"pip install 'qhub[{extra}]'",
        )


def release() -> str:
    """Return the versions of what runs, in one line: another line means to start it anew."""
    return " ".join(f"{name}=={_version(name)}" for name in _SHOWN)


def _wrong(package: str, extra: str) -> Iterator[str]:
    """Yield what is wrong with an extra of a package, and with the extras that it names."""
    from packaging.requirements import Requirement

    for text in metadata.requires(package) or ():
        requirement = Requirement(text)
        if requirement.marker is None or "extra" not in str(requirement.marker):
            continue
        if not requirement.marker.evaluate({"extra": extra}):
            continue
        if requirement.name == package:
            for inner in sorted(requirement.extras):
                yield from _wrong(package, inner)
            continue
        found = _version(requirement.name)
        wanted = f"{requirement.name}{requirement.specifier}"
        if not found:
            yield f"{wanted} is missing"
        elif not requirement.specifier.contains(found, prereleases=True):
            yield f"{wanted} is needed, {found} is installed"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
