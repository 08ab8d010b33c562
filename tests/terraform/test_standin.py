"""The stand-in providers do what Terraform and the tests on top of them rely on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.terraform import standin

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = "planted-value-of-the-secret"
CONTROL = "control-value-that-is-stored"

PROVIDERS = """
terraform {
  required_version = ">= 1.11"
  required_providers {
    helm       = { source = "hashicorp/helm", version = "~> 3.1" }
    kubernetes = { source = "hashicorp/kubernetes", version = "~> 3.2" }
  }
}
"""

ROOT = """
variable "token" {
  type      = string
  ephemeral = true
  sensitive = true
}

variable "name" {
  type    = string
  default = "dev"
}

variable "team" {
  type    = string
  default = "data"
}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name   = var.name
    labels = { team = var.team }
  }
}

resource "kubernetes_secret_v1" "this" {
  metadata {
    name      = "token"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }
  data             = { control = "control-value-that-is-stored" }
  data_wo          = { token = var.token }
  data_wo_revision = 1
}

resource "helm_release" "this" {
  name       = "agent"
  namespace  = kubernetes_namespace_v1.this.metadata[0].name
  chart      = "./chart"
  set        = [{ name = "team", value = var.team }]
  depends_on = [kubernetes_secret_v1.this]
}

output "release" {
  value = "${helm_release.this.metadata.revision} ${kubernetes_secret_v1.this.metadata[0].uid}"
}
"""


@pytest.fixture(scope="module", autouse=True)
def schemas() -> Path:
    return standin.required_schemas()


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return standin.environment(tmp_path_factory.mktemp("env"), {"TF_VAR_token": PLANTED})


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]) -> Path:
    root = tmp_path_factory.mktemp("initialised")
    (root / "main.tf").write_text(PROVIDERS + ROOT)
    run(root, env, "init")
    return root


@pytest.fixture(scope="module")
def applied(
    tmp_path_factory: pytest.TempPathFactory, initialised: Path, env: dict[str, str]
) -> Path:
    root = copy(initialised, tmp_path_factory.mktemp("applied"))
    run(root, env, "plan", "-out=plan")
    run(root, env, "apply", "plan")
    return root


def copy(root: Path, folder: Path, text: str = ROOT) -> Path:
    """Copy a root that was initialised, so that each test need not; with another main.tf."""
    shutil.copytree(root, folder, symlinks=True, dirs_exist_ok=True)
    (folder / "main.tf").write_text(PROVIDERS + text)
    return folder


def run(
    root: Path, env: dict[str, str], *args: str, status: int = 0
) -> subprocess.CompletedProcess[str]:
    done = standin.terraform(args, root, env)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def changes(root: Path, env: dict[str, str], *args: str) -> dict[str, list[str]]:
    """Plan, and return what would be done to each resource that changes."""
    run(root, env, "plan", "-out=plan", *args)
    plan = json.loads(run(root, env, "show", "-json", "plan").stdout)
    every = {each["address"]: each["change"]["actions"] for each in plan["resource_changes"]}
    return {address: actions for address, actions in every.items() if actions != ["no-op"]}


def problems(root: Path, env: dict[str, str]) -> list[tuple[str, str, int]]:
    """Validate, and return summary, detail and line of each diagnostic."""
    report = json.loads(standin.terraform(["validate", "-json"], root, env).stdout)
    return [
        (problem["summary"], problem["detail"], problem["range"]["start"]["line"])
        for problem in report["diagnostics"]
    ]


def test_resources_are_made_stay_and_go_without_a_network(
    tmp_path: Path, env: dict[str, str]
) -> None:
    (tmp_path / "main.tf").write_text(PROVIDERS + ROOT)
    run(tmp_path, env, "init")
    run(tmp_path, env, "validate")
    assert changes(tmp_path, env) == {
        "helm_release.this": ["create"],
        "kubernetes_namespace_v1.this": ["create"],
        "kubernetes_secret_v1.this": ["create"],
    }
    run(tmp_path, env, "apply", "plan")
    made = json.loads((tmp_path / "terraform.tfstate").read_text())
    assert made["outputs"]["release"]["value"].startswith("1 standin-")
    run(tmp_path, env, "plan", "-detailed-exitcode")
    run(tmp_path, env, "destroy", "-auto-approve")
    assert json.loads((tmp_path / "terraform.tfstate").read_text())["resources"] == []


def test_a_rotated_secret_alone_changes_nothing(applied: Path, env: dict[str, str]) -> None:
    rotated = {**env, "TF_VAR_token": "rotated"}
    run(applied, rotated, "plan", "-detailed-exitcode")


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        pytest.param(
            "team=gpu",
            {"helm_release.this": ["update"], "kubernetes_namespace_v1.this": ["update"]},
            id="a label and a chart value are updated in place",
        ),
        pytest.param(
            "name=prod",
            {
                "helm_release.this": ["delete", "create"],
                "kubernetes_namespace_v1.this": ["delete", "create"],
                "kubernetes_secret_v1.this": ["delete", "create"],
            },
            id="another namespace replaces what is in it",
        ),
    ],
)
def test_a_change_is_planned_as_the_real_provider_would(
    applied: Path,
    tmp_path: Path,
    env: dict[str, str],
    variable: str,
    expected: dict[str, list[str]],
) -> None:
    root = copy(applied, tmp_path)
    assert changes(root, env, f"-var={variable}") == expected
    run(root, env, "apply", "plan")
    run(root, env, "plan", "-detailed-exitcode", f"-var={variable}")


# A provider that is configured from what is not known yet, queries, a value without a fixed type.
QUERIES = """
provider "helm" {
  kubernetes = {
    host  = data.kubernetes_namespace_v1.this.metadata[0].uid
    token = ephemeral.kubernetes_token_request_v1.this.token
  }
}

data "kubernetes_namespace_v1" "this" {
  metadata {
    name = kubernetes_manifest.this.manifest.metadata.name
  }
}

ephemeral "kubernetes_token_request_v1" "this" {
  metadata {
    name      = "deployer"
    namespace = "default"
  }
}

resource "kubernetes_manifest" "this" {
  manifest = { apiVersion = "v1", kind = "Namespace", metadata = { name = "dev" } }
}

resource "helm_release" "this" {
  name            = "agent"
  chart           = "./chart"
  set_wo          = [{ name = "token", value = ephemeral.kubernetes_token_request_v1.this.token }]
  set_wo_revision = 1
}
"""


def test_queries_answer_and_the_second_plan_is_empty(
    initialised: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    root = copy(initialised, tmp_path, QUERIES)
    run(root, env, "apply", "-auto-approve")
    run(root, env, "plan", "-detailed-exitcode")


def places_of(value: str, root: Path) -> list[str]:
    """Return the files, and the members of the plan, that hold a value."""
    stored = {path.name: path.read_bytes() for path in root.glob("terraform.tfstate*")}
    with zipfile.ZipFile(root / "plan") as plan:
        stored |= {name: plan.read(name) for name in plan.namelist()}
    return sorted(name for name, content in stored.items() if value.encode() in content)


def test_a_write_only_value_is_in_neither_plan_nor_state(applied: Path) -> None:
    assert places_of(CONTROL, applied) == ["terraform.tfstate", "tfconfig/m-/main.tf", "tfplan"]
    assert places_of(PLANTED, applied) == []


# The part of ROOT that is replaced, by what, what Terraform then says, and of which word.
MISTAKES = {
    "a misspelt argument": (
        "data_wo_revision = 1",
        "data_wo_revison = 1",
        "Unsupported argument",
        'An argument named "data_wo_revison" is not expected here. '
        'Did you mean "data_wo_revision"?',
        "data_wo_revison",
    ),
    "an ephemeral value in a stored attribute": (
        "data_wo          = { token = var.token }",
        "binary_data = { token = var.token }",
        "Invalid use of ephemeral value",
        'Ephemeral values are not valid for "binary_data", because it is not a write-only '
        "attribute and must be persisted to state.",
        "binary_data",
    ),
    "a computed attribute": (
        'chart      = "./chart"',
        'chart = "./chart"\n  status = "deployed"',
        "Value for a computed attribute",
        'Only the provider may set "status"; take it out of the configuration.',
        "status =",
    ),
    "a computed attribute in a block": (
        "name   = var.name",
        'name = var.name\n    uid = "mine"',
        "Value for a computed attribute",
        'Only the provider may set "metadata.0.uid"; take it out of the configuration.',
        "uid =",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused_where_it_stands(
    initialised: Path,
    tmp_path: Path,
    env: dict[str, str],
    mistake: tuple[str, str, str, str, str],
) -> None:
    right, wrong, summary, detail, word = mistake
    root = copy(initialised, tmp_path, ROOT.replace(right, wrong))
    line = (root / "main.tf").read_text().split(word)[0].count("\n") + 1
    assert problems(root, env) == [(summary, detail, line)]


def test_a_provider_that_has_no_stand_in_is_not_sought_elsewhere(
    tmp_path: Path, env: dict[str, str]
) -> None:
    (tmp_path / "main.tf").write_text('resource "random_pet" "this" {}\n')
    refused = run(tmp_path, env, "init", status=1)
    assert "was not found in any of the search locations" in " ".join(refused.stderr.split())


def without_descriptions(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    kept = (
        (key, value)
        for key, value in schema.items()
        if key != "description_kind" and not (key == "description" and isinstance(value, str))
    )
    return {key: without_descriptions(value) for key, value in kept}


def test_the_stand_ins_report_the_schemas_that_they_were_given(
    tmp_path: Path, env: dict[str, str], schemas: Path
) -> None:
    given: dict[str, Any] = {}
    for file in schemas.glob("*.json"):
        given |= json.loads(file.read_text())["provider_schemas"]
    assert len(given) >= 2
    wanted = {address.split("/")[-1]: {"source": address} for address in given}
    (tmp_path / "main.tf.json").write_text(
        json.dumps({"terraform": {"required_providers": wanted}})
    )
    run(tmp_path, env, "init")
    told = json.loads(run(tmp_path, env, "providers", "schema", "-json").stdout)["provider_schemas"]
    assert {address: without_descriptions(schema) for address, schema in told.items()} == {
        address: without_descriptions(schema) for address, schema in given.items()
    }


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
    initialised: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    root = copy(initialised, tmp_path, MISSPELT)
    run(root, env, "validate")  # so much for Terraform
    here = PROVIDERS.count("\n")
    connection, login, *rest = standin.misspelt_keys(root)
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
    (tmp_path / "main.tf").write_text(PROVIDERS + ROOT)
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


def test_two_builds_at_once_make_one_binary(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(standin.build, [tmp_path, tmp_path])
    assert first == second
    assert [path.name for path in first.parent.iterdir()] == ["standin"]
    assert os.access(first, os.X_OK)


def test_the_environment_inherits_nothing_but_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TF_VAR_token", "TF_LOG", "TF_CLI_ARGS", "KUBECONFIG", "TMPDIR"):
        monkeypatch.setenv(name, "ours")
    env = standin.environment(tmp_path, {"TF_VAR_name": "given"})
    assert "ours" not in env.values()
    assert (env["PATH"], env["TF_VAR_name"]) == (os.environ["PATH"], "given")
    assert env["HOME"] == str(tmp_path / "home")


def test_without_schema_files_the_real_providers_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "REPOSITORY", tmp_path / "alone")
    env = standin.environment(tmp_path)
    assert (tmp_path / "terraform.rc").read_text() == "disable_checkpoint = true\n"
    assert "STANDIN_SCHEMAS" not in env


def test_real_providers_act_without_being_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "REPOSITORY", tmp_path / "alone")
    assert standin.acting(tmp_path).read_text() == "disable_checkpoint = true\n"


def test_a_mirror_can_set_variables_itself(tmp_path: Path, schemas: Path) -> None:
    binary = tmp_path / "it's me"
    binary.write_text('#!/bin/sh\necho "$0 $1 $A"\n')
    binary.chmod(0o755)
    made = standin.mirror(binary, schemas, tmp_path / "mirror", {"A": "it's a $HOME"})
    (helm,) = made.rglob("terraform-provider-helm_v*")
    done = subprocess.run([str(helm), "one"], capture_output=True, text=True, check=True)
    # A script's $0 is its path; that of a program would be the provider's name.
    assert done.stdout == f"{binary} one it's a $HOME\n"


@pytest.mark.parametrize(
    ("ci", "outcome"),
    [
        pytest.param("true", pytest.fail.Exception, id="fails in CI"),
        pytest.param("", pytest.skip.Exception, id="is skipped elsewhere"),
    ],
)
def test_a_test_without_terraform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome) as raised:
        standin.terraform(["version"], tmp_path, {})
    assert str(raised.value) == ("terraform is not on PATH; install it to run the Terraform tests")


def test_the_go_tests_pass() -> None:
    done = subprocess.run(
        [str(standin.tool("go")), "test", "./..."],
        cwd=standin.SOURCES,
        env={**os.environ, "CGO_ENABLED": "0"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
