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
