"""Keys of nested attributes that Terraform drops in silence are found before it runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.terraform import standin
from tests.terraform.module import PROVIDERS, Module
from tests.terraform.test_standin import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module", autouse=True)
def schemas() -> Path:
    return standin.required_schemas()


MISSPELT = """
provider "helm" {
  kubernetes = {
    config_pth = "~/.kube/config"
    exec       = { api_version = "v1", command = "token", arguments = [] }
  }
}

resource "helm_release" "this" {
  name  = "agent"
  chart = "./chart"
  set = concat(
    [{ name = "a", val = "b" }],
    [for key in ["c"] : { nam = key, name = key }],
    true ? [({ "tpe" = "string", name = "d" })] : [],
  )
}

resource "terraform_data" "this" {
  input = { anything = "goes" }
}
"""


def test_keys_that_terraform_drops_in_silence_are_found(
    tmp_path: Path,
) -> None:
    module = Module(tmp_path / "root", standin.environment(tmp_path))
    module.folder.mkdir()
    module.write(MISSPELT)
    module.run("init")
    module.run("validate")  # so much for Terraform
    here = PROVIDERS.count("\n")
    connection, login, *rest = standin.misspelt_keys(module.folder)
    assert connection.startswith(
        f'main.tf:{here + 4}:5: provider.helm.kubernetes has no key "config_pth"; '
        "known here: client_certificate, client_key, "
    )
    assert login == (
        f'main.tf:{here + 5}:59: provider.helm.kubernetes.exec has no key "arguments"; '
        "known here: api_version, args, command, env"
    )
    assert rest == [
        f'main.tf:{here + row}:{column}: resource.helm_release.this.set has no key "{key}"; '
        "known here: name, type, value"
        for row, column, key in ((13, 20, "val"), (14, 27, "nam"), (15, 16, "tpe"))
    ]


def test_well_spelt_keys_are_left_alone(tmp_path: Path) -> None:
    Module(tmp_path, {}).write(ROOT)
    assert standin.misspelt_keys(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, "standin: {folder}: no .tf file to check", id="no file"),
        pytest.param(
            'resource "helm_relase" "this" {}\n',
            "standin: main.tf:1,1-30: the schema of helm has no helm_relase",
            id="unknown resource type",
        ),
    ],
)
def test_a_lint_that_cannot_look_says_so(tmp_path: Path, text: str | None, expected: str) -> None:
    if text is not None:
        (tmp_path / "main.tf").write_text(text)
    message = expected.format(folder=tmp_path)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        standin.misspelt_keys(tmp_path)
