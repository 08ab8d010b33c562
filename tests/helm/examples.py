"""Values of the chart that the tests start from: an ordinary worker and an ordinary agent."""

from __future__ import annotations

from typing import Any, Final

from tests.embedded.server import PASSWORD
from tests.helm.engine import CHARTS

CHART: Final = CHARTS / "prefect-agent"
RELEASE: Final = "qhub-etl"
NAMESPACE: Final = "dev"
TOKEN: Final = PASSWORD
"""What the tests' own Prefect server lets in."""
SECRETS: Final = {
    ("qhub-etl-token", "token"): TOKEN,
    ("qhub-etl-flow", "S3_KEY"): "s3-value",
    ("team-credentials", "gcp.json"): '{"type": "service account"}',
    ("qhub-etl-flow", "ssh-key"): "ssh-value",
}

SHARED: Final[dict[str, Any]] = {
    "agentName": "etl",
    "project": "pipelines",
    "token": {"secretName": "qhub-etl-token"},
    "secrets": {
        "items": [
            {"name": "S3_KEY", "secretName": "qhub-etl-flow", "key": "S3_KEY"},
            {"name": "GCP_CREDENTIALS", "secretName": "team-credentials", "key": "gcp.json"},
            {"name": "ssh-key", "secretName": "qhub-etl-flow", "key": "ssh-key"},
        ]
    },
    "envVars": {"REGION": "eu-1", "TRICKY": 'it\'s "$(HOME)" $$ {{ x }}\n  and more'},
    "job": {
        "resources": {
            "requests": {"cpu": "500m", "memory": "1Gi"},
            "limits": {"cpu": "2", "memory": "4Gi"},
        },
        "imagePullSecrets": ["regcred"],
        "imagePullPolicy": "Always",
        "gpus": 1,
        "nodeSelector": {"qhub.dev/pool": "gpu"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
    },
}
WORKER: Final[dict[str, Any]] = {
    **SHARED,
    "generation": "worker",
    "image": "prefecthq/prefect:3.8.8-python3.12-kubernetes",
    "api": {"kind": "server", "url": "http://prefect-server:4200/api"},
    "queues": ["gpu", 'odd $(HOME) "queue"'],
}
AGENT: Final[dict[str, Any]] = {
    **SHARED,
    "generation": "agent",
    "image": "prefecthq/prefect:0.14.22-python3.8",
    "api": {"kind": "hosted", "url": "https://api.prefect.example"},
    "labels": ["gpu", "it's $(HOME) $HOME"],
}
GENERATIONS: Final = {"worker": WORKER, "agent": AGENT}
