"""Secrets come from where the config file says, all missing ones are told at once, none leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import qhub
from qhub.embedded import secrets
from qhub.embedded.errors import MissingSecretsError
from qhub.embedded.files import replace
from qhub.embedded.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
project_name: pipelines
namespace: dev
provider: embedded
prefect:
  enabled: true
  agents:
    - {name: one, secrets: [FROM_ENV, FROM_FILE]}
    - name: two
      secrets: [LITERAL]
      overrides: {secretEnvVars: {OWN: {from_env: OWN_VALUE}}}
secrets:
  FROM_ENV: {from_env: THE_VALUE}
  FROM_FILE: {from_file: keys/key}
  LITERAL: planted-in-the-file
"""


def _collect(folder: Path, environ: dict[str, str], text: str = CONFIG) -> secrets.Collected:
    path = folder / "conf" / "qhub-config.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    project = qhub.load(path)
    return secrets.collect(project.platform, project.document, Layout(folder / "state"), environ)


def _key(folder: Path, content: bytes) -> None:
    (folder / "conf" / "keys").mkdir(parents=True)
    (folder / "conf" / "keys" / "key").write_bytes(content)


def test_each_agent_has_its_own_values_byte_for_byte(tmp_path: Path) -> None:
    _key(tmp_path, b"\x00\xff\n")
    values = _collect(tmp_path, {"THE_VALUE": " ä\n", "OWN_VALUE": "own"}).values
    assert values == {
        "one": {"FROM_ENV": " ä\n".encode(), "FROM_FILE": b"\x00\xff\n"},
        "two": {"LITERAL": b"planted-in-the-file", "OWN": b"own"},
    }


def test_a_value_that_is_set_for_terraform_is_found_too(tmp_path: Path) -> None:
    _key(tmp_path, b"key")
    values = _collect(tmp_path, {"TF_VAR_THE_VALUE": "theirs", "OWN_VALUE": "own"}).values
    assert values["one"]["FROM_ENV"] == b"theirs"


def test_all_that_is_missing_is_told_at_once_with_its_source(tmp_path: Path) -> None:
    with pytest.raises(MissingSecretsError) as caught:
        _collect(tmp_path, {"THE_VALUE": ""})
    assert str(caught.value).splitlines() == [
        "values of secrets cannot be had, and nothing was changed:",
        "  FROM_ENV (environment variable THE_VALUE): not set, or empty",
        "  FROM_FILE (file keys/key): No such file or directory",
        "  OWN (environment variable OWN_VALUE): not set, or empty",
    ]


def test_what_is_too_large_is_told_without_a_byte_of_it(tmp_path: Path) -> None:
    _key(tmp_path, b"k" * (120 * 1024 + 1))
    with pytest.raises(MissingSecretsError) as caught:
        _collect(tmp_path, {"THE_VALUE": "v" * (120 * 1024), "OWN_VALUE": "own"})
    assert "FROM_FILE (file keys/key): 122881 bytes; 122880 at most" in str(caught.value)
    assert "FROM_ENV" not in str(caught.value)
    assert "kkk" not in str(caught.value)


def test_one_agents_secrets_together_are_limited(tmp_path: Path) -> None:
    names = [f"S{number}" for number in range(9)]
    entries = "".join(f"  {name}: {{from_env: {name}}}\n" for name in names)
    text = CONFIG.partition("  agents:")[0] + "secrets:\n" + entries
    environ = dict.fromkeys(names, "v" * 120_000)
    with pytest.raises(MissingSecretsError, match="agent pipelines: 1080000 bytes together"):
        _collect(tmp_path, environ, text)
    environ["S8"] = "small"
    assert len(_collect(tmp_path, environ, text).values["pipelines"]) == 9


def test_the_volume_is_apart_for_each_agent_and_old_files_are_found(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "state")
    layout.make()
    values = {"one": {"KEY": b"1"}, "two": {"KEY": b"2"}}
    assert secrets.volumes(layout, values) == {
        layout.root / "secrets" / "one" / "KEY": b"1",
        layout.root / "secrets" / "two" / "KEY": b"2",
    }
    for agent, name in (("one", "KEY"), ("one", "OLD"), ("gone", "KEY")):
        layout.secrets(agent).mkdir(exist_ok=True)
        (layout.secrets(agent) / name).write_text("old")
    assert list(secrets.left_over(layout, values)) == [
        layout.secrets("gone") / "KEY",
        layout.secrets("one") / "OLD",
    ]


def _deployed(folder: Path) -> secrets.Collected:
    """Leave in the state what a deploy with all variables set leaves."""
    _key(folder, b"key")
    collected = _collect(folder, {"THE_VALUE": "first", "OWN_VALUE": "own"})
    layout = Layout(folder / "state")
    layout.make()
    project = qhub.load(folder / "conf")
    values = collected.of(layout)
    replace(secrets.volumes(layout, values) | secrets.sources(layout, project.platform))
    return collected


def test_a_value_whose_variable_is_not_set_is_kept_and_told(tmp_path: Path) -> None:
    before = _deployed(tmp_path)
    assert (before.kept, before.notes) == ((), ())
    now = _collect(tmp_path, {"OWN_VALUE": "other"})
    assert now.values["one"]["FROM_ENV"] == b"first"
    assert now.values["two"]["OWN"] == b"other"
    assert now.notes == ("FROM_ENV: its value is kept; its variable THE_VALUE is not set",)
    assert "first" not in repr(now)


def test_a_kept_value_is_the_one_that_is_there_when_nobody_else_deploys(tmp_path: Path) -> None:
    _deployed(tmp_path)
    now = _collect(tmp_path, {"OWN_VALUE": "own"})
    layout = Layout(tmp_path / "state")
    (layout.secrets("one") / "FROM_ENV").write_text("of another deploy meanwhile")
    assert now.of(layout)["one"]["FROM_ENV"] == b"of another deploy meanwhile"


@pytest.mark.parametrize(
    ("environ", "old", "new"),
    [
        pytest.param({"THE_VALUE": ""}, "", "", id="its variable is set, and empty"),
        pytest.param({}, "from_env: THE_VALUE", "from_env: NEW_VALUE", id="another variable"),
        pytest.param({}, "[FROM_ENV, FROM_FILE]", "[FROM_FILE]", id="another agent"),
        pytest.param({}, "FROM_ENV", "RENAMED", id="another name"),
    ],
)
def test_nothing_else_is_kept(environ: dict[str, str], old: str, new: str, tmp_path: Path) -> None:
    _deployed(tmp_path)
    text = CONFIG.replace(old, new) if old else CONFIG
    if new == "[FROM_FILE]":
        text = text.replace("[LITERAL]", "[LITERAL, FROM_ENV]")
    with pytest.raises(MissingSecretsError, match="not set, or empty"):
        _collect(tmp_path, {"OWN_VALUE": "own"} | environ, text)


def test_a_file_that_is_gone_is_missing_though_its_value_is_there(tmp_path: Path) -> None:
    _deployed(tmp_path)
    (tmp_path / "conf" / "keys" / "key").unlink()
    with pytest.raises(MissingSecretsError, match="No such file"):
        _collect(tmp_path, {"THE_VALUE": "first", "OWN_VALUE": "own"})
