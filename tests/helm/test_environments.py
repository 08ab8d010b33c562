"""What a test that needs another interpreter does where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helm import environments
from tests.helm.environments import Environment, interpreter

NOWHERE = Environment("3.99", ("prefect",))
MESSAGE = "no Python 3.99 found; install it to run this test"


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environments, "CACHE", tmp_path)


def test_a_missing_interpreter_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=MESSAGE):
        interpreter(NOWHERE)


def test_a_missing_interpreter_fails_the_test_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=MESSAGE):
        interpreter(NOWHERE)


def test_other_pins_lie_in_another_folder() -> None:
    assert Environment("3.12", ("a==1",)).folder != Environment("3.12", ("a==2",)).folder
    assert Environment("3.12", ("a==1",)).folder != Environment("3.11", ("a==1",)).folder
