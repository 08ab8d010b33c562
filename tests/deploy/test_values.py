"""The values of secrets: where they come from, and everything that can be wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.deploy.values import collect, held
from tests.deploy.requests import request
from tests.platform.planned import SERVER

if TYPE_CHECKING:
    from pathlib import Path

    from qhub.deploy.values import Values

LIMIT = 120 * 1024


def _collected(
    folder: Path, secrets: dict[str, Any], environ: dict[str, str] | None = None
) -> Values:
    made = request(folder / "qhub-config.yaml", secrets=secrets)
    return collect(made.platform, made.document, environ or {})


def test_a_value_comes_from_a_variable_a_file_or_the_config_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes("wörds\nwith a last line\n".encode())
    found = _collected(
        tmp_path,
        {"A": {"from_env": "PLAIN"}, "B": {"from_file": "key"}, "C": "literal"},
        {"PLAIN": "of a variable"},
    )

    assert found.troubles == ()
    assert dict(found.values) == {
        "PLAIN": "of a variable",
        "b": "wörds\nwith a last line\n",
        "c": "literal",
    }


def test_a_variable_that_is_set_for_terraform_is_found_too(tmp_path: Path) -> None:
    found = _collected(tmp_path, {"A": {"from_env": "PLAIN"}}, {"TF_VAR_PLAIN": "set by hand"})
    assert dict(found.values) == {"PLAIN": "set by hand"}


def test_an_empty_variable_is_no_value_even_where_the_other_is_set(tmp_path: Path) -> None:
    environ = {"PLAIN": "", "TF_VAR_PLAIN": "of Terraform"}
    found = _collected(tmp_path, {"A": {"from_env": "PLAIN"}}, environ)
    assert dict(found.values) == {"PLAIN": "of Terraform"}


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "nul").write_bytes(b"a\0b")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "large").write_bytes(b"x" * (LIMIT + 1))
    (tmp_path / "decomposed").write_text("e\N{COMBINING ACUTE ACCENT}")
    files = ("binary", "decomposed", "empty", "large", "missing", "nul")
    secrets: dict[str, Any] = {name: {"from_file": name} for name in files}
    secrets |= {"UNSET": {"from_env": "NOT_SET"}, "NOTHING": {"from_env": "IS_EMPTY"}}

    found = _collected(tmp_path, secrets, {"IS_EMPTY": ""})

    assert {trouble.about: trouble.message for trouble in found.troubles} == {
        "NOTHING (environment variable IS_EMPTY)": "not set, or empty",
        "UNSET (environment variable NOT_SET)": "not set, or empty",
        "binary (file binary)": "not text in UTF-8, which Terraform cannot hand on",
        "decomposed (file decomposed)": "has characters in a Unicode form that Terraform would "
        "change (not NFC)",
        "empty (file empty)": "not set, or empty",
        "large (file large)": "122881 bytes; 122880 at most",
        "missing (file missing)": "No such file or directory",
        "nul (file nul)": "has a NUL byte, which no environment can hold",
    }
    assert all(trouble.hint for trouble in found.troubles)
    assert dict(found.values) == {}


def test_a_value_of_the_largest_size_will_do(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * LIMIT)
    found = _collected(tmp_path, {"A": {"from_file": "large"}})
    assert found.troubles == ()


def test_the_values_of_an_agent_together_have_a_limit(tmp_path: Path) -> None:
    names = [f"large-{number}" for number in range(9)]
    for name in names:
        (tmp_path / name).write_bytes(b"x" * LIMIT)
    secrets = {name: {"from_file": name} for name in names}

    found = _collected(tmp_path, secrets)

    (trouble,) = found.troubles
    assert trouble.about == "the secrets of agent pipelines"
    assert trouble.message == f"{9 * LIMIT} bytes together; 1048576 at most"


def test_a_variable_with_bytes_that_are_no_text_is_told(tmp_path: Path) -> None:
    found = _collected(
        tmp_path, {"A": {"from_env": "A"}}, {"A": b"\xff".decode(errors="surrogateescape")}
    )
    assert [trouble.message for trouble in found.troubles] == [
        "not text in UTF-8, which Terraform cannot hand on"
    ]


def test_no_value_is_shown(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"planted" * LIMIT)
    found = _collected(
        tmp_path,
        {"A": {"from_env": "A"}, "B": {"from_file": "large"}, "C": "planted literal"},
        {"A": "planted-value"},
    )
    assert found.troubles
    assert "planted" not in repr(found)
    assert "planted" not in repr(found.redactor)
    assert found.redactor("x planted-value y") == "x (secret) y"


@pytest.mark.parametrize("kind", ["flow", "token"])
def test_what_ends_in_which_secret_is_known(kind: str) -> None:
    made = request(
        prefect={
            "enabled": True,
            "api": {**SERVER, "token": "AUTH"},
            "agents": [{"name": "a"}, {"name": "b", "secrets": []}],
        },
        secrets={"AUTH": {"from_env": "TF_VAR_auth"}, "S3": {"from_env": "S3"}},
    )
    found = {secret.name: secret for secret in held(made.platform)}

    assert set(found) == {"qhub-a-flow", "qhub-a-token", "qhub-b-token"}
    secret = found[f"qhub-a-{kind}"]
    assert secret.address == f'kubernetes_secret_v1.{kind}["a"]'
    expected = {"flow": {"S3": b"one"}, "token": {"token": b"two"}}
    assert secret.data({"S3": "one", "auth": "two"}) == expected[kind]
