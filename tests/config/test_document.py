"""Positions: every key and value is found where it is written."""

from __future__ import annotations

import pytest

from qhub.config.problem import At, Finding, Path, Problem
from qhub.config.read import parse

TEXT = """\
project: &name acme
"quoted key":   'x'
list:
  - a
  -   b: 1.30
      c: !!str yes
empty:
base: &base
  one: 1
  two: {three: 3}
merged:
  <<: *base
  own: 2
alias: *name
chain: {<<: [{x: 1}, *base]}
"""

PLACES: list[tuple[Path, At, tuple[int, int]]] = [
    ((), "value", (1, 1)),
    (("project",), "key", (1, 1)),
    (("project",), "value", (1, 10)),
    (("quoted key",), "key", (2, 1)),
    (("quoted key",), "value", (2, 17)),
    (("list",), "value", (4, 3)),
    (("list", 0), "value", (4, 5)),
    (("list", 0), "key", (4, 5)),
    (("list", 1, "b"), "key", (5, 7)),
    (("list", 1, "b"), "value", (5, 10)),
    (("list", 1, "c"), "value", (6, 10)),
    (("empty",), "value", (7, 7)),
    (("merged", "one"), "key", (9, 3)),
    (("merged", "two", "three"), "value", (10, 16)),
    (("merged", "own"), "key", (13, 3)),
    (("alias",), "key", (14, 1)),
    (("alias",), "value", (1, 10)),
    (("chain", "x"), "value", (15, 18)),
    (("chain", "two"), "key", (10, 3)),
    (("list", 1, "missing"), "key", (5, 7)),
    (("merged", "missing", "deeper"), "value", (11, 1)),
    (("missing",), "value", (1, 1)),
]


@pytest.mark.parametrize(("path", "at", "place"), PLACES, ids=[f"{p} {a}" for p, a, _ in PLACES])
def test_what_a_path_names_is_found(path: Path, at: At, place: tuple[int, int]) -> None:
    assert parse(TEXT.encode(), "x.yaml").position(path, at) == place


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        (("list", 1, "b"), "1.30"),
        (("list", 1, "c"), "yes"),
        (("quoted key",), "x"),
        (("merged", "two", "three"), "3"),
        (("empty",), ""),
        (("list",), None),
        (("missing", "deeper"), None),
    ],
    ids=str,
)
def test_a_scalar_is_given_as_written(path: Path, raw: str | None) -> None:
    assert parse(TEXT.encode(), "x.yaml").raw(path) == raw


def test_positions_count_from_the_text_behind_a_byte_order_mark_and_over_windows_line_ends() -> (
    None
):
    document = parse(b"\xef\xbb\xbfa: 1\r\nb: \xc3\xa4\r\nc: 2\r\n", "x.yaml")
    assert document.position(("a",), "key") == (1, 1)
    assert document.position(("c",)) == (3, 4)


def test_columns_count_characters() -> None:
    document = parse("ä: {ö: ü, b: 1}\n".encode(), "x.yaml")
    assert document.position(("ä", "b")) == (1, 14)


def test_a_finding_becomes_a_problem_of_the_file() -> None:
    finding = Finding(("list", 1, "b"), "too small", "more", "warning", "key")
    assert parse(TEXT.encode(), "x.yaml").problem(finding) == Problem(
        "x.yaml", 5, 7, "list[1].b", "warning", "too small", "more"
    )


def test_a_part_of_the_data_keeps_the_positions() -> None:
    document = parse(TEXT.encode(), "x.yaml")
    part = document.with_data({"alias": "acme"})
    assert part.data == {"alias": "acme"}
    assert part.position(("alias",), "key") == document.position(("alias",), "key")


def test_a_long_chain_of_merges_is_searched_without_recursion() -> None:
    chain = "m0: &m0 {deep: 1}\n" + "".join(
        f"m{n}: &m{n} {{<<: *m{n - 1}}}\n" for n in range(1, 400)
    )
    document = parse(chain.encode(), "x.yaml")
    assert document.data["m399"] == {"deep": 1}
    assert document.position(("m399", "deep"), "key") == (1, 10)


def test_what_a_file_puts_into_a_message_stays_on_its_line() -> None:
    finding = Finding(("list", "a\x1b[2Jb"), "no 'a\n'", "try 'ä\t'")
    problem = parse(TEXT.encode(), "x.yaml").problem(finding)
    assert (problem.path, problem.message, problem.hint) == (
        'list."a\\x1b[2Jb"',
        "no 'a\\n'",
        "try 'ä\\t'",
    )
