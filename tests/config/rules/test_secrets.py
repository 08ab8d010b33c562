from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from qhub import bundle
from qhub.config.rules import RULES
from qhub.config.secret_sources import RESERVED_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable

_CANARY = "pnu_canary0123456789"


@pytest.mark.parametrize(
    "secrets",
    [
        {"A": {"from_env": "A"}, "B": {"from_env": "A"}},
        {"A": {"from_env": "TF_VAR_a"}, "B": {"from_env": "TF_VAR_a"}},
        {"A": {"existing_secret": "one", "key": "k"}, "B": {"existing_secret": "two", "key": "k"}},
        {"A": "QHUB_SECRET_A", "B": {"from_env": "QHUB_SECRET_A"}},
        {"A": {"from_file": "one"}, "B": {"from_file": "one"}},
        {"VERSION": {"existing_secret": "one", "key": "k"}},
        {"VERSION": {"from_env": "APP_VERSION"}},
    ],
    ids=str,
)
def test_secrets_that_do_not_meet_are_right(
    secrets: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"secrets": secrets}) == []


@pytest.mark.parametrize(
    ("first", "second", "variable"),
    [
        ({"from_file": "one"}, {"from_env": "a_key"}, "a_key"),
        ({"from_env": "A"}, {"from_env": "a"}, "a"),
        ({"from_env": "TF_VAR_a"}, {"from_env": "a"}, "a"),
        ({"from_env": "QHUB_SECRET_A"}, {"from_env": "TF_VAR_QHUB_SECRET_A"}, "QHUB_SECRET_A"),
    ],
    ids=["file and variable", "case", "prefix", "placeholder"],
)
def test_two_values_never_share_a_variable(
    first: dict[str, str],
    second: dict[str, str],
    variable: str,
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    assert told({"secrets": {"A_KEY": first, "OTHER": second}}) == [
        "error secrets.OTHER: the secrets at secrets.A_KEY and here would share the Terraform "
        f"variable '{variable}', but have different sources"
    ]


@pytest.mark.parametrize("name", ["count", "providers", "SOURCE", "lifecycle", "namespace"])
def test_terraforms_own_words_are_taken(
    name: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"secrets": {"X": {"from_env": name}}}) == (
        []
        if name == "SOURCE"
        else [
            f"error secrets.X: the Terraform variable of the secret 'X' would be '{name}', "
            "which is taken"
        ]
    )


def test_every_variable_of_a_stage_is_taken() -> None:
    stages = bundle.folder("terraform") / "stages"
    own = {
        name
        for file in stages.glob("*/variables.tf")
        for name in re.findall(r'^variable "([a-z_]+)"', file.read_text("utf-8"), re.MULTILINE)
    }

    assert own
    assert own <= RESERVED_VARIABLES


def test_a_token_that_is_pasted_as_it_is_is_not_repeated(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    api = {"url": "https://prefect.example.com/api", "token": _CANARY}

    assert told({"prefect": {"enabled": True, "api": api}}) == [
        "error prefect.api.token: this is not the name of an entry of secrets"
    ]


def test_agents_may_have_secrets_of_one_name(told: Callable[[dict[str, Any]], list[str]]) -> None:
    agents = [
        {"name": name, "overrides": {"secretEnvVars": {"KEY": {"from_file": name}}}}
        for name in ("a", "b")
    ]

    assert told({"prefect": {"enabled": True, "agents": agents}}) == []


def test_an_old_placeholder_among_the_variables_is_a_secret_too(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    overrides = {
        "envVars": {"A": "QHUB_SECRET_X", "B": "x"},
        "secretEnvVars": {"C": {"from_env": "TF_VAR_QHUB_SECRET_X"}},
    }

    assert told({"prefect": {"enabled": True, "overrides": overrides}}) == [
        "error prefect.overrides.envVars.A: the secrets at prefect.overrides.secretEnvVars.C and "
        "here would share the Terraform variable 'QHUB_SECRET_X', but have different sources"
    ]


def test_a_secret_that_is_pasted_in_the_place_of_its_name_is_not_repeated(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    agents = [{"name": "main", "secrets": [_CANARY]}]

    assert told({"prefect": {"enabled": True, "agents": agents}}) == [
        "error prefect.agents[0].secrets[0]: this is not the name of an entry of secrets"
    ]


@pytest.mark.parametrize(
    ("name", "value", "is_told"),
    [
        ("DB_PASSWORD", _CANARY, True),
        ("PGPASSWORD", _CANARY, True),
        ("MY_PASSWD", _CANARY, True),
        ("GITHUB_TOKEN", _CANARY, True),
        ("AWS_SECRET_ACCESS_KEY", _CANARY, True),
        ("db_credentials", _CANARY, True),
        ("OPENAI_API_KEY", _CANARY, True),
        ("SSH_PRIVATE_KEY", _CANARY, True),
        ("DB_PASSWORD", "QHUB_SECRET_DB", False),
        ("DB_PASSWORD", "", False),
        ("USE_TOKEN", "true", False),
        ("TOKENIZERS_PARALLELISM", "off-and-on", False),
        ("SECRETARY", "Jane", False),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/etc/qhub/secrets/GCP.json", False),
        ("DB_PASSWORD_FILE", "passwords.txt", False),
        ("IMAGE_PULL_SECRETS", "registry", False),
        ("PREFECT_LOGGING_SECRET_KEY", "keys", False),
        ("LOG_LEVEL", "INFO", False),
    ],
)
def test_a_variable_with_a_secrets_name_is_told(
    name: str, value: str, *, is_told: bool, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    overrides = {"envVars": {name: value}}

    assert told({"prefect": {"enabled": True, "overrides": overrides}}) == (
        [
            f"warning prefect.overrides.envVars.{name}: '{name}' looks like a secret, "
            "and envVars are rendered in clear"
        ]
        if is_told
        else []
    )


@pytest.mark.parametrize("value", [_CANARY, "QHUB_SECRET_X"])
def test_a_secret_of_prefect_1_is_no_plain_variable(
    value: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    name = "PREFECT__CONTEXT__SECRETS__X"
    overrides = {"envVars": {name: value}}

    findings = told({"prefect": {"enabled": True, "overrides": overrides}})

    assert findings == (
        [
            f"error prefect.overrides.envVars.{name}: '{name}' is a secret of Prefect's, "
            "and envVars are rendered in clear"
        ]
        if value == _CANARY
        else []
    )


_ONE_SECRET = {"secrets": {"S3_KEY": {"from_env": "S3_KEY"}}}


@pytest.mark.parametrize(
    "prefect",
    [
        {"enabled": True},
        {"enabled": True, "agents": [{"name": "a"}, {"name": "b", "secrets": []}]},
        {"enabled": True, "agents": [{"name": "a", "secrets": []}, {"secrets": ["S3_KEY"]}]},
        {"enabled": True, "agents": [{"name": "a", "secrets": "S3_KEY"}]},
        {"enabled": False, "agents": [{"name": "a", "secrets": []}]},
    ],
    ids=["one agent", "an agent without a list", "listed", "a wrong type", "switched off"],
)
def test_a_secret_that_an_agent_reads_is_right(
    prefect: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert [line for line in told({"prefect": prefect, **_ONE_SECRET}) if "S3_KEY" in line] == []


def test_a_secret_that_nobody_reads_is_told(told: Callable[[dict[str, Any]], list[str]]) -> None:
    api = {"url": "https://prefect.example.com/api", "token": "LOGIN"}
    agents = [{"name": "a", "secrets": []}, {"name": "b", "secrets": []}]
    secrets = {name: {"from_env": name} for name in ("LOGIN", "PREFECT_TOKEN", "S3_KEY")}
    data = {"prefect": {"enabled": True, "api": api, "agents": agents}, "secrets": secrets}

    assert told(data) == [
        "warning secrets.S3_KEY: no agent reads the secret 'S3_KEY', and it is nobody's token"
    ]


def test_a_nul_is_told_wherever_it_cannot_be(told: Callable[[dict[str, Any]], list[str]]) -> None:
    overrides = {"envVars": {"A": "a\0b"}, "secretEnvVars": {"B": {"from_file": "a\0b"}}}
    prefect = {"enabled": True, "overrides": overrides}

    assert told({"prefect": prefect, "secrets": {"C": "\0"}}) == [
        "warning secrets.C: the value of the secret 'C' is written in the file",
        "error prefect.overrides.envVars.A: an environment variable cannot hold the character NUL",
        "error secrets.C: an environment variable cannot hold the character NUL",
        "error prefect.overrides.secretEnvVars.B.from_file: a file's path cannot hold the "
        "character NUL",
    ]


def test_an_implicit_token_needs_no_entry(told: Callable[[dict[str, Any]], list[str]]) -> None:
    agents = [{"name": "main", "token": "PREFECT_TOKEN"}]
    api = {"url": "https://prefect.example.com/api"}

    assert told({"prefect": {"enabled": True, "api": api, "agents": agents}}) == []


def test_no_finding_repeats_a_literal_secret() -> None:
    data = {
        "project_name": "orchard",
        "provider": "existing",
        "secrets": {
            "A": _CANARY,
            "a": _CANARY + "x",
            "VERSION": _CANARY,
            "PREFECT_API_URL": _CANARY,
        },
        "prefect": {
            "enabled": True,
            "api": {"url": f"https://{_CANARY}:{_CANARY}@prefect.example.com", "token": "A"},
            "storage": f"s3://key:{_CANARY}@bucket/flows",
            "overrides": {
                "secretEnvVars": {"A": _CANARY + "y", "PREFECT_API_KEY": _CANARY},
                "envVars": {"A": _CANARY, "PREFECT__X": _CANARY},
            },
            "agents": [{"name": "main", "secrets": ["A", "gone"], "token": _CANARY}],
        },
        "terraform_state": {
            "type": "existing",
            "backend": "http",
            "config": {"password": _CANARY, "address": f"https://u:{_CANARY}@state.example.com"},
        },
    }
    findings = [finding for rule in RULES for finding in rule(data)]

    assert len(findings) > 15
    assert [finding for finding in findings if "canary" in finding.message + finding.hint] == []
    assert "canary" in str(data)


@pytest.mark.parametrize(("size", "is_told"), [(122_880, False), (122_881, True)], ids=str)
def test_a_value_too_long_to_be_handed_on_is_told(
    size: int, *, is_told: bool, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    value = _CANARY.ljust(size, "x")

    findings = told({"secrets": {"KEY": value}})

    assert findings == [
        "warning secrets.KEY: the value of the secret 'KEY' is written in the file",
        *(
            [
                "error secrets.KEY: the value of the secret 'KEY' has 122881 bytes; "
                "122880 at most can be handed on"
            ]
            if is_told
            else []
        ),
    ]
    assert _CANARY not in str(findings)
