"""A drawing as Mermaid text, which GitHub, GitLab and many editors show as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qhub.cli.picture.drawing import Box, Drawing


def as_mermaid(drawing: Drawing) -> str:
    """Return a left-to-right flowchart."""
    return "\n".join(
        [
            "---",
            f'title: "{_text(drawing.title)}"',
            "---",
            "flowchart LR",
            *(f'  {box.id}["{_label(box)}"]' for box in drawing.boxes),
            *(f"  {arrow.start} -->|{arrow.label}| {arrow.end}" for arrow in drawing.arrows),
        ]
    )


def _label(box: Box) -> str:
    return "<br/>".join([f"<b>{_text(box.title)}</b>", *map(_text, box.lines)])


def _text(text: str) -> str:
    """Return text with everything that Mermaid reads as its own written as a character code."""
    plain = " -_.,:/=+@()"
    return "".join(
        letter if letter.isalnum() or letter in plain else f"#{ord(letter)};" for letter in text
    )
