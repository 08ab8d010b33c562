"""What a recipe comes down to: steps, and the settings of its image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from images.builder.errors import RecipeError
from images.builder.recipe import read
from images.builder.steps import (
    Copy,
    Folder,
    Mount,
    Program,
    Run,
    base_name,
    check_arguments,
    evaluate,
    from_json,
    to_json,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def program(
    tmp_path: Path,
    *lines: str,
    settings: Mapping[str, Any] | None = None,
    arguments: Mapping[str, str] | None = None,
) -> Program:
    file = tmp_path / "Dockerfile"
    file.write_text("\n".join(("ARG BASE=debian", "FROM ${BASE}", *lines, "")))
    return evaluate(read(file), settings or {}, arguments or {})


def test_the_base_is_the_recipes_unless_it_is_given(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("ARG TAG=12\nARG BASE=debian:${TAG}\nFROM ${BASE}\n")
    assert base_name(read(file), {}) == "debian:12"
    assert base_name(read(file), {"TAG": "13"}) == "debian:13"
    assert base_name(read(file), {"BASE": "other"}) == "other"
    file.write_text("ARG BASE\nFROM ${BASE}\n")
    with pytest.raises(RecipeError, match="no base image is named"):
        base_name(read(file), {})


def test_arguments_reach_commands_and_the_environment_goes_before_them(tmp_path: Path) -> None:
    made = program(
        tmp_path,
        "ARG ONE=1",
        "ARG TWO",
        "ENV TWO=env",
        "ARG BASE",
        'RUN echo "$ONE"',
        settings={"Env": ["PATH=/b", "LANG=C"]},
        arguments={"ONE": "eins", "TWO": "arg"},
    )
    (run,) = made.steps
    assert isinstance(run, Run)
    assert run.argv == ("/bin/sh", "-c", 'echo "$ONE"')
    wanted = {"BASE": "debian", "LANG": "C", "ONE": "eins", "PATH": "/b", "TWO": "env"}
    assert dict(run.environment) == wanted
    assert made.environment == {"PATH": "/b", "LANG": "C", "TWO": "env"}


def test_what_stands_before_an_arg_does_not_see_it(tmp_path: Path) -> None:
    made = program(tmp_path, "RUN a", "ARG ONE=1", "RUN b")
    environments = [dict(step.environment) for step in made.steps if isinstance(step, Run)]
    assert ["ONE" in found for found in environments] == [False, True]


def test_folder_and_user_hold_from_where_they_stand(tmp_path: Path) -> None:
    made = program(
        tmp_path,
        "RUN a",
        "WORKDIR /opt",
        "WORKDIR flows/../code",
        "USER flow:1000",
        "RUN b",
        settings={"WorkingDir": "/srv", "User": "first"},
    )
    first, opt, code, second = made.steps
    assert isinstance(first, Run)
    assert isinstance(second, Run)
    assert (first.folder, first.user) == ("/srv", "first")
    assert (second.folder, second.user) == ("/opt/code", "flow:1000")
    assert [step.path for step in (opt, code) if isinstance(step, Folder)] == ["/opt", "/opt/code"]
    assert (made.folder, made.user) == ("/opt/code", "flow:1000")


def test_copies(tmp_path: Path) -> None:
    made = program(tmp_path, "WORKDIR /opt", "COPY --chown=1:2 a 'b c' x/", "COPY d /y", "COPY . .")
    found = [step for step in made.steps if isinstance(step, Copy)]
    assert [(step.sources, step.target, step.owner) for step in found] == [
        (("a", "b c"), "/opt/x/", "1:2"),
        (("d",), "/y", ""),
        ((".",), "/opt", ""),
    ]


def test_mounts(tmp_path: Path) -> None:
    made = program(
        tmp_path,
        "RUN --mount=type=bind,source=a,target=/a,ro --mount=type=cache,target=/var/cache/pip"
        " --mount=type=secret,id=pip,target=/etc/pip.conf,required=true x",
    )
    (run,) = made.steps
    assert isinstance(run, Run)
    assert run.mounts == (
        Mount("bind", "/a", "a"),
        Mount("cache", "/var/cache/pip", "var-cache-pip"),
        Mount("secret", "/etc/pip.conf", "pip", required=True),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("COPY ../a /b", "leaves the folder of the recipe"),
        ("COPY a", "needs a source and a target"),
        ("COPY a b c", "several sources need a folder"),
        ('COPY ["a", "b"]', "a JSON list is not understood"),
        ("ENV A 1", "'A' is no NAME=VALUE"),
        ("ENV A=$B", "nothing sets the variable B"),
        ("ARG 1A", "'1A' is no name of a variable"),
        ("USER a b", "takes one word, not 2"),
        ('RUN ["a"', "is no JSON list"),
        ("RUN --mount=type=ssh,target=/a x", "mounts of type ssh"),
        ("RUN --mount=type=bind,rw,target=/a x", "rw of a mount"),
        ("RUN --mount=type=bind,source=../a,target=/a x", "leaves the folder"),
        ("RUN --mount=type=cache,target=a x", "a mount needs an absolute target"),
        ("RUN --mount=type=cache,id=a/b,target=/a x", "'a/b' is no id"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        program(tmp_path, line)
    assert str(caught.value).startswith(f"{tmp_path / 'Dockerfile'}:3  ")
    assert message in str(caught.value)


def test_an_argument_that_nobody_takes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text("ARG BASE\nFROM ${BASE}\nARG ONE=1 TWO\n")
    recipe = read(file)
    check_arguments(recipe, ["ONE", "TWO", "BASE", "SOURCE_DATE_EPOCH", "https_proxy"])
    with pytest.raises(RecipeError, match="takes no argument THREE"):
        check_arguments(recipe, ["THREE"])


def test_proxies_reach_commands_and_not_the_image(tmp_path: Path) -> None:
    proxy = {"HTTPS_PROXY": "http://user:password@proxy:1"}
    made = program(tmp_path, "RUN a", arguments=proxy)
    (run,) = made.steps
    assert isinstance(run, Run)
    assert dict(run.environment)["HTTPS_PROXY"] == proxy["HTTPS_PROXY"]
    assert "HTTPS_PROXY" not in made.environment


def test_steps_survive_the_way_to_another_process(tmp_path: Path) -> None:
    made = program(
        tmp_path, "WORKDIR /a", "COPY b c", 'RUN --mount=type=cache,target=/d ["e", "f"]'
    )
    assert tuple(from_json(to_json(step)) for step in made.steps) == made.steps
