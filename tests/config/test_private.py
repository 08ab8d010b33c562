"""What may be a secret is never shown; what cannot be one is, so that a message helps."""

from __future__ import annotations

from typing import Any

import pytest

from qhub.config.private import is_private, shown
from qhub.config.problem import Path


@pytest.mark.parametrize(
    "path",
    [
        ("secrets",),
        ("secrets", "A"),
        ("secrets", "A", "from_env"),
        ("prefect", "overrides", "secretEnvVars", "A"),
        ("prefect", "agents", 0, "token"),
        ("prefect", "overrides", "prefectToken"),
        ("terraform_state", "config", "bucket"),
        ("security", "keycloak", "initial_root_password"),
        ("a", "API_KEY"),
    ],
    ids=str,
)
def test_what_may_be_a_secret_is_not_shown(path: Path) -> None:
    assert is_private(path)
    assert shown("hunter2", path) == "this"


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("domain",),
        ("certificate", "secret_name"),
        ("terraform_state", "type"),
        ("prefect", "overrides", "envVars", "A"),
        ("prefect", "overrides", "prefect_agent", "job", "imagePullSecrets", 0),
        ("existing", "node_selectors", "gpu", "key"),
    ],
    ids=str,
)
def test_what_is_none_is_shown(path: Path) -> None:
    assert not is_private(path)
    assert shown("hunter2", path) == "'hunter2'"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (1.5, "1.5"),
        ("a\nb", "'a\\nb'"),
        ("x" * 100, "'" + "x" * 59 + "…'"),
        ("s3://me:hunter2@host", "this"),
        ("https//me:hunter2@host", "this"),
        ("me@example.com", "'me@example.com'"),
    ],
    ids=str,
)
def test_a_value_is_shown_short_and_on_one_line(value: Any, text: str) -> None:
    assert shown(value, ("domain",)) == text
