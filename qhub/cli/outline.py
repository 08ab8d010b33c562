"""A platform in words and as data: what `qhub show` prints; of secrets, name and source only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import urlsplit, urlunsplit

from qhub.config.model import ExistingSecret, FromEnv, FromFile, LiteralInFile
from qhub.config.problem import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.config.model import ApiKind, Generation, ProviderName, Secret, SecretSource
    from qhub.platform.model import (
        Agent,
        Api,
        DaskGateway,
        JobSettings,
        NodePool,
        Placement,
        Platform,
        Profile,
    )

PROVIDERS: Mapping[ProviderName, str] = {
    "embedded": "processes on this machine",
    "local": "a Kubernetes cluster on this machine",
    "existing": "a Kubernetes cluster that exists already",
    "aws": "Amazon Web Services",
    "gcp": "Google Cloud",
    "azure": "Microsoft Azure",
    "do": "DigitalOcean",
}
GENERATIONS: Mapping[Generation, str] = {
    "agent": "Prefect 0.x/1.x agent",
    "worker": "Prefect 3 worker",
}
APIS: Mapping[ApiKind, str] = {
    "cloud": "Prefect Cloud",
    "server": "own Prefect server",
    "hosted": "Prefect 0.x/1.x API",
    "deployed": "a Prefect server that QHub deploys",
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A line of the tree and the lines under it."""

    text: str
    branches: tuple[Branch, ...] = ()


def tree(platform: Platform) -> Branch:
    """Return the platform as a tree of lines."""
    gateway = platform.dask_gateway
    branches = (
        Branch(f"where: {PROVIDERS[platform.provider]}, namespace {platform.namespace}"),
        *map(_agent, platform.agents),
        *_group("profiles", map(_profile, platform.profiles)),
        *([] if gateway is None else [_gateway(gateway)]),
        *_group("node pools", map(_node_pool, platform.node_pools)),
    )
    return Branch(f"{platform.project} (provider {platform.provider})", branches)


def as_text(branch: Branch) -> str:
    """Return a tree drawn with lines."""
    return "\n".join([branch.text, *_drawn(branch.branches, "")])


def _drawn(branches: tuple[Branch, ...], indent: str) -> Iterator[str]:
    for branch in branches:
        last = branch is branches[-1]
        yield f"{indent}{'└── ' if last else '├── '}{branch.text}"
        yield from _drawn(branch.branches, indent + ("    " if last else "│   "))


def _group(title: str, branches: Iterator[Branch]) -> tuple[Branch, ...]:
    inner = tuple(branches)
    return (Branch(title, inner),) if inner else ()


def _agent(agent: Agent) -> Branch:
    branches = (
        *map(Branch, image_line(agent.image)),
        Branch(f"API: {api_line(agent.api)}"),
        Branch(f"credential: {_credential(agent)}"),
        *_names("queues", agent.queues),
        *_names("labels", agent.labels),
        *map(Branch, _labels(agent.placement)),
        *_group("jobs", map(Branch, job_lines(agent.job))),
        *_group("secrets", (Branch(secret_line(secret)) for secret in agent.secrets)),
        *_names("environment", tuple(agent.env_vars)),
        *_names("further settings", tuple(agent.settings)),
    )
    return Branch(f"agent {agent.name}: {GENERATIONS[agent.generation]}", branches)


def image_line(image: str | None) -> list[str]:
    """Return which image it is; nothing for processes of this machine."""
    return [f"image: {image}"] if image else []


def _credential(agent: Agent) -> str:
    if agent.token is not None:
        return secret_line(agent.token)
    return "a password that QHub makes" if agent.api.kind == "deployed" else "no credential"


def _names(title: str, names: tuple[str, ...]) -> tuple[Branch, ...]:
    return (Branch(f"{title}: {', '.join(names)}"),) if names else ()


def _profile(profile: Profile) -> Branch:
    kind = "flow run" if profile.kind == "flow_run" else "Dask worker"
    mark = " (default)" if profile.default else ""
    return Branch(f"{kind} {profile.name}{mark}: {', '.join(profile_facts(profile))}")


def profile_facts(profile: Profile) -> list[str]:
    """Return what a profile asks for, one fact each."""
    return [
        f"cpu {_range(profile.cpu_request, profile.cpu_limit)}",
        f"memory {_range(profile.memory_request, profile.memory_limit)}",
        *([f"{profile.threads} threads"] if profile.threads else []),
        *_gpus(profile.placement.gpus),
    ]


def _gateway(gateway: DaskGateway) -> Branch:
    return Branch("Dask Gateway", tuple(map(Branch, gateway_facts(gateway))))


def gateway_facts(gateway: DaskGateway) -> list[str]:
    """Return what the gateway allows a cluster."""
    seconds = gateway.idle_timeout_seconds
    return [
        *image_line(gateway.image),
        f"a cluster has up to {gateway.limit_workers} workers, {gateway.limit_cores:g} cores, "
        f"{gateway.limit_memory}",
        f"an idle cluster ends after {seconds} s" if seconds else "an idle cluster never ends",
    ]


def _node_pool(pool: NodePool) -> Branch:
    return Branch(f"{pool.name}: {', '.join(node_pool_facts(pool))}")


def node_pool_facts(pool: NodePool) -> list[str]:
    """Return what is known of the nodes of a pool, one fact each."""
    return [
        pool.instance or f"nodes with {_pairs(pool.node_selector)}",
        *_nodes(pool.min_nodes, pool.max_nodes),
        *_gpus(pool.gpus or 0),
        *(["spot"] if pool.spot else []),
    ]


def _nodes(low: int | None, high: int | None) -> list[str]:
    if high is None:
        return []
    return ["1 node" if (low, high) == (1, 1) else f"{_range(low, high)} nodes"]


def job_lines(job: JobSettings) -> list[str]:
    """Return how flow runs look unless a deployment says otherwise, one fact each."""
    return [
        *image_line(job.image),
        *_resource("cpu", job.cpu_request, job.cpu_limit),
        *_resource("memory", job.memory_request, job.memory_limit),
        *_gpus(job.placement.gpus),
        *_labels(job.placement),
        *([f"pull policy: {job.image_pull_policy}"] if job.image_pull_policy else []),
        *([f"pull secrets: {', '.join(names)}"] if (names := job.image_pull_secrets) else []),
    ]


def _resource(what: str, request: str | None, limit: str | None) -> list[str]:
    if request is None and limit is None:
        return []
    if request is None:
        return [f"{what} at most {limit}"]
    return [f"{what} {request}" if limit is None else f"{what} {_range(request, limit)}"]


def _labels(placement: Placement) -> list[str]:
    labels = _pairs(placement.node_selector)
    return [f"on nodes with {labels}"] if labels else []


def _pairs(labels: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(labels.items()))


def _range(low: object, high: object) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _gpus(number: int) -> list[str]:
    return [f"{number} GPU{'s' if number > 1 else ''}"] if number else []


def api_line(api: Api) -> str:
    """Return which Prefect API it is, and where."""
    return APIS[api.kind] if api.url is None else f"{APIS[api.kind]} at {public_url(api.url)}"


def public_url(url: str) -> str:
    """Return a URL without the user and password that it may hold, and without its query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def secret_line(secret: Secret) -> str:
    """Return a secret's name and where its value comes from."""
    return f"{secret.name}, {source_line(secret.source)}"


def source_line(source: SecretSource) -> str:
    """Return where a secret's value comes from."""
    match source:
        case FromEnv(name):
            return f"from the environment variable {name}"
        case FromFile(path):
            return f"from the file {path}"
        case ExistingSecret(secret_name, key):
            return f"key {key} of the existing Secret {secret_name}"
        case LiteralInFile(path):
            return f"written in the config file at {dotted(path)}"
        case _:
            assert_never(source)


def as_data(platform: Platform) -> dict[str, Any]:
    """Return the platform as data for JSON."""
    return {
        "project": platform.project,
        "namespace": platform.namespace,
        "provider": platform.provider,
        "agents": [_agent_data(agent) for agent in platform.agents],
        "profiles": [_profile_data(profile) for profile in platform.profiles],
        "dask_gateway": _gateway_data(platform.dask_gateway),
        "node_pools": [_node_pool_data(pool) for pool in platform.node_pools],
    }


def _agent_data(agent: Agent) -> dict[str, Any]:
    url = None if agent.api.url is None else public_url(agent.api.url)
    return {
        "name": agent.name,
        "generation": agent.generation,
        "image": agent.image,
        "api": {"kind": agent.api.kind, "url": url},
        "queues": list(agent.queues),
        "labels": list(agent.labels),
        "credential": None if agent.token is None else _secret_data(agent.token),
        "node_selector": dict(agent.placement.node_selector),
        "job": _job_data(agent.job),
        "secrets": [_secret_data(secret) for secret in agent.secrets],
        "environment": list(agent.env_vars),
        "settings": list(agent.settings),
    }


def _job_data(job: JobSettings) -> dict[str, Any]:
    return {
        "image": job.image,
        "cpu_request": job.cpu_request,
        "cpu_limit": job.cpu_limit,
        "memory_request": job.memory_request,
        "memory_limit": job.memory_limit,
        "gpus": job.placement.gpus,
        "node_selector": dict(job.placement.node_selector),
        "image_pull_policy": job.image_pull_policy,
        "image_pull_secrets": list(job.image_pull_secrets),
    }


def _secret_data(secret: Secret) -> dict[str, str]:
    return {"name": secret.name, "source": source_line(secret.source)}


def _profile_data(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "kind": profile.kind,
        "default": profile.default,
        "cpu_request": profile.cpu_request,
        "cpu_limit": profile.cpu_limit,
        "memory_request": profile.memory_request,
        "memory_limit": profile.memory_limit,
        "threads": profile.threads,
        "gpus": profile.placement.gpus,
    }


def _gateway_data(gateway: DaskGateway | None) -> dict[str, Any] | None:
    if gateway is None:
        return None
    return {
        "image": gateway.image,
        "idle_timeout_seconds": gateway.idle_timeout_seconds,
        "limit_workers": gateway.limit_workers,
        "limit_cores": gateway.limit_cores,
        "limit_memory": gateway.limit_memory,
    }


def _node_pool_data(pool: NodePool) -> dict[str, Any]:
    return {
        "name": pool.name,
        "node_selector": dict(pool.node_selector),
        "taints": list(pool.taints),
        "gpus": pool.gpus,
        "spot": pool.spot,
        "instance": pool.instance,
        "min_nodes": pool.min_nodes,
        "max_nodes": pool.max_nodes,
    }
