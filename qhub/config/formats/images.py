"""Container image references: `[domain[:port]/]path[:tag][@digest]`."""

from __future__ import annotations

import re

__all__ = ["explain_image", "repository", "tag"]

# The grammar of the distribution project's reference package.
_HOST_PART = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
# What stands before the first '/' is a host only with a dot or a port, or as localhost.
_HOST = (
    rf"(?:localhost|(?:{_HOST_PART}\.)+{_HOST_PART}|{_HOST_PART}(?=:)|\[[0-9a-fA-F:]+\])"
    r"(?::[0-9]{1,5})?"
)
_PATH_PART = r"[a-z0-9]+(?:(?:[_.]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_PATH_PART}(?:/{_PATH_PART})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}"
_REFERENCE = rf"(?P<name>(?:{_HOST}/)?{_PATH})(?::(?P<tag>{_TAG}))?(?P<at>@(?P<digest>{_DIGEST}))?"
_LONGEST_NAME = 255

_EXPECTED = "a container image such as registry.example.com/team/flow:1.2"


def explain_image(text: str) -> str | None:
    """Return None for an image reference, else what was expected."""
    match = re.fullmatch(_REFERENCE, text)
    if match and len(match["name"]) <= _LONGEST_NAME:
        return None
    if "://" in text:
        return f"{_EXPECTED}, without a scheme in front"
    name, at, _ = text.partition("@")
    if at and explain_image(name) is None:
        return f"{_EXPECTED}; after '@' stands sha256: and 64 hexadecimal digits in lower case"
    if text != text.lower() and explain_image(text.lower()) is None:
        return f"{_EXPECTED}; a repository is written in lower case"
    return _EXPECTED


def tag(image: str) -> str | None:
    """Return the tag of an image reference, None where it has none."""
    match = re.fullmatch(_REFERENCE, image)
    return match["tag"] if match else None


def repository(image: str) -> str | None:
    """Return an image reference without tag and digest, None for anything else."""
    match = re.fullmatch(_REFERENCE, image)
    return match["name"] if match else None
