"""The connections to an API server: TLS as the kubeconfig says, and a proxy where there is one.

By urllib3 alone: to import the package `kubernetes` takes longer than most commands need for the
rest of their work.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

__all__ = ["Way", "pool"]

_SIZE = 64  # fewer than threads that ask at once, and urllib3 writes warnings


@dataclass(frozen=True, slots=True)
class Way:
    """How an API server is reached; the first three are paths of files."""

    authority: str | None = None
    certificate: str | None = None
    key: str | None = None
    verified: bool = True
    server_name: str | None = None
    proxy: str | None = None


def pool(server: str, way: Way) -> Any:
    """Return a pool of urllib3's that tries nothing again by itself."""
    import urllib3

    if not way.verified:  # the kubeconfig's wish: not told at each request
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    settings: dict[str, Any] = {
        "cert_reqs": "CERT_REQUIRED" if way.verified else "CERT_NONE",
        "ca_certs": way.authority,
        "cert_file": way.certificate,
        "key_file": way.key,
        "retries": False,
        "maxsize": _SIZE,
    }
    if way.server_name:
        settings["server_hostname"] = way.server_name
    through = _proxy(server, way.proxy)
    if through is None:
        return urllib3.PoolManager(**settings)
    if through.startswith("socks"):
        from urllib3.contrib.socks import SOCKSProxyManager

        return SOCKSProxyManager(through, **settings)
    return urllib3.ProxyManager(through, **settings)


def _proxy(server: str, named: str | None) -> str | None:
    """Return the kubeconfig's proxy, or else the environment's; None where none is to be used."""
    known = getproxies()
    found = named or known.get(urlsplit(server).scheme) or known.get("all")
    return None if not found or _is_near(server, known.get("no", "")) else found


def _is_near(server: str, near: str) -> bool:
    """Tell whether NO_PROXY has a server: its name, a domain, an address, a network, or all."""
    parts = urlsplit(server)
    host, place = (parts.hostname or "").lower(), parts.netloc.lower()
    for entry in filter(None, (entry.strip().lower() for entry in near.split(","))):
        name = entry.lstrip(".")
        if entry == "*" or name in (host, place) or _is_in(host, entry):
            return True
        if host.endswith(f".{name}") or place.endswith(f".{name}"):
            return True
    return False


def _is_in(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:  # a name
        return False
