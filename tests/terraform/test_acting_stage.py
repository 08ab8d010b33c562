"""Stage 03 of an example as it is rendered, applied to a real API server."""

from __future__ import annotations

import base64
import gzip
import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from qhub.config import check, read
from qhub.platform import plan
from qhub.render import render, secret_variables
from tests.render.rendered import REPOSITORY, STAGE
from tests.terraform import acted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster

EXAMPLE = REPOSITORY / "examples" / "existing.yaml"
CONTEXT = "team-cluster"
NAMESPACE = "pipelines"
AGENT = "sales-pipelines"
STATES = "qhub-state"
SECRETS = f"/api/v1/namespaces/{NAMESPACE}/secrets"


@pytest.fixture
def rendered(apiserver: ApiServer, tmp_path: Path) -> Iterator[acted.Root]:
    """Yield the stage, initialised, with a value planted for each of its secrets."""
    config = check(read(EXAMPLE)).config
    assert config is not None
    platform = plan(config)
    for path, content in render(platform, config=config).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    env = acted.environment(tmp_path, apiserver.login(context=CONTEXT))
    env |= {f"TF_VAR_{each.name}": f"planted-{each.name}" for each in secret_variables(platform)}
    env["TF_DATA_DIR"] = str(tmp_path / "data")
    made = acted.Root(tmp_path / STAGE, env, apiserver, NAMESPACE)
    apiserver.remove_namespace(STATES)  # deploys share the server, and leave theirs
    metadata = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": STATES}}
    apiserver.call("POST", "/api/v1/namespaces", metadata)
    made.run("init")
    yield made
    for name in (NAMESPACE, STATES):
        apiserver.remove_namespace(name)


def state(made: acted.Root) -> tuple[str, bytes]:
    """Return the name of the Secret that holds the state, and the state."""
    listed = made.server.call("GET", f"/api/v1/namespaces/{STATES}/secrets")["items"]
    (stored,) = [each for each in listed if each["metadata"]["name"].startswith("tfstate-")]
    return (
        stored["metadata"]["name"],
        gzip.decompress(base64.b64decode(stored["data"]["tfstate"])),
    )


def content(made: acted.Root, name: str) -> dict[str, str]:
    stored: dict[str, Any] = made.server.call("GET", f"{SECRETS}/{name}")["data"]
    return {key: base64.b64decode(value).decode() for key, value in stored.items()}


def test_a_stage_is_applied_as_it_is_rendered_and_destroyed(rendered: acted.Root) -> None:
    with rendered.server.ready_pods(NAMESPACE):
        rendered.run("apply", "-auto-approve")

    labels = rendered.get("namespaces")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    flow = content(rendered, f"qhub-{AGENT}-flow")
    assert (flow["S3_KEY"], sorted(flow)) == ("planted-s3_key", ["S3_KEY", "deploy.key"])
    assert content(rendered, f"qhub-{AGENT}-token") == {"token": "planted-prefect_token"}
    (release,) = json.loads(rendered.helm("list", "-o", "json"))
    assert (release["name"], release["status"]) == (f"qhub-{AGENT}", "deployed")
    outputs = json.loads(rendered.attempt("output", "-json").stdout)
    assert outputs["namespace"]["value"] == NAMESPACE
    assert outputs["agents"]["value"][AGENT]["release"] == f"qhub-{AGENT}"

    rendered.run("plan", "-detailed-exitcode")

    name, stored = state(rendered)
    assert name == f"tfstate-default-{AGENT}.{NAMESPACE}.03-kubernetes-services"
    assert AGENT.encode() in stored
    assert b"planted-" not in stored

    rendered.run("destroy", "-auto-approve")

    assert rendered.get("namespaces") is None
    assert state(rendered)[0] == name


def test_what_goes_wrong_with_a_stage_is_seen_and_mended(rendered: acted.Root) -> None:
    label = {"pod-security.kubernetes.io/enforce": None}
    with rendered.server.ready_pods(NAMESPACE):
        rendered.run("apply", "-auto-approve")
        rendered.server.call("DELETE", f"{SECRETS}/qhub-{AGENT}-flow")
        rendered.server.call("PATCH", rendered.path("namespaces"), {"metadata": {"labels": label}})
        rendered.helm("uninstall", f"qhub-{AGENT}")

        assert rendered.changes() == {
            f'helm_release.agent["{AGENT}"]': ["create"],
            'kubernetes_namespace_v1.this["this"]': ["update"],
            f'kubernetes_secret_v1.flow["{AGENT}"]': ["create"],
        }
        rendered.run("apply", "-auto-approve")

    rendered.run("plan", "-detailed-exitcode")
    assert content(rendered, f"qhub-{AGENT}-flow")["S3_KEY"] == "planted-s3_key"


def test_two_at_once_the_second_is_told_of_the_lock(rendered: acted.Root) -> None:
    held = rendered.start("apply", "-auto-approve")
    locks = f"/apis/coordination.k8s.io/v1/namespaces/{STATES}/leases"

    def holder() -> str | None:
        leases = rendered.server.call("GET", locks)["items"]
        return leases[0]["spec"].get("holderIdentity") if leases else None

    acted.until(holder, "the state is locked")
    said = rendered.run("plan", status=1)
    os.killpg(held.pid, signal.SIGKILL)
    held.communicate()

    assert "Error acquiring the state lock" in said
    info = json.loads(
        rendered.server.call("GET", locks)["items"][0]["metadata"]["annotations"][
            "app.terraform.io/lock-info"
        ]
    )
    assert info["Operation"] == "OperationTypeApply"
    assert info["ID"] in said
    # The killed one left it: somebody has to take it away.
    rendered.run("force-unlock", "-force", info["ID"])
    assert not holder()
