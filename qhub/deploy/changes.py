"""The changes of a plan, a line each: what is done to which object, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from qhub.deploy.errors import TerraformError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qhub.deploy.events import Drifted, Planned
    from qhub.deploy.revisions import Cause
    from qhub.deploy.stages import Stage
    from qhub.deploy.terraform import Terraform

__all__ = ["Change", "changes", "read", "told"]

_ACTIONS = {
    ("create",): "create",
    ("update",): "change",
    ("delete",): "remove",
    ("read",): "read",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
}
_REASONS = {
    "replace_because_tainted": "the last deploy of it failed",
    "replace_because_cannot_update": "{paths} cannot be changed in place",
    "replace_by_request": "it was asked for",
    "replace_by_triggers": "what it is replaced with changes",
    "delete_because_no_resource_config": "the config has it no longer",
    "delete_because_each_key": "the config has it no longer",
    "delete_because_no_module": "the config has it no longer",
    "delete_because_count_index": "the config has it no longer",
    "delete_because_wrong_repetition": "the config has it otherwise",
    "delete_because_no_move_target": "the config has it no longer",
}
_NOT_WORTH = frozenset(["force_update", "metadata", "manifest", "resource_version", "id", "status"])
_SHOWN = 4
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to an object: create, change, replace, remove …; and why."""

    address: str
    action: str
    why: str

    @property
    def text(self) -> str:
        """A line."""
        return f"{self.action:<8} {self.address}" + (f"  ({self.why})" if self.why else "")


def read(terraform: Terraform, stage: Stage) -> dict[str, Any]:
    """Return the plan of a stage as Terraform shows it; raises `TerraformError`."""
    status, out, err = terraform.cmd("show -json", str(stage.plan_file))
    if status != 0:
        raise TerraformError(f"the plan of {stage.name} cannot be shown: {err.strip()}")
    shown: dict[str, Any] = json.loads(out)
    return shown


def changes(shown: Mapping[str, Any], *, causes: Mapping[str, Cause]) -> tuple[Change, ...]:
    """Return the changes of a plan by address; `causes` are why Secrets get a new revision."""
    drifted = {
        str(drift.get("address")): drift.get("change") or {}
        for drift in shown.get("resource_drift") or ()
    }
    found = [
        Change(
            address=str(resource["address"]),
            action=_ACTIONS.get(tuple(resource["change"]["actions"]), "change"),
            why=_why(resource, drifted.get(str(resource["address"])), causes),
        )
        for resource in shown.get("resource_changes") or ()
        if resource["change"]["actions"] not in (["no-op"], ["read"])
    ]
    return tuple(sorted(found, key=lambda change: change.address))


def told(
    planned: Iterable[Planned], drifted: Iterable[Drifted], *, secrets: Mapping[str, Cause]
) -> tuple[Change, ...]:
    """Return the changes as a run told of them; it tells less of why than a plan that is shown.

    `secrets` are why Secrets and releases get a new revision, by their address.
    """
    by_hand = {drift.address: drift.action for drift in drifted}
    found = []
    for event in planned:
        if event.action in {"noop", "read", "import", "move"}:
            continue
        why = _REASONS.get(_EVENT_REASONS.get(event.reason, event.reason), "")
        why = why.format(paths="what differs")
        if event.address in secrets:
            why = _CAUSES[secrets[event.address]]
        elif event.action == "create":
            is_gone = by_hand.get(event.address) == "delete"
            why = "it is gone from the cluster" if is_gone else "it is new"
        elif event.address in by_hand:
            why = "somebody changed it in the cluster"
        found.append(Change(event.address, _VERBS.get(event.action, event.action), why))
    return tuple(sorted(found, key=lambda change: change.address))


_VERBS = {"update": "change", "delete": "remove"}
# The same reasons are called otherwise in the events.
_EVENT_REASONS = {
    "tainted": "replace_because_tainted",
    "requested": "replace_by_request",
    "replace_triggered_by": "replace_by_triggers",
    "cannot_update": "replace_because_cannot_update",
}


def _why(
    resource: Mapping[str, Any], drift: Mapping[str, Any] | None, causes: Mapping[str, Cause]
) -> str:
    change = resource["change"]
    before, after = change.get("before") or {}, change.get("after") or {}
    if change.get("importing"):
        return "it is there already, and QHub made it"
    secret = _secret_name(resource, before or after)
    if secret in causes:
        return _CAUSES[causes[secret]]
    reason = str(resource.get("action_reason") or "")
    if reason in _REASONS:
        paths = ", ".join(_path(path) for path in change.get("replace_paths") or ())
        return _REASONS[reason].format(paths=paths)
    if change["actions"] == ["create"]:
        gone = drift is not None and drift.get("actions") == ["delete"]
        return "it is gone from the cluster" if gone else "it is new"
    what = ", ".join(_some(dict.fromkeys(_differing(before, after))))
    by_hand = "somebody changed it in the cluster" if drift is not None else ""
    if str(resource["address"]) in causes:
        by_hand = _CAUSES[causes[str(resource["address"])]]
    return "; ".join(filter(None, (by_hand, what)))


_CAUSES: Mapping[Cause, str] = {
    "differs": "its value is not what the cluster holds",
    "gone": "it is gone from the cluster",
    "edited": "somebody changed in the cluster what it had made",
    "failed": "its last upgrade did not come to its end",
    "overtaken": "its last upgrade was not Terraform's, or was not noted",
}


def _secret_name(resource: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    if resource.get("type") != "kubernetes_secret_v1":
        return ""
    metadata = values.get("metadata") or [{}]
    return str(metadata[0].get("name") or "")


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words what differs; of a release's values the keys, of what is large the name."""
    for name in sorted(before.keys() | after.keys()):
        if name in _NOT_WORTH or before.get(name) == after.get(name):
            continue
        if name not in after:
            continue  # known when it is applied
        if name == "values":
            yield from _values(before.get(name) or (), after.get(name) or ())
        elif name == "description" and str(after.get(name)).startswith("chart "):
            if _chart(before) != _chart(after):
                yield "the chart"
        elif name == "data_wo_revision":
            yield "its value"
        else:
            yield name
    yield from _metadata(before.get("metadata"), after.get("metadata"))


def _chart(release: Mapping[str, Any]) -> str:
    """Return the mark of a release's chart, that its description begins with."""
    return str(release.get("description")).partition(",")[0]


def _metadata(before: Any, after: Any) -> Iterator[str]:
    for kind in ("labels", "annotations"):
        one, other = (_first(side).get(kind) or {} for side in (before, after))
        if isinstance(one, dict) and isinstance(other, dict) and other and one != other:
            yield from (f"{kind[:-1]} {key}" for key in _keys(one, other, depth=1))


def _first(value: Any) -> Mapping[str, Any]:
    found = value[0] if isinstance(value, list) and value else {}
    return found if isinstance(found, dict) else {}


def _values(before: Iterable[Any], after: Iterable[Any]) -> Iterator[str]:
    """Yield the keys of a release's values that differ: each text of the list over the former."""
    one, other = _merged(before), _merged(after)
    for key in _keys(one, other):
        yield _REVISIONS.get(key, key)


_REVISIONS = {
    "podAnnotations.qhub.dev/existing-secrets": "a Secret of your own that it reads",
    "secrets.revision": "a secret that its flows read",
    "token.revision": "its credential",
}


def _merged(texts: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in texts:
        said = yaml.safe_load(text) if isinstance(text, str) else None
        found = _over(found, said if isinstance(said, dict) else {})
    return found


def _over(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(one)
    for key, value in other.items():
        old = found.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        found[key] = _over(old, value) if both else value  # type: ignore[arg-type]  # both are dicts
    return found


def _keys(one: Mapping[str, Any], other: Mapping[str, Any], depth: int = _DEEPEST) -> Iterator[str]:
    """Yield the dotted keys at which two mappings differ."""
    for key in sorted(one.keys() | other.keys(), key=str):
        old, new = one.get(key), other.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict) and depth > 1:
            yield from (f"{key}.{rest}" for rest in _keys(old, new, depth - 1))
        else:
            yield str(key)


def _some(names: Iterable[str]) -> list[str]:
    found = list(names)
    if len(found) <= _SHOWN:
        return found
    return [*found[:_SHOWN], f"and {len(found) - _SHOWN} more"]


def _path(path: Iterable[Any]) -> str:
    return ".".join(str(part) for part in path if not isinstance(part, int))
