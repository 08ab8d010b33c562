"""What can go wrong with the embedded platform; every error names where and what.

QhubError
├── ProviderError         the config file asks for another provider
├── PreventedError        `prevent_deploy: true` stands in the config file
├── MissingExtraError     packages of `qhub[embedded]` are missing or of another version
├── MissingSecretsError   values of secrets are not there, or too large; names all of them
├── PortTakenError        a foreign process listens on a port that was asked for
├── SupervisorError       supervisor refuses, is silent or does not start
├── DeployFailedError     a part did not become healthy; holds the last lines of its log
├── ForeignPlatformError  another config file deployed the platform
├── NotDeployedError      there is no such platform, or it does not run
│   └── MissingPasswordError  it runs, and the file of a password is gone
├── ApiError              Prefect's API refused a request or did not answer
├── UnknownLogError       no program and no flow run is called so
└── AmbiguousRunError     several flow runs are meant
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.errors import QhubError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AmbiguousRunError",
    "ApiError",
    "DeployFailedError",
    "ForeignPlatformError",
    "MissingExtraError",
    "MissingPasswordError",
    "MissingSecretsError",
    "NotDeployedError",
    "PortTakenError",
    "PreventedError",
    "ProviderError",
    "SupervisorError",
    "UnknownLogError",
]


class ProviderError(QhubError):
    """What was asked for exists for `provider: embedded` alone."""


class PreventedError(QhubError):
    """The config file holds deployments back."""


class MissingExtraError(QhubError):
    """What the embedded platform runs is not installed, or not in a version that works."""


class MissingSecretsError(QhubError):
    """Values of secrets cannot be had; never holds a value."""


class PortTakenError(QhubError):
    """A process that is not of this platform listens on a port that it needs."""

    def __init__(self, message: str, *, port: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.port = port


class SupervisorError(QhubError):
    """Supervisor, which runs the programs, cannot do what it was asked for."""


class DeployFailedError(QhubError):
    """A part of the platform did not come up."""


class ForeignPlatformError(QhubError):
    """Another config file deployed the platform of these names."""


class NotDeployedError(QhubError):
    """The platform of a config file does not run on this machine."""


class MissingPasswordError(NotDeployedError):
    """The file of a password is gone, so nobody can talk with what runs."""


class ApiError(QhubError):
    """Prefect's API did not do what it was asked for; `http_status` is None without an answer."""

    def __init__(self, message: str, *, http_status: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.http_status = http_status


class UnknownLogError(QhubError):
    """Nothing that writes a log is called so; `known` are some of the names."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"the names are {', '.join(known)}"
        super().__init__(f"nothing here is called '{name}'", hint=hint)
        self.known = tuple(known)


class AmbiguousRunError(QhubError):
    """Several flow runs have that name, or an id that begins so."""

    def __init__(self, word: str, ids: Sequence[str]) -> None:
        shown = ", ".join(f"run/{run}" for run in ids[:5])
        more = f" and {len(ids) - 5} more" if len(ids) > 5 else ""
        super().__init__(f"'run/{word}' are several flow runs: {shown}{more}")
