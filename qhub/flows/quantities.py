"""Quantities as Kubernetes writes them, checked where a deployment names them.

Later nobody would tell: Prefect stores any text, and each run would crash by it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["wrong"]

_NUMBER = r"\+?(\d+(\.\d*)?|\.\d+)"
_EXPONENT = r"[eE][+-]?\d{1,2}"
_FORMS = {
    "cpu": (
        re.compile(rf"{_NUMBER}({_EXPONENT}|[numk])?", re.ASCII),
        "a CPU quantity: 500m, 1.5 or 2",
    ),
    "memory": (
        re.compile(rf"{_NUMBER}({_EXPONENT}|[KMGTPE]i|[kMGTPE])?", re.ASCII),
        "a memory quantity: 512Mi or 2G",
    ),
}
_NAMES = {f"{kind}_{end}": kind for kind in _FORMS for end in ("request", "limit")}


def wrong(values: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the job variables that are quantities."""
    found = []
    for name, value in values.items():
        if name in _NAMES and isinstance(value, str) and value:
            form, expected = _FORMS[_NAMES[name]]
            if len(value) > 40 or not form.fullmatch(value):
                found.append(f"{name}: '{value}' is not {expected}")
    return found
