"""Names of container images, checked where a deployment names one.

Later nobody would tell: Prefect stores any text, and Kubernetes refuses the pod of each run.
"""

from __future__ import annotations

import re

from qhub.flows.errors import ParameterError

__all__ = ["check"]

# The grammar of the distribution project's reference package, as config files have it.
_PART = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:localhost|(?:{_PART}\.)+{_PART}|{_PART}(?=:)|\[[0-9a-fA-F:]+\])(?::[0-9]{{1,5}})?"
_STEP = r"[a-z0-9]+(?:(?:[_.]|__|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}"
_NAME = re.compile(rf"(?P<name>(?:{_HOST}/)?{_STEP}(?:/{_STEP})*)(?::{_TAG})?(?:@(?:{_DIGEST}))?")
_LONGEST = 255


def check(image: str) -> None:
    """Raise `ParameterError` for a text that no registry takes for an image."""
    found = _NAME.fullmatch(image)
    if not found or len(found["name"]) > _LONGEST:
        raise ParameterError(
            f"'{image}' is no name of an image",
            hint="names are lower-case: REGISTRY/TEAM/IMAGE:TAG, or "
            "REGISTRY/TEAM/IMAGE@sha256: and 64 digits",
        )
