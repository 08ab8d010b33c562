"""What is wrong with a text that is no YAML, and where the mistake really is.

The parser stops where it can go no further; an unclosed quote or bracket begins earlier. What is
said here never repeats the text: it may be a secret.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from qhub.config.tree import CUSTOM_TAG, problem_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qhub.config.problem import Problem

__all__ = ["explain", "tabs"]

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""Where a line ends for YAML, and so in the parser's marks."""
_Told = tuple[tuple[int, int], str, str]  # place, message, hint


def explain(error: Exception, text: str, file: str, loader: Any) -> Problem:
    """Return what made the parser stop."""
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        code = f"U+{ord(unprintable.group()):04X}"
        place = _place_of(text, unprintable.start())
        return problem_at(file, place, f"the control character {code}", "remove it")
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return problem_at(file, (1, 1), "this is not YAML that QHub can read")
    lines = _BREAK.split(text)
    stop = error.problem_mark
    for number in (stop.line, stop.line - 1):
        if 0 <= number < len(lines) and "\t" in _indent(lines[number]):
            return _tab(file, lines, number)
    place, message, hint = (
        _unknown_escape(error, stop)
        or _missing_space(error, stop, lines)
        or _unclosed_quote(error, stop, text, loader)
        or _unclosed_bracket(error)
        or (_place(stop), *_other(error, lines[stop.line] if stop.line < len(lines) else "", stop))
    )
    return problem_at(file, place, message, hint)


def tabs(text: str, file: str, loader: Any) -> list[Problem]:
    """Return the tabs that indent a line; LibYAML takes some of them."""
    lines = _BREAK.split(text)
    starts = {line for token in _tokens(text, loader) for line in _indented_lines(token, lines)}
    return [_tab(file, lines, line) for line in sorted(starts) if "\t" in _indent(lines[line])]


def _indented_lines(token: Any, lines: list[str]) -> Iterable[int]:
    """Return the lines that begin with a token, or with the rest of an unquoted text."""
    start, end = token.start_mark, token.end_mark
    if isinstance(token, yaml.BlockEndToken | yaml.StreamEndToken):
        return ()
    first = start.line if not lines[start.line][: start.column].strip() else start.line + 1
    return range(first, end.line + 1 if getattr(token, "plain", False) else start.line + 1)


def _tab(file: str, lines: list[str], number: int) -> Problem:
    place = (number + 1, lines[number].index("\t") + 1)
    return problem_at(file, place, "a tab; YAML is indented with spaces", "put spaces in its place")


def _unknown_escape(error: yaml.MarkedYAMLError, stop: Any) -> _Told | None:
    """Return a backslash that YAML takes for the beginning of something else: "C:\\Users"."""
    problem = (error.problem or "").lower()
    if "quoted scalar" not in (error.context or "") or not re.search("escape|hexdecimal", problem):
        return None
    hint = "put the text into single quotes, where a backslash is itself, or write it twice: \\\\"
    return _place(stop), 'no escape that YAML knows in a text in "…"', hint


def _missing_space(error: yaml.MarkedYAMLError, stop: Any, lines: list[str]) -> _Told | None:
    """Return a ':' without a space behind it: `name:value` is a text that goes on below."""
    if "mapping values are not allowed" not in (error.problem or ""):
        return None
    for number in range(stop.line - 1, -1, -1):
        slip = re.match(r"[ -]*[A-Za-z0-9_.-]+:(?=[^\s/])", lines[number])
        if slip:
            place = (number + 1, slip.end())
            return place, "no space behind the ':'", "put a space between the ':' and the value"
        if lines[number].strip():
            return None
    return None


def _unclosed_quote(error: yaml.MarkedYAMLError, stop: Any, text: str, loader: Any) -> _Told | None:
    """Return a quote that is closed too late or too early, if that is what is wrong.

    An unclosed quote ends at the next one, lines below, and there the parser stumbles.
    """
    if error.context_mark and "quoted scalar" in (error.context or ""):
        return _place(error.context_mark), "the quote that opens here is never closed", "close it"
    for token in _tokens(text, loader):
        if not isinstance(token, yaml.ScalarToken) or token.style not in ("'", '"'):
            continue
        start, end = token.start_mark, token.end_mark
        if end.line == stop.line and start.line < end.line:
            return _place(start), "the quote that opens here is never closed", "close it"
        if end.line == stop.line and end.column == stop.column:
            hint = 'inside \'…\' write a quote twice, inside "…" write \\"'
            return _place(stop), "text behind a closing quote", hint
    return None


def _unclosed_bracket(error: yaml.MarkedYAMLError) -> _Told | None:
    if error.context_mark is None or "flow" not in (error.context or ""):
        return None
    sign = "[" if "sequence" in (error.context or "") else "{"
    return _place(error.context_mark), f"the {sign!r} that opens here is never closed", "close it"


def _other(error: yaml.MarkedYAMLError, line: str, stop: Any) -> tuple[str, str]:
    """Return message and hint."""
    problem = error.problem or ""
    if "mapping values are not allowed" in problem:
        hint = "put a value that contains ': ' into quotes, or mend the indentation"
        return "a ':' where no key can be", hint
    if "cannot start any token" in problem:
        sign = line[stop.column : stop.column + 1]
        return f"no value starts with {sign!r}", "put the value into quotes"
    if "tag" in problem or "tag" in (error.context or ""):
        return CUSTOM_TAG
    if "expected" in problem:
        return "this does not fit the lines above", "mend the indentation, or the ':' behind a key"
    return f"this is not YAML: {problem}", ""


def _tokens(text: str, loader: Any) -> Iterator[yaml.Token]:
    """Yield the tokens up to the mistake."""
    try:
        yield from yaml.scan(text, Loader=loader)
    except yaml.YAMLError:
        return


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _place_of(text: str, offset: int) -> tuple[int, int]:
    lines = _BREAK.split(text[:offset])
    return len(lines), len(lines[-1]) + 1


def _place(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1
