"""The folder that a recipe copies from is the same for every builder and on every machine."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from images.builder.context import find_recipe, prepare
from images.builder.errors import RecipeError

if TYPE_CHECKING:
    from pathlib import Path


def test_ours_are_found_by_name_and_others_by_path(tmp_path: Path) -> None:
    assert find_recipe("flow").parts[-3:] == ("images", "flow", "Dockerfile")
    (tmp_path / "Dockerfile").touch()
    (tmp_path / "other").touch()
    assert find_recipe(str(tmp_path)) == tmp_path / "Dockerfile"
    assert find_recipe(str(tmp_path / "other")) == tmp_path / "other"
    with pytest.raises(RecipeError, match="there is no image 'flows'"):
        find_recipe("flows")


def test_modes_do_not_depend_on_the_checkout(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe"
    (recipe / "deep").mkdir(parents=True)
    for name, mode in (("Dockerfile", 0o600), ("run", 0o700), ("deep/file", 0o664)):
        (recipe / name).touch()
        (recipe / name).chmod(mode)
    (recipe / "deep").chmod(0o700)
    (recipe / "link").symlink_to("run")
    (recipe / "__pycache__").mkdir()
    made = prepare(recipe / "Dockerfile", tmp_path / "made")
    modes = {
        path.relative_to(made).as_posix(): oct(stat.S_IMODE(path.stat().st_mode))
        for path in made.rglob("*")
    }
    assert modes == {
        "Dockerfile": "0o644",
        "run": "0o755",
        "link": "0o755",
        "deep": "0o755",
        "deep/file": "0o644",
    }
    assert (made / "link").is_symlink()


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("", "a.py b/a.py b/c/a.log data/x top.log"),
        ("*.log", "a.py b/a.py b/c/a.log data/x"),
        ("**/*.log", "a.py b/a.py data/x"),
        ("# comment\n\n/b/\n", "a.py data/x top.log"),
        ("b\n!b/c", "a.py b/c/a.log data/x top.log"),
        ("*\n!a.py\n!data", "a.py data/x"),
        ("?.py\nb/?.py\ndat[ab]", "b/c/a.log top.log"),
        ("b/**/a.log", "a.py b/a.py data/x top.log"),
        (".", "a.py b/a.py b/c/a.log data/x top.log"),
    ],
)
def test_what_dockerignore_leaves_out(lines: str, kept: str, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe"
    for name in ("a.py", "b/a.py", "b/c/a.log", "data/x", "top.log", ".git/config", "b/.venv/x"):
        (recipe / name).parent.mkdir(parents=True, exist_ok=True)
        (recipe / name).touch()
    (recipe / "Dockerfile").touch()
    (recipe / ".dockerignore").write_text(lines)
    made = prepare(recipe / "Dockerfile", tmp_path / "made")
    found = [path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()]
    assert sorted(found) == sorted(["Dockerfile", *kept.split()])


def test_the_flow_image_gets_what_qhub_is_installed_from(tmp_path: Path) -> None:
    made = prepare(find_recipe("flow"), tmp_path / "made")
    wanted = ("pyproject.toml", "qhub/flows/__init__.py", "helm", "terraform", "schemas")
    assert all((made / "checkout" / name).exists() for name in wanted)
    assert not list(made.rglob("__pycache__"))
    assert not (made / "checkout" / "tests").exists()


def test_what_a_checkout_lacks_is_told(tmp_path: Path) -> None:
    (tmp_path / "recipe").mkdir()
    (tmp_path / "recipe" / "Dockerfile").touch()
    (tmp_path / "recipe" / "checkout.txt").write_text("nowhere\n")
    with pytest.raises(RecipeError, match="nowhere: No such file"):
        prepare(tmp_path / "recipe" / "Dockerfile", tmp_path / "made")
