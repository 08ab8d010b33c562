"""Cuts secret values out of texts of other programs, in the forms that they may have there."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Redactor"]

CUT = "(secret)"
_SHORTEST = 4
"""Shorter values would cut up ordinary words."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """Knows the values; calling it returns a text without them."""

    forms: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, values: Iterable[str]) -> Redactor:
        """Return one for these values: plain, in JSON, in Base64, in a URL, and line by line."""
        forms = {form for value in values for form in _forms(value) if len(form) >= _SHORTEST}
        return cls(tuple(sorted(forms, key=len, reverse=True)))

    def __call__(self, text: str) -> str:
        """Return the text without the values."""
        for form in self.forms:
            text = text.replace(form, CUT)
        return text


def _forms(value: str) -> Iterator[str]:
    yield value
    yield value.strip()
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield quote(value, safe="")
    coded = base64.b64encode(value.encode("utf-8", "surrogateescape")).decode()
    yield coded
    yield coded.rstrip("=")
    lines = [line.strip() for line in value.splitlines()]
    if len(lines) > 1:  # a log breaks a text where it breaks, and indents it
        yield from (line for line in lines if len(line) >= 3 * _SHORTEST)
