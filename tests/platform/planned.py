"""Configs from a few keys, for tests that start behind the reading of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from qhub.config.build import build
from qhub.config.read import parse
from qhub.platform import plan

if TYPE_CHECKING:
    from qhub.config.model import Config
    from qhub.platform import Agent, Platform

SERVER = {"url": "https://prefect.example/api"}


def config(**keys: Any) -> Config:
    """Return the config of a short file with these keys; provider `existing`."""
    data = {"project_name": "pipelines", "provider": "existing", **keys}
    return build(parse(yaml.safe_dump(data).encode(), "qhub-config.yaml"))


def planned(**keys: Any) -> Platform:
    """Return the platform of such a config."""
    return plan(config(**keys))


def agents(*, prefect: dict[str, Any], **keys: Any) -> dict[str, Agent]:
    """Return the agents by name; the API is a server of one's own unless `prefect` says more."""
    platform = planned(prefect={"enabled": True, "api": SERVER, **prefect}, **keys)
    return {agent.name: agent for agent in platform.agents}
