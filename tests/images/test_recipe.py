"""Recipes: what every builder understands is read, all else is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from images.builder.errors import RecipeError
from images.builder.recipe import read

RECIPES = sorted(Path(__file__).parents[2].glob("images/*/Dockerfile")) + sorted(
    Path(__file__).parents[2].glob("tests/cluster/images/*/Dockerfile")
)


def test_there_are_recipes() -> None:
    assert len(RECIPES) > 3


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.parent.name)
def test_our_recipes_are_of_the_common_part(recipe: Path) -> None:
    assert [item.word for item in read(recipe).global_args] == ["ARG"]


def test_lines_are_joined_and_comments_left_out(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(
        "# first\nARG BASE=x\n\nfrom ${BASE}\nRUN --mount=type=cache,target=/c \\\n"
        "  # between\n    one && \\\n    two\nCOPY --chown=1:2 a b/\n"
    )
    recipe = read(file)
    assert recipe.base.text == "${BASE}"
    run, copy = recipe.steps
    assert run.flags == (("--mount", "type=cache,target=/c"),)
    assert run.text.split() == ["one", "&&", "two"]
    assert run.where == f"{file}:5"
    assert copy.flags == (("--chown", "1:2"),)
    assert copy.text == "a b/"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("FROM a\nADD x /\n", 2, "ADD is not understood by every builder"),
        ("FROM a\nFROM b\n", 2, "one FROM is all"),
        ("FROM a AS b\n", 1, "stages are not understood"),
        ("FROM --platform=x a\n", 1, "--platform is not understood"),
        ("ENV A=1\nFROM a\n", 1, "only ARG may stand before FROM"),
        ("FROM a\nRUN --network=none x\n", 2, "--network is not understood"),
        ("FROM a\nCOPY --from=b x /\n", 2, "--from is not understood"),
        ("FROM a\nRUN cat <<EOF\n", 2, "here-documents"),
        ("FROM a\nRUN\n", 2, "says nothing"),
        ("# escape=`\nFROM a\n", 1, "another escape character"),
        ("FROM a\n\n# x\nRUN a \\\n  b\nHEALTHCHECK x\n", 6, "HEALTHCHECK is not understood"),
    ],
)
def test_what_not_every_builder_understands(
    text: str, line: int, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text(text)
    with pytest.raises(RecipeError) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}:{line}  ")
    assert message in str(caught.value)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for content in (b"", b"# nothing\n", b"\xff\xfe"):
        (tmp_path / "Dockerfile").write_bytes(content)
        with pytest.raises(RecipeError):
            read(tmp_path / "Dockerfile")
    with pytest.raises(RecipeError, match="there is no recipe"):
        read(tmp_path / "other")
