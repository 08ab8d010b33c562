"""Which revision each Secret gets: a higher one where its value is not what the cluster holds.

And which each agent's release gets: a higher one where somebody changed what Helm made, and where
Helm's last revision failed or is not the one that Terraform knows. The provider (helm 3.1.2) plans
such a release as it is, and ends in "inconsistent result after apply" where the config has not
changed, or does not see at all that it is another one.

Terraform sees a revision, never a value. The revisions that a deploy is about to write are noted
on the disk before it begins: where it is killed after it wrote a Secret and before Terraform
noted that, the agents that read the Secret must roll all the same.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qhub.deploy.values import Held

__all__ = ["Cause", "Decided", "decide", "forget", "intend", "intended"]

Cause = Literal["differs", "gone", "edited", "failed", "overtaken"]


@dataclass(frozen=True, slots=True)
class Decided:
    """Name of a Secret → its revision; `causes` say why one was raised.

    `releases` are the revisions of the releases by agent; their causes are by address.
    """

    revisions: Mapping[str, int]
    causes: Mapping[str, Cause]
    releases: Mapping[str, int] = field(default_factory=dict)


def decide(
    secrets: Sequence[Held],
    values: Mapping[str, str],
    *,
    before: Mapping[str, int],
    live: Mapping[str, Mapping[str, bytes] | None],
) -> Decided:
    """Return the revisions with which Terraform writes what must be written, and nothing else.

    `before` are those of the state and of a deploy that did not come to its end; `live` is what
    the cluster holds, None where there is no such Secret.
    """
    revisions: dict[str, int] = {}
    causes: dict[str, Cause] = {}
    for secret in secrets:
        now = live.get(secret.name)
        known = before.get(secret.name)
        revisions[secret.name] = known or 1
        if now is not None and dict(now) == secret.data(values):
            continue
        if known is None and now is None:
            continue  # it is new
        revisions[secret.name] = (known or 1) + 1
        causes[secret.name] = "gone" if now is None else "differs"
    return Decided(revisions, causes)


def intend(file: Path, revisions: Mapping[str, int]) -> None:
    """Note the revisions that are about to be written; names and numbers alone."""
    new = file.with_suffix(".new")
    new.write_text(json.dumps(dict(revisions)))
    new.replace(file)


def intended(file: Path) -> dict[str, int]:
    """Return the revisions of a deploy that did not come to its end."""
    with suppress(OSError, ValueError):
        found = json.loads(file.read_bytes())
        if isinstance(found, dict):
            return {str(name): int(revision) for name, revision in found.items()}
    return {}


def forget(file: Path) -> None:
    """Take the note away: Terraform's state says the same now."""
    file.unlink(missing_ok=True)
