"""What the options of public functions have to be: one check, and one sentence where one is not.

A value is never shown, only its kind: a parameter may be a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qhub.flows.errors import ParameterError

if TYPE_CHECKING:
    from qhub.flows.errors import FlowsError

__all__ = ["Kind", "check", "optional"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: in words, and a test for it."""

    words: str
    fits: Callable[[Any], bool]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    is_list = isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes)
    return is_list and all(isinstance(one, str) for one in value)


def optional(*kinds: Kind) -> Kind:
    """Return a kind that any of several fit into, and None, which stands for no option."""
    words = " or ".join(kind.words for kind in kinds)
    return Kind(words, lambda value: value is None or any(kind.fits(value) for kind in kinds))


TEXT = Kind("a text", lambda value: isinstance(value, str))
TEXTS = Kind("a list of texts", _are_texts)
NUMBER = Kind("a number", _is_number)
WHOLE = Kind("a whole number", _is_whole)
TRUTH = Kind("True or False", lambda value: isinstance(value, bool))
MAPPING = Kind(
    "a mapping with texts as keys",
    lambda value: isinstance(value, Mapping) and all(isinstance(key, str) for key in value),
)
CALLABLE = Kind("a function", callable)


def check(
    function: str,
    given: Mapping[str, Any],
    kinds: Mapping[str, Kind],
    error: type[FlowsError] = ParameterError,
) -> None:
    """Raise an error that names the first option of a function that is of a wrong kind."""
    for name, kind in kinds.items():
        if not kind.fits(given[name]):
            raise error(f"{function}: {name} has to be {kind.words}, and is {_called(given[name])}")


def _called(value: object) -> str:
    """Return what the kind of a value is called."""
    if value == "":
        return "empty"
    if isinstance(value, list | tuple | set | frozenset) and value:
        inner = sorted({type(one).__name__ for one in value})
        return f"a {type(value).__name__} of {', '.join(inner)}"
    if isinstance(value, Mapping):
        return f"a {type(value).__name__}"
    return {"NoneType": "None", "bool": str(value)}.get(
        type(value).__name__, f"of the type {type(value).__name__}"
    )
