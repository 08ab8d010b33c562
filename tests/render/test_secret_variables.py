"""Terraform variables for secrets: one a source, with a name that Terraform takes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from qhub.config.model import FromEnv, FromFile, LiteralInFile
from qhub.config.secret_sources import RESERVED_VARIABLES
from qhub.render import SecretVariable, secret_variables
from tests.platform.planned import SERVER, planned
from tests.render.rendered import REPOSITORY, STAGE


def variables(*, prefect: dict[str, Any] | None = None, **keys: Any) -> dict[str, SecretVariable]:
    platform = planned(prefect={"enabled": True, "api": SERVER, **(prefect or {})}, **keys)
    return {variable.name: variable for variable in secret_variables(platform)}


@pytest.mark.parametrize(
    ("secrets", "name"),
    [
        pytest.param({"S3": {"from_env": "TF_VAR_s3_key"}}, "s3_key", id="without-TF_VAR"),
        pytest.param({"S3": {"from_env": "S3_KEY"}}, "S3_KEY", id="other-environment-variable"),
        pytest.param({"S3": "QHUB_SECRET_S3"}, "QHUB_SECRET_S3", id="placeholder"),
        pytest.param({"Deploy.Key": {"from_file": "key"}}, "deploy_key", id="file"),
        pytest.param({"7zip": {"from_file": "key"}}, "_7zip", id="leading-digit"),
        pytest.param({"S3": {"from_env": "TF_VAR_7"}}, "_7", id="digit-behind-TF_VAR"),
        pytest.param({"S3": {"from_env": "TF_VAR_"}}, "pipelines__", id="nothing-behind-TF_VAR"),
        pytest.param({"S3": "planted"}, "s3", id="literal"),
        pytest.param(
            {"NAMESPACE": {"from_file": "x"}}, "pipelines_namespace", id="name-of-the-stages-own"
        ),
        pytest.param({"COUNT": {"from_file": "x"}}, "pipelines_count", id="name-of-terraforms-own"),
    ],
)
def test_a_variable_is_named_after_where_its_value_comes_from(
    secrets: dict[str, Any], name: str
) -> None:
    assert list(variables(secrets=secrets)) == [name]


def test_no_secret_takes_the_name_of_a_variable_of_the_stage() -> None:
    declared = (REPOSITORY / "terraform" / STAGE / "variables.tf").read_text()
    names = re.findall(r'^variable "(\w+)"', declared, re.MULTILINE)

    assert "namespace" in names
    for name in names:
        assert list(variables(secrets={name: {"from_file": "x"}})) == [f"pipelines_{name}"]


def test_one_source_is_one_variable_whoever_reads_it() -> None:
    made = variables(
        prefect={
            "api": {**SERVER, "token": "AUTH"},
            "agents": [{"name": "a"}, {"name": "b"}],
        },
        secrets={
            "AUTH": {"from_env": "KEY"},
            "S3": {"from_env": "KEY"},
            "SSH": {"existing_secret": "ssh", "key": "id"},
        },
    )

    assert made == {
        "KEY": SecretVariable(
            "KEY", FromEnv("KEY"), readers=(("a", "S3"), ("b", "S3")), tokens=("a", "b")
        )
    }


def test_one_name_for_several_sources_is_led_by_the_agents() -> None:
    def own(path: str) -> dict[str, Any]:
        return {"secretEnvVars": {"KEY": {"from_file": path}}}

    made = variables(
        prefect={
            "agents": [
                {"name": "a", "overrides": own("one")},
                {"name": "b-c", "overrides": own("two")},
                {"name": "d", "overrides": {"secretEnvVars": {"key": {"from_file": "three"}}}},
            ]
        }
    )

    assert {name: variable.source for name, variable in made.items()} == {
        "key": FromFile("one"),
        "b_c_key": FromFile("two"),
        "d_key": FromFile("three"),
    }


def test_two_names_that_clean_to_one_in_the_same_agent_are_numbered() -> None:
    secrets = {"a.b": {"from_file": "1"}, "a_b": {"from_file": "2"}, "a-b": {"from_file": "3"}}

    assert sorted(variables(secrets=secrets)) == ["a_b", "pipelines_a_b", "pipelines_a_b_2"]


@pytest.mark.parametrize("name", sorted(RESERVED_VARIABLES))
def test_the_names_of_the_stage_and_of_terraform_are_not_taken(name: str) -> None:
    assert list(variables(secrets={"S": {"from_env": f"TF_VAR_{name}"}})) == [f"pipelines_{name}"]


def test_a_literal_secrets_variable_knows_the_place_and_not_the_value() -> None:
    (variable,) = variables(secrets={"S3": "planted"}).values()

    assert variable.source == LiteralInFile(("secrets", "S3"))
    assert "planted" not in repr(variable)


def test_what_stays_in_the_cluster_needs_no_variable() -> None:
    made = variables(
        prefect={"api": {**SERVER, "token": "AUTH"}},
        secrets={
            "AUTH": {"existing_secret": "prefect", "key": "auth"},
            "S3": {"existing_secret": "s3", "key": "key"},
        },
    )

    assert made == {}


def test_a_secret_that_no_agent_reads_has_no_variable() -> None:
    made = variables(
        prefect={"agents": [{"name": "a", "secrets": []}]}, secrets={"S3": {"from_env": "S3"}}
    )

    assert made == {}
