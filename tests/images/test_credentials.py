"""Credentials are found where Docker, Podman and Buildah keep them, and are never shown."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from images.builder import credentials
from images.builder.errors import RegistryError
from images.builder.reference import parse

if TYPE_CHECKING:
    from pathlib import Path

IMAGE = parse("registry.example.org:5000/team/flow:1")
PASSWORD = "pass:word"  # noqa: S105 planted


def entry(user: str, password: str = PASSWORD) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def write(file: Path, document: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document))


@pytest.mark.parametrize(
    "key",
    [
        "registry.example.org:5000",
        "https://registry.example.org:5000",
        "registry.example.org:5000/team",
        "registry.example.org:5000/team/flow",
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        ".docker/config.json",
        ".config/containers/auth.json",
        "named.json",
        "run/containers/auth.json",
    ],
)
def test_every_file_and_form(key: str, place: str, tmp_path: Path) -> None:
    write(
        tmp_path / place, {"auths": {"other.example.org": entry("nobody"), key: entry("somebody")}}
    )
    environ = {
        "HOME": str(tmp_path),
        "REGISTRY_AUTH_FILE": str(tmp_path / "named.json"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
    }
    found = credentials.find(IMAGE, environ)
    assert found
    assert (found.user, found.password) == ("somebody", PASSWORD)
    assert PASSWORD not in repr(found)


def test_the_most_exact_name_is_taken(tmp_path: Path) -> None:
    name = "registry.example.org:5000"
    auths = {name: entry("all"), f"{name}/team": entry("team")}
    write(tmp_path / ".docker" / "config.json", {"auths": auths})
    found = credentials.find(IMAGE, {"HOME": str(tmp_path)})
    assert found
    assert found.user == "team"


def test_docker_hub_has_a_name_of_its_own(tmp_path: Path) -> None:
    auths = {"https://index.docker.io/v1/": entry("hub")}
    write(tmp_path / ".docker" / "config.json", {"auths": auths})
    found = credentials.find(parse("debian:12"), {"HOME": str(tmp_path)})
    assert found
    assert found.user == "hub"


def test_without_any_there_are_none(tmp_path: Path) -> None:
    assert credentials.find(IMAGE, {"HOME": str(tmp_path)}) is None


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".docker" / "config.json"
    file.parent.mkdir()
    file.write_text("{")
    with pytest.raises(RegistryError, match=str(file)):
        credentials.find(IMAGE, {"HOME": str(tmp_path)})


def test_a_helper_is_asked_by_its_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = tmp_path / "bin" / "docker-credential-ours"
    helper.parent.mkdir()
    helper.write_text(
        "#!/bin/sh\nread name\n"
        '[ "$1" = get ] && [ "$name" = registry.example.org:5000 ] || exit 1\n'
        'echo \'{"Username": "helped", "Secret": "s"}\'\n'
    )
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{helper.parent}{os.pathsep}{os.environ['PATH']}")
    config = tmp_path / ".docker" / "config.json"
    write(config, {"credHelpers": {"registry.example.org:5000": "ours"}})
    found = credentials.find(IMAGE, {"HOME": str(tmp_path)})
    assert found
    assert (found.user, found.password) == ("helped", "s")
    write(config, {"auths": {"registry.example.org:5000": {}}, "credsStore": "ours"})
    assert credentials.find(IMAGE, {"HOME": str(tmp_path)}) == found
