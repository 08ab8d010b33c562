"""Durations, ports, URLs and version numbers."""

from __future__ import annotations

import re

__all__ = [
    "BadDurationError",
    "duration_seconds",
    "explain_duration",
    "explain_kubernetes_version",
    "explain_port",
    "explain_prefect_version",
    "explain_url",
    "url_host",
]

_DURATION = (
    r"(?:(?P<d>[0-9]{1,9})d)?(?:(?P<h>[0-9]{1,9})h)?(?:(?P<m>[0-9]{1,9})m)?(?:(?P<s>[0-9]{1,9})s)?"
)
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
# Characters of RFC 3986; a host is a name, an IPv4 address or an IPv6 address in brackets.
_HTTP_URL = (
    r"https?://(?:[^\s/?#@]*@)?(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
    r"|\[[0-9a-fA-F:]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?"
)
# 1.35 | 1.35.2 | v1.35.2-eks-3cfe0ce | 1.21.5-do.0 | 1.21.5-gke.1300 | v1.30.5+k3s1
_KUBERNETES = r"v?1\.[0-9]{1,3}(?:\.[0-9]{1,3}(?:[-+][0-9A-Za-z.+-]+)?)?"
_PREFECT = r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}(?:(?:a|b|rc|\.dev|\.post)[0-9]{1,6})?"
_LARGEST_PORT = 65_535


class BadDurationError(ValueError):
    """The text is not a duration."""


def duration_seconds(text: str) -> int:
    """Return "90", "90s", "30m", "1h30m" or "2d" in seconds; raises `BadDurationError`."""
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    match = re.fullmatch(_DURATION, text) if text else None
    if match is None:
        raise BadDurationError(f"not a duration: {text!r}")
    return sum(int(match[unit] or 0) * seconds for unit, seconds in _SECONDS.items())


def explain_duration(text: str) -> str | None:
    """Return None for a duration, else what was expected."""
    try:
        duration_seconds(text)
    except BadDurationError:
        return "a duration such as 90s, 30m or 1h30m, or a number of seconds"
    return None


def explain_port(text: str) -> str | None:
    """Return None for a port number, else what was expected."""
    if re.fullmatch(r"[0-9]{1,5}", text) and 1 <= int(text) <= _LARGEST_PORT:
        return None
    return "a port number from 1 to 65535"


def explain_url(text: str) -> str | None:
    """Return None for a URL, also one of a bucket (s3://…), else what was expected."""
    match = re.fullmatch(_HTTP_URL, text)
    if match and (match["port"] is None or explain_port(match["port"]) is None):
        return None
    if re.fullmatch(r"(?!https?:)[a-z][a-z0-9+.-]*://[^\s\x00-\x1f\x7f]+", text):
        return None
    if re.match(r"[A-Za-z0-9.-]+(?::[0-9]+)?(?:/|$)", text) and "://" not in text:
        return "a URL such as https://prefect.example.com/api, beginning with https:// or http://"
    return "a URL such as https://prefect.example.com/api"


def url_host(url: str) -> str | None:
    """Return the host of an http(s) URL in lower case, None for anything else."""
    match = re.fullmatch(_HTTP_URL, url)
    return match["host"].lower() if match else None


def explain_kubernetes_version(text: str) -> str | None:
    """Return None for a Kubernetes version as a cloud writes it, else what was expected."""
    if re.fullmatch(_KUBERNETES, text):
        return None
    return "a Kubernetes version such as 1.35, 1.35.2 or 1.35.2-do.0"


def explain_prefect_version(text: str) -> str | None:
    """Return None for a version of Prefect, else what was expected."""
    if re.fullmatch(_PREFECT, text):
        return None
    return "a Prefect version such as 3.8, 3.8.8 or 0.14.22"
