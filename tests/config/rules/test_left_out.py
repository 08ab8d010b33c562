from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.reserved import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

    Told = Callable[[dict[str, Any]], list[str]]

LEFT_OUT = "provider 'embedded' keeps the names that begin with"


def _config(provider: str, variables: dict[str, str]) -> dict[str, Any]:
    agent = {"name": "a", "overrides": {"envVars": variables}}
    return {"provider": provider, "prefect": {"enabled": True, "agents": [agent]}}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_variable_that_the_platform_leaves_out_is_told(prefix: str, told: Told) -> None:
    name = f"{prefix}TEAM"

    assert told(_config("embedded", {name: "x", "TEAM": "y"})) == [
        f"warning prefect.agents[0].overrides.envVars.{name}: "
        f"'{name}' becomes no environment variable: {LEFT_OUT} {prefix} for itself"
    ]


def test_secrets_are_variables_too(told: Told) -> None:
    data = _config("embedded", {})
    data["prefect"]["overrides"] = {"secretEnvVars": {"QHUB_A": {"from_env": "A"}}}

    lines = told({**data, "secrets": {"QHUB_B": {"from_env": "B"}}})

    assert [line.split(": ")[0] for line in lines] == [
        "warning secrets.QHUB_B",
        "warning prefect.overrides.secretEnvVars.QHUB_A",
    ]


def test_what_no_provider_takes_is_told_once(told: Told) -> None:
    (line,) = told(_config("embedded", {"PREFECT_API_URL": "http://x"}))

    assert line.startswith("error ")


def test_other_providers_leave_nothing_out(told: Told) -> None:
    assert [x for x in told(_config("existing", {"QHUB_TEAM": "x"})) if LEFT_OUT in x] == []
