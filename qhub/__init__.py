"""QHub: one `qhub-config.yaml` becomes a running data-pipeline platform."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.5.0.dev0"
