"""A config with every override and every form of a secret, for two workers of Prefect 3."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.cluster import flow_runs
from tests.cluster.images import image

AUTH = "qhub:auth-9f31c7"
MARK = "marker-6d20e4"
ENV_VARS = {
    "PLAIN": "one",
    "DOLLARS": "$(HOME) $HOME ${HOME} $$ $(NOBODY)",
    "BRACES": "{{ env }} {{ image }} {% x %}",
    "QUOTES": 'it\'s "quoted" \\ and `so`',
    "LINES": "first\n  second\n\tthird\n",
    "UNICODE": "Grüße, 😀, \u2028 and é",
    "SPACES": "  both ends  ",
    "TRUE": "true",
    "EMPTY": "",
    "PREFECT_LOGGING_EXTRA_LOGGERS": MARK,
}
# Name → value, of what agent `etl` reads; the last ones are nobody's variables, by their names.
SECRETS = {
    "FROM_ENV": "env-1a2b $(HOME) {{ x }} 'q' \"q\"\n\tline two é\n",
    "GCP_CREDENTIALS": json.dumps({"private_key": "-----BEGIN-----\nabc\n", "id": "é-77aa"}),
    "FROM_FILE": "file-5c6d\nsecond line\n",
    "LITERAL": "literal-8e9f: #1 \"x\" 'y' $(HOME)",
    "TEAM": '{"type": "service-3b4c"}',
    "API_TEXT": "text-0d1e $(HOME) 'q'\nand more",
    "API_MAPPED": "mapped-2f3a",
    "API_EXISTING": "existing-4b5c",
}
FILES_ONLY = {"ssh-key.pem": "ssh-6d7e\n", "9lives": "nine-8f9a"}
GPU_ONLY = "gpu-0b1c"
RESOURCES = {
    "requests": {"cpu": "110m", "memory": "200Mi"},
    "limits": {"cpu": "900m", "memory": "600Mi"},
}
SMALL = {"cpu": "120m", "cpu_limit": "700m", "memory": "210Mi", "memory_limit": "400Mi"}


def config(url: str, flow_image: str) -> dict[str, Any]:
    """Return the top-level keys for workers of the server at `url`."""
    team = {"existing_secret": "team-credentials"}
    return {
        "default_images": {"flow": flow_image},
        "prefect": {
            "enabled": True,
            "image": image("flow"),
            "api": {"url": url, "token": "PREFECT_TOKEN"},
            "overrides": {
                "prefect_agent": {
                    "prefectLabels": ["nightly"],
                    "job": {
                        "resources": RESOURCES,
                        "imagePullSecrets": ["regcred"],
                        "imagePullPolicy": "Always",
                    },
                },
                "envVars": ENV_VARS,
                "secretEnvVars": {
                    "API_TEXT": SECRETS["API_TEXT"],
                    "API_MAPPED": {"from_env": "TF_VAR_mapped"},
                    "API_EXISTING": {**team, "key": "other"},
                },
                "podAnnotations": {"qhub.test/note": MARK},
                "nodeSelector": {"kubernetes.io/os": "linux"},
                "resources": {"requests": {"cpu": "50m"}},
                "worker": {"querySeconds": 5, "prefetchSeconds": 5},
                "job": {
                    "nodeSelector": {"kubernetes.io/os": "linux"},
                    "tolerations": [{"key": "team", "operator": "Exists"}],
                    "annotations": {"qhub.test/job": MARK},
                    "labels": {"qhub.test/team": "data"},
                    "ttlSecondsAfterFinished": 7200,
                    "extraVolumes": [{"name": "flows", "configMap": {"name": "flows"}}],
                    "extraVolumeMounts": [{"name": "flows", "mountPath": flow_runs.FOLDER}],
                },
            },
            "agents": [
                {
                    "name": "etl",
                    "secrets": [
                        *("FROM_ENV", "GCP_CREDENTIALS", "FROM_FILE", "LITERAL", "TEAM"),
                        *FILES_ONLY,
                    ],
                },
                {
                    "name": "gpu",
                    "queues": ["gpu", "night shift"],
                    "token": "GPU_AUTH",
                    "secrets": ["GPU_ONLY"],
                    "overrides": {"envVars": {"PLAIN": "two"}, "podAnnotations": {"own": "gpu"}},
                },
            ],
        },
        "profiles": {"flow_run": {"small": SMALL}},
        "secrets": {
            "FROM_ENV": {"from_env": "S3_KEY"},
            "GCP_CREDENTIALS": {"from_env": "TF_VAR_gcp_credentials"},
            "FROM_FILE": {"from_file": "key.pem"},
            "LITERAL": SECRETS["LITERAL"],
            "TEAM": {**team, "key": "gcp.json"},
            "ssh-key.pem": {"from_env": "SSH"},
            "9lives": {"from_env": "NINE"},
            "GPU_ONLY": {"from_env": "GPU"},
            "GPU_AUTH": {**team, "key": "auth"},
        },
    }


def environment() -> dict[str, str]:
    """Return the variables that the config takes values from."""
    return {
        "TF_VAR_prefect_token": AUTH,
        "S3_KEY": SECRETS["FROM_ENV"],
        "TF_VAR_gcp_credentials": SECRETS["GCP_CREDENTIALS"],
        "TF_VAR_mapped": SECRETS["API_MAPPED"],
        "SSH": FILES_ONLY["ssh-key.pem"],
        "NINE": FILES_ONLY["9lives"],
        "GPU": GPU_ONLY,
    }


def objects() -> list[dict[str, Any]]:
    """Return what must be in the namespace before: Secrets of the team, and the flows' code."""
    team = {"gcp.json": SECRETS["TEAM"], "other": SECRETS["API_EXISTING"], "auth": AUTH}
    return [
        _secret("team-credentials", "Opaque", team),
        pull_secret("regcred"),
        flow_runs.config_map("flows", look=flow_runs.LOOK),
    ]


def pull_secret(name: str) -> dict[str, Any]:
    """Return a Secret for a registry that asks for nothing."""
    return _secret(name, "kubernetes.io/dockerconfigjson", {".dockerconfigjson": "{}"})


def _secret(name: str, kind: str, values: dict[str, str]) -> dict[str, Any]:
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    meta = {"name": name}
    return {"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": meta, "data": data}
