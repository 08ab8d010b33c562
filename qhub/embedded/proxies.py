"""Proxies of the environment: none of them knows the loopback of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["loopback_exempt"]

_NAMES = ("NO_PROXY", "no_proxy")
_LOOPBACK = ("127.0.0.1", "localhost")


def loopback_exempt(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that keep clients of an environment from asking a proxy for loopback.

    What they exempt already stays exempt. Clients read one of the two spellings or the other.
    """
    told = ",".join(environ.get(name, "") for name in _NAMES).split(",")
    hosts = dict.fromkeys(host.strip() for host in (*told, *_LOOPBACK) if host.strip())
    return dict.fromkeys(_NAMES, "*" if "*" in hosts else ",".join(hosts))
