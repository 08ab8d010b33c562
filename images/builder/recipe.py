"""Reads a recipe: the part of the Dockerfile language that every builder here understands."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from images.builder.errors import RecipeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Instruction", "Recipe", "read"]

KNOWN = ("ARG", "FROM", "ENV", "COPY", "RUN", "USER", "WORKDIR")
_FLAGS = {"COPY": ("--chown",), "RUN": ("--mount",)}
_FLAG = re.compile(r"(--[a-z-]+)(?:=(\S*))?\s*")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word in capitals, its flags in order, and the rest as written."""

    word: str
    flags: tuple[tuple[str, str], ...]
    text: str
    where: str

    def error(self, message: str, *, hint: str = "") -> RecipeError:
        """Return an error that names this instruction's line."""
        return RecipeError(f"{self.where}  {self.word}: {message}", hint=hint)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to do, in order; the `ARG`s before `FROM` are apart, since only `FROM` sees them."""

    file: Path
    global_args: tuple[Instruction, ...]
    base: Instruction
    steps: tuple[Instruction, ...]


def read(file: Path) -> Recipe:
    """Read a recipe; what goes beyond the common part is refused with its line."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RecipeError(
            f"there is no recipe {file}",
            hint="name an image of images/, or a folder that holds a Dockerfile",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"cannot read {file}: {error}") from error
    instructions = [_instruction(line, f"{file}:{number}") for number, line in _lines(file, text)]
    places = [i for i, item in enumerate(instructions) if item.word == "FROM"]
    if not places:
        raise RecipeError(f"{file} has no FROM", hint="write: ARG BASE, then FROM ${BASE}")
    if len(places) > 1:
        raise instructions[places[1]].error(
            "one FROM is all that every builder understands",
            hint="build the first stage as an image of its own",
        )
    first = places[0]
    for item in instructions[:first]:
        if item.word != "ARG":
            raise item.error("only ARG may stand before FROM")
    return Recipe(
        file,
        tuple(instructions[:first]),
        instructions[first],
        tuple(instructions[first + 1 :]),
    )


def _lines(file: Path, text: str) -> Iterator[tuple[int, str]]:
    """Yield the instructions with their line numbers, continued lines joined."""
    joined, begun = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if re.match(r"#\s*escape\s*=", stripped, re.IGNORECASE) and not joined:
            raise RecipeError(f"{file}:{number}  another escape character is not understood here")
        if stripped.startswith("#") or (not stripped and not joined):
            continue  # comments may stand between continued lines, too
        begun = begun if joined else number
        if stripped.endswith("\\"):
            joined += line.rstrip()[:-1]
            continue
        yield begun, (joined + line).strip()
        joined = ""
    if joined.strip():
        yield begun, joined.strip()


def _instruction(line: str, where: str) -> Instruction:
    word, _, text = line.partition(" ")
    word, text = word.upper(), text.strip()
    if word not in KNOWN:
        raise RecipeError(
            f"{where}  {word} is not understood by every builder",
            hint=f"recipes are written with {', '.join(KNOWN)}",
        )
    flags: list[tuple[str, str]] = []
    while match := _FLAG.match(text):
        flags.append((match[1], match[2] or ""))
        text = text[match.end() :]
    found = Instruction(word, tuple(flags), text, where)
    for name, _value in flags:
        if name not in _FLAGS.get(word, ()):
            raise found.error(f"{name} is not understood by every builder")
    if not text:
        raise found.error("says nothing")
    if word in {"RUN", "COPY"} and re.search(r"<<-?[\"']?[A-Za-z_]", text):
        raise found.error(
            "here-documents are not understood by every builder",
            hint="put the text into a file beside the recipe and COPY it",
        )
    if word == "FROM" and len(shlex.split(text)) != 1:
        raise found.error("takes one image; stages are not understood by every builder")
    return found
