"""What Terraform's errors mean, and how to mend what is behind them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qhub.deploy import locks
from qhub.deploy.errors import StaleError, TerraformError, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qhub.deploy.events import Diagnostic
    from qhub.deploy.stages import Stage
    from qhub.deploy.terraform import Finished
    from qhub.errors import QhubError

__all__ = ["failure", "troubles"]

_MENDS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern, re.IGNORECASE), mend)
    for pattern, mend in (
        (
            r"values don't meet the specifications of the schema",
            "mend the override of that name in the config file",
        ),
        (r"execution error at \(prefect-agent", "mend the value that it names in the config file"),
        (
            r"connection refused|no route to host|i/o timeout|no such host|EOF$|TLS handshake",
            "see that the API server answers, as with `kubectl version`, and deploy again",
        ),
        (r"exceeded quota", "raise the quota of the namespace, or ask for less"),
        (
            r"violates PodSecurity",
            "take the overrides back that the namespace's Pod Security does not allow",
        ),
        (r"forbidden", "ask who administers the cluster for that right, and deploy again"),
        (
            r"is being terminated",
            "wait until the namespace is gone, and deploy again",
        ),
        (
            r"Backend configuration changed|backend.*changed",
            "the state lies elsewhere: `terraform init -migrate-state` in the stage takes it along",
        ),
        (
            r"Failed to query available provider packages|registry\.terraform\.io",
            "see that Terraform's registry, or the mirror of TF_CLI_CONFIG_FILE, can be reached",
        ),
        (
            r"Inconsistent dependency lock file|checksums|does not match configured version",
            "the stage's .terraform.lock.hcl names other providers: commit one that fits, "
            "or remove it",
        ),
        (
            r'namespaces "qhub-state" not found',
            "make it once: kubectl create namespace qhub-state",
        ),
        (r"context deadline exceeded|timed out waiting", "see what its pods wait for: qhub status"),
    )
)
_NOISE = re.compile(r"^(\s*with \S+,|\s*on \S+ line \d+)", re.IGNORECASE)
_LONGEST = 1500


def failure(finished: Finished, stage: Stage, *, doing: str) -> QhubError:
    """Return the error for a run of Terraform that failed."""
    holder = locks.holder(finished.errors)
    if holder is not None:
        return locks.locked(holder, stage=stage.name, folder=stage.folder, data=stage.data)
    if any(told.summary == "Saved plan is stale" for told in finished.errors):
        return StaleError(
            f"the plan of {stage.name} is out of date: its state has changed since it was made",
            hint="plan again: qhub plan --out FILE",
        )
    found = troubles(finished.errors)
    if not found:
        found = (
            Trouble("Terraform", finished.stderr.strip()[-_LONGEST:] or "it does not say why"),
        )
    message = f"{doing} {stage.name} failed"
    return TerraformError(message, diagnostics=finished.diagnostics, troubles=found)


def troubles(diagnostics: Iterable[Diagnostic]) -> tuple[Trouble, ...]:
    """Return errors of Terraform with how to mend them, each once."""
    found = (
        Trouble(told.address or told.where or "Terraform", _words(told), _mend(told))
        for told in diagnostics
        if told.severity == "error"
    )
    return tuple(dict.fromkeys(found))


def _words(told: Diagnostic) -> str:
    """Return what it says, without frames; indented as part of a message."""
    text = f"{told.summary}\n{told.detail}" if told.detail else told.summary
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not _NOISE.match(line)]
    return "\n    ".join(lines)[:_LONGEST]


def _mend(told: Diagnostic) -> str:
    text = f"{told.summary}\n{told.detail}"
    return next((mend for pattern, mend in _MENDS if pattern.search(text)), "")
