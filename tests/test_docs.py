"""What the documentation says is true: commands parse, links lead to files, configs are valid."""

from __future__ import annotations

import re
import shlex
from contextlib import suppress
from pathlib import Path

import click
import pytest
import yaml

import qhub.cli.running  # noqa: F401  what a process of its own has loaded
from qhub.cli.group import COMMANDS
from qhub.cli.group import qhub as group
from qhub.config.check import matches

REPOSITORY = Path(__file__).parents[1]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "docs/decisions/*.md")
    for path in REPOSITORY.glob(pattern)
)
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)[^)]*\)")
_CODE = re.compile(r"`([^`\n]+)`")
_SHELL = re.compile(r"\s(?:&&|\|\||;|\||[<>])\s|\s#|\$\(|\)")
_TARGET = re.compile(r"^([a-z][a-z-]*):.*## ", re.MULTILINE)


NAMED = (click.MissingParameter, click.exceptions.NoArgsIsHelpError)
"""How a command ends that is named in a sentence, without what it needs to be called."""


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def _code(page: Path) -> list[str]:
    """Return the lines of code of a page: of its blocks for a shell, indented ones, and in text."""
    text = page.read_text(encoding="utf-8")
    blocks = [body.replace("\\\n", " ") for kind, body in _FENCE.findall(text) if kind == "sh"]
    plain = _FENCE.sub("", text)
    indented = re.findall(r"^    (\S.*)$", plain, re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line.strip() for line in (*lines, *indented, *_CODE.findall(plain))]


def _commands(page: Path) -> list[list[str]]:
    """Return the `qhub …` commands of a page as words, without what a shell does around them."""
    parts = [part.strip(' "') for line in _code(page) for part in _SHELL.split(line)]
    lines = [part for part in parts if re.match(r"qhub (?!.*(COMMAND|--help))", part)]
    return [shlex.split(line)[1:] for line in lines]


COMMAND_LINES = [
    pytest.param(words, id=f"{_name(page)}: {' '.join(words)}")
    for page in PAGES
    for words in _commands(page)
]


def test_the_documentation_is_found() -> None:
    assert {"README.md", "docs/first-deployment.md", "docs/config.md"} <= set(map(_name, PAGES))
    assert len(COMMAND_LINES) > 30


@pytest.mark.parametrize("words", COMMAND_LINES)
def test_a_command_of_the_documentation_parses(words: list[str]) -> None:
    context = group.make_context("qhub", list(words))
    with suppress(*NAMED):
        while isinstance(context.command, click.Group):
            rest = [*context._protected_args, *context.args]
            name, command, arguments = context.command.resolve_command(context, rest)
            assert command is not None
            context = command.make_context(name, arguments, parent=context)


def test_the_page_of_the_command_line_has_every_command() -> None:
    page = (REPOSITORY / "docs" / "command-line.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"| `qhub {name}` |" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    links = _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_the_make_targets_that_a_page_names_exist(page: Path) -> None:
    targets = set(_TARGET.findall((REPOSITORY / "Makefile").read_text(encoding="utf-8")))
    assert {"run", "test", "lint", "fmt", "golden", "docs", "bench", "clean"} <= targets
    named = {line.split()[1] for line in _code(page) if re.match(r"make [a-z]", line)}
    assert named <= targets


def _snippets() -> list[object]:
    return [
        pytest.param(body, id=f"{_name(page)}: {body.split()[0]}")
        for page in PAGES
        for kind, body in _FENCE.findall(page.read_text(encoding="utf-8"))
        if kind == "yaml"
    ]


@pytest.mark.parametrize("snippet", _snippets())
def test_a_piece_of_a_config_file_in_the_documentation_is_valid(snippet: str) -> None:
    rest = {"project_name": "demo", "provider": "existing", "prefect": {"enabled": True}}
    assert matches(rest | yaml.safe_load(snippet))
