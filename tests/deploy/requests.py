"""Requests from a few keys of a config, for tests that need no cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from qhub.config import check
from qhub.config.read import parse
from qhub.deploy.request import Request
from qhub.platform import plan
from qhub.render import render
from tests.platform.planned import SERVER

if TYPE_CHECKING:
    from pathlib import Path


def request(file: Path | str = "qhub-config.yaml", **keys: Any) -> Request:
    """Return the request of a config with these keys; provider `existing`, an own server."""
    data = {
        "project_name": "pipelines",
        "namespace": "dev",
        "provider": "existing",
        "existing": {"kube_context": "team"},
        "prefect": {"enabled": True, "api": SERVER},
        **keys,
    }
    document = parse(yaml.safe_dump(data).encode(), str(file))
    config = check(document).config
    assert config is not None
    platform = plan(config)
    return Request(document, config, platform, render(platform, config=config))
