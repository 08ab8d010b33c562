"""The lines that Terraform tells with `-json`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qhub.deploy.events import (
    Begun,
    Diagnostic,
    Done,
    Drifted,
    Event,
    Failed,
    GoesOn,
    Planned,
    Summary,
    parse,
)

RESOURCE = {"addr": "a.b", "resource_type": "a"}


def _hook(**more: Any) -> dict[str, Any]:
    return {"hook": {"resource": RESOURCE, "action": "create", **more}}


@pytest.mark.parametrize(
    ("said", "event"),
    [
        pytest.param(
            {
                "type": "planned_change",
                "change": {"resource": RESOURCE, "action": "replace", "reason": "tainted"},
            },
            Planned("a.b", "replace", "tainted"),
            id="planned",
        ),
        pytest.param(
            {"type": "resource_drift", "change": {"resource": RESOURCE, "action": "delete"}},
            Drifted("a.b", "delete"),
            id="drift",
        ),
        pytest.param({"type": "apply_start", **_hook()}, Begun("a.b", "create"), id="begun"),
        pytest.param(
            {"type": "apply_progress", **_hook(elapsed_seconds=10)},
            GoesOn("a.b", "create", 10),
            id="goes on",
        ),
        pytest.param(
            {"type": "apply_complete", **_hook(elapsed_seconds=11)},
            Done("a.b", "create", 11),
            id="done",
        ),
        pytest.param(
            {"type": "apply_errored", **_hook(elapsed_seconds=2)},
            Failed("a.b", "create", 2),
            id="failed",
        ),
        pytest.param(
            {
                "type": "diagnostic",
                "diagnostic": {
                    "severity": "error",
                    "summary": "Wrong",
                    "detail": "It is wrong.\n",
                    "address": "a.b",
                    "range": {"filename": "main.tf", "start": {"line": 3}},
                },
            },
            Diagnostic("error", "Wrong", "It is wrong.", "a.b", "main.tf:3"),
            id="diagnostic",
        ),
        pytest.param(
            {
                "type": "change_summary",
                "changes": {"add": 1, "change": 2, "remove": 3, "operation": "plan"},
            },
            Summary("plan", 1, 2, 3),
            id="summary",
        ),
    ],
)
def test_a_line_is_an_event(said: dict[str, Any], event: Event) -> None:
    assert parse(json.dumps(said).encode()) == event


@pytest.mark.parametrize(
    "line",
    [b"", b"Terraform has crashed", b"[]", b"{}", b'{"type": "version"}', b'{"type": "new"}'],
)
def test_a_line_of_no_interest_is_none(line: bytes) -> None:
    assert parse(line) is None


@pytest.mark.parametrize("kind", ["planned_change", "apply_start", "diagnostic", "change_summary"])
def test_a_line_that_lacks_what_it_should_have_breaks_nothing(kind: str) -> None:
    assert parse(json.dumps({"type": kind}).encode()) is not None


def test_a_diagnostic_is_a_text() -> None:
    assert Diagnostic("error", "Wrong", "Why.", "a.b", "").text == "a.b: Wrong\nWhy."
    assert Diagnostic("error", "Wrong", "", "", "").text == "Wrong"
