"""Images that a node cannot get."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["PULL_REASONS", "hint"]

PULL_REASONS = frozenset(
    [
        "ErrImagePull",
        "ImagePullBackOff",
        "ImageInspectError",
        "InvalidImageName",
        "ErrImageNeverPull",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    ]
)

_BY_REASON: Mapping[str, str] = {
    "InvalidImageName": "that is no name of an image: correct it in the config",
    "ErrImageNeverPull": "its pull policy is Never and the node does not have it: "
    "set the pull policy IfNotPresent",
}
_BY_TEXT = (
    (
        r"pull access denied|unauthorized|authorization failed|authentication required|"
        r"insufficient_scope|\b40[13]\b|denied",
        "the registry wants a login, or it has no such image: name the Secret with the login in "
        "imagePullSecrets, and check the image's name",
    ),
    (
        r"toomanyrequests|\b429\b|rate limit",
        "the registry limits how often it is asked: pull with a login, or from a registry of "
        "your own",
    ),
    (
        r"no match for platform|no matching manifest|exec format error",
        "the image is not made for this kind of processor: build it for that of the nodes",
    ),
    (
        r"not found|manifest unknown|name unknown|does not exist",
        "the registry has no such image or tag: check its name, or push it first",
    ),
    (
        r"x509|certificate|HTTP response to HTTPS client",
        "the nodes do not trust the registry: set up its certificate on them",
    ),
    (
        r"no such host|server misbehaving|i/o timeout|connection refused|dial tcp|"
        r"deadline exceeded|TLS handshake timeout|no route to host|\bEOF\b|\b50\d\b",
        "the nodes cannot reach the registry: check its name, and that they may (firewall, proxy)",
    ),
    (r"no space left", "the node's disk is full: make room, or take larger nodes"),
)


def hint(reason: str, message: str) -> str:
    """Return what to do about an image that cannot be pulled."""
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    for pattern, mend in _BY_TEXT:
        if re.search(pattern, message, re.IGNORECASE):
            return mend
    return "check the image's name, and that the nodes may pull it"
