"""Project names of older files → names that Kubernetes and the clouds take."""

from __future__ import annotations

__all__ = ["project_label"]

_LONGEST = 63


def project_label(text: str) -> str:
    """Return the DNS label for a project name: "Acme_Pipes" is "acme-pipes"; may be empty."""
    signs = (sign if sign.isascii() and sign.isalnum() else " " for sign in text.lower())
    return "-".join("".join(signs).split())[:_LONGEST].rstrip("-")
