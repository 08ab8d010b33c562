"""A file → `Document`, or a `ConfigError` with everything that keeps it from being YAML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.config.document import Document
from qhub.config.positions import Positions
from qhub.config.tree import Refusal, problem_at, tree
from qhub.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from qhub.config.problem import Problem

__all__ = ["MOST_BYTES", "find", "parse", "read"]

MOST_BYTES = 4 * 1024 * 1024
"""Largest file; 10,000 Dask profiles need a quarter of it."""

_NAMES = ("qhub-config.yaml", "qhub-config.yml")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_START = (1, 1)


def find(directory: Path) -> Path:
    """Return the config file of a folder: `qhub-config.yaml`, or `.yml` where only that exists."""
    default, other = (directory / name for name in _NAMES)
    return other if other.is_file() and not default.exists() else default


def read(source: Path, *, stdin: BinaryIO | None = None) -> Document:
    """Read a config file; `-` is standard input, shown as `<stdin>`."""
    if str(source) == "-":
        return parse((stdin or sys.stdin.buffer).read(MOST_BYTES + 1), "<stdin>")
    try:
        with source.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError([_unreadable(source, error)]) from error
    return parse(content, str(source))


def parse(content: bytes, file: str) -> Document:
    """Return the document in `content`; `file` is the name that problems show."""
    text = ""
    try:
        text = _text(content, file)
        data = tree(text, file)
    except Refusal as refusal:
        problems = [*refusal.problems, *_others(refusal, text, file)]
        problems.sort(key=lambda problem: (problem.line, problem.column))
        raise ConfigError(problems) from refusal
    return Document(file=file, data=data, positions=Positions(text))


def _others(refusal: Refusal, text: str, file: str) -> Iterator[Problem]:
    """Yield what else is wrong in a file of which the rest can be read."""
    if refusal.data is None:
        return
    from qhub.config.check import check

    told = {(problem.line, problem.column) for problem in refusal.problems}
    document = Document(file=file, data=refusal.data, positions=Positions(text))
    for problem in check(document).problems:
        if (problem.line, problem.column) not in told:
            yield problem


def _unreadable(source: Path, error: OSError) -> Problem:
    file = str(source)
    if isinstance(error, FileNotFoundError):
        return problem_at(file, _START, "there is no such file", _elsewhere(source))
    if source.is_dir():
        hint = f"name the file in it: -c {find(source)}"
        return problem_at(file, _START, "this is a folder, not a file", hint)
    if isinstance(error, PermissionError):
        hint = f"allow it: chmod u+r {source}"
        return problem_at(file, _START, "no permission to read this file", hint)
    return problem_at(file, _START, f"cannot be read: {error.strerror or type(error).__name__}")


def _elsewhere(source: Path) -> str:
    nearby = find(source.parent)
    if nearby.name != source.name and nearby.is_file():
        return f"there is {nearby}: name it with -c {nearby}"
    return "write one with `qhub init`, or name yours with -c FILE"


def _text(content: bytes, file: str) -> str:
    if len(content) > MOST_BYTES:
        told = f"the file is larger than {MOST_BYTES // 1024**2} MiB"
        raise Refusal([problem_at(file, _START, told, "split it: one file a deployment")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        looks = "; it looks like UTF-16" if content[:2] in _UTF_16 else ""
        told = f"the file is not UTF-8{looks}"
        hint = "save it with the encoding UTF-8"
        raise Refusal([problem_at(file, (line, column), told, hint)]) from None
