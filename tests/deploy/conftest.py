"""Fixtures of these tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.deploy.place import Place, place_in
from tests.deploy.requests import request
from tests.terraform import standin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from qhub.deploy.request import Request
    from tests.terraform.apiserver import ApiServer


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return variables under which what `qhub` applies happens in the cluster."""
    standin.required_schemas()
    return standin.acting_on_path(tmp_path_factory.mktemp("providers"))


@pytest.fixture
def unready(tmp_path: Path, apiserver: ApiServer, providers: Mapping[str, str]) -> Place:
    """Return a folder with a config file, and a namespace of its own whose pods get ready never."""
    return place_in(tmp_path, apiserver, providers)


@pytest.fixture
def place(unready: Place) -> Iterator[Place]:
    """Return a place whose pods are ready."""
    with unready.server.ready_pods(unready.namespace):
        yield unready


@pytest.fixture(scope="module")
def _shared(
    tmp_path_factory: pytest.TempPathFactory, apiserver: ApiServer, providers: Mapping[str, str]
) -> Iterator[Place]:
    made = place_in(tmp_path_factory.mktemp("shared"), apiserver, providers)
    with apiserver.ready_pods(made.namespace):
        made.run("deploy")
        yield made


@pytest.fixture
def deployed(_shared: Place) -> Iterator[Place]:
    """Return a deployed place that a file shares; who changes it, heals it, or is its last."""
    config = dict(_shared.config)
    yield _shared
    _shared.config.clear()
    _shared.write(**config)


FIRST = b"""
terraform {
  backend "local" { path = "../../.qhub/first.tfstate" }
}
variable "word" {
  type    = string
  default = "one"
}
resource "terraform_data" "first" { input = var.word }
output "told" { value = terraform_data.first.output }
output "listed" { value = [1, 2] }
"""
SECOND = b"""
terraform {
  backend "local" { path = "../../.qhub/second.tfstate" }
}
variable "told" { type = string }
variable "listed" { type = list(number) }
resource "terraform_data" "second" { input = "${var.told} ${length(var.listed)}" }
"""


@pytest.fixture
def two(place: Place, monkeypatch: pytest.MonkeyPatch) -> Request:
    """Return a request of two stages that hand values on, of what is built into Terraform."""
    monkeypatch.chdir(place.folder)
    made = request(existing={"kube_context": "qhub-bed", "create_namespace": True})
    bundle = {
        "stages/01-first/versions.tf": b"",
        "stages/01-first/main.tf": FIRST,
        "stages/02-second/versions.tf": b"",
        "stages/02-second/main.tf": SECOND,
    }
    return replace(made, bundle=bundle)
