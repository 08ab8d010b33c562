"""Platforms made by hand, for what shows them."""

from __future__ import annotations

from dataclasses import replace

from qhub.config.model import ExistingSecret, FromEnv, FromFile, LiteralInFile, Secret
from qhub.platform import (
    Agent,
    Api,
    DaskGateway,
    JobSettings,
    NodePool,
    Placement,
    Platform,
    Profile,
    Toleration,
)

NOWHERE = Placement(node_selector={}, tolerations=(), gpus=0)
ON_GPU = Placement(
    node_selector={"qhub.dev/pool": "gpu"}, tolerations=(Toleration("nvidia.com/gpu"),), gpus=1
)
CLOUD_KEY = Secret("PREFECT_TOKEN", FromEnv("TF_VAR_prefect_token"))

SMALL_JOB = JobSettings(
    image="registry.example/team/flow:2026.11",
    cpu_request="1",
    cpu_limit="2",
    memory_request="2Gi",
    memory_limit="2Gi",
    image_pull_secrets=("registry",),
    image_pull_policy="Always",
    placement=NOWHERE,
)
SMALL = Agent(
    name="pipelines",
    generation="worker",
    image="prefecthq/prefect:3.8.8-python3.12-kubernetes",
    api=Api("cloud", "https://api.prefect.cloud/api/accounts/1/workspaces/2"),
    queues=("default",),
    labels=(),
    token=CLOUD_KEY,
    secrets=(
        Secret("S3_KEY", ExistingSecret("s3-credentials", "token")),
        Secret("SSH_KEY", FromFile("~/.ssh/deploy")),
        Secret("WEBHOOK", LiteralInFile(("secrets", "WEBHOOK"))),
    ),
    env_vars={"STAGE": "production"},
    job=SMALL_JOB,
    placement=NOWHERE,
    settings={"replicas": 2},
)
GPU = replace(
    SMALL,
    name="gpu",
    queues=("gpu", "training"),
    secrets=(),
    job=replace(SMALL_JOB, placement=ON_GPU, image_pull_policy=None, image_pull_secrets=()),
    env_vars={},
    settings={},
)
OLD = replace(
    SMALL,
    name="old",
    generation="agent",
    image="prefecthq/prefect:1.4.1-python3.9",
    api=Api("hosted", "https://someone:hidden@prefect1.example/graphql?key=hidden"),
    queues=(),
    labels=("eu-west", "batch"),
    token=None,
    secrets=(),
    job=replace(SMALL_JOB, cpu_request=None, cpu_limit=None, memory_request=None),
    env_vars={},
    settings={},
)
SMALL_PROFILE = Profile(
    name="small",
    kind="flow_run",
    default=True,
    cpu_request="1",
    cpu_limit="1",
    memory_request="2Gi",
    memory_limit="2Gi",
    threads=None,
    image=None,
    placement=NOWHERE,
)
GPU_PROFILE = replace(SMALL_PROFILE, name="gpu", default=False, placement=ON_GPU)
WORKER_PROFILE = replace(
    SMALL_PROFILE, name="Small Worker", kind="dask_worker", cpu_limit="2", threads=2
)
GENERAL_POOL = NodePool(
    name="general",
    node_selector={"qhub.dev/pool": "general"},
    taints=(),
    gpus=0,
    spot=False,
    instance="m5.2xlarge",
    min_nodes=1,
    max_nodes=1,
)
GPU_POOL = replace(
    GENERAL_POOL,
    name="gpu",
    node_selector={"qhub.dev/pool": "gpu"},
    taints=("nvidia.com/gpu=present:NoSchedule",),
    gpus=1,
    spot=True,
    instance="g5.xlarge",
    min_nodes=0,
    max_nodes=4,
)
OWN_POOL = replace(
    GENERAL_POOL,
    name="own",
    node_selector={"pool": "own"},
    gpus=None,
    instance=None,
    min_nodes=None,
    max_nodes=None,
)
SIMPLE = Platform("pipelines", "dev", "existing", (SMALL,), (), None, ())
FULL = Platform(
    "pipelines",
    "dev",
    "aws",
    (SMALL, GPU, OLD),
    (SMALL_PROFILE, GPU_PROFILE, WORKER_PROFILE),
    DaskGateway("registry.example/team/flow:2026.11", 1800, 20, 80, "320Gi"),
    (GENERAL_POOL, GPU_POOL, OWN_POOL),
)
