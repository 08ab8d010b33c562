"""Names as Kubernetes, DNS and POSIX write them."""

from __future__ import annotations

import re

__all__ = [
    "DNS_LABEL",
    "ENV_NAME",
    "SECRET_KEY",
    "explain_dns_domain",
    "explain_dns_label",
    "explain_dns_subdomain",
    "explain_email",
    "explain_env_name",
    "explain_label_key",
    "explain_label_value",
    "explain_secret_key",
    "explain_secret_name",
    "explain_toleration_key",
]

DNS_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
ENV_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
SECRET_KEY = r"[-._A-Za-z0-9]{1,253}"  # noqa: S105 (a pattern, not a credential)
_SUBDOMAIN = rf"{DNS_LABEL}(?:\.{DNS_LABEL})*"
_LONGEST_SUBDOMAIN = 253
_QUALIFIED = r"[A-Za-z0-9](?:[-._A-Za-z0-9]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{DNS_LABEL}(?:\.{DNS_LABEL})+"


def explain_dns_label(text: str) -> str | None:
    """Return None for a DNS label (RFC 1123), else what was expected."""
    if re.fullmatch(DNS_LABEL, text):
        return None
    return (
        "a DNS label such as data-team: a-z, 0-9 and '-', "
        "beginning and ending with a letter or digit, 63 characters at most"
    )


def explain_dns_subdomain(text: str) -> str | None:
    """Return None for a DNS subdomain (RFC 1123), else what was expected."""
    return None if _is_subdomain(text) else f"a DNS name such as team.example: {_RULE}"


def explain_secret_name(text: str) -> str | None:
    """Return None for the name of a Kubernetes Secret, else what was expected."""
    return None if _is_subdomain(text) else f"the name of a Kubernetes Secret: {_RULE}"


def explain_dns_domain(text: str) -> str | None:
    """Return None for a domain name, else what was expected."""
    if _is_subdomain(text):
        return None
    if "://" in text:
        return "a domain name such as qhub.example.com, without https:// and path"
    return "a domain name such as qhub.example.com, in lower case"


def explain_label_key(text: str) -> str | None:
    """Return None for the key of a Kubernetes label, else what was expected."""
    if _is_qualified(text):
        return None
    return f"a label key such as team or example.com/team: {_KEY_RULE}"


def explain_toleration_key(text: str) -> str | None:
    """Return None for the key of a taint, else what was expected."""
    if _is_qualified(text):
        return None
    return f"a taint's key such as nvidia.com/gpu: {_KEY_RULE}"


def explain_label_value(text: str) -> str | None:
    """Return None for the value of a Kubernetes label, else what was expected."""
    if not text or re.fullmatch(_QUALIFIED, text):
        return None
    return f"a label value such as data-science: {_VALUE_RULE}"


def explain_env_name(text: str) -> str | None:
    """Return None for an environment variable's name, else what was expected."""
    if re.fullmatch(ENV_NAME, text):
        return None
    return (
        "an environment variable's name such as S3_KEY: letters, digits and '_', "
        "not beginning with a digit"
    )


def explain_secret_key(text: str) -> str | None:
    """Return None for a key inside a Kubernetes Secret, else what was expected."""
    # A key becomes a file name; Kubernetes keeps "..data" and its kind for itself.
    if re.fullmatch(SECRET_KEY, text) and text != "." and not text.startswith(".."):
        return None
    return (
        "a secret's name such as S3_KEY or gcp.json: letters, digits, '-', '_' and '.', "
        "not beginning with '..', 253 characters at most"
    )


def explain_email(text: str) -> str | None:
    """Return None for an e-mail address, else what was expected."""
    if re.fullmatch(_EMAIL, text, re.IGNORECASE):
        return None
    return "an e-mail address such as ops@example.com"


_RULE = (
    "a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit, "
    "253 characters at most"
)
_VALUE_RULE = (
    "letters, digits, '-', '_' and '.', beginning and ending with a letter or digit, "
    "63 characters at most"
)
_KEY_RULE = f"{_VALUE_RULE}, with an optional domain and '/' before it"


def _is_subdomain(text: str) -> bool:
    return len(text) <= _LONGEST_SUBDOMAIN and bool(re.fullmatch(_SUBDOMAIN, text))


def _is_qualified(text: str) -> bool:
    prefix, slash, name = text.rpartition("/")
    return bool(re.fullmatch(_QUALIFIED, name)) and (not slash or _is_subdomain(prefix))
