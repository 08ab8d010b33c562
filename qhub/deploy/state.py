"""What Terraform remembers of a stage: which objects there are, and the outputs that go on.

Read with `terraform state pull`, which asks the backend and starts no provider.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qhub.deploy.errors import TerraformError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.deploy.terraform import Terraform

__all__ = ["State", "parse", "pull", "release_address"]


@dataclass(frozen=True, slots=True)
class State:
    """The addresses of all objects, and the outputs; both empty where nothing was deployed.

    `helm_revisions` are the revisions of Helm's own that Terraform made last, by address.
    """

    addresses: frozenset[str]
    outputs: Mapping[str, Any]
    helm_revisions: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that a deploy made."""
        return not self.addresses

    def variables(self) -> dict[str, str]:
        """Return the outputs as the texts of variables that a later stage reads."""
        return {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in self.outputs.items()
        }

    def revisions(self) -> dict[str, int]:
        """Return the revision of each Secret that was made."""
        return self._numbers("secret_revisions")

    def release_revisions(self) -> dict[str, int]:
        """Return the revision of each agent's release that was made."""
        return self._numbers("release_revisions")

    def _numbers(self, output: str) -> dict[str, int]:
        found = self.outputs.get(output)
        if not isinstance(found, dict):
            return {}
        return {str(name): int(revision) for name, revision in found.items()}


def release_address(agent: str) -> str:
    """Return the address of an agent's release."""
    return f"helm_release.agent[{json.dumps(agent)}]"


def pull(terraform: Terraform) -> State:
    """Return the state of a stage; raises `TerraformError`."""
    status, out, err = terraform.cmd("state pull")
    if status != 0:
        raise TerraformError(
            f"the state of {terraform.folder.name} cannot be read: {err.strip()}",
            hint="look whether the place of the state can be reached: backend.tf.json says which",
        )
    try:
        return parse(out)
    except (ValueError, TypeError, AttributeError) as error:
        raise TerraformError(
            f"the state of {terraform.folder.name} is not one that this QHub can read",
            hint="`terraform state pull` in its folder shows it",
        ) from error


def parse(text: str) -> State:
    """Return what the text of a state says (format 4); an empty text is an empty state."""
    said = json.loads(text) if text.strip() else {}
    outputs = {name: output.get("value") for name, output in (said.get("outputs") or {}).items()}
    resources = said.get("resources") or []
    found = dict(pair for resource in resources for pair in _instances(resource))
    revisions = {address: _revision(instance) for address, instance in found.items()}
    made = {address: one for address, one in revisions.items() if one is not None}
    return State(frozenset(found), outputs, made)


def _instances(resource: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the instances of a resource by their addresses, as Terraform writes them."""
    if resource.get("mode") != "managed":
        return
    led = f"{resource['module']}." if resource.get("module") else ""
    name = f"{led}{resource['type']}.{resource['name']}"
    for instance in resource.get("instances") or []:
        key = instance.get("index_key")
        yield (name if key is None else f"{name}[{json.dumps(key)}]"), instance


def _revision(instance: Mapping[str, Any]) -> int | None:
    """Return the revision of a release; None of what is none."""
    metadata = (instance.get("attributes") or {}).get("metadata")
    found = metadata.get("revision") if isinstance(metadata, dict) else None
    return found if isinstance(found, int) else None
