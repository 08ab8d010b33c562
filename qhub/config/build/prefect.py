"""The `prefect` block and its agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.build.overrides import build_overrides
from qhub.config.model import AgentConfig, FromEnv, Overrides, Prefect, Secret
from qhub.config.prefect import DEFAULT_IMAGE, HOSTED_V1_URL, api_kind, generation_of, version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qhub.config.build.block import Block
    from qhub.config.model import ApiKind

__all__ = ["DEFAULT_TOKEN", "build_prefect"]

DEFAULT_TOKEN = Secret("PREFECT_TOKEN", FromEnv("TF_VAR_prefect_token"))


def build_prefect(block: Block, *, project_name: str, secrets: Sequence[Secret]) -> Prefect:
    """Return the `prefect` block; without `agents` it has one, named after the project."""
    image = block.get("image")
    # A block that is switched off may name an image that QHub cannot deploy.
    named = version({"image": image, "version": block.get("version")}) or version({})
    generation = (generation_of(named) if named else None) or "worker"
    url = block.block("api").get("url")
    kind = api_kind(generation, url)
    agents = tuple(_agent(agent, index) for index, agent in enumerate(block.items("agents")))
    return Prefect(
        enabled=bool(block.get("enabled")),
        image=image or DEFAULT_IMAGE,
        generation=generation,
        version=named or "",
        api_kind=kind,
        api_url=url,
        token=_token(block.block("api").get("token"), kind=kind, url=url, secrets=secrets),
        agents=agents or (_default_agent(project_name),),
        overrides=build_overrides(block.get("overrides") or {}, path=("prefect", "overrides")),
        server=block.get("server") or {},
        storage=block.get("storage"),
    )


def _token(
    name: str | None, *, kind: ApiKind, url: str | None, secrets: Sequence[Secret]
) -> Secret | None:
    """Return the credential that agents without one of their own use.

    Prefect Cloud and the hosted API of Prefect 1 need one; a server of one's own may have one.
    """
    if name is None and kind not in ("cloud", "hosted"):
        return None
    if name is None and kind == "hosted" and url not in (None, HOSTED_V1_URL):
        return None
    wanted = name or DEFAULT_TOKEN.name
    return next((secret for secret in secrets if secret.name == wanted), DEFAULT_TOKEN)


def _agent(block: Block, index: int) -> AgentConfig:
    secrets = block.get("secrets")
    return AgentConfig(
        name=block.get("name"),
        image=block.get("image"),
        queues=tuple(block.get("queues") or ()),
        profile=block.get("profile"),
        token=block.get("token"),
        secrets=None if secrets is None else tuple(secrets),
        overrides=build_overrides(
            block.get("overrides") or {}, path=("prefect", "agents", index, "overrides")
        ),
    )


def _default_agent(name: str) -> AgentConfig:
    overrides: Overrides = build_overrides({}, path=())
    return AgentConfig(
        name=name,
        image=None,
        queues=(),
        profile=None,
        token=None,
        secrets=None,
        overrides=overrides,
    )
