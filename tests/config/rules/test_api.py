from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.config.prefect import HOSTED_V1_URL

if TYPE_CHECKING:
    from collections.abc import Callable

_ACCOUNT = "9b649228-0419-40e1-9e0d-44954b5c0ab6"
_WORKSPACE = "d137367a-5055-44ff-b91c-6f7366c9e4c4"
_CLOUD = f"https://api.prefect.cloud/api/accounts/{_ACCOUNT}/workspaces/{_WORKSPACE}"
_OLD = "prefecthq/prefect:1.4.1"
_KEY = {"CLOUD_KEY": "pnb_not-a-real-key"}
_LITERAL = "warning secrets.CLOUD_KEY: the value of the secret 'CLOUD_KEY' is written in the file"


def _prefect(url: str | None, **block: Any) -> dict[str, Any]:
    api = {} if url is None else {"url": url}
    return {"prefect": {"enabled": True, "api": {**api, **block.pop("api", {})}, **block}}


@pytest.mark.parametrize(
    "url",
    [_CLOUD, "http://prefect:4200/api", "https://prefect.example.com/team/api", None, "wrong"],
)
def test_an_api_of_prefect_3_is_right(
    url: str | None, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect(url)) == []


@pytest.mark.parametrize(
    "url", ["http://apollo.example.com:4200", "https://apollo.example.com/graphql"]
)
def test_a_server_of_prefect_1_is_right(
    url: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect(url, image=_OLD)) == []


@pytest.mark.parametrize("url", [None, HOSTED_V1_URL])
def test_the_hosted_api_is_closed_also_when_it_is_named(
    url: str | None, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    path = "prefect.api.url" if url else "prefect.image"

    assert told(_prefect(url, image=_OLD)) == [
        f"warning {path}: the hosted API of Prefect 0.x and 1.x is closed: "
        "this agent will find no API"
    ]


@pytest.mark.parametrize(
    ("url", "mended"),
    [
        ("https://prefect.example.com", "https://prefect.example.com/api"),
        ("https://prefect.example.com/", "https://prefect.example.com/api"),
        ("https://prefect.example.com/api/", "https://prefect.example.com/api"),
        ("http://10.0.0.7:4200/dashboard?x=1", "http://10.0.0.7:4200/dashboard/api"),
    ],
)
def test_a_server_without_api_gets_the_mended_url(url: str, mended: str) -> None:
    from qhub.config.rules.api import url_is_an_api

    (finding,) = url_is_an_api(_prefect(url))

    assert finding.hint == f"did you mean '{mended}'?"


def test_a_bucket_is_no_api(told: Callable[[dict[str, Any]], list[str]]) -> None:
    assert told(_prefect("s3://orchard/api")) == [
        "error prefect.api.url: 's3://orchard/api' is not the URL of an API: "
        "it begins with https:// or http://"
    ]


def test_a_credential_in_the_storage_is_told_without_it(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    assert told(_prefect(_CLOUD, storage="s3://key:word@bucket/flows")) == [
        "error prefect.storage: the URL holds a credential before its '@'"
    ]
    assert told(_prefect(_CLOUD, storage="abfs://flows@account.example.com/x")) == []


@pytest.mark.parametrize(
    ("query", "is_told"),
    [
        ("?aws_secret=word", True),
        ("?region=us&access%5Fkey=word", True),
        ("?sv=1&sig=word", True),
        ("#token=word", True),
        ("?region=us-west-2", False),
        ("?design=new", False),
    ],
)
def test_a_credential_in_the_storages_query_is_told_without_it(
    query: str, *, is_told: bool, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect(_CLOUD, storage=f"s3://bucket/flows{query}")) == (
        ["error prefect.storage: the URL holds a credential behind its '?'"] if is_told else []
    )


@pytest.mark.parametrize("behind", ["?token=word", "#word", "?"])
def test_an_api_has_no_query(behind: str, told: Callable[[dict[str, Any]], list[str]]) -> None:
    assert told(_prefect(_CLOUD + behind)) == [
        "error prefect.api.url: the URL of an API has nothing behind a '?' or '#'"
    ]


def test_a_server_of_ones_own_is_not_set_up(told: Callable[[dict[str, Any]], list[str]]) -> None:
    server: dict[str, Any] = {"retention": {}}

    assert told(_prefect(None, server=server)) == []
    assert told(_prefect(_CLOUD, server=None)) == []
    assert told(_prefect(_CLOUD, server=server)) == [
        "warning prefect.server: prefect.server is not used: with prefect.api.url QHub deploys no "
        "Prefect server"
    ]


def test_a_cloud_key_is_right_in_the_cloud(told: Callable[[dict[str, Any]], list[str]]) -> None:
    data = _prefect(_CLOUD, api={"token": "CLOUD_KEY"}) | {"secrets": _KEY}

    assert told(data) == [_LITERAL]


@pytest.mark.parametrize(
    ("data", "user"),
    [
        (_prefect("http://prefect:4200/api", api={"token": "CLOUD_KEY"}), "prefect.api.token"),
        (
            _prefect("http://prefect:4200/api", agents=[{"name": "a", "token": "CLOUD_KEY"}]),
            "prefect.agents[0].token",
        ),
        (
            _prefect("http://apollo.example.com", image=_OLD, api={"token": "CLOUD_KEY"}),
            "prefect.api.token",
        ),
    ],
    ids=["own server", "one agent", "Prefect 1"],
)
def test_a_cloud_key_opens_nothing_else(
    data: dict[str, Any], user: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(data | {"secrets": _KEY}) == [
        f"error secrets.CLOUD_KEY: this is a key of Prefect Cloud, "
        f"and {user} uses it for another API",
        _LITERAL,
    ]
