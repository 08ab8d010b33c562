"""Variables and quotes in a recipe's lines, read as Docker reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["WordError", "split"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(?:(:[-+])([^{}]*))?\}")


class WordError(ValueError):
    """A quote is left open, or a variable is written in a way, or unknown, that cannot be meant."""


def split(text: str, variables: Mapping[str, str]) -> list[str]:
    """Return the words of a line: quotes taken away, `$NAME` and `${NAME:-default}` replaced.

    Unlike Docker, which reads a variable that nobody set as nothing, this refuses it.
    """
    return list(_words(text, variables))


def _words(text: str, variables: Mapping[str, str]) -> Iterator[str]:
    word, quote, begun, at = "", "", False, 0
    while at < len(text):
        character = text[at]
        at += 1
        if quote:
            if character == quote:
                quote = ""
                continue
        elif character in "'\"":
            quote, begun = character, True
            continue
        elif character.isspace():
            if begun:
                yield word
            word, begun = "", False
            continue
        begun = True
        if character == "\\" and quote != "'" and at < len(text):
            escaped = text[at]
            at += 1
            word += escaped if not quote or escaped in '"$\\' else character + escaped
        elif character == "$" and quote != "'":
            value, at = _variable(text, at, variables)
            word += value
        else:
            word += character
    if quote:
        raise WordError(f"a quote {quote} is not closed")
    if begun:
        yield word


def _variable(text: str, at: int, variables: Mapping[str, str]) -> tuple[str, int]:
    """Return the value of the variable behind a `$`, and where the text goes on."""
    if match := _NAME.match(text, at):
        return _known(match[0], variables), match.end()
    match = _BRACED.match(text, at)
    if match is None:
        raise WordError("a $ needs a name behind it; a plain one is written \\$")
    name, operator, other = match[1], match[2], match[3] or ""
    if "$" in other:
        raise WordError(f"the default of {name} cannot be another variable")
    if operator == ":-":
        return variables.get(name) or other, match.end()
    if operator == ":+":
        return (other if variables.get(name) else ""), match.end()
    return _known(name, variables), match.end()


def _known(name: str, variables: Mapping[str, str]) -> str:
    if name not in variables:
        raise WordError(f"nothing sets the variable {name}")
    return variables[name]
