"""The agents: the defaults of the `prefect` block, and over them what each agent says itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from qhub.config.build.prefect import DEFAULT_TOKEN
from qhub.config.prefect import HOSTED_V1_URL
from qhub.platform.model import Agent, Api, JobSettings
from qhub.platform.node_pools import agent_placement
from qhub.platform.placing import combined, job_placement, placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qhub.config.model import AgentConfig, Config, JobOverrides, Prefect, Secret
    from qhub.platform.model import NodePool, Placement, Profile

__all__ = ["plan_agents"]

_T = TypeVar("_T")


def plan_agents(
    config: Config, profiles: Sequence[Profile], node_pools: Sequence[NodePool]
) -> tuple[Agent, ...]:
    """Return the agents by name; none when Prefect is switched off."""
    if not config.prefect.enabled:
        return ()
    flow_run_profiles = [profile for profile in profiles if profile.kind == "flow_run"]
    usual = agent_placement(config.cluster, node_pools)
    agents = [
        _agent(agent, config, flow_run_profiles, placement=usual) for agent in config.prefect.agents
    ]
    return tuple(sorted(agents, key=lambda agent: agent.name))


def _agent(
    agent: AgentConfig, config: Config, profiles: Sequence[Profile], *, placement: Placement
) -> Agent:
    prefect = config.prefect
    common, own = prefect.overrides, agent.overrides
    image = agent.image or prefect.image
    wanted = _wanted(agent, prefect)
    secret_env_vars = {s.name: s for s in (*common.secret_env_vars, *own.secret_env_vars)}
    secrets = {secret.name: secret for secret in _secrets(agent, config)} | secret_env_vars
    env_vars = {**common.env_vars, **own.env_vars}
    return Agent(
        name=agent.name,
        generation=prefect.generation,
        image=image,
        api=_api(prefect),
        queues=wanted if prefect.generation == "worker" else (),
        labels=wanted if prefect.generation == "agent" else (),
        token=_token(agent, config),
        secrets=tuple(secrets[name] for name in sorted(secrets)),
        env_vars={name: env_vars[name] for name in sorted(env_vars) if name not in secret_env_vars},
        job=_job(agent, config, profiles, image=config.flow_image or image),
        placement=placed(placement, common.chart_values, own.chart_values),
        settings=combined(common.chart_values, own.chart_values),
    )


def _api(prefect: Prefect) -> Api:
    default = HOSTED_V1_URL if prefect.api_kind == "hosted" else None
    return Api(kind=prefect.api_kind, url=prefect.api_url or default)


def _wanted(agent: AgentConfig, prefect: Prefect) -> tuple[str, ...]:
    """Return the queues or labels: the agent's own, else those of all agents."""
    own = (*agent.queues, *(agent.overrides.labels or ()))
    return tuple(dict.fromkeys(own or prefect.overrides.labels or ()))


def _token(agent: AgentConfig, config: Config) -> Secret | None:
    if agent.token is None:
        return config.prefect.token
    named = (secret for secret in config.secrets if secret.name == agent.token)
    return next(named, DEFAULT_TOKEN)


def _secrets(agent: AgentConfig, config: Config) -> list[Secret]:
    """Return the entries of `secrets` that the agent lists; else all that are nobody's token."""
    if agent.secrets is not None:
        return [secret for secret in config.secrets if secret.name in agent.secrets]
    tokens = {other.token for other in config.prefect.agents}
    if config.prefect.token is not None:
        tokens.add(config.prefect.token.name)
    return [secret for secret in config.secrets if secret.name not in tokens]


def _job(
    agent: AgentConfig, config: Config, profiles: Sequence[Profile], *, image: str
) -> JobSettings:
    """Return how the agent's jobs look.

    From weak to strong: the default profile, the overrides of all agents, the profile that the
    agent names, the agent's own overrides.
    """
    common, own = config.prefect.overrides.job, agent.overrides.job
    named = next((profile for profile in profiles if profile.name == agent.profile), None)
    default = next((profile for profile in profiles if profile.default), None)
    layers = (common, own) if named is None else (own,)
    resources = _resources(layers, named or default)
    return JobSettings(
        image=image,
        cpu_request=resources["cpu_request"],
        cpu_limit=resources["cpu_limit"],
        memory_request=resources["memory_request"],
        memory_limit=resources["memory_limit"],
        image_pull_secrets=_last(common.image_pull_secrets, own.image_pull_secrets) or (),
        image_pull_policy=_last(common.image_pull_policy, own.image_pull_policy),
        placement=job_placement(
            config.prefect.overrides.chart_values,
            agent.overrides.chart_values,
            default=default,
            named=named,
        ),
    )


def _resources(layers: Sequence[JobOverrides], profile: Profile | None) -> dict[str, str | None]:
    """Return requests and limits: the strongest layer that speaks of a resource decides both.

    A profile's limit must not be left over a request that somebody raised, nor the other way
    round; so an override of the CPU replaces the profile's CPU as a whole, likewise the memory.
    """
    resources: dict[str, str | None] = {}
    for resource in ("cpu", "memory"):
        names = (f"{resource}_request", f"{resource}_limit")
        said = {name: _last(*(getattr(layer, name) for layer in layers)) for name in names}
        source = (
            said if any(said.values()) else {name: getattr(profile, name, None) for name in names}
        )
        resources |= source
    return resources


def _last(*values: _T | None) -> _T | None:
    return next((value for value in reversed(values) if value is not None), None)
