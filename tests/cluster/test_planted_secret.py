"""A planted secret is in its Secret, and in the pods that read it; nothing else has it.

One deployment with every form of a secret, its state in the cluster, goes from `validate` to
`destroy`; a second one, its state in a file, is killed and fails. All that they leave and show is
searched once, and for each part of it a control is found by the same search.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.process import QHUB
from tests.cluster import execs, pods, prefect_server, reading
from tests.cluster.planted import SOURCES, Planting, plant
from tests.cluster.pods import until
from tests.cluster.search import digests, forms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.cluster.access import Cluster

VARIABLES = ("FROM_ENV", "FROM_FILE", "LITERAL", "TEXT", "JSON_KEY")
CREDENTIAL = "PREFECT_API_AUTH_STRING"


@pytest.fixture(scope="module")
def spaces(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Two namespaces that enforce Pod Security `restricted`, and their states in a third."""
    names = (f"plant-{secrets.token_hex(3)}", f"wilt-{secrets.token_hex(3)}")
    for name in names:
        pods.make_namespace(cluster, name, pods.RESTRICTED)
    yield names
    for name in names:
        pods.remove(cluster, "namespace", name)
    listed = cluster.kubectl("get", "secrets,leases", "--namespace=qhub-state", "--output=name")
    ours = [line for line in listed.split() if any(name in line for name in names)]
    if ours:
        cluster.kubectl("delete", *ours, "--namespace=qhub-state")


@pytest.fixture(scope="module")
def grown(
    cluster: Cluster, spaces: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Planting:
    """What is left of a deployment that works, of its flow runs, and of its end."""
    namespace = spaces[0]
    planting = plant(
        tmp_path_factory.mktemp("grown"), cluster, namespace, terraform_state={"type": "remote"}
    )
    server = prefect_server.start(cluster, namespace, auth=planting.values["AUTH"])
    planting.aim(server.url)
    reading.lay_out(cluster, namespace)
    _store_block(server, planting.control)

    archive = f"{planting.control}.tar"
    for command in ("validate", "show", "render"):
        planting.both(command)
    planting.both("secrets", "list")
    planting.both("plan")
    planting.run("plan", "--out", archive)
    planting.run("deploy", "--plan", archive)

    runs = [reading.start(server, agent, found) for agent, found in _read(planting).items()]
    planting.look_at_processes()
    for run in runs:
        reading.completed(server, run)
        planting.both("logs", f"run/{run}")
    planting.both("logs", f"agent/{planting.control}")
    planting.both("deploy")
    planting.both("status")
    planting.both("secrets", "check")
    planting.crash("plan", "--out", archive)

    for agent, found in _read(planting).items():
        assert _hashes(planting, agent) == _hashed(found)
    planting.look_at_cluster()
    planting.look_at_parts()
    planting.look_at_state()
    planting.look_at_server(server)
    planting.look_at_files()
    planting.run("destroy", "--confirm", "pipelines")
    planting.look_at_files()
    return planting


@pytest.fixture(scope="module")
def wilted(
    cluster: Cluster,
    grown: Planting,
    spaces: tuple[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Planting:
    """What is left of a deploy that was killed, and of one whose credential is refused.

    Its only agent reads all secrets, and starts again and again until the deploy gives up.
    """
    planting = plant(tmp_path_factory.mktemp("wilted"), cluster, spaces[1])
    prefect = planting.place.config["prefect"]
    planting.place.write(prefect={**prefect, "agents": [{"name": planting.control}]})
    planting.aim(f"http://{prefect_server.NAME}.{grown.place.namespace}.svc:4200/api")
    reading.lay_out(cluster, spaces[1])
    _killed(planting)
    planting.look_at_files()
    planting.run("deploy", "--output", "json", status=3)
    planting.both("status", status=4)
    planting.look_at_cluster()
    planting.look_at_parts()
    planting.look_at_files()
    return planting


def _killed(planting: Planting) -> None:
    """Kill a deploy, and all that it has started, as soon as it has made the Secrets."""
    place = planting.place
    tracer = [sys.executable, execs.__file__, str(place.folder / "execs")]
    deploy = subprocess.Popen(
        [*tracer, *QHUB, "deploy"],
        cwd=place.folder,
        env=place.env(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: place.items("deployments"), "the release is being installed")
    finally:
        deploy.kill()
    assert deploy.wait() == -signal.SIGKILL


def _read(planting: Planting) -> dict[str, reading.Expected]:
    """What the flows of each agent must find."""
    values = planting.values
    every = {name: values[name] for name in VARIABLES}
    some = {name: values[name] for name in ("FROM_ENV", "TEXT", "JSON_KEY")}
    credential = {CREDENTIAL: values["AUTH"]}
    return {
        "first": reading.Expected(every, {**every, **credential}),
        planting.control: reading.Expected(some, {**some, **credential}),
    }


_HASHES = """
import hashlib, json, os, pathlib
files = {path.name: path.read_bytes() for path in pathlib.Path("/etc/qhub/secrets").glob("[!.]*")}
sha256 = lambda values: {name: hashlib.sha256(value).hexdigest() for name, value in values.items()}
print(json.dumps([sha256(files), sha256({os.fsdecode(k): v for k, v in os.environb.items()})]))
"""


def _hashes(planting: Planting, agent: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what an agent's pod has: of the secrets' files, and of those variables."""
    options = (f"deploy/qhub-{agent}", "-n", planting.place.namespace, "--container=agent")
    text = planting.place.cluster.kubectl("exec", *options, "--", "python", "-c", _HASHES)
    files, variables = json.loads(text)
    wanted = _read(planting)[agent].variables
    return files, {name: sha for name, sha in variables.items() if name in wanted}


def _hashed(found: reading.Expected) -> tuple[dict[str, str], dict[str, str]]:
    def hashed(values: Mapping[str, str]) -> dict[str, str]:
        return {name: hashlib.sha256(value.encode()).hexdigest() for name, value in values.items()}

    return hashed(found.files), hashed(found.variables)


def _store_block(server: prefect_server.Server, text: str) -> None:
    """Store a text as Prefect stores secrets of its own: encrypted."""
    kind = server.call("GET", "/block_types/slug/secret")["id"]
    asked = {"block_schemas": {"block_type_id": {"any_": [kind]}}}
    schema = server.call("POST", "/block_schemas/filter", asked)[0]["id"]
    ids = {"block_type_id": kind, "block_schema_id": schema}
    server.call("POST", "/block_documents/", {"name": "own", "data": {"value": text}, **ids})


# Where the control must be found → in how many places at least.
IN_GROWN = {
    "output/": 15,
    "arguments/": 3,
    "processes/": 1,
    "files/place/stages/": 2,
    "files/place/planted*.tar!*/plan!tfplan": 1,
    "files/place/qhub-report-": 1,
    "state/tfstate-*!gzip": 1,
    "objects/ConfigMap/": 2,
    "objects/Deployment/": 1,
    "objects/Event/": 5,
    "objects/Job/": 1,
    "objects/NetworkPolicy/": 1,
    "objects/Pod/": 2,
    "objects/ReplicaSet/": 1,
    "objects/Secret/sh.helm.release.v1.": 3,
    "logs/": 2,
    "parts/": 2,
    "database": 3,
    "blocks": 1,
}
IN_WILTED = {
    "output/deploy": 1,
    "output/status": 2,
    "arguments/": 1,
    "files/place/.qhub/*.tfstate": 1,
    "files/place/.qhub/*/reports/": 1,
    "objects/Event/": 2,
    "objects/Secret/sh.helm.release.v1.": 3,
    "logs/": 1,
    "parts/": 2,
}
# Of which there is nothing to see from this machine where the cluster is another one.
OF_OUR_BED = ("processes/", "parts/")


@pytest.mark.parametrize("part", IN_GROWN)
def test_what_works_is_searched_as_it_is_stored(part: str, grown: Planting) -> None:
    _skip_where_out_of_sight(part, grown)
    found = grown.heap.places(forms(grown.control), part)
    assert len(found) >= IN_GROWN[part], found


@pytest.mark.parametrize("part", IN_WILTED)
def test_what_fails_is_searched_as_it_is_stored(part: str, wilted: Planting) -> None:
    _skip_where_out_of_sight(part, wilted)
    found = wilted.heap.places(forms(wilted.control), part)
    assert len(found) >= IN_WILTED[part], found


def test_nothing_that_works_shows_a_secret(grown: Planting) -> None:
    own = {"objects/Secret/prefect-server"}  # the server's, which is of this test
    assert _found(grown) == _meant("first", grown.control) | own
    assert len(grown.heap.parts) > 1000
    assert sum(name.startswith("arguments/") for name in grown.heap.parts) > 100


def test_nothing_that_fails_shows_a_secret(wilted: Planting) -> None:
    assert _found(wilted) == _meant(wilted.control)
    assert len(wilted.heap.parts) > 300


def test_no_hash_of_a_secret_is_stored(grown: Planting, wilted: Planting) -> None:
    for planting in (grown, wilted):
        hashes = [form for value in planting.values.values() for form in digests(value.encode())]
        assert planting.heap.places(hashes) == []


def _skip_where_out_of_sight(part: str, planting: Planting) -> None:
    if part in OF_OUR_BED and planting.place.cluster.place is None:
        pytest.skip("is about the test bed, and QHUB_TEST_KUBECONFIG names another cluster")


def _found(planting: Planting) -> set[str]:
    """Return the places that have the mark, in whatever they hold it."""
    return {name.partition("!")[0] for name in planting.heap.places(forms(planting.word))}


def _meant(*agents: str) -> set[str]:
    """Return the places that are to have it: the user's files, and the Secrets of the agents."""
    made = {f"objects/Secret/qhub-{agent}-{kind}" for agent in agents for kind in ("flow", "token")}
    return made | set(SOURCES)
