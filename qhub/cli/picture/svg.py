"""A drawing as an SVG file: columns of boxes and curved arrows, the same bytes every time."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from qhub.cli.picture.drawing import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qhub.cli.picture.drawing import Arrow, Box, Drawing

# Pixels. The font is monospaced so that widths can be counted without knowing it.
LETTER = 7.3
LINE = 17
PADDING = 12
MARGIN = 24
COLUMN_GAP = 72
ROW_GAP = 20
HEADER = 64
LONGEST_LINE = 54
FONT = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
LINE_COLOUR = "#475569"
FILLS = ("#eef2ff", "#ecfdf5", "#fff7ed", "#f5f3ff")
STROKES = ("#6366f1", "#059669", "#ea580c", "#7c3aed")


@dataclass(frozen=True, slots=True)
class Placed:
    """A box with its text wrapped and its place found; pixels from the top left."""

    box: Box
    title: tuple[str, ...]
    lines: tuple[str, ...]
    left: int
    top: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        """Return where arrows arrive and leave."""
        return self.top + self.height // 2


def as_svg(drawing: Drawing) -> str:
    """Return the drawing as an SVG document."""
    placed = _placed(drawing.boxes)
    title = len(drawing.title) * LETTER * 15 / 12
    width = max([int(title), *(box.left + box.width for box in placed.values())]) + MARGIN
    height = max([HEADER, *(box.top + box.height for box in placed.values())]) + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" font-family="{FONT}" font-size="12">',
            f"<title>{escape(drawing.title)}</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto">',
            f'<path d="M0 0L8 4L0 8z" fill="{LINE_COLOUR}"/></marker></defs>',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            _text(MARGIN, MARGIN + 4, drawing.title, 'font-size="15" font-weight="bold"'),
            *_headers(placed),
            *(_arrow(arrow, placed) for arrow in drawing.arrows),
            *(line for box in placed.values() for line in _box(box)),
            "</svg>",
        ]
    )


def _placed(boxes: Sequence[Box]) -> Mapping[str, Placed]:
    """Stack the boxes of each column, each column as wide as its widest box."""
    placed: dict[str, Placed] = {}
    left = MARGIN
    for column, header in enumerate(COLUMNS):
        inside = [box for box in boxes if box.column == column]
        if not inside:
            continue
        texts = {box.id: (_wrapped(box.title), _wrapped(*box.lines)) for box in inside}
        letters = [len(line) for title, lines in texts.values() for line in (*title, *lines)]
        width = int(max(len(header), *letters) * LETTER) + 2 * PADDING
        top = HEADER
        for box in inside:
            title, lines = texts[box.id]
            height = (len(title) + len(lines)) * LINE + 2 * PADDING
            placed[box.id] = Placed(box, title, lines, left, top, width, height)
            top += height + ROW_GAP
        left += width + COLUMN_GAP
    return placed


def _wrapped(*lines: str) -> tuple[str, ...]:
    return tuple(
        part
        for line in lines
        for part in textwrap.wrap(
            line, LONGEST_LINE, subsequent_indent="  ", break_on_hyphens=False
        )
    )


def _headers(placed: Mapping[str, Placed]) -> Iterator[str]:
    lefts = {box.box.column: box.left for box in placed.values()}
    for column, left in lefts.items():
        yield _text(left, HEADER - 10, COLUMNS[column], 'fill="#64748b"')


def _arrow(arrow: Arrow, placed: Mapping[str, Placed]) -> str:
    start, end = placed[arrow.start], placed[arrow.end]
    x1, y1, x2, y2 = start.left + start.width, start.middle, end.left - 1, end.middle
    bend = (x2 - x1) // 2
    curve = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    return (
        f'<path d="{curve}" fill="none" stroke="{LINE_COLOUR}" marker-end="url(#tip)">'
        f"<title>{escape(arrow.label)}</title></path>"
    )


def _box(placed: Placed) -> Iterator[str]:
    column = placed.box.column
    yield (
        f'<rect x="{placed.left}" y="{placed.top}" width="{placed.width}" '
        f'height="{placed.height}" rx="6" fill="{FILLS[column]}" stroke="{STROKES[column]}"/>'
    )
    x, y = placed.left + PADDING, placed.top + PADDING - 4
    for number, line in enumerate((*placed.title, *placed.lines), start=1):
        bold = 'font-weight="bold"' if number <= len(placed.title) else ""
        yield _text(x, y + number * LINE, line, bold)


def _text(x: int, y: int, text: str, attributes: str = "") -> str:
    space = " " if attributes else ""
    return f'<text x="{x}" y="{y}" xml:space="preserve"{space}{attributes}>{escape(text)}</text>'
