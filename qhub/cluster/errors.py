"""What can go wrong between QHub and a cluster; every error names the context or the server.

QhubError
├── KubeconfigError          a kubeconfig cannot be read, or says nothing that can be used
│   └── ContextError         the context is not there, or none is chosen; `known` are all
├── NotInstalledError        nothing of that name is deployed in the namespace
├── UnknownLogError          nothing that writes a log is called so
└── ClusterError             the API server did not do what it was asked for
    ├── UnreachableError     no answer: wrong address, a network between, server down
    ├── UnauthorisedError    it does not know who asks: expired or wrong credential
    ├── CredentialsError     the credential itself cannot be had
    ├── ForbiddenError       who asks may not
    └── RefusedError         any other answer that is no result; `http_status` says which
        └── AbsentError      there is no object, or no kind of object, of that name
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from qhub.errors import QhubError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AbsentError",
    "ClusterError",
    "ContextError",
    "CredentialsError",
    "ForbiddenError",
    "KubeconfigError",
    "NotInstalledError",
    "RefusedError",
    "UnauthorisedError",
    "UnknownLogError",
    "UnreachableError",
]

_SHOWN = 10


class KubeconfigError(QhubError):
    """A kubeconfig that cannot be used."""


class ContextError(KubeconfigError):
    """The context that was asked for is not in the kubeconfig, or none is chosen."""

    def __init__(self, message: str, *, known: Sequence[str], hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.known = tuple(known)


class NotInstalledError(QhubError):
    """The platform, or one of its agents, is not on the cluster."""


class UnknownLogError(QhubError):
    """Nothing that writes a log is called so; `known` are the names."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"nothing here is called '{name}'", hint=suggestion(name, known))
        self.known = tuple(known)


class ClusterError(QhubError):
    """The API server of a cluster did not do what it was asked for."""


class UnreachableError(ClusterError):
    """No API server answers."""


class UnauthorisedError(ClusterError):
    """The API server does not know who asks."""


class CredentialsError(ClusterError):
    """What the kubeconfig says of the credential does not lead to one."""


class ForbiddenError(ClusterError):
    """Who asks is known, and may not do it."""


class RefusedError(ClusterError):
    """The API server answers that it cannot or does not want to."""

    def __init__(self, message: str, *, http_status: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.http_status = http_status


class AbsentError(RefusedError):
    """What was asked for is not there."""


def suggestion(name: str, known: Sequence[str]) -> str:
    """Return the nearest of the known names as a question, else the first of all."""
    if near := get_close_matches(name, known, n=1, cutoff=0.6):
        return f"did you mean '{near[0]}'?"
    if not known:
        return ""
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"known here: {', '.join(known[:_SHOWN])}{more}"
