"""Reading: what works as YAML, and what is refused with the place and how to mend it."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from qhub.config import find, read
from qhub.config.problem import Problem
from qhub.config.read import MOST_BYTES, parse
from qhub.config.tree import Refusal, tree
from qhub.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADERS = [pytest.param(yaml.SafeLoader, id="python")]
if yaml.__with_libyaml__:
    LOADERS.append(pytest.param(yaml.CSafeLoader, id="libyaml"))

WORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "comments": ("# a\na: 1 # b\n", {"a": 1}),
    "windows line ends": ("a: 1\r\nb:\r\n  c: 2\r\n", {"a": 1, "b": {"c": 2}}),
    "anchor and alias": ("a: &x [1, 2]\nb: *x\n", {"a": [1, 2], "b": [1, 2]}),
    "alias as key": ("a: &x name\n*x : 1\n", {"a": "name", "name": 1}),
    "merge key": (
        "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n",
        {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}},
    ),
    "merge key below its own keys": (
        "a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x\n",
        {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}},
    ),
    "several merged, the first wins": (
        "a: &a {p: 1}\nb: &b {p: 2, q: 2}\nc: {<<: [*a, *b]}\n",
        {"a": {"p": 1}, "b": {"p": 2, "q": 2}, "c": {"p": 1, "q": 2}},
    ),
    "a quoted << is a key": ("a: {'<<': 1}\n", {"a": {"<<": 1}}),
    "numbers": (
        "a: [1, -2, 1_000, 0x1f, 0b11, 1.5, 1.5e+3, +7]\n",
        {"a": [1, -2, 1000, 31, 3, 1.5, 1500.0, 7]},
    ),
    "switches": ("a: [true, No, on, OFF]\n", {"a": [True, False, True, False]}),
    "nothing": ("a:\nb: ~\nc: null\nd: ''\n", {"a": None, "b": None, "c": None, "d": ""}),
    "dates and times stay text": (
        "a: 2024-01-31\nb: 2024-01-31T10:00:00Z\nc: 12:30\nd: 190:20:30.15\n",
        {"a": "2024-01-31", "b": "2024-01-31T10:00:00Z", "c": "12:30", "d": "190:20:30.15"},
    ),
    "leading zeros stay text": ("a: 010\nb: 0\n", {"a": "010", "b": 0}),
    "tags of YAML itself": (
        'a: !!str 1.30\nb: !!int "4"\nc: ! 5\nd: !!map {e: 1}\n',
        {"a": "1.30", "b": 4, "c": "5", "d": {"e": 1}},
    ),
    "tabs in quotes, comments and blocks": (
        'a: "x\ty" #\tz\nb: |\n  make:\n  \tdone\n',
        {"a": "x\ty", "b": "make:\n\tdone\n"},
    ),
    "a tab in a text of several lines": (
        "a: 1\nb: 'x\n\ty'\n",
        {"a": 1, "b": "x y"},
    ),
    "one document between marks": ("---\na: 1\n...\n", {"a": 1}),
}

QUOTE = "the quote that opens here is never closed"
INDENT = ("this does not fit the lines above", "mend the indentation, or the ':' behind a key")
TAG = ("a tag that QHub does not know", "put a value that starts with '!' into quotes")
TAB = ("a tab; YAML is indented with spaces", "put spaces in its place")
NO_TEXT = "put it into quotes if text is meant"

REFUSED: dict[str, tuple[str, list[tuple[int, int, str, str, str]]]] = {
    "duplicate keys": (
        "a: 1\nb: {c: 1, c: 2}\na: 3\n",
        [
            (2, 11, "b.c", "duplicate key 'c'; it is on line 2, too", "keep one of them"),
            (3, 1, "a", "duplicate key 'a'; it is on line 1, too", "keep one of them"),
        ],
    ),
    "keys that are no text": (
        "on: 1\na:\n  1.5: 2\n  ~: 3\n  no: 4\n",
        [
            (1, 1, "on", "a key must be text, but on is read as true", 'put it into quotes: "on":'),
            (
                3,
                3,
                'a."1.5"',
                "a key must be text, but 1.5 is read as a number",
                'put it into quotes: "1.5":',
            ),
            (
                4,
                3,
                'a."~"',
                "a key must be text, but ~ is read as no value",
                'put it into quotes: "~":',
            ),
            (
                5,
                3,
                "a.no",
                "a key must be text, but no is read as false",
                'put it into quotes: "no":',
            ),
        ],
    ),
    "a template's braces": (
        "a: {{ name }}\n",
        [
            (
                1,
                5,
                "a",
                "a key must be text",
                "put a value that starts with '{', '[' or '*' into quotes",
            )
        ],
    ),
    "a tab as indentation": ("a:\n\tb: 1\n", [(2, 1, "", *TAB)]),
    "a tab behind spaces": ("a:\n  b: 1\n \tc: 2\n", [(3, 2, "", *TAB)]),
    "a tab before the rest of a text": ("a: x\n\ty\nb: 1\n", [(2, 1, "", *TAB)]),
    "a tab among spaces before the rest of a text": ("a: x\n \ty\n", [(2, 2, "", *TAB)]),
    "a tab in brackets": ("a: [x,\n\ty]\n", [(2, 1, "", *TAB)]),
    "nothing": ("", [(1, 1, "", "the file is empty", "write one with `qhub init`")]),
    "comments alone": ("# x\n", [(1, 1, "", "the file is empty", "write one with `qhub init`")]),
    "a list at the top": (
        "# x\n- a\n",
        [
            (
                2,
                1,
                "",
                "the file holds a list",
                "QHub wants keys and their values, such as `project_name: pipelines`",
            )
        ],
    ),
    "a text at the top": (
        "pipelines\n",
        [
            (
                1,
                1,
                "",
                "the file holds a single value",
                "QHub wants keys and their values, such as `project_name: pipelines`",
            )
        ],
    ),
    "two documents": (
        "a: 1\n---\nb: 2\n",
        [
            (
                2,
                1,
                "",
                "a second document starts here",
                "keep one: remove this `---` and what follows",
            )
        ],
    ),
    "a quote open to the end": ('a: 1\nb: "x\nc: 2\n', [(2, 4, "", QUOTE, "close it")]),
    "a quote closed by the next one": (
        'a: 1\nb: "x\nc: "y"\nd: 2\n',
        [(2, 4, "", QUOTE, "close it")],
    ),
    "a single quote closed by the next one": (
        "b: 'x\nc: 'y'\nd: 2\n",
        [(1, 4, "", QUOTE, "close it")],
    ),
    "a quote inside quotes": (
        "a: 1\nb: 'it's'\n",
        [
            (
                2,
                8,
                "",
                "text behind a closing quote",
                'inside \'…\' write a quote twice, inside "…" write \\"',
            )
        ],
    ),
    "an open list": (
        "a: [1, 2\nb: 3\n",
        [(1, 4, "", "the '[' that opens here is never closed", "close it")],
    ),
    "an open mapping": (
        "a: {b: 1\nc: 2\n",
        [(1, 4, "", "the '{' that opens here is never closed", "close it")],
    ),
    "an alias in its own value": (
        "a: &x [*x]\n",
        [(1, 8, "a[0]", "an alias inside the value that it stands for", "write it out")],
    ),
    "an alias without anchor": (
        "a:\n  b: *secret\n",
        [
            (
                2,
                6,
                "a.b",
                "an alias to an anchor that is not written above",
                "put a value that starts with '*' into quotes",
            )
        ],
    ),
    "aliases that multiply": (
        "a: &a [1,2,3,4,5,6,7,8,9,0]\n"
        + "".join(
            f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]\n"
            for a, b in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        [
            (
                6,
                11,
                "f[1]",
                "aliases add more than 250,000 values to this file",
                "write out what they stand for",
            )
        ],
    ),
    "deep nesting": ("[" * 5000, [(1, 65, "", "nested deeper than 64 levels", "")]),
    "a custom tag": ("a: !vault x\n", [(1, 4, "a", *TAG)]),
    "a Python tag": ("a: !!python/object:os.system {}\n", [(1, 4, "a", *TAG)]),
    "an undefined tag": ("a: !e!x y\n", [(1, 4, "", *TAG)]),
    "a colon in a value": (
        "a: b: c\n",
        [
            (
                1,
                5,
                "",
                "a ':' where no key can be",
                "put a value that contains ': ' into quotes, or mend the indentation",
            )
        ],
    ),
    "a reserved sign": (
        "a: @x\n",
        [(1, 4, "", "no value starts with '@'", "put the value into quotes")],
    ),
    "a lost indentation": ("a:\n  b: 1\n c: 2\n", [(3, 2, "", *INDENT)]),
    "a key without colon": ("a: 1\nfoo\nb: 2\n", [(3, 1, "", *INDENT)]),
    "no finite number": (
        "a: .inf\n",
        [(1, 4, "a", "this is a number without a finite value, or no number", NO_TEXT)],
    ),
    "a number of 5000 digits": (
        f"a: {'9' * 5000}\n",
        [(1, 4, "a", "this is a number that is too long, or no number", NO_TEXT)],
    ),
    "a merge of no mapping": (
        "a:\n  <<: 3\n",
        [(2, 7, "a", "`<<` takes a mapping, or a list of them", "write an alias: <<: *name")],
    ),
    "a control character": (
        "a: x\nb: \x07\n",
        [(2, 4, "", "the control character U+0007", "remove it")],
    ),
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(("text", "data"), WORKS.values(), ids=WORKS.keys())
def test_yaml_is_read(text: str, data: dict[str, Any], loader: Any) -> None:
    assert tree(text, "x.yaml", loader=loader) == data


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(("text", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_document_is_refused_at_its_place(
    text: str, told: list[tuple[int, int, str, str, str]], loader: Any
) -> None:
    with pytest.raises(Refusal) as caught:
        tree(text, "x.yaml", loader=loader)
    assert caught.value.problems == [
        Problem("x.yaml", line, column, path, "error", message, hint)
        for line, column, path, message, hint in told
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert parse(b"\xef\xbb\xbfa: 1\n", "x.yaml").data == {"a": 1}


@pytest.mark.parametrize(
    ("content", "line", "column", "message"),
    [
        pytest.param(b"a: 1\nb: '\xc3\xa4\xff'\n", 2, 6, "the file is not UTF-8", id="latin 1"),
        pytest.param(
            "a: 1\n".encode("utf-16"),
            1,
            1,
            "the file is not UTF-8; it looks like UTF-16",
            id="UTF-16",
        ),
    ],
)
def test_another_encoding_is_refused(content: bytes, line: int, column: int, message: str) -> None:
    assert refusal(content) == [
        Problem("x.yaml", line, column, "", "error", message, "save it with the encoding UTF-8")
    ]


def test_a_file_over_the_size_is_refused() -> None:
    assert parse(b"a: 1\n" + b"#" * (MOST_BYTES - 5), "x.yaml").data == {"a": 1}
    assert refusal(b"a: 1\n" + b"#" * (MOST_BYTES - 4)) == [
        Problem(
            "x.yaml",
            1,
            1,
            "",
            "error",
            "the file is larger than 4 MiB",
            "split it: one file a deployment",
        )
    ]


def test_problems_before_a_syntax_error_are_told_with_it() -> None:
    assert [(p.line, p.message) for p in refusal(b"a: 1\na: 2\nb: @\n")] == [
        (2, "duplicate key 'a'; it is on line 1, too"),
        (3, "no value starts with '@'"),
    ]


def test_lines_are_counted_as_yaml_counts_them() -> None:
    assert [(p.line, p.column) for p in refusal("a: x\u2028b: y\r\tc: z\n".encode())] == [(3, 1)]
    assert [(p.line, p.column) for p in refusal("a: x\x85b: y\rc: \x07\n".encode())] == [(3, 4)]


def test_standard_input_is_read_for_a_dash() -> None:
    document = read(Path("-"), stdin=io.BytesIO(b"a: 1\n"))
    assert (document.file, document.data) == ("<stdin>", {"a": 1})


def test_a_missing_file_is_told_with_how_to_get_one(tmp_path: Path) -> None:
    source = tmp_path / "qhub-config.yaml"
    assert read_refusal(source) == [
        Problem(
            str(source),
            1,
            1,
            "",
            "error",
            "there is no such file",
            "write one with `qhub init`, or name yours with -c FILE",
        )
    ]


def test_a_missing_file_with_a_neighbour_names_it(tmp_path: Path) -> None:
    other = tmp_path / "qhub-config.yml"
    other.write_text("a: 1\n")
    [problem] = read_refusal(tmp_path / "qhub-config.yaml")
    assert problem.hint == f"there is {other}: name it with -c {other}"


def test_a_folder_is_told(tmp_path: Path) -> None:
    assert read_refusal(tmp_path) == [
        Problem(
            str(tmp_path),
            1,
            1,
            "",
            "error",
            "this is a folder, not a file",
            f"name the file in it: -c {tmp_path / 'qhub-config.yaml'}",
        )
    ]


@pytest.fixture
def not_root() -> Iterator[None]:
    """Root may read everything: be nobody meanwhile."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.mark.usefixtures("not_root")
def test_a_file_without_permission_is_told() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "x.yaml")
        source.write_text("a: 1\n")
        allowed = read(source).data
        source.chmod(0)
        problems = read_refusal(source)

    assert allowed == {"a": 1}
    assert problems == [
        Problem(
            str(source),
            1,
            1,
            "",
            "error",
            "no permission to read this file",
            f"allow it: chmod u+r {source}",
        )
    ]


def test_what_the_system_refuses_otherwise_is_told_in_its_words(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    [problem] = read_refusal(file / "qhub-config.yaml")
    assert problem.message == "cannot be read: Not a directory"


def test_the_file_is_found_under_both_names(tmp_path: Path) -> None:
    default, other = tmp_path / "qhub-config.yaml", tmp_path / "qhub-config.yml"
    assert find(tmp_path) == default
    other.write_text("")
    assert find(tmp_path) == other
    default.write_text("")
    assert find(tmp_path) == default


def refusal(content: bytes) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        parse(content, "x.yaml")
    return list(caught.value.problems)


def read_refusal(source: Path) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        read(source)
    return list(caught.value.problems)
