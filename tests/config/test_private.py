"""What may be a secret is never shown; what cannot be one is, so that a message helps."""

from __future__ import annotations

from typing import Any

import pytest

from qhub.config.private import Curtain, is_private, shown, without_query
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


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("http://p/api?token=hunter2", "http://p/api?…"),
        ("http://p/api#hunter2", "http://p/api#…"),
        ("p/api?token=hunter2", "p/api?…"),
        ("is it so?", "is it so?"),
        ("#flows", "#flows"),
    ],
    ids=str,
)
def test_a_query_is_not_shown(text: str, bare: str) -> None:
    assert without_query(text) == bare
    assert shown(text, ("domain",)) == f"'{bare}'"


_FILE: dict[str, Any] = {
    "secrets": {
        "A": "Hunter2_X",
        "key": "swordfish",
        "LONG": "x1" * 100,
        "ENDS": "-ends-here-\n",
        "LINES": "first\nsecond",
        "SHORT": "short",
        "SOURCE": {"from_env": "TF_VAR_source"},
        "OLD": "QHUB_SECRET_OLD",
        "NUMBER": 271828,
    },
    "prefect": {
        "api": {"token": "SOURCES"},
        "agents": [{"token": "pasted-token", "secrets": ["SOURCE"]}],
        "overrides": {"envVars": {"LOG_LEVEL": "verbose", "DB_PASSWORD": "correct-horse"}},
    },
    "terraform_state": {"config": {"bucket": "our-bucket", "access_token": "battery-staple"}},
}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("'Hunter2_X' is no label", "'...' is no label"),
        ("use 'hunter2-x-dev'", "use '...-dev'"),
        ("Hunter2_XHunter2_X", "......"),
        ("a swordfish", "a ..."),
        (f"'{'x1' * 25}…'", "'...…'"),
        (repr("first\nsecond"), "'...'"),
        ("'ends-here'", "'...'"),
        ("271828 is a number", "... is a number"),
        ("pasted-token, correct-horse", "..., ..."),
        ("battery-staple", "..."),
    ],
    ids=str,
)
def test_a_secret_of_the_file_is_taken_out_of_a_text(text: str, hidden: str) -> None:
    assert Curtain(_FILE).hide(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "Hunter2",
        "short",
        "TF_VAR_source",
        "QHUB_SECRET_OLD",
        "SOURCE and SOURCES",
        "verbose",
        "our-bucket",
        "",
    ],
    ids=str,
)
def test_what_is_no_secret_of_the_file_stays(text: str) -> None:
    assert Curtain(_FILE).hide(text) == text
    assert Curtain({}).hide(text) == text
