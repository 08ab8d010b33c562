from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Told = Callable[[dict[str, Any]], list[str]]

OLD = "prefecthq/prefect:0.14.22-python3.8"


def _embedded(**prefect: Any) -> dict[str, Any]:
    return {"provider": "embedded", "prefect": {"enabled": True, **prefect}}


@pytest.mark.parametrize(
    "prefect",
    [
        {},
        {"image": "prefecthq/prefect:3.8.8-python3.12"},
        {"image": "team/prefect:stable"},
        {"image": "team/prefect:stable", "version": "3.8"},
        {"version": "3.8"},
        {"enabled": False, "image": OLD},
        {"server": {"backup": {}}, "storage": "s3://bucket/flows"},
    ],
    ids=["nothing", "an image", "no version", "both", "a version", "switched off", "server"],
)
def test_prefect_3_needs_no_image_and_no_api(prefect: dict[str, Any], told: Told) -> None:
    assert told(_embedded(**prefect)) == []


@pytest.mark.parametrize(
    ("prefect", "expected"),
    [
        ({"image": OLD}, "error prefect.image: this image is Prefect 0.14.22, but"),
        (
            {"image": OLD, "api": {"url": "https://prefect-1.acme.example/graphql"}},
            "error prefect.image: this image is Prefect 0.14.22, but",
        ),
        (
            {"image": "team/prefect:stable", "version": "1.4"},
            "error prefect.version: version is 1.4, but",
        ),
    ],
    ids=["an image", "an image and an API", "a version"],
)
def test_an_old_prefect_is_an_error(prefect: dict[str, Any], expected: str, told: Told) -> None:
    assert told(_embedded(**prefect))[0] == f"{expected} provider 'embedded' runs Prefect 3"
    assert not [line for line in told(_embedded(**prefect)) if "hosted API" in line]


def test_another_api_is_an_error(told: Told) -> None:
    assert told(_embedded(api={"url": "https://prefect.example/api"})) == [
        "error prefect.api.url: provider 'embedded' runs a Prefect server of its own, "
        "and uses no other API"
    ]


def test_a_token_has_nothing_to_open(told: Told) -> None:
    (line,) = told({**_embedded(api={"token": "T"}), "secrets": {"T": {"from_env": "T"}}})

    assert line.startswith("warning prefect.api.token: a token without prefect.api.url")


def test_a_secret_of_a_cluster_is_an_error_wherever_it_is_named(told: Told) -> None:
    secret = {"existing_secret": "s3", "key": "k"}
    own = {"name": "a", "overrides": {"secretEnvVars": {"B": secret, "C": {"from_file": "c"}}}}
    data = _embedded(overrides={"secretEnvVars": {"A": secret}}, agents=[own])

    why = "provider 'embedded' has no Kubernetes, and so no Secret that exists already"
    assert told({**data, "secrets": {"S": secret, "T": {"from_env": "T"}}}) == [
        f"error secrets.S.existing_secret: {why}",
        f"error prefect.overrides.secretEnvVars.A.existing_secret: {why}",
        f"error prefect.agents[0].overrides.secretEnvVars.B.existing_secret: {why}",
    ]
    assert told({**data, "provider": "existing", "secrets": {"S": secret}}) == []


def test_two_listeners_need_two_ports(told: Told) -> None:
    ports = {"server": 4200, "gateway": 4200}

    assert told({"provider": "embedded", "embedded": {"ports": ports}}) == [
        "error embedded.ports.gateway: port 4200 is taken already (embedded.ports.server)"
    ]
    assert told({"provider": "embedded", "embedded": {"ports": {**ports, "gateway": 8000}}}) == []
    assert told({"provider": "embedded", "embedded": {"ports": {"server": None}}}) == []


def test_its_block_is_useless_to_other_providers(told: Told) -> None:
    assert told({"provider": "local", "embedded": {"ports": {"server": 1, "gateway": 1}}}) == [
        "warning embedded: 'embedded' has no effect: provider is 'local'"
    ]


@pytest.mark.parametrize("name", ["PATH", "HOME", "PYTHONPATH", "PYTHONHOME", "LD_PRELOAD"])
def test_what_python_finds_its_packages_with_is_not_replaced_unnoticed(
    name: str, told: Told
) -> None:
    words = f"it replaces the {name} of the agent, its flow runs and their Dask clusters"
    overrides = {"envVars": {name: "/x"}}
    assert told(_embedded(overrides=overrides)) == [
        f"warning prefect.overrides.envVars.{name}: {words}"
    ]
    assert told(_embedded() | {"secrets": {name: {"from_env": "X"}}}) == [
        f"warning secrets.{name}: {words}"
    ]
    assert told(_embedded(overrides={"envVars": {f"MY_{name}": "/x"}})) == []
