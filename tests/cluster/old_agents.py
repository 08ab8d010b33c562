"""Old agents as `qhub deploy` makes them of a config of QHub 0.4's time, and a flow run of each.

Two configs: Prefect 1.4.1 with two agents of their own labels and tokens; Prefect 0.14.22 with one
agent, all as the old documentation writes it. What has two spellings has one in each.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cluster import flow_runs, pods, prefect_one
from tests.cluster.images import image
from tests.cluster.new_agents import pull_secret
from tests.cluster.place import Place, new_namespace, place_in
from tests.cluster.pods import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.cluster.access import Cluster

__all__ = ["CONTROL", "ENV_VARS", "SECRETS", "TOKENS", "VERSIONS", "Old", "deployed"]

FLOW = Path(__file__).parent / "inside" / "old_flow.py"
FLOWS = "/opt/flows"
START_SECONDS = 90

ENV_VARS = {"REGION": "eu-1", "TRICKY": 'it\'s "$(HOME)" $HOME $$ {{ x }} ${y}\n  ünd more \\'}
GCP = json.dumps(
    {
        "type": "service_account",
        "project_id": "it's a project",
        "private_key": '-----BEGIN KEY-----\nMIIE "quoted" + \\ /\n-----END KEY-----\n',
    },
    indent=2,
)
DATABASE = '{"user": "etl", "password": "pa$$ word \'x\'", "ssl": true, "port": null}'
PASSWORD = "pl$nted $(HOME) 'pass' \"word\"\nünd a line"  # noqa: S105
SECRETS = {"GCP_CREDENTIALS": GCP, "DATABASE": DATABASE, "PASSWORD": PASSWORD}
"""What `Secret(…).get()` finds, by name."""
TOKENS = {name: f"planted-token-of-{name}-0815" for name in ("pipelines", "day", "night")}
CONTROL = "planted \"control\"\nof 'two' lines"
"""A variable that the flow brings: it stands in clear in the Job."""


@dataclass(frozen=True, slots=True)
class Version:
    """A config in pieces: `prefect` is that block's rest, `more` are keys beside it.

    `labels` are those of each agent, the last of which takes the run; `variables` are the names of
    the secrets, and which of SECRETS each is.
    """

    number: str
    python: str
    labels: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, str]
    prefect: Mapping[str, Any]
    more: Mapping[str, Any]


_EXTRA = {
    "job": {
        "extraVolumes": [{"name": "flows", "configMap": {"name": "flows"}}],
        "extraVolumeMounts": [{"name": "flows", "mountPath": FLOWS, "readOnly": True}],
    }
}
_SMALL = {"resources": {"requests": {"cpu": "10m"}}}
# What only starts on a busy machine, or is slow there, is not taken for one that hangs.
_WATCHED = {"initialDelaySeconds": 60, "periodSeconds": 2, "timeoutSeconds": 5}
VERSIONS = {
    "1.4.1": Version(
        "1.4.1",
        "3.10",
        {"day": ("day",), "night": ("etl", "night", "~ $HOME")},
        {"GCP_CREDENTIALS": "GCP_CREDENTIALS", "DATABASE": "DATABASE", "PASSWORD": "PASSWORD"},
        {
            "overrides": {
                "JOB_CPU_REQUEST": "150m",
                "JOB_MEM_REQUEST": "192Mi",
                "IMAGE_PULL_SECRETS": "regcred,mirror",
                "IMAGE_PULL_POLICY": "Always",
                "prefect_agent": {
                    "job": {"resources": {"limits": {"cpu": "1", "memory": "512Mi"}}},
                },
                "agent": {"deleteFinishedJobs": False},
                "terminationGracePeriodSeconds": 5,
                **_SMALL,
                "envVars": ENV_VARS,
                "secretEnvVars": {
                    "GCP_CREDENTIALS": "QHUB_SECRET_GCP",
                    "DATABASE": {"from_env": "TF_VAR_database"},
                    "PASSWORD": {"from_file": "password"},
                },
                **_EXTRA,
            },
            "agents": [
                {"name": "day", "queues": ["day"], "token": "DAY_TOKEN"},
                {
                    "name": "night",
                    "overrides": {
                        "PREFECT__CLOUD__AGENT__LABELS": ["etl", "night", "~ $HOME"],
                        "livenessProbe": _WATCHED,
                    },
                    "token": "NIGHT_TOKEN",
                },
            ],
        },
        {
            "secrets": {
                "DAY_TOKEN": {"from_env": "TF_VAR_day_token"},
                "NIGHT_TOKEN": {"from_env": "TF_VAR_night_token"},
            }
        },
    ),
    "0.14.22": Version(
        "0.14.22",
        "3.8",
        {"pipelines": ("etl", "it's $(HOME) $HOME")},
        {
            "PREFECT__CONTEXT__SECRETS__GCP_CREDENTIALS": "GCP_CREDENTIALS",
            "DATABASE": "DATABASE",
            "PREFECT__CONTEXT__SECRETS__PASSWORD": "PASSWORD",
        },
        {
            "overrides": {
                "prefect_agent": {
                    "prefectLabels": "['etl', \"it's $(HOME) $HOME\"]",
                    "job": {
                        "resources": {
                            "request": {"cpu": "150m", "memory": "192Mi"},
                            "limit": {"cpu": 1, "memory": "512Mi"},
                        },
                        "imagePullSecrets": "regcred, mirror",
                        "imagePullPolicy": "Always",
                    },
                },
                "envVars": ENV_VARS,
                "secretEnvVars": {
                    "PREFECT__CONTEXT__SECRETS__GCP_CREDENTIALS": "QHUB_SECRET_GCP",
                    "DATABASE": {"from_env": "TF_VAR_database"},
                    "PREFECT__CONTEXT__SECRETS__PASSWORD": {"from_file": "password"},
                },
                "agent": {"logLevel": "DEBUG"},
                **_SMALL,
                **_EXTRA,
            }
        },
        {},
    ),
}


@dataclass(frozen=True, slots=True)
class Old:
    """What was deployed, and the run that `agent` took; `told` is what its flow found."""

    version: Version
    image: str
    cluster: Cluster
    place: Place
    api: prefect_one.Api
    agent: str
    run: prefect_one.FlowRun
    job: dict[str, Any]
    pod: dict[str, Any]
    logs: str
    told: dict[str, Any]

    def kubectl(self, *args: str) -> str:
        return self.cluster.kubectl("--namespace", self.place.namespace, *args)

    def pods(self, agent: str) -> list[dict[str, Any]]:
        """Return the agent's own pods, without those that are on their way out."""
        labels = f"app.kubernetes.io/instance=qhub-{agent},app.kubernetes.io/component=agent"
        found = self.place.items("pods", labels)
        return [one for one in found if "deletionTimestamp" not in one["metadata"]]


@contextmanager
def deployed(version: Version, folder: Path, cluster: Cluster) -> Iterator[Old]:
    """Deploy a version's agents into a namespace of their own, and let one take a run."""
    reference = image(f"prefect-{version.number}")
    with new_namespace(cluster) as namespace, prefect_one.serve(cluster) as api:
        _prepare(cluster, namespace)
        api.tokens |= set(TOKENS.values())
        place = _place(version, folder, cluster, namespace, api.url, reference)
        place.run("deploy", "--yes")
        yield _let_run(version, reference, cluster, place, api)


def _prepare(cluster: Cluster, namespace: str) -> None:
    """Make what the config names and QHub does not make: pull secrets, and the flow's file."""
    for name in ("regcred", "mirror"):
        pods.start(cluster, namespace, pull_secret(name))
    code = FLOW.read_text(encoding="utf-8")
    pods.start(cluster, namespace, flow_runs.config_map("flows", flow=code))


def _place(
    version: Version, folder: Path, cluster: Cluster, namespace: str, url: str, reference: str
) -> Place:
    prefect = {
        "enabled": True,
        "image": reference,
        "api": {"url": url, "token": "PREFECT_TOKEN"},
        **version.prefect,
    }
    made = place_in(folder, cluster, namespace, prefect=prefect, **version.more)
    (made.folder / "password").write_text(PASSWORD, encoding="utf-8")
    made.environment.update(
        {
            "TF_VAR_prefect_token": TOKENS["pipelines"],
            "TF_VAR_day_token": TOKENS["day"],
            "TF_VAR_night_token": TOKENS["night"],
            "QHUB_SECRET_GCP": GCP,
            "TF_VAR_database": DATABASE,
        }
    )
    return made


def _let_run(
    version: Version, reference: str, cluster: Cluster, place: Place, api: prefect_one.Api
) -> Old:
    """Schedule a run, and look at its Job and its pod until both are over."""
    agent = list(version.labels)[-1]
    path = f"{FLOWS}/flow.py"
    storage = {
        "type": "Local",
        "directory": "/tmp/flows",  # noqa: S108
        "path": path,
        "stored_as_script": True,
        "flows": {"tell": path},
        "secrets": [],
        "prefect_version": version.number,
    }
    labels = version.labels[agent][:1]
    run = api.schedule(labels=labels, storage=storage, env={"CONTROL": CONTROL})
    seen: dict[str, dict[str, Any]] = {}

    def over() -> bool:
        for kind in ("jobs", "pods"):
            for item in place.items(kind, f"prefect.io/flow_run_id={run.id}"):
                seen[kind] = item
        phase = seen.get("pods", {}).get("status", {}).get("phase")
        return phase in ("Succeeded", "Failed") or run.is_finished

    until(over, "the run ends", seconds=START_SECONDS, pause=0.5)
    until(lambda: run.is_finished, f"its end is told; it was {run.states}, {run.logs}")
    pod = seen["pods"]
    logs = pods.log(cluster, place.namespace, pod["metadata"]["name"])
    # What a flow logs is sent beside its states, and may come after the last one.
    told = until(lambda: [line for line in run.logs if line.startswith("told: ")], logs)
    return Old(
        version,
        reference,
        cluster,
        place,
        api,
        agent,
        run,
        seen["jobs"],
        pod,
        logs,
        json.loads(told[-1].removeprefix("told: ")),
    )
