"""What must exist, free of any tool: the value that Kubernetes, the clouds and a laptop share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from qhub.config.model import ApiKind, Generation, ProviderName, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Toleration:
    """A taint that a workload puts up with; the key alone, whatever its value."""

    key: str
    effect: Literal["NoSchedule"] = "NoSchedule"


@dataclass(frozen=True, slots=True)
class Placement:
    """Which nodes a workload needs: labels of the node, and the taints that it tolerates."""

    node_selector: Mapping[str, str]
    tolerations: tuple[Toleration, ...]
    gpus: int


@dataclass(frozen=True, slots=True)
class JobSettings:
    """How an agent's flow runs look unless a deployment says otherwise; quantities or None.

    `image` is None where runs are processes of this machine.
    """

    image: str | None
    cpu_request: str | None
    cpu_limit: str | None
    memory_request: str | None
    memory_limit: str | None
    image_pull_secrets: tuple[str, ...]
    image_pull_policy: str | None
    placement: Placement


@dataclass(frozen=True, slots=True)
class Api:
    """The Prefect API that an agent talks to; `url` None: the one that QHub deploys."""

    kind: ApiKind
    url: str | None


@dataclass(frozen=True, slots=True)
class Agent:
    """A Prefect agent or worker; in Prefect 3 also the work pool of the same name.

    `settings` are further settings of its workload, named as in our agent chart. `image` is None
    where the agent is a process of this machine.
    """

    name: str
    generation: Generation
    image: str | None
    api: Api
    queues: tuple[str, ...]
    labels: tuple[str, ...]
    token: Secret | None
    secrets: tuple[Secret, ...]
    env_vars: Mapping[str, str]
    job: JobSettings
    placement: Placement
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Profile:
    """A named size, complete: resources and placement. `kind` says of what."""

    name: str
    kind: Literal["flow_run", "dask_worker"]
    default: bool
    cpu_request: str
    cpu_limit: str
    memory_request: str
    memory_limit: str
    threads: int | None
    image: str | None
    placement: Placement


@dataclass(frozen=True, slots=True)
class DaskGateway:
    """The gateway and what one of its clusters may use; memory is a quantity."""

    image: str | None
    idle_timeout_seconds: int
    limit_workers: int
    limit_cores: float
    limit_memory: str


@dataclass(frozen=True, slots=True)
class NodePool:
    """Nodes of one kind; `instance` and the counts are None on a cluster that exists already."""

    name: str
    node_selector: Mapping[str, str]
    taints: tuple[str, ...]
    gpus: int | None
    spot: bool
    instance: str | None
    min_nodes: int | None
    max_nodes: int | None


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything that one config file asks for.

    `agents` are by name; `first_agent` is the one that the file names first: flows go there that
    ask for no pool.
    """

    project: str
    namespace: str
    provider: ProviderName
    agents: tuple[Agent, ...]
    profiles: tuple[Profile, ...]
    dask_gateway: DaskGateway | None
    node_pools: tuple[NodePool, ...]
    first_agent: str | None = None
