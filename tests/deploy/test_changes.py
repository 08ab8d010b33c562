"""A change as a line: what is done, and why."""

from __future__ import annotations

from typing import Any

import pytest

from qhub.deploy.changes import Change, changes

RELEASE = 'helm_release.agent["etl"]'
HELD = 'kubernetes_secret_v1.flow["etl"]'


def _resource(
    address: str, actions: list[str], before: Any, after: Any, **more: Any
) -> dict[str, Any]:
    change = {"actions": actions, "before": before, "after": after, **more.pop("change", {})}
    return {"address": address, "type": address.partition(".")[0], "change": change, **more}


def _secret(revision: int) -> dict[str, Any]:
    return {"metadata": [{"name": "qhub-etl-flow"}], "data_wo_revision": revision}


def _release(*values: str, chart: str = "a") -> dict[str, Any]:
    return {"values": list(values), "description": f"chart {chart}", "metadata": {"revision": 1}}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        pytest.param(
            _resource(HELD, ["create"], None, _secret(1)), ("create", "it is new"), id="new"
        ),
        pytest.param(
            _resource(HELD, ["update"], _secret(1), _secret(2)),
            ("change", "its value is not what the cluster holds"),
            id="a secret",
        ),
        pytest.param(
            _resource(RELEASE, ["update"], _release("a: {b: 1}"), _release("a: {b: 2}", chart="b")),
            ("change", "the chart, a.b"),
            id="values and chart",
        ),
        pytest.param(
            _resource(
                RELEASE,
                ["update"],
                _release("x: 1", "secrets: {revision: 1}\ntoken: {revision: 1}"),
                _release("x: 1", "secrets: {revision: 2}\ntoken: {revision: 1}"),
            ),
            ("change", "a secret that its flows read"),
            id="a revision",
        ),
        pytest.param(
            _resource(
                RELEASE, ["delete"], _release(), None, action_reason="delete_because_each_key"
            ),
            ("remove", "the config has it no longer"),
            id="removed",
        ),
        pytest.param(
            _resource(
                RELEASE,
                ["delete", "create"],
                _release(),
                _release(),
                action_reason="replace_because_cannot_update",
                change={"replace_paths": [["metadata", 0, "name"]]},
            ),
            ("replace", "metadata.name cannot be changed in place"),
            id="replaced",
        ),
        pytest.param(
            _resource(
                RELEASE,
                ["delete", "create"],
                _release(),
                _release(),
                action_reason="replace_because_tainted",
            ),
            ("replace", "the last deploy of it failed"),
            id="tainted",
        ),
    ],
)
def test_a_change_says_what_and_why(resource: dict[str, Any], expected: tuple[str, str]) -> None:
    causes: Any = {"qhub-etl-flow": "differs"} if expected[1].startswith("its value") else {}
    (found,) = changes({"resource_changes": [resource]}, causes=causes)
    assert (found.action, found.why) == expected


def test_drift_is_told() -> None:
    before = after = _release("a: 1")
    drifted = {"address": RELEASE, "change": {"actions": ["update"]}}
    gone = {"address": HELD, "change": {"actions": ["delete"]}}
    shown = {
        "resource_changes": [
            _resource(
                RELEASE, ["update"], {**before, "status": "failed"}, {**after, "status": "x"}
            ),
            _resource(HELD, ["create"], None, _secret(1)),
        ],
        "resource_drift": [drifted, gone],
    }
    assert [(change.address, change.why) for change in changes(shown, causes={})] == [
        (RELEASE, "somebody changed it in the cluster"),
        (HELD, "it is gone from the cluster"),
    ]


def test_a_release_that_is_made_over_changes_by_hand_says_so_and_what_else_changes() -> None:
    edited = {**_release("a: 1", chart="a, made again, 2"), "force_update": True}
    why = "somebody changed in the cluster what it had made"
    for after, expected in ((edited, why), (edited | {"values": ["a: 2"]}, f"{why}; a")):
        resource = _resource(RELEASE, ["update"], _release("a: 1"), after)
        (found,) = changes({"resource_changes": [resource]}, causes={RELEASE: "edited"})
        assert found.why == expected


def test_what_stays_is_not_listed() -> None:
    shown = {"resource_changes": [_resource(HELD, ["no-op"], _secret(1), _secret(1))]}
    assert changes(shown, causes={}) == ()


def test_a_line_has_all_of_it() -> None:
    assert Change(RELEASE, "change", "the chart").text == f"change   {RELEASE}  (the chart)"
