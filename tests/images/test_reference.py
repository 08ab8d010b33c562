"""Names of images are read as Docker reads them."""

from __future__ import annotations

import pytest

from images.builder.errors import RecipeError
from images.builder.reference import parse

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "registry", "repository", "version"),
    [
        ("debian", "docker.io", "library/debian", "latest"),
        ("debian:12", "docker.io", "library/debian", "12"),
        ("team/flow:1", "docker.io", "team/flow", "1"),
        ("registry.example.org/team/flow", "registry.example.org", "team/flow", "latest"),
        ("127.0.0.1:5000/flow:1", "127.0.0.1:5000", "flow", "1"),
        ("localhost/flow:1", "localhost", "flow", "1"),
        ("[::1]:5000/flow", "[::1]:5000", "flow", "latest"),
        (f"r.io/a/b@{DIGEST}", "r.io", "a/b", DIGEST),
        (f"r.io/a/b:1@{DIGEST}", "r.io", "a/b", DIGEST),
    ],
)
def test_names(text: str, registry: str, repository: str, version: str) -> None:
    found = parse(text)
    assert (found.registry, found.repository, found.version) == (registry, repository, version)


@pytest.mark.parametrize(
    "text",
    ["", "Flow", "r.io/Flow", "r.io/flow:", "r.io/flow@sha256:1", "a b", "r.io/flow:a/b:", "/"],
)
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(RecipeError, match="is no name of an image"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("127.0.0.1:5000/a", True),
        ("localhost:5000/a", True),
        ("[::1]:1/a", True),
        ("registry.test:5000/a", True),
        ("registry.test/a", False),
        ("localhost.example.org/a", False),
        ("127.0.0.1.example.org/a", False),
    ],
)
def test_which_registries_speak_plain_http(text: str, plain: bool) -> None:  # noqa: FBT001
    assert parse(text).plain({"registry.test:5000"}) is plain
