"""From nothing to a flow that has run: `init`, `deploy`, `flow build`, `flow deploy`, `flow run`.

The flow's code is in an image that stands on the platform's, and it runs with a profile that the
platform published itself.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.cluster import flow_runs, prefect_server
from tests.cluster.images import image
from tests.cluster.place import Place, new_namespace, own_namespace, place_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cluster.access import Cluster
    from tests.cluster.prefect_server import Server

S3_KEY = "s3-key-71c0"
RATES = "EURO = 0.5\n"
ETL = """
from prefect import flow, task
from qhub.flows import secret

from rates import EURO


@task
def load(rows: int) -> int:
    return rows


@flow(log_prints=True)
def etl(rows: int = 10):
    key = secret("S3_KEY")
    print(f"{load(rows) * EURO} euros, with a key of {len(key)} characters")
"""


@dataclass(slots=True)
class Journey:
    """A place, its server, and how long each step took in seconds."""

    place: Place
    server: Server
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - begun, 1)

    def flow(self, *arguments: str, status: int = 0) -> str:
        """Run `qhub flow …` as somebody who knows where Prefect's API is."""
        return self.place.run("flow", *arguments, status=status, more=self.server.environment)


@pytest.fixture(scope="module")
def journey(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    with new_namespace(cluster) as beside, own_namespace(cluster, f"{beside}-own") as namespace:
        server = prefect_server.start(cluster, beside)
        place = place_in(tmp_path_factory.mktemp("journey"), cluster, namespace)
        (place.folder / "qhub-config.yaml").unlink()
        place.environment["S3_KEY"] = S3_KEY
        yield Journey(place, server)


def initialise(journey: Journey) -> None:
    place = journey.place
    place.run(
        *("init", "--provider", "existing", "--project-name", "sales", "--ci", "none"),
        *(
            "--namespace",
            place.namespace,
            "--kube-context",
            place.config["existing"]["kube_context"],
        ),
        *("--prefect-image", image("flow"), "--api-url", journey.server.url),
        *("--agent", "etl:nightly"),
    )


def edit(journey: Journey) -> None:
    """Change the file that `init` wrote, as its user does."""
    file = journey.place.folder / "qhub-config.yaml"
    config: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    config["terraform_state"] = {"type": "local"}
    config["secrets"] = {"S3_KEY": {"from_env": "S3_KEY"}}
    small = {"cpu": "100m", "cpu_limit": 1, "memory": "200Mi", "memory_limit": "500Mi"}
    config["profiles"] = {"flow_run": {"Small One": small}}
    config["prefect"]["overrides"] = {
        "worker": {"querySeconds": 5},
        "resources": {"requests": {"cpu": "50m"}},
    }
    journey.place.config.clear()
    journey.place.write(**config)


def write_flows(folder: Path) -> None:
    (folder / "rates.py").write_text(RATES, encoding="utf-8")
    (folder / "etl.py").write_text(ETL, encoding="utf-8")


def test_from_a_config_to_a_finished_flow(
    journey: Journey, record_property: Callable[[str, object], None]
) -> None:
    place, server = journey.place, journey.server
    built = f"{place.cluster.registry}/team/{place.namespace}:1"
    with journey.step("init"):
        initialise(journey)
        edit(journey)
    with journey.step("deploy"):
        deployed = place.report("deploy", "--yes")
    assert not deployed["unchanged"]
    write_flows(place.folder)
    with journey.step("build"):
        journey.flow("build", "etl.py", "--image", built, "--push", *builder(place))
    with journey.step("register"):
        options = ("--image", built, "--no-build", "--profile", "Small One", "--queue", "nightly")
        said = journey.flow("deploy", "etl.py", *options)
    assert said.startswith("created    etl/default")
    with journey.step("run"):
        said = journey.flow("run", "etl", "-p", "rows=7")
    assert f"3.5 euros, with a key of {len(S3_KEY)} characters" in said

    [run] = server.every("/flow_runs/filter")
    assert (run["state_type"], run["work_queue_name"]) == ("COMPLETED", "nightly")
    _, pod = flow_runs.job(place, run["id"])
    [container] = pod["spec"]["containers"]
    assert container["image"].startswith(built.rpartition(":")[0])
    assert container["resources"] == {
        "requests": {"cpu": "100m", "memory": "200Mi"},
        "limits": {"cpu": "1", "memory": "500Mi"},
    }
    for name, seconds in journey.seconds.items():
        record_property(f"seconds of {name}", seconds)
    print(f"\nfrom config to finished flow, in seconds: {journey.seconds}")  # noqa: T201


def builder(place: Place) -> tuple[str, ...]:
    """Return how images are built where the tests are."""
    return ("--builder", "docker" if place.cluster.place is None else "chroot")


def test_to_register_again_changes_nothing(journey: Journey) -> None:
    built = f"{journey.place.cluster.registry}/team/{journey.place.namespace}:1"
    options = ("--image", built, "--no-build", "--profile", "Small One", "--queue", "nightly")
    assert journey.flow("deploy", "etl.py", *options).startswith("unchanged  etl/default")


def test_without_a_profile_a_deployment_leaves_the_sizes_to_its_agent(journey: Journey) -> None:
    built = f"{journey.place.cluster.registry}/team/{journey.place.namespace}:1"
    journey.flow("deploy", "etl.py", "--name", "plain", "--image", built, "--no-build")
    [found] = [one for one in journey.server.every("/deployments/filter") if one["name"] == "plain"]
    assert found["job_variables"].keys() == {"image"}
    assert (found["work_pool_name"], found["work_queue_name"]) == ("etl", "default")


def test_what_the_pool_does_not_know_is_told(journey: Journey) -> None:
    built = f"{journey.place.cluster.registry}/team/{journey.place.namespace}:1"
    options = ("--image", built, "--no-build", "--retries-on-crash", "2")
    said = journey.flow("deploy", "etl.py", *options, status=3)
    assert "workers of the pool 'etl' start no run again whose process died" in said


def test_without_prefect_no_agent_is_left(journey: Journey) -> None:
    place = journey.place
    assert place.items("deployments")
    place.write(prefect={**place.config["prefect"], "enabled": False})
    report = place.report("deploy", "--yes")
    assert report["agents"] == []
    left = {kind: place.items(kind) for kind in ("deployments", "rolebindings", "networkpolicies")}
    assert left == {kind: [] for kind in left}
    assert [
        one["metadata"]["name"]
        for one in place.items("secrets")
        if one["metadata"]["name"].startswith(("qhub-", "sh.helm.release"))
    ] == []
    assert "it has no agent" in place.run("status")
