from __future__ import annotations

from typing import Any

import pytest

from qhub.config.prefect import (
    DEFAULT_IMAGE,
    HOSTED_V1_URL,
    api_kind,
    generation,
    image_version,
    is_official,
    version,
)

_WORKSPACE = "https://api.prefect.cloud/api/accounts/1/workspaces/2"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (DEFAULT_IMAGE, "3.8.8"),
        ("prefecthq/prefect:0.14.22-python3.8", "0.14.22"),
        ("prefecthq/prefect:3-latest", "3"),
        ("localhost:5000/prefecthq/prefect:1.4.1", "1.4.1"),
        ("registry.example.com/team/agent:v3.8", "3.8"),
        ("registry.example.com/team/agent:3.8.8rc1", "3.8.8"),
        ("registry.example.com/team/agent:3.8.8+build.7", None),
        ("registry.example.com/team/agent:17", None),
        ("registry.example.com/team/agent:20240131", None),
        ("registry.example.com/team/agent:3fa9c1d", None),
        ("registry.example.com:5000/team/agent", None),
        ("prefecthq/prefect:latest", None),
        ("prefecthq/prefect", None),
        ("no image: at all", None),
    ],
)
def test_the_version_is_what_the_tag_begins_with(image: str, expected: str | None) -> None:
    assert image_version(image) == expected


@pytest.mark.parametrize(
    ("prefect", "expected"),
    [
        ({}, "worker"),
        ({"image": None, "version": None}, "worker"),
        ({"image": "prefecthq/prefect:0.14.22"}, "agent"),
        ({"image": "prefecthq/prefect:1.4.1"}, "agent"),
        ({"image": "prefecthq/prefect:2.20.1"}, None),
        ({"image": "prefecthq/prefect:0.13.19"}, None),
        ({"image": "prefecthq/prefect:4.0.0"}, None),
        ({"image": "team/agent:stable"}, None),
        ({"image": "team/agent:stable", "version": "3"}, "worker"),
        ({"image": "team/agent:stable", "version": "1.4"}, "agent"),
        ({"image": "team/agent:3.8", "version": "0.15.13"}, "agent"),
        ({"version": "0"}, None),
        ({"version": "latest"}, None),
        ({"version": 3.8}, None),
        ({"image": 7}, None),
    ],
    ids=str,
)
def test_the_version_decides_the_generation(prefect: dict[str, Any], expected: str | None) -> None:
    assert generation(prefect) == expected


def test_the_written_version_goes_before_the_tag() -> None:
    assert version({"image": "team/agent:3.8", "version": "3.7.1"}) == "3.7.1"
    assert version({"image": "team/agent:3.8"}) == "3.8"
    assert version({}) == "3.8.8"


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("prefecthq/prefect:3.8.8", True),
        ("mirror.example.com/prefecthq/prefect:3.8.8", True),
        ("team/prefect:3.8.8", False),
        ("notprefecthq/prefect:3.8.8", False),
    ],
)
def test_prefects_own_image_is_known_on_mirrors_too(image: str, *, expected: bool) -> None:
    assert is_official(image) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (None, "deployed"),
        (_WORKSPACE, "cloud"),
        (_WORKSPACE.upper().replace("HTTPS", "https"), "cloud"),
        ("https://app.prefect.cloud/account/1", "cloud"),
        ("https://prefect.example.com/api", "server"),
        ("https://notprefect.cloud/api", "server"),
        ("https://prefect.cloud.example.com/api", "server"),
        ("http://prefect:4200/api", "server"),
    ],
)
def test_the_host_tells_which_api_a_worker_talks_to(url: str | None, expected: str) -> None:
    assert api_kind("worker", url) == expected


@pytest.mark.parametrize("url", [None, HOSTED_V1_URL, "http://apollo.example.com:4200"])
def test_an_agent_talks_to_an_api_of_prefect_1(url: str | None) -> None:
    assert api_kind("agent", url) == "hosted"
