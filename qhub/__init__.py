"""QHub: one `qhub-config.yaml` becomes a running data-pipeline platform."""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers know the name; typing would cost 4 ms
if TYPE_CHECKING:
    from qhub.api import Project, load

__all__ = ["Project", "__version__", "load"]

__version__ = "0.5.0.dev0"


def __getattr__(name: str) -> object:
    """Import the public names when they are asked for: `import qhub` itself costs nothing."""
    if name in {"Project", "load"}:
        from qhub import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
