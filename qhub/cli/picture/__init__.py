"""Pictures of a platform: what is in them, and how Mermaid and SVG write it down."""

from __future__ import annotations

from qhub.cli.picture.drawing import Arrow, Box, Drawing, draw
from qhub.cli.picture.mermaid import as_mermaid
from qhub.cli.picture.svg import as_svg

__all__ = ["Arrow", "Box", "Drawing", "as_mermaid", "as_svg", "draw"]
