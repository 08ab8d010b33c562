from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCKS: dict[str, dict[str, Any]] = {
    "aws": {"amazon_web_services": {"region": "us-west-2"}},
    "gcp": {"google_cloud_platform": {"region": "us-central1"}},
    "do": {"digital_ocean": {"region": "nyc3"}},
    "existing": {},
    "local": {},
}


@pytest.mark.parametrize(
    ("provider", "longest"),
    [("aws", 47), ("gcp", 30), ("do", 47), ("existing", 40), ("local", 40)],
)
def test_project_and_namespace_share_what_the_cloud_allows(
    provider: str, longest: int, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    fitting = "p" * (longest - len("-dev"))

    assert told({"provider": provider, "project_name": fitting, **_BLOCKS[provider]}) == []
    assert told({"provider": provider, "project_name": fitting + "p", **_BLOCKS[provider]}) == [
        f"error project_name: '{fitting}p-dev' (project_name and namespace) has {longest + 1} "
        f"characters; with provider '{provider}' it has {longest} at most"
    ]


def test_a_state_elsewhere_lifts_the_limit(told: Callable[[dict[str, Any]], list[str]]) -> None:
    data = {"project_name": "p" * 45, "prefect": {"enabled": False}}

    assert len(told(data)) == 1
    assert told({**data, "terraform_state": {"type": "local"}}) == []


@pytest.mark.parametrize("namespace", ["default", "kube-public", "kube-node-lease"])
def test_kubernetes_keeps_its_namespaces(
    namespace: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"namespace": namespace}) == [
        f"error namespace: the namespace '{namespace}' is used by Kubernetes itself"
    ]


def test_qhub_keeps_the_namespace_of_its_state(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    assert told({"namespace": "qhub-state"}) == [
        "error namespace: the namespace 'qhub-state' is used by QHub for the Terraform state"
    ]


@pytest.mark.parametrize("postfix", ["t65-ft", "T65FT", "t65_ft"])
def test_the_postfix_is_letters_and_digits(
    postfix: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    block = {"region": "eastus2", "storage_account_postfix": postfix}

    assert told({"provider": "azure", "azure": block}) == [
        f"error azure.storage_account_postfix: '{postfix}' is not a part of a storage account's "
        "name: a-z and 0-9"
    ]


def test_without_agents_the_project_names_the_agent(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    data = {
        "project_name": "p" * 49,
        "prefect": {"enabled": True},
        "terraform_state": {"type": "local"},
    }

    assert told(data) == [
        f"error project_name: '{'p' * 49}' has 49 characters; an agent's name has 48 at most"
    ]
    data["prefect"] = {"enabled": True, "agents": [{"name": "main"}]}
    assert told(data) == []
