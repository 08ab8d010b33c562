"""Workers of Prefect 3 that `qhub deploy` made: their Jobs, looked into from inside, row by row.

Two workers, a server that asks for a password, a namespace that enforces `restricted`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster import flow_runs, pods, prefect_server
from tests.cluster.images import image
from tests.cluster.new_agents import (
    AUTH,
    ENV_VARS,
    FILES_ONLY,
    GPU_ONLY,
    MARK,
    RESOURCES,
    SECRETS,
    config,
    environment,
    objects,
)
from tests.cluster.place import Place, digest_of, new_namespace, place_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.access import Cluster
    from tests.cluster.flow_runs import Seen
    from tests.cluster.prefect_server import Server


@dataclass(frozen=True, slots=True)
class Run:
    """A run that completed: its Job, the Job's pod, and what it saw from inside."""

    job: dict[str, Any]
    pod: dict[str, Any]
    seen: Seen

    @property
    def container(self) -> dict[str, Any]:
        found: dict[str, Any] = self.pod["spec"]["containers"][0]
        return found


@dataclass(frozen=True, slots=True)
class Deployed:
    """The place, its server, what deploy said, and a run of each deployment by name."""

    place: Place
    server: Server
    said: str
    image: str
    runs: dict[str, Run]


@pytest.fixture(scope="module")
def deployed(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with new_namespace(cluster) as namespace:
        server = prefect_server.start(cluster, namespace, auth=AUTH)
        by_digest = digest_of(image("flow"))
        place = place_in(
            tmp_path_factory.mktemp("jobs"), cluster, namespace, **config(server.url, by_digest)
        )
        (place.folder / "key.pem").write_text(SECRETS["FROM_FILE"], encoding="utf-8")
        place.environment.update(environment())
        pods.start(cluster, namespace, *objects())
        said = place.run("deploy", "--yes")
        small = server.call("GET", "/variables/name/qhub_profile_small")["value"]
        more = {"plain": {}, "small": small["job_variables"] | {"env": {"MINE": MARK}}}
        wanted = {
            name: flow_runs.register(server, name, pool="etl", job_variables=variables)
            for name, variables in more.items()
        }
        wanted["gpu"] = flow_runs.register(server, "gpu", pool="gpu", queue="gpu")
        done = flow_runs.run(server, *wanted.values())
        runs = {
            name: Run(*flow_runs.job(place, each), flow_runs.seen(place, each))
            for name, each in zip(wanted, done, strict=True)
        }
        yield Deployed(place, server, said, by_digest, runs)


def references(container: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return which Secret and key each variable of a container reads."""
    found = {
        entry["name"]: entry["valueFrom"]["secretKeyRef"]
        for entry in container["env"]
        if "secretKeyRef" in entry.get("valueFrom", {})
    }
    return {name: (each["name"], each["key"]) for name, each in found.items()}


def deployment(deployed: Deployed, name: str) -> dict[str, Any]:
    return pods.get(deployed.place.cluster, deployed.place.namespace, "deployment", name)


def test_the_image_of_the_agent_and_that_of_its_runs(deployed: Deployed) -> None:
    template = deployment(deployed, "qhub-etl")["spec"]["template"]["spec"]
    assert template["containers"][0]["image"] == image("flow")
    assert {run.container["image"] for run in deployed.runs.values()} == {deployed.image}
    status = deployed.runs["plain"].pod["status"]["containerStatuses"][0]
    assert status["imageID"].partition("@")[2] == deployed.image.partition("@")[2]


def test_a_run_without_a_profile_has_the_resources_of_its_agent(deployed: Deployed) -> None:
    run = deployed.runs["plain"]
    assert run.container["resources"] == RESOURCES
    assert (run.seen.memory_bytes, run.seen.cpu) == (600 * 2**20, 0.9)


def test_a_run_with_a_profile_has_those_of_the_profile(deployed: Deployed) -> None:
    run = deployed.runs["small"]
    assert run.container["resources"] == {
        "requests": {"cpu": "120m", "memory": "210Mi"},
        "limits": {"cpu": "700m", "memory": "400Mi"},
    }
    assert (run.seen.memory_bytes, run.seen.cpu) == (400 * 2**20, 0.7)
    assert run.seen.environment["MINE"] == MARK


@pytest.mark.parametrize("name", ["plain", "small", "gpu"])
def test_the_other_overrides_of_jobs(deployed: Deployed, name: str) -> None:
    run = deployed.runs[name]
    spec = run.pod["spec"]
    assert spec["imagePullSecrets"] == [{"name": "regcred"}]
    assert run.container["imagePullPolicy"] == "Always"
    assert spec["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert {"key": "team", "operator": "Exists"} in spec["tolerations"]
    assert run.job["spec"]["ttlSecondsAfterFinished"] == 7200
    assert run.job["spec"]["backoffLimit"] == 0
    for one in (run.job, run.pod):
        assert one["metadata"]["annotations"]["qhub.test/job"] == MARK
        assert one["metadata"]["labels"]["qhub.test/team"] == "data"
    assert run.seen.user == 10001


def test_the_overrides_of_agents_merge_with_their_own(deployed: Deployed) -> None:
    for name, own in (("etl", None), ("gpu", "gpu")):
        template = deployment(deployed, f"qhub-{name}")["spec"]["template"]
        annotations = template["metadata"]["annotations"]
        assert (annotations["qhub.test/note"], annotations.get("own")) == (MARK, own)
        assert template["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux"}
        variables = {
            one["name"]: one.get("value") for one in template["spec"]["containers"][0]["env"]
        }
        assert variables["PREFECT_WORKER_QUERY_SECONDS"] == "5"


@pytest.mark.parametrize(("name", "plain"), [("plain", "one"), ("small", "one"), ("gpu", "two")])
def test_env_vars_arrive_byte_by_byte_in_the_run(deployed: Deployed, name: str, plain: str) -> None:
    environment = deployed.runs[name].seen.environment
    wanted = {**ENV_VARS, "PLAIN": plain}
    assert {key: environment.get(key) for key in wanted} == wanted


def test_env_vars_and_secrets_arrive_byte_by_byte_in_the_agent(deployed: Deployed) -> None:
    place = deployed.place
    program = "import json, os; print(json.dumps(dict(os.environ)))"
    text = place.cluster.kubectl(
        *("exec", "deployment/qhub-etl", "--container=agent", "-n", place.namespace),
        *("--", "python", "-c", program),
    )
    environment = json.loads(text)
    wanted = {**ENV_VARS, **SECRETS, "PREFECT_API_AUTH_STRING": AUTH}
    assert {key: environment.get(key) for key in wanted} == wanted


@pytest.mark.parametrize("name", ["plain", "small"])
def test_each_secret_is_a_file_and_where_it_can_be_a_variable(
    deployed: Deployed, name: str
) -> None:
    seen = deployed.runs[name].seen
    wanted = {key: value.encode() for key, value in {**SECRETS, **FILES_ONLY}.items()}
    assert seen.files == wanted
    assert not seen.is_writable
    assert {key: seen.environment.get(key) for key in SECRETS} == SECRETS
    assert [key for key in FILES_ONLY if key in seen.environment] == []


def test_a_literal_is_warned_of_and_not_shown(deployed: Deployed) -> None:
    assert "secrets.LITERAL" in deployed.said
    assert "prefect.overrides.secretEnvVars.API_TEXT" in deployed.said
    assert [value for value in SECRETS.values() if value in deployed.said] == []


def test_each_variable_of_a_secret_is_a_reference(deployed: Deployed) -> None:
    team = {"TEAM": ("team-credentials", "gcp.json"), "API_EXISTING": ("team-credentials", "other")}
    ours = {name: ("qhub-etl-flow", name) for name in SECRETS if name not in team}
    wanted = ours | team | {"PREFECT_API_AUTH_STRING": ("qhub-etl-token", "token")}
    assert references(deployed.runs["plain"].container) == wanted
    assert references(deployed.runs["gpu"].container) == {
        "GPU_ONLY": ("qhub-gpu-flow", "GPU_ONLY"),
        "API_TEXT": ("qhub-gpu-flow", "API_TEXT"),
        "API_MAPPED": ("qhub-gpu-flow", "API_MAPPED"),
        "API_EXISTING": ("team-credentials", "other"),
        "PREFECT_API_AUTH_STRING": ("team-credentials", "auth"),
    }


def test_no_value_is_in_a_job_a_pod_or_a_pool(deployed: Deployed) -> None:
    """The worker copies its own settings into each Job in clear: one of them is the control."""
    place = deployed.place
    searched = {
        f"{kind}/{each['metadata']['name']}": json.dumps(each, ensure_ascii=False)
        for kind in ("jobs", "pods", "deployments", "replicasets", "configmaps", "events")
        for each in place.items(kind)
    }
    for pool in ("etl", "gpu"):
        found = deployed.server.call("GET", f"/work_pools/{pool}")
        searched[f"pools/{pool}"] = json.dumps(found, ensure_ascii=False)
    has_control = [name for name, text in searched.items() if MARK in text]
    assert sum(name.startswith("jobs/") for name in has_control) == 3
    assert sum(name.startswith("pods/") for name in has_control) >= 3
    values = [AUTH, GPU_ONLY, *SECRETS.values(), *FILES_ONLY.values()]
    # A piece of each without anything that JSON would write in another way.
    pieces = [AUTH.partition(":")[2], *(value for value in map(piece, values) if value)]
    forms = [*pieces, *(base64.b64encode(value.encode()).decode() for value in values)]
    assert len(pieces) == len(values) + 1
    assert [(name, form) for name, text in searched.items() for form in forms if form in text] == []


def piece(value: str) -> str:
    """Return the word of a value that is in none of the others: "env-1a2b"."""
    words = value.replace('"', " ").replace(":", " ").split()
    return next(word for word in words if "-" in word and word[-4:].isalnum() and word[0] != "-")


def test_an_agent_runs_what_is_in_its_own_queues(deployed: Deployed) -> None:
    run = deployed.runs["gpu"]
    assert run.job["metadata"]["labels"]["qhub.dev/agent"] == "qhub-gpu"
    assert deployed.runs["plain"].job["metadata"]["labels"]["qhub.dev/agent"] == "qhub-etl"
    queues = {
        pool: sorted(
            queue["name"] for queue in deployed.server.every(f"/work_pools/{pool}/queues/filter")
        )
        for pool in ("etl", "gpu")
    }
    assert queues == {"etl": ["default", "nightly"], "gpu": ["default", "gpu", "night shift"]}


def test_an_agents_runs_see_no_secret_of_another(deployed: Deployed) -> None:
    seen = deployed.runs["gpu"].seen
    assert seen.files.keys() == {"GPU_ONLY", "API_TEXT", "API_MAPPED", "API_EXISTING"}
    assert seen.environment["GPU_ONLY"] == GPU_ONLY
    assert "GPU_ONLY" not in deployed.runs["plain"].seen.environment
    others = [SECRETS[name] for name in ("FROM_ENV", "GCP_CREDENTIALS", "FROM_FILE", "LITERAL")]
    assert [value for value in others if value in seen.environment.values()] == []


def test_a_run_finds_the_api_with_the_credential_of_its_agent(deployed: Deployed) -> None:
    for run in deployed.runs.values():
        assert run.seen.environment["PREFECT_API_AUTH_STRING"] == AUTH
        assert run.seen.environment["PREFECT_API_URL"] == deployed.server.url


def test_the_first_agent_publishes_the_platform(deployed: Deployed) -> None:
    found = {each["name"]: each["value"] for each in deployed.server.every("/variables/filter")}
    assert found.keys() == {"qhub_platform", "qhub_profile_small"}
    assert found["qhub_platform"] == {
        "version": 1,
        "project": "pipelines",
        "namespace": deployed.place.namespace,
        "provider": "existing",
        "pools": ["etl", "gpu"],
        "gateway": None,
        "storage": None,
    }
