"""The connections to an API server: TLS as the kubeconfig says, and a proxy where there is one.

By urllib3 alone: to import the package `kubernetes` takes longer than most commands need for the
rest of their work.
"""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from qhub.cluster.errors import KubeconfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Way", "pool", "way_to"]

_SPOKEN = ("http", "https")
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


def way_to(cluster: Mapping[str, Any], user: Mapping[str, Any], folder: Path) -> Way:
    """Return how a kubeconfig's API server is reached; certificates that it holds go into `folder`.

    Raises `OSError` and `ValueError` for certificates that cannot be read.
    """
    is_tls = urlsplit(str(cluster.get("server"))).scheme == "https"
    return Way(
        authority=_file(cluster, "certificate-authority", folder) if is_tls else None,
        certificate=_file(user, "client-certificate", folder) if is_tls else None,
        key=_file(user, "client-key", folder) if is_tls else None,
        verified=not cluster.get("insecure-skip-tls-verify"),
        server_name=_text(cluster.get("tls-server-name")),
        proxy=_text(cluster.get("proxy-url")),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _file(entry: Mapping[str, Any], key: str, folder: Path) -> str | None:
    """Return the file of a certificate or a key; data in the kubeconfig go to a file of ours."""
    if data := entry.get(f"{key}-data"):
        path = folder / key
        path.touch(mode=0o600)
        path.write_bytes(base64.b64decode(data))
        return str(path)
    if not entry.get(key):
        return None
    if not Path(entry[key]).is_file():
        raise FileNotFoundError(f"there is no file {entry[key]}")
    return str(entry[key])


def pool(server: str, way: Way) -> Any:
    """Return a pool of urllib3's that tries nothing again by itself.

    Raises `KubeconfigError` for a server or a proxy that does not speak HTTP.
    """
    import urllib3

    if urlsplit(server).scheme not in _SPOKEN:
        raise KubeconfigError(
            f"'{server}', the kubeconfig's API server, is no URL that begins with https://",
            hint="have the kubeconfig written again",
        )
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
    named = urlsplit(through)
    if named.scheme not in _SPOKEN:
        raise KubeconfigError(
            f"the API server {server} stands behind a proxy of the kind {named.scheme}://, "
            "which QHub does not speak with",
            hint="name a proxy that speaks HTTP in the kubeconfig's proxy-url or in HTTPS_PROXY",
        )
    if named.username:
        both = f"{unquote(named.username)}:{unquote(named.password or '')}"
        settings["proxy_headers"] = urllib3.make_headers(proxy_basic_auth=both)
    return urllib3.ProxyManager(through, **settings)


def _proxy(server: str, named: str | None) -> str | None:
    """Return the kubeconfig's proxy, or else the environment's; None where none is to be used."""
    known = getproxies()
    found = named or known.get(urlsplit(server).scheme) or known.get("all")
    if not found or _is_near(server, known.get("no", "")):
        return None
    return found if "://" in found else f"http://{found}"


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
