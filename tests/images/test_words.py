"""Variables and quotes of recipes mean what Docker's documentation says."""

from __future__ import annotations

import pytest

from images.builder.words import WordError, split

VARIABLES = {"NAME": "flow", "EMPTY": "", "PATH": "/bin", "SPACED": "a b"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b", ["a", "b"]),
        ("", []),
        ("$NAME ${NAME}s", ["flow", "flows"]),
        ("/opt/venv/bin:$PATH", ["/opt/venv/bin:/bin"]),
        ("'$NAME' \"$NAME\"", ["$NAME", "flow"]),
        (r"\$NAME", ["$NAME"]),
        (r"a\ b", ["a b"]),
        (r'"a\nb"', [r"a\nb"]),
        (r'"\"\\"', ['"\\']),
        ("${OTHER:-x} ${EMPTY:-y} ${NAME:-z}", ["x", "y", "flow"]),
        ("${OTHER:+x}${NAME:+y}", ["y"]),
        ("$SPACED", ["a b"]),  # a value is not split again
        ("''", [""]),
        ('K="a b"c', ["K=a bc"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert split(text, VARIABLES) == words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'a", "a quote ' is not closed"),
        ("$OTHER", "nothing sets the variable OTHER"),
        ("${OTHER}", "nothing sets the variable OTHER"),
        ("$", "a $ needs a name behind it"),
        ("${NAME", "a $ needs a name behind it"),
        ("${NAME:-$PATH}", "the default of NAME cannot be another variable"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, message: str) -> None:
    with pytest.raises(WordError) as caught:
        split(text, VARIABLES)
    assert message in str(caught.value)
