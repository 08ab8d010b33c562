"""Secrets as a flow reads them: the volume first, then the environment, old names too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from qhub.flows import Secret, secret, secret_file
from qhub.flows.errors import SecretError

if TYPE_CHECKING:
    from pathlib import Path

VALUE = "planted-hunter2"


@pytest.fixture
def volume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith("PREFECT__CONTEXT"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("QHUB_SECRETS_DIR", str(tmp_path))
    return tmp_path


def test_a_file_of_the_volume_comes_before_the_environment(
    volume: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S3_KEY", "of the environment")
    assert secret("S3_KEY") == "of the environment"
    (volume / "S3_KEY").write_text(f"{VALUE}\n")
    assert secret("S3_KEY") == f"{VALUE}\n"
    assert secret_file("S3_KEY") == volume / "S3_KEY"


@pytest.mark.parametrize("place", ["file", "environment"])
def test_the_names_of_prefect_1_are_found(
    volume: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    old = "PREFECT__CONTEXT__SECRETS__GCP"
    if place == "file":
        (volume / old).write_text('{"a": 1}')
    else:
        monkeypatch.setenv(old, '{"a": 1}')
    assert secret("GCP") == '{"a": 1}'
    assert secret(old) == '{"a": 1}'
    assert Secret("GCP").get() == {"a": 1}
    monkeypatch.setenv("PLAIN", "just text")
    assert Secret("PLAIN").get() == "just text"


def test_a_missing_secret_names_those_there_are_and_no_value(volume: Path) -> None:
    (volume / "S3_KEY").write_text(VALUE)
    (volume / "DB").write_text(VALUE)
    (volume / "..data").mkdir()
    with pytest.raises(SecretError, match=r"^there is no secret 'S3_KYE'") as raised:
        secret("S3_KYE")
    assert raised.value.hint == "did you mean 'S3_KEY'? the secrets here are DB, S3_KEY"
    with pytest.raises(SecretError) as raised:
        secret_file("OTHER")
    assert raised.value.hint == "the secrets here are DB, S3_KEY"


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "/etc/passwd", "a\0b"])
def test_a_name_that_leaves_the_volume_is_refused(volume: Path, name: str) -> None:
    (volume.parent / "x").write_text(VALUE)
    with pytest.raises(SecretError, match=r"cannot be the name of a secret"):
        secret(name)


def test_bytes_are_no_text_and_are_not_shown(volume: Path) -> None:
    (volume / "KEY").write_bytes(b"\xff\xfe" + VALUE.encode())
    with pytest.raises(SecretError, match=r"^the secret 'KEY' is not text") as raised:
        secret("KEY")
    assert VALUE not in repr(raised.value.__cause__)
    assert raised.value.__suppress_context__
