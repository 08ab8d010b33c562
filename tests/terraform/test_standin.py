"""The stand-in providers do what Terraform and the tests on top of them rely on."""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.terraform import standin
from tests.terraform.module import (
    CONTROL,
    CREATE,
    NAMESPACE,
    PLANTED,
    RELEASE,
    STORED,
    UPDATE,
    Module,
    places,
)

if TYPE_CHECKING:
    from pathlib import Path

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
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Module:
    folder = tmp_path_factory.mktemp("initialised")
    made = Module(folder / "root", standin.environment(folder, {"TF_VAR_token": PLANTED}))
    made.folder.mkdir()
    made.write(ROOT)
    made.run("init")
    return made


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory, initialised: Module) -> Module:
    made = initialised.copy(tmp_path_factory.mktemp("applied") / "root")
    made.run("plan", "-out=plan")
    made.run("apply", "plan")
    return made


@pytest.fixture
def module(initialised: Module, tmp_path: Path) -> Module:
    """Return a module with nothing applied, whose `main.tf` a test may write."""
    return initialised.copy(tmp_path / "root")


def problems(module: Module) -> list[tuple[str, str, int]]:
    """Validate, and return summary, detail and line of each diagnostic."""
    report = json.loads(module.attempt("validate", "-json").stdout)
    return [
        (problem["summary"], problem["detail"], problem["range"]["start"]["line"])
        for problem in report["diagnostics"]
    ]


def test_resources_are_made_stay_and_go_without_a_network(module: Module) -> None:
    module.run("init")
    module.run("validate")
    assert module.changes() == {RELEASE: CREATE, NAMESPACE: CREATE, STORED: CREATE}
    module.run("apply", "plan")
    assert module.state()["outputs"]["release"]["value"].startswith("1 standin-")
    module.run("plan", "-detailed-exitcode")
    module.run("destroy", "-auto-approve")
    assert module.state()["resources"] == []


def test_a_rotated_secret_alone_changes_nothing(applied: Module) -> None:
    applied.run("plan", "-detailed-exitcode", token="rotated")  # noqa: S106 planted


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param(
            {"team": "gpu"},
            {RELEASE: UPDATE, NAMESPACE: UPDATE},
            id="a label and a chart value are updated in place",
        ),
        pytest.param(
            {"name": "prod"},
            {address: ["delete", "create"] for address in (RELEASE, NAMESPACE, STORED)},
            id="another namespace replaces what is in it",
        ),
    ],
)
def test_a_change_is_planned_as_the_real_provider_would(
    applied: Module, tmp_path: Path, variables: dict[str, str], expected: dict[str, list[str]]
) -> None:
    made = applied.copy(tmp_path / "root")
    assert made.changes(**variables) == expected
    made.run("apply", "plan")
    made.run("plan", "-detailed-exitcode", status=0, **variables)


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


def test_queries_answer_and_the_second_plan_is_empty(module: Module) -> None:
    module.write(QUERIES)
    module.apply()
    module.run("plan", "-detailed-exitcode")


def test_a_write_only_value_is_in_neither_plan_nor_state(applied: Module) -> None:
    stored = {"terraform.tfstate", "plan:tfconfig/m-/main.tf", "plan:tfplan"}
    assert stored <= set(places(CONTROL, applied.folder))
    assert places(PLANTED, applied.folder) == []


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
    module: Module, mistake: tuple[str, str, str, str, str]
) -> None:
    right, wrong, summary, detail, word = mistake
    module.write(ROOT.replace(right, wrong))
    before = (module.folder / "main.tf").read_text().split(word)[0]
    assert problems(module) == [(summary, detail, before.count("\n") + 1)]


def test_a_provider_that_has_no_stand_in_is_not_sought_elsewhere(
    initialised: Module, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text('resource "random_pet" "this" {}\n')
    said = Module(tmp_path, initialised.env).run("init", status=1)
    assert "was not found in any of the search locations" in said


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
    tmp_path: Path, initialised: Module, schemas: Path
) -> None:
    given: dict[str, Any] = {}
    for file in schemas.glob("*.json"):
        given |= json.loads(file.read_text())["provider_schemas"]
    assert len(given) >= 2
    wanted = {address.split("/")[-1]: {"source": address} for address in given}
    (tmp_path / "main.tf.json").write_text(
        json.dumps({"terraform": {"required_providers": wanted}})
    )
    module = Module(tmp_path, initialised.env)
    module.run("init")
    told = json.loads(module.attempt("providers", "schema", "-json").stdout)["provider_schemas"]
    assert {address: without_descriptions(schema) for address, schema in told.items()} == {
        address: without_descriptions(schema) for address, schema in given.items()
    }


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
    config = tmp_path / "acting.rc"
    assert standin.acting(tmp_path) == {"TF_CLI_CONFIG_FILE": str(config)}
    assert config.read_text() == "disable_checkpoint = true\n"


def test_the_terraform_on_the_path_gets_what_qhub_does_not_hand_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "it's me" / "terraform"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$1 $STANDIN_SCHEMAS $OTHER"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    folder = tmp_path / "a $HOME"
    folder.mkdir()

    env = standin.acting_on_path(folder)

    assert env.keys() == {"PATH", "TF_CLI_CONFIG_FILE"}
    env["OTHER"] = "kept"
    done = subprocess.run(
        ["terraform", "two words"], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"two words {folder / 'acting-schemas'} kept\n"


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
