"""What Terraform's errors become for who reads them."""

from __future__ import annotations

import pytest

from qhub.deploy import explain
from qhub.deploy.errors import Trouble
from qhub.deploy.events import Diagnostic

RELEASE = 'helm_release.agent["etl"]'


def _error(summary: str, detail: str = "", address: str = "") -> Diagnostic:
    return Diagnostic("error", summary, detail, address, "")


def test_what_is_said_at_length_of_the_state_is_one_trouble_with_its_reason() -> None:
    found = explain.troubles(
        [
            _error("installation failed", "EOF", RELEASE),
            _error("Failed to save state", "Error saving state: no space left on device"),
            _error("Failed to persist state to backend", "The error shown above\nhas prevented"),
            _error("Error releasing the state lock", "Error message: gone\nTerraform acquires a"),
        ]
    )

    assert [trouble.about for trouble in found] == [RELEASE, "Terraform's state"]
    assert found[1].message == (
        "what was done could not be stored, or the lock not be given back\n"
        "    Error saving state: no space left on device\n"
        "    Error message: gone"
    )
    assert found[1].hint.startswith("nothing is lost: the next deploy stores it")


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        (
            'Deployment.apps "qhub-etl" is invalid: spec.template: Required value',
            "Kubernetes refuses what became of an override: mend it in the config file",
        ),
        (
            "read tcp 127.0.0.1:5->127.0.0.1:6: read: connection reset by peer",
            "see that the API server answers, as with `kubectl version`, and deploy again",
        ),
        ("pods is forbidden: User", "ask who administers the cluster for that right"),
        (
            'Provider "registry.terraform.io/hashicorp/helm" produced something else',
            "",
        ),
        ("something else", ""),
    ],
    ids=["refused", "reset", "forbidden", "a provider's name", "unknown"],
)
def test_an_error_has_its_mend(said: str, mend: str) -> None:
    (found,) = explain.troubles([_error("Upgrade failed", said, RELEASE)])
    assert found.hint[: len(mend) or None] == mend
    assert found == Trouble(RELEASE, f"Upgrade failed\n    {said}", found.hint)


PROVIDER = 'provider "provider[\\"registry.terraform.io/hashicorp/helm\\"]" produced'


@pytest.mark.parametrize(
    ("summary", "detail", "mend"),
    [
        (
            "Provider produced inconsistent result after apply",
            f"When applying changes to helm_release.agent, {PROVIDER} an unexpected new value",
            "what was made is there: deploy again; ",
        ),
        (
            "Failed to query available provider packages",
            "Could not connect to registry.terraform.io: lookup: no such host",
            "see that Terraform's registry, or the mirror of TF_CLI_CONFIG_FILE, can be reached",
        ),
    ],
    ids=["inconsistent", "no registry"],
)
def test_a_message_that_names_a_provider_has_its_own_mend(
    summary: str, detail: str, mend: str
) -> None:
    (found,) = explain.troubles([_error(summary, detail, RELEASE)])
    assert found.hint.startswith(mend)


def test_the_same_error_is_told_once() -> None:
    assert len(explain.troubles([_error("x", "y"), _error("x", "y")])) == 1
