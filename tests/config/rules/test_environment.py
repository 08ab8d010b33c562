from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_SECRET = {"from_env": "S3_KEY"}
_OLD = {"image": "prefecthq/prefect:1.4.1", "api": {"url": "http://apollo.example.com:4200"}}


def _prefect(overrides: dict[str, Any], *agents: dict[str, Any], **block: Any) -> dict[str, Any]:
    entries = [{"name": f"a{index}", **agent} for index, agent in enumerate(agents)]
    return {"prefect": {"enabled": True, "overrides": overrides, "agents": entries, **block}}


@pytest.mark.parametrize("kind", ["envVars", "secretEnvVars"])
@pytest.mark.parametrize(
    "name",
    [
        "PREFECT_API_AUTH_STRING",
        "PREFECT_API_KEY",
        "PREFECT_API_URL",
        "PREFECT__BACKEND",
        "PREFECT__CLOUD__AGENT__AUTH_TOKEN",
        "PREFECT__CLOUD__AGENT__ENV_VARS",
        "PREFECT__CLOUD__AGENT__NAME",
        "PREFECT__CLOUD__API",
        "PREFECT__CLOUD__API_KEY",
        "PREFECT__CLOUD__AUTH_TOKEN",
        "NAMESPACE",
        "SERVICE_ACCOUNT_NAME",
    ],
)
def test_what_qhub_sets_nobody_else_does(
    kind: str, name: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect({kind: {name: _SECRET}}, **_OLD)) == [
        f"error prefect.overrides.{kind}.{name}: QHub sets the environment variable {name} itself"
    ]


@pytest.mark.parametrize("name", ["NAMESPACE", "SERVICE_ACCOUNT_NAME"])
def test_variables_of_old_agents_are_free_in_prefect_3(
    name: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect({"envVars": {name: "x"}})) == []


@pytest.mark.parametrize(
    "name",
    ["PREFECT__CLOUD__AGENT__LABELS", "PREFECT_LOGGING_LEVEL"],
)
def test_variables_that_mean_something_to_prefect_3_are_right(
    name: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect({"envVars": {name: "x"}})) == []


def test_variables_of_prefect_1_are_right_in_prefect_1(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    assert told(_prefect({"envVars": {"PREFECT__LOGGING__LEVEL": "DEBUG"}}, **_OLD)) == []


def test_a_secret_of_an_agent_over_a_clear_variable_of_all_is_told(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    own = {"overrides": {"secretEnvVars": {"S3_KEY": _SECRET}}}

    assert told(_prefect({"envVars": {"S3_KEY": "x"}}, own)) == [
        "error prefect.overrides.envVars.S3_KEY: 'S3_KEY' is in envVars here and in secretEnvVars "
        "(prefect.agents[0].overrides.secretEnvVars.S3_KEY)"
    ]


def test_two_agents_may_differ(told: Callable[[dict[str, Any]], list[str]]) -> None:
    clear = {"overrides": {"envVars": {"S3_KEY": "x"}}}
    secret = {"overrides": {"secretEnvVars": {"S3_KEY": _SECRET}}}

    assert told(_prefect({}, clear, secret)) == []


def test_the_same_source_twice_is_right(told: Callable[[dict[str, Any]], list[str]]) -> None:
    data = _prefect({"secretEnvVars": {"S3_KEY": _SECRET}}) | {"secrets": {"S3_KEY": _SECRET}}

    assert told(data) == []


def test_a_token_leaves_its_name_free(told: Callable[[dict[str, Any]], list[str]]) -> None:
    api = {"url": "https://prefect.example.com/api", "token": "LOGIN"}
    data = _prefect({"envVars": {"LOGIN": "x"}}, api=api) | {"secrets": {"LOGIN": _SECRET}}

    assert told(data) == []


def test_a_secret_that_an_agent_does_not_read_leaves_its_name_free(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    overrides = {"overrides": {"envVars": {"S3_KEY": "x"}}}
    secrets = {"secrets": {"S3_KEY": _SECRET}}
    message = (
        "'S3_KEY' is in envVars here and, with another source, an entry of secrets (secrets.S3_KEY)"
    )

    unread = told(_prefect({}, {**overrides, "secrets": []}) | secrets)

    assert [line for line in unread if line.startswith("error")] == []
    assert told(_prefect({}, overrides) | secrets) == [
        f"error prefect.agents[0].overrides.envVars.S3_KEY: {message}"
    ]
    assert told(_prefect({"envVars": {"S3_KEY": "x"}}, {}, {}) | secrets) == [
        f"error prefect.overrides.envVars.S3_KEY: {message}"
    ]


@pytest.mark.parametrize("name", ["prefect_api_url", "Prefect_Api_Url"])
def test_a_variable_of_qhubs_is_its_own_in_any_case(
    name: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told(_prefect({"envVars": {name: "x"}})) == [
        f"error prefect.overrides.envVars.{name}: QHub sets the environment variable "
        f"PREFECT_API_URL itself, from which '{name}' differs in case alone"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "IMAGE_PULL_SECRETS",
        "IMAGE_PULL_POLICY",
        "JOB_CPU_REQUEST",
        "JOB_CPU_LIMIT",
        "JOB_MEM_REQUEST",
        "JOB_MEM_LIMIT",
        "PREFECT__CLOUD__AGENT__LABELS",
    ],
)
@pytest.mark.parametrize("generation", [{}, _OLD], ids=["worker", "agent"])
def test_old_settings_are_right_where_old_agents_read_them(
    generation: dict[str, Any], name: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    value = {"IMAGE_PULL_POLICY": "Always"}.get(name, "2Gi" if "MEM" in name else "2")

    assert told(_prefect({"envVars": {name: value}}, **generation)) == []


@pytest.mark.parametrize("name", ["IMAGE_PULL_SECRETS", "PREFECT__CLOUD__AGENT__LABELS"])
def test_old_settings_are_no_secrets(
    name: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    line = (
        f"error prefect.overrides.secretEnvVars.{name}: "
        f"QHub sets the environment variable {name} itself"
    )

    assert line in told(_prefect({"secretEnvVars": {name: _SECRET}}, **_OLD))
    placeholder = told(_prefect({"envVars": {name: "QHUB_SECRET_x"}}, **_OLD))
    assert line.replace("secretEnvVars", "envVars") in placeholder


def test_a_setting_of_a_worker_is_not_expanded(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    env_vars = {"PREFECT_UI_URL": "$(A)", "prefect_x": "a$(A)", "OTHER": "$(A)", "PREFECT_Y": "$A"}
    message = "Kubernetes would expand '$(' in the jobs, into which Prefect copies the setting"

    assert told(_prefect({"envVars": env_vars})) == [
        f"error prefect.overrides.envVars.{name}: {message} {name}"
        for name in ("PREFECT_UI_URL", "prefect_x")
    ]
    assert told(_prefect({"envVars": env_vars}, **_OLD)) == []


def test_a_secret_of_prefect_1_has_one_name(told: Callable[[dict[str, Any]], list[str]]) -> None:
    long = "PREFECT__CONTEXT__SECRETS__A"
    own = {"overrides": {"secretEnvVars": {long: _SECRET}}}
    data = _prefect({}, own, own, {"overrides": {"secretEnvVars": {"B": _SECRET}}}, **_OLD)

    assert told(data) == []
    assert told(data | {"secrets": {"A": {"from_env": "A"}}}) == [
        f"error prefect.agents[{index}].overrides.secretEnvVars.{long}: {long} is the secret 'A' "
        "to flows, which is there already (secrets.A)"
        for index in (0, 1)
    ]
