"""Who holds the lock of a state, as Terraform words it."""

from __future__ import annotations

import os
import platform
import pwd
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qhub.deploy.events import Diagnostic
from qhub.deploy.locks import Holder, holder, holder_in, is_of_this_machine, locked

DETAIL = """\
Error message: resource temporarily unavailable
Lock Info:
  ID:        5f7b1f9c-1d0a-7d6e-4a44-0d0b5d4f0f0c
  Path:      ../../.qhub/pipelines-dev/03.tfstate
  Operation: OperationTypeApply
  Who:       deployer@runner
  Version:   1.11.4
  Created:   2026-11-21 17:31:08.123456789 +0000 UTC
  Info:

Terraform acquires a state lock to protect the state from being written by multiple users.
"""
HOLDER = Holder(
    "5f7b1f9c-1d0a-7d6e-4a44-0d0b5d4f0f0c",
    "deployer@runner",
    "OperationTypeApply",
    "2026-11-21 17:31:08.123456789 +0000 UTC",
)


def _told(summary: str = "Error acquiring the state lock", detail: str = DETAIL) -> Diagnostic:
    return Diagnostic("error", summary, detail, "", "")


def test_the_holder_is_read_from_what_terraform_says() -> None:
    found = holder([_told("Another error"), _told()])
    assert found == HOLDER
    assert found.since == datetime(2026, 11, 21, 17, 31, 8, tzinfo=UTC)


def test_the_holder_is_read_from_what_terraform_writes_for_people() -> None:
    framed = "\n".join(f"│ {line}" for line in DETAIL.splitlines())
    assert holder_in(f"╷\n│ Error: Error acquiring the state lock\n│\n{framed}\n╵\n") == HOLDER
    assert holder_in("│ Error: another one") is None


def test_a_lock_without_a_path_tells_the_rest() -> None:
    without = DETAIL.replace("../../.qhub/pipelines-dev/03.tfstate", "")
    assert holder([_told(detail=without)]) == HOLDER


def test_another_error_has_no_holder() -> None:
    assert holder([_told("Another error")]) is None


def test_a_lock_that_says_nothing_is_still_one() -> None:
    found = holder([_told(detail="no details")])
    assert found == Holder("", "", "", "")
    assert found.since is None
    error = locked(found, stage="03", folder=Path("/f"), data=Path("/d"))
    assert str(error) == "the state of 03 is locked by somebody (work)"
    assert error.hint == "wait until it is done"


def test_the_message_says_who_since_when_and_how_to_take_it_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    error = locked(HOLDER, stage="03", folder=Path("/f"), data=Path("/d"))
    assert str(error).startswith("the state of 03 is locked by deployer@runner since 2026-11-21")
    assert str(error).endswith("(apply)")
    assert error.hint == (
        "wait until it is done; where you know that it was killed: "
        "cd /f && TF_DATA_DIR=/d terraform force-unlock 5f7b1f9c-1d0a-7d6e-4a44-0d0b5d4f0f0c"
    )


def test_a_lock_of_ours_is_known_by_user_and_machine() -> None:
    assert not is_of_this_machine(HOLDER)
    who = f"{pwd.getpwuid(os.getuid()).pw_name}@{platform.node()}"
    assert is_of_this_machine(Holder("", who, "", ""))
