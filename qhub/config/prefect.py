"""Which Prefect an image is, which generation that makes, and which API it talks to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qhub.config.formats.images import repository, tag
from qhub.config.formats.values import explain_prefect_version, url_host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.config.model import ApiKind, Generation

__all__ = [
    "DEFAULT_IMAGE",
    "HOSTED_V1_URL",
    "api_kind",
    "generation",
    "generation_of",
    "image_version",
    "is_official",
    "version",
]

DEFAULT_IMAGE = "prefecthq/prefect:3.8.8-python3.12-kubernetes"
HOSTED_V1_URL = "https://api.prefect.io/graphql"

_WORKER_MAJOR = 3
_FIRST_AGENT = (0, 14)
_LAST_AGENT_MAJOR = 1
_CLOUD = "prefect.cloud"
_VERSIONED_TAG = r"v?([0-9]{1,3}(?:\.[0-9]{1,3}){0,2})(?=$|[-_+]|(?:a|b|rc|\.dev|\.post)[0-9])"


def generation(prefect: Mapping[str, Any]) -> Generation | None:
    """Return the generation that a `prefect` block asks for; None where it does not tell.

    `version` decides, else the tag of `image`. Prefect 2 and versions that nobody knows are None.
    """
    known = version(prefect)
    return generation_of(known) if known else None


def version(prefect: Mapping[str, Any]) -> str | None:
    """Return the version of Prefect that a `prefect` block names: `version`, else the image's."""
    written = prefect.get("version")
    if isinstance(written, str):
        return written if explain_prefect_version(written) is None else None
    image = DEFAULT_IMAGE if prefect.get("image") is None else prefect["image"]
    return image_version(image) if written is None and isinstance(image, str) else None


def generation_of(version: str) -> Generation | None:
    """Return the generation of a version: 0.14 to 1.x agent, 3.x worker, None for others."""
    numbers = tuple(int(part) for part in re.findall(r"[0-9]+", version)[:2])
    if numbers[0] == _WORKER_MAJOR:
        return "worker"
    # "0" alone leaves open whether it is 0.14 or one of those that cannot be deployed.
    if numbers >= _FIRST_AGENT and numbers[0] <= _LAST_AGENT_MAJOR:
        return "agent"
    return None


def image_version(image: str) -> str | None:
    """Return the version that an image's tag begins with: "3.8.8" of prefect:3.8.8-python3.12.

    A tag that is one number ("3", "3-latest") counts in Prefect's own repository alone: elsewhere
    it is somebody's build number.
    """
    match = re.match(_VERSIONED_TAG, tag(image) or "")
    if match is None or ("." not in match[1] and not is_official(image)):
        return None
    return match[1]


def is_official(image: str) -> bool:
    """Return whether an image is Prefect's own one, from Docker Hub or from a mirror of it."""
    return f"/{repository(image)}".endswith("/prefecthq/prefect")


def api_kind(generation: Generation, url: str | None) -> ApiKind:
    """Return what the Prefect API at `url` (None: none is written) is for this generation."""
    if generation == "agent":
        return "hosted"
    if url is None:
        return "deployed"
    host = url_host(url) or ""
    return "cloud" if host == _CLOUD or host.endswith(f".{_CLOUD}") else "server"
