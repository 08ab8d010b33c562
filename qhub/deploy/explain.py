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

_UNREACHABLE = re.compile(
    r"connection refused|connection reset|cluster unreachable|no route to host|i/o timeout"
    r"|no such host|EOF$|TLS handshake",
    re.IGNORECASE,
)
_STATE = re.compile(r"(Error releasing the state lock|(Error saving|Failed to save) .*state)")
_STATE_KEPT = re.compile(r"Failed to persist state")
"""What Terraform says after one of the former: in which file the state is now."""
_MENDS: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern, re.IGNORECASE), mend)
    for pattern, mend in (
        (
            r"Failed to (query available provider packages|install provider)"
            r"|Could not connect to registry\.|Invalid provider registry host",
            "see that Terraform's registry, or the mirror of TF_CLI_CONFIG_FILE, can be reached",
        ),
        (
            r"Provider produced (inconsistent|invalid)",
            "what was made is there: deploy again; where it comes again, it is a fault of that "
            "provider, and for an issue",
        ),
        (
            r"values don't meet the specifications of the schema",
            "mend the override of that name in the config file",
        ),
        (
            r"is invalid: |unable to build kubernetes objects|cannot unmarshal|unknown field",
            "Kubernetes refuses what became of an override: mend it in the config file",
        ),
        (r"execution error at \(prefect-agent", "mend the value that it names in the config file"),
        (
            _UNREACHABLE.pattern,
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
            r"Inconsistent dependency lock file|checksums|does not match configured version",
            "the stage's .terraform.lock.hcl names other providers: commit one that fits, "
            "or remove it",
        ),
        (
            r"waiting for resource to be gone",
            "something holds it: `kubectl describe` tells what; do it again when that is gone",
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


def is_unreachable(told: Diagnostic) -> bool:
    """Tell whether Terraform did not reach what it talks to, an API server most likely."""
    return _UNREACHABLE.search(told.text) is not None


def troubles(diagnostics: Iterable[Diagnostic]) -> tuple[Trouble, ...]:
    """Return errors of Terraform with how to mend them, each once."""
    errors = [told for told in diagnostics if told.severity == "error"]
    about_state = [told for told in errors if _is_about_state(told)]
    found = [
        Trouble(told.address or told.where or "Terraform", _words(told), _mend(told))
        for told in errors
        if not _is_about_state(told)
    ]
    if about_state:
        found.append(_state_left(about_state))
    return tuple(dict.fromkeys(found))


def _is_about_state(told: Diagnostic) -> bool:
    return any(pattern.match(told.summary) for pattern in (_STATE, _STATE_KEPT))


def _state_left(errors: Iterable[Diagnostic]) -> Trouble:
    """Return in our words what Terraform says at length, of what a deploy mends by itself."""
    lines = [told.detail.partition("\n")[0] for told in errors if _STATE.match(told.summary)]
    why = "".join(f"\n    {line}" for line in dict.fromkeys(lines))
    return Trouble(
        "Terraform's state",
        f"what was done could not be stored, or the lock not be given back{why}",
        "nothing is lost: the next deploy stores it, and takes the lock away",
    )


def _words(told: Diagnostic) -> str:
    """Return what it says, without frames; indented as part of a message."""
    text = f"{told.summary}\n{told.detail}" if told.detail else told.summary
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not _NOISE.match(line)]
    return "\n    ".join(lines)[:_LONGEST]


def _mend(told: Diagnostic) -> str:
    text = f"{told.summary}\n{told.detail}"
    return next((mend for pattern, mend in _MENDS if pattern.search(text)), "")
