"""The typed, defaulted, checked config: what every later step reads instead of YAML.

`build.build` makes it from a document without errors. Of a literal secret it holds only the
path in the file (`LiteralInFile`). Quantities stay Kubernetes quantities (text), as checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.config.problem import Path

ProviderName = Literal["embedded", "local", "existing", "aws", "gcp", "azure", "do"]
Generation = Literal["agent", "worker"]
"""agent: Prefect 0.14 to 1.4; worker: Prefect 3."""
ApiKind = Literal["cloud", "server", "hosted", "deployed"]
"""cloud: Prefect 3 Cloud; server: an own Prefect 3 server; hosted: the Prefect 0.x/1.x API;
deployed: QHub deploys a Prefect 3 server itself."""
StateType = Literal["remote", "local", "existing"]


@dataclass(frozen=True, slots=True)
class FromEnv:
    """The value is in the environment variable `name` when QHub deploys."""

    name: str


@dataclass(frozen=True, slots=True)
class FromFile:
    """The value is the content of a file; `path` is relative to the config file."""

    path: str


@dataclass(frozen=True, slots=True)
class ExistingSecret:
    """The value stays in the key of a Kubernetes Secret that exists already."""

    secret_name: str
    key: str


@dataclass(frozen=True, slots=True)
class LiteralInFile:
    """The value is written in the config file, at `path`; deploy reads it again from there."""

    path: Path


SecretSource = FromEnv | FromFile | ExistingSecret | LiteralInFile


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that flows read as a file of this name and, where it is one, as a variable."""

    name: str
    source: SecretSource


@dataclass(frozen=True, slots=True)
class JobOverrides:
    """What `overrides.prefect_agent` says of the jobs; None where it says nothing."""

    cpu_request: str | None = None
    cpu_limit: str | None = None
    memory_request: str | None = None
    memory_limit: str | None = None
    image_pull_secrets: tuple[str, ...] | None = None
    image_pull_policy: str | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """`prefect.overrides` or `agents[].overrides`; `chart_values` is everything else."""

    labels: tuple[str, ...] | None
    job: JobOverrides
    env_vars: Mapping[str, str]
    secret_env_vars: tuple[Secret, ...]
    chart_values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """One entry of `prefect.agents`, or the default agent; None means 'as the default'."""

    name: str
    image: str | None
    queues: tuple[str, ...]
    profile: str | None
    token: str | None
    secrets: tuple[str, ...] | None
    overrides: Overrides


@dataclass(frozen=True, slots=True)
class Prefect:
    """The `prefect` block. `token` names the entry of `secrets` with the API's credential."""

    enabled: bool
    image: str
    generation: Generation
    version: str
    api_kind: ApiKind
    api_url: str | None
    token: Secret | None
    agents: tuple[AgentConfig, ...]
    overrides: Overrides
    server: Mapping[str, Any]
    storage: str | None


@dataclass(frozen=True, slots=True)
class FlowRunProfile:
    """A size of flow runs; requests, and limits where they differ."""

    name: str
    cpu: str
    memory: str
    cpu_limit: str | None
    memory_limit: str | None
    gpus: int
    node_pool: str | None
    default: bool


@dataclass(frozen=True, slots=True)
class DaskWorkerProfile:
    """A size of Dask workers, with the keys of QHub 0.4."""

    name: str
    worker_cores: float
    worker_cores_limit: float
    worker_memory: str
    worker_memory_limit: str
    worker_threads: int | None
    image: str | None
    gpus: int
    node_pool: str | None
    default: bool


@dataclass(frozen=True, slots=True)
class DaskGateway:
    """The `dask_gateway` block; `idle_timeout_seconds` 0 means never."""

    enabled: bool
    idle_timeout_seconds: int
    limit_workers: int
    limit_cores: float
    limit_memory: str


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """A node pool of a cloud provider."""

    name: str
    instance: str
    min_nodes: int
    max_nodes: int
    gpu: bool
    gpus: int
    spot: bool
    labels: Mapping[str, str]
    disk_gib: int | None
    guest_accelerators: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class NodeSelector:
    """Nodes of a cluster that exists already: a label, and what is known of them."""

    name: str
    key: str
    value: str
    gpus: int | None
    spot: bool


@dataclass(frozen=True, slots=True)
class KubernetesCluster:
    """Providers `existing` and `local`: a context of the kubeconfig."""

    kube_context: str | None
    create_namespace: bool
    node_selectors: tuple[NodeSelector, ...]


@dataclass(frozen=True, slots=True)
class CloudCluster:
    """Providers aws, gcp, azure and do; what only one of them has is None elsewhere."""

    region: str
    kubernetes_version: str
    node_groups: tuple[NodeGroup, ...]
    availability_zones: tuple[str, ...]
    project: str | None
    zone: str | None
    storage_account_postfix: str | None


@dataclass(frozen=True, slots=True)
class Embedded:
    """Provider `embedded`: local processes. A port of None is a free one; both are on loopback.

    `gateway_port` is the HTTP address of Dask Gateway's clients.
    """

    server_port: int | None
    gateway_port: int | None


@dataclass(frozen=True, slots=True)
class TerraformState:
    """Where Terraform keeps its state; `backend` and `config` are of type `existing` alone."""

    type: StateType
    backend: str | None
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CiCd:
    """The pipeline that deploys; `type` none means no pipeline."""

    type: Literal["github-actions", "gitlab-ci", "none"]
    branch: str
    commit_render: bool
    before_script: tuple[str, ...]
    after_script: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """The TLS certificate of `domain`."""

    type: Literal["lets-encrypt", "self-signed", "existing", "disabled"]
    secret_name: str | None
    acme_email: str | None
    acme_server: str | None


@dataclass(frozen=True, slots=True)
class Config:
    """The whole file."""

    project_name: str
    namespace: str
    provider: ProviderName
    domain: str | None
    cluster: Embedded | KubernetesCluster | CloudCluster
    prefect: Prefect
    flow_image: str | None
    secrets: tuple[Secret, ...]
    dask_gateway: DaskGateway
    flow_run_profiles: tuple[FlowRunProfile, ...]
    dask_worker_profiles: tuple[DaskWorkerProfile, ...]
    terraform_state: TerraformState
    ci_cd: CiCd | None
    certificate: Certificate | None
    prevent_deploy: bool
