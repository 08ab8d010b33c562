"""The rights that a deploy needs are those that the chart, Helm and Terraform use, and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from qhub.api import load
from qhub.cluster import Cluster, target
from qhub.cluster.rights import Right, in_words, missing, rights
from qhub.config.model import KubernetesCluster
from qhub.render.values import agent_values
from tests.helm.engine import CHARTS, template
from tests.kube.kubeconfigs import write
from tests.kube.reaching import http, listening, reaching
from tests.terraform.apiserver import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qhub.api import Project
    from tests.kube.objects import Objects
    from tests.terraform.apiserver import ApiServer

EXAMPLES = Path(__file__).parents[2] / "examples"
RBAC = "rbac.authorization.k8s.io"
WORKER = """
project_name: pipelines
namespace: {namespace}
provider: existing
{existing}
prefect:
  enabled: true
  image: prefecthq/prefect:3.8.8-python3.12-kubernetes
  api: {{url: https://prefect.example.com/api}}
  overrides: {overrides}
terraform_state: {{type: local}}
"""


def project(
    folder: Path, *, namespace: str = "dev", existing: str = "", **overrides: Any
) -> Project:
    """Return a config with one worker and these overrides."""
    path = folder / "qhub-config.yaml"
    path.write_text(WORKER.format(namespace=namespace, existing=existing, overrides=overrides))
    return load(path)


def needed(project: Project) -> tuple[Right, ...]:
    """Return the rights that deploying it needs."""
    cluster = project.config.cluster
    assert isinstance(cluster, KubernetesCluster)
    state = project.config.terraform_state
    return rights(project.platform, cluster=cluster, state=state)


def kinds(found: Iterable[Right]) -> set[tuple[str, str]]:
    """Return the kinds of objects that a release makes."""
    return {(right.group, right.resource) for right in found if right.verb == "create"}


def rendered(project: Project) -> list[dict[str, Any]]:
    """Return what Helm makes of the agents."""
    platform = project.platform
    return [
        made
        for agent in platform.agents
        for made in template(
            CHARTS / "prefect-agent",
            f"qhub-{agent.name}",
            platform.namespace,
            agent_values(agent, project=platform.project),
        )
    ]


def plural(made: dict[str, Any]) -> tuple[str, str]:
    """Return group and resource of an object."""
    group, slash, _ = made["apiVersion"].partition("/")
    kind = made["kind"].lower()
    ending = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
    return (group if slash else "", ending)


@pytest.mark.parametrize(
    "overrides",
    [
        pytest.param({}, id="none"),
        pytest.param({"replicas": 2}, id="two replicas"),
        pytest.param({"replicas": 2, "podDisruptionBudget": {"enabled": False}}, id="no budget"),
        pytest.param({"rbac": {"create": False}}, id="no Role"),
        pytest.param({"networkPolicy": {"enabled": False}}, id="no NetworkPolicy"),
        pytest.param(
            {
                "serviceAccount": {"create": False, "name": "a"},
                "job": {"serviceAccount": {"create": False}},
            },
            id="no service accounts",
        ),
    ],
)
def test_every_kind_that_the_chart_renders_is_among_them(
    overrides: dict[str, Any], tmp_path: Path
) -> None:
    found = project(tmp_path, **overrides)
    made = {plural(one) for one in rendered(found)}
    assert len(made) >= 3
    assert kinds(needed(found)) - {("batch", "jobs"), ("", "secrets")} == made


@pytest.mark.parametrize("name", ["existing-own-server.yaml", "prefect-0.14.yaml"])
def test_what_an_agent_may_is_what_its_role_says(name: str) -> None:
    found = load(EXAMPLES / name)
    roles = [made for made in rendered(found) if made["kind"] == "Role"]
    granted = {
        (verb, group, resource)
        for role in roles
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    said = {(right.verb, right.group, right.resource) for right in needed(found) if right.granted}
    assert said == granted
    assert said


def test_the_state_in_the_cluster_needs_its_secrets_and_its_lock() -> None:
    found = needed(load(EXAMPLES / "existing.yaml"))
    state = {(r.verb, r.group, r.resource) for r in found if r.namespace == "qhub-state"}
    assert {("create", "", "secrets"), ("update", "coordination.k8s.io", "leases")} <= state
    assert ("create", "", "namespaces", None) in {
        (r.verb, r.group, r.resource, r.namespace) for r in found
    }


def test_the_words_name_verbs_kind_place_and_reason(tmp_path: Path) -> None:
    found = needed(project(tmp_path))
    lines = in_words(right for right in found if right.needed)
    assert (
        "get, create, patch, delete, list, watch deployments.apps in namespace 'dev': "
        "the releases of the agents"
    ) in lines
    assert len(set(lines)) == len(lines)


def bind(objects: Objects, wanted: Iterable[Right]) -> None:
    """Give NOBODY these rights in the namespace."""
    rules = [
        {"apiGroups": [right.group], "resources": [right.resource], "verbs": [right.verb]}
        for right in wanted
    ]
    rbac = f"{RBAC}/v1"
    if not objects.get(rbac, "roles")["items"]:
        objects.create(rbac, "roles", {"metadata": {"name": "deployer"}, "rules": rules})
        body = {
            "metadata": {"name": "deployer"},
            "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "deployer"},
            "subjects": [{"apiGroup": RBAC, "kind": "User", "name": NOBODY}],
        }
        objects.create(rbac, "rolebindings", body)
    else:
        objects.patch(rbac, "roles", "deployer", {"rules": rules})


@pytest.mark.cluster
def test_who_has_them_all_lacks_none_and_can_make_what_the_chart_renders(
    apiserver: ApiServer,
    objects: Objects,
    tmp_path: Path,
    until: Callable[[Callable[[], object]], None],
) -> None:
    found = project(tmp_path, namespace=objects.namespace, replicas=2)
    wanted = needed(found)
    environ = {"KUBECONFIG": str(apiserver.login(NOBODY))}
    with Cluster(target(None, objects.namespace, environ), environ=environ) as nobody:
        assert missing(nobody, wanted) == wanted
        bind(objects, wanted)
        until(lambda: not missing(nobody, wanted))
        for made in rendered(found):
            group, resource = plural(made)
            path = objects.path(made["apiVersion"], resource)
            answer = nobody._api.post(path, made)
            assert answer["metadata"]["name"] == made["metadata"]["name"], (group, resource)


def test_who_may_do_everything_is_not_asked_about_each(tmp_path: Path) -> None:
    wanted = needed(project(tmp_path))
    places = {right.namespace for right in wanted}
    for allowed in (True, False):
        answer = json.dumps({"status": {"allowed": allowed}})
        heard: list[bytes] = []
        with listening(http("201 Created", answer), heard) as port:
            server = f"http://127.0.0.1:{port}"
            path = write(tmp_path / "config", {"team": None}, current="team", server=server)
            with reaching(path) as cluster:
                assert missing(cluster, wanted) == (() if allowed else wanted)
        assert (len(heard) == len(places)) is allowed


@pytest.mark.cluster
def test_one_that_is_missing_is_named(
    apiserver: ApiServer,
    objects: Objects,
    tmp_path: Path,
    until: Callable[[Callable[[], object]], None],
) -> None:
    wanted = needed(project(tmp_path, namespace=objects.namespace))
    environ = {"KUBECONFIG": str(apiserver.login(NOBODY))}
    lacking = next(r for r in wanted if (r.verb, r.resource) == ("patch", "networkpolicies"))
    granted = [right for right in wanted if right.granted]
    with Cluster(target(None, objects.namespace, environ), environ=environ) as nobody:
        bind(objects, (right for right in wanted if right != lacking))
        until(lambda: len(missing(nobody, wanted)) == 1)
        assert missing(nobody, wanted) == (lacking,)
        assert in_words([lacking]) == (
            f"patch networkpolicies.networking.k8s.io in namespace '{objects.namespace}': "
            "the releases of the agents",
        )
        # Who may hand on rights that he does not have needs not have them.
        lifted = [
            Right(verb, RBAC, "roles", objects.namespace, "") for verb in ("escalate", "bind")
        ]
        kept = [right for right in wanted if right not in granted]
        bind(objects, kept)
        until(lambda: set(missing(nobody, wanted)) >= {granted[0]})
        bind(objects, [*kept, *lifted])
        until(lambda: not missing(nobody, wanted))
        # What he does himself he needs all the same.
        bind(objects, [*(right for right in kept if right != lacking), *lifted])
        until(lambda: missing(nobody, wanted) == (lacking,))


def test_the_example_of_a_role_in_the_guide_is_enough(tmp_path: Path) -> None:
    guide = Path(__file__).parents[2] / "docs" / "status.md"
    text = guide.read_text().partition("```\napiVersion: rbac")[2].partition("```")[0]
    allowed = {
        (verb, group, resource)
        for rule in yaml.safe_load(f"apiVersion: rbac{text}")["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    found = [needed(project(tmp_path, replicas=2)), needed(load(EXAMPLES / "prefect-0.14.yaml"))]
    asked = {
        (right.verb, right.group, right.resource)
        for several in found
        for right in several
        if right.namespace in ("dev", "legacy")
    }
    assert asked
    assert asked - allowed == set()
