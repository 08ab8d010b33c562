"""Kubernetes quantities ("500m", "1.5", "512Mi", "2e9"), counted exactly in whole numbers."""

from __future__ import annotations

import functools
import re

__all__ = ["BadQuantityError", "cpu_millis", "explain_cpu", "explain_memory", "memory_bytes"]

# Kubernetes API reference, "Quantity": an exponent and a suffix exclude each other.
_QUANTITY = (
    r"\+?(?P<whole>[0-9]*)(?:\.(?P<fraction>[0-9]*))?"
    r"(?:[eE](?P<exponent>[+-]?[0-9]{1,3})|(?P<suffix>[KMGTPE]i|[numkMGTPE])?)"
)
_TENS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_TWOS = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
# Kubernetes caps a quantity at 2**63 - 1; longer texts cost time and mean nothing.
_LONGEST = 40
_LARGEST_EXPONENT = 40

_MOST_CORES = 100_000
_CPU = "a CPU quantity such as 500m, 2 or 1.5"
_MEMORY = "a memory quantity such as 512Mi or 2G (units: Ki, Mi, Gi, Ti or k, M, G, T)"


class BadQuantityError(ValueError):
    """The text is not a Kubernetes quantity, or a negative one."""


def cpu_millis(text: str) -> int:
    """Return a CPU quantity in thousandths of a core, rounded up: "1.5" is 1500.

    Raises `BadQuantityError`. Source: Kubernetes API reference, "Quantity".
    """
    return _scaled(text, 3)


def memory_bytes(text: str) -> int:
    """Return a memory quantity in bytes, rounded up: "512Mi" is 536870912, "1G" is 10**9.

    Raises `BadQuantityError`. Source: Kubernetes API reference, "Quantity".
    """
    return _scaled(text, 0)


def explain_cpu(text: str) -> str | None:
    """Return None for a CPU quantity, else what was expected."""
    if not _is_quantity(text):
        return _CPU
    # "500M" is 500 million cores; whoever writes it means 500m.
    if _scaled(text, 0) > _MOST_CORES:
        return f"{_CPU}; M means a million cores"
    return None


def explain_memory(text: str) -> str | None:
    """Return None for a memory quantity of whole bytes, else what was expected."""
    if not _is_quantity(text):
        return _MEMORY
    # Kubernetes takes "400m" as 0.4 bytes; whoever writes it means 400Mi.
    if text.endswith(("n", "u", "m")) and _scaled(text, 9) % 10**9:
        return f"{_MEMORY}; m means a thousandth of a byte"
    return None


def _is_quantity(text: str) -> bool:
    try:
        _scaled(text, 0)
    except BadQuantityError:
        return False
    return True


@functools.lru_cache(maxsize=4096)
def _scaled(text: str, power: int) -> int:
    """Return the quantity times 10**power, rounded up as Kubernetes does."""
    match = re.fullmatch(_QUANTITY, text) if len(text) <= _LONGEST else None
    if match is None or not (match["whole"] or match["fraction"]):
        raise BadQuantityError(f"not a Kubernetes quantity: {text!r}")
    fraction = match["fraction"] or ""
    suffix = match["suffix"] or ""
    mantissa = int(match["whole"] + fraction) << _TWOS.get(suffix, 0)
    exponent = int(match["exponent"] or _TENS.get(suffix, 0))
    if abs(exponent) > _LARGEST_EXPONENT:
        raise BadQuantityError(f"the exponent of {text!r} is out of range")
    tens = exponent - len(fraction) + power
    factor: int = 10 ** abs(tens)
    return mantissa * factor if tens >= 0 else -(-mantissa // factor)
