"""Every rendered stage through the real Terraform.

The providers are stand-ins where their schemas are there. Else they are the real ones, which
plan without a cluster but cannot apply: what applies is skipped then.
"""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from qhub.config import check, read
from qhub.platform import plan
from qhub.render import render
from tests.platform.planned import SERVER, config
from tests.render.rendered import CLUSTER_EXAMPLES, REPOSITORY, STAGE
from tests.terraform.stage import PLAN, Stage, written
from tests.terraform.standin import environment, misspelt_keys, required_schemas, terraform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NAMESPACE = 'kubernetes_namespace_v1.this["this"]'
AGENTS = ('helm_release.agent["a"]', 'helm_release.agent["b"]')
CREATE = ["create"]
UPDATE = ["update"]
DELETE = ["delete"]

EXPECTED = {
    "existing": [
        'helm_release.agent["sales-pipelines"]',
        NAMESPACE,
        'kubernetes_secret_v1.flow["sales-pipelines"]',
        'kubernetes_secret_v1.token["sales-pipelines"]',
    ],
    "existing-several-agents": [
        *(f'helm_release.agent["{name}"]' for name in ("etl", "gpu", "probe")),
        *(f'kubernetes_secret_v1.flow["{name}"]' for name in ("etl", "gpu")),
        *(f'kubernetes_secret_v1.token["{name}"]' for name in ("etl", "gpu", "probe")),
    ],
    "local": ['helm_release.agent["try-out"]', NAMESPACE],
    "prefect-0.14": [
        'helm_release.agent["legacy-flows"]',
        NAMESPACE,
        'kubernetes_secret_v1.flow["legacy-flows"]',
        'kubernetes_secret_v1.token["legacy-flows"]',
    ],
    "existing-own-server": [
        'helm_release.agent["pipelines"]',
        NAMESPACE,
        'kubernetes_secret_v1.flow["pipelines"]',
    ],
}


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return the environment of all Terraform processes here."""
    return environment(tmp_path_factory.mktemp("terraform"))


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory, processes: Mapping[str, str]) -> Stage:
    """Return a stage that is applied, with two agents that have a token and a secret each."""
    required_schemas()
    stage = written(two_agents(), tmp_path_factory.mktemp("two"), processes)
    stage.run("apply", "-auto-approve")
    return stage


@pytest.fixture
def two(applied: Stage, tmp_path: Path) -> Stage:
    """Return a copy of that stage and its state, to change."""
    shutil.copytree(applied.folder.parents[1], tmp_path, symlinks=True, dirs_exist_ok=True)
    return replace(applied, folder=tmp_path / STAGE)


def two_agents(*names: str) -> Any:
    return config(
        prefect={
            "enabled": True,
            "api": {**SERVER, "token": "AUTH"},
            "agents": [{"name": name} for name in names or ("a", "b")],
        },
        secrets={"AUTH": {"from_env": "TF_VAR_auth"}, "S3": {"from_env": "TF_VAR_s3"}},
    )


def test_all_terraform_is_formatted() -> None:
    done = terraform(
        ["fmt", "-check", "-diff", "-recursive"], REPOSITORY / "terraform", {"PATH": "/usr/bin"}
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_no_key_is_misspelt_where_terraform_would_not_tell() -> None:
    assert misspelt_keys(REPOSITORY / "terraform") == []


@pytest.mark.parametrize("example", CLUSTER_EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid_planned_applied_and_then_done(
    example: Path, tmp_path: Path, processes: Mapping[str, str]
) -> None:
    made = check(read(example)).config
    assert made is not None
    stage = written(made, tmp_path, processes)

    assert json.loads(stage.run("validate", "-json").stdout)["diagnostics"] == []
    assert stage.plan().changes == dict.fromkeys(sorted(EXPECTED[example.stem]), CREATE)
    assert_not_in(stage.plan_file(), stage.planted.values(), control=made.project_name)

    required_schemas()
    stage.run("apply", PLAN)

    # terraform.tfstate is what Terraform remembers of the backend.
    states = [path for path in tmp_path.rglob("*.tfstate*") if path.name != "terraform.tfstate"]
    assert states
    for state in states:
        assert_not_in(state.read_bytes(), stage.planted.values(), control=made.project_name)
    assert stage.is_done()


def test_a_namespace_of_our_own_is_restricted_and_local_state_lies_beside_the_stages(
    tmp_path: Path, processes: Mapping[str, str]
) -> None:
    made = config(
        existing={"create_namespace": True},
        prefect={"enabled": False},
        namespace="flows",
        terraform_state={"type": "local"},
    )
    stage = written(made, tmp_path, processes)

    planned = stage.plan()
    assert planned.changes == {NAMESPACE: CREATE}
    (metadata,) = planned.objects[NAMESPACE]["metadata"]
    assert metadata["name"] == "flows"
    assert {key: value for key, value in metadata["labels"].items() if "pod-security" in key} == {
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    }

    required_schemas()
    stage.run("apply", PLAN)
    (stage.folder / PLAN).unlink()

    state = tmp_path / ".qhub" / "pipelines-flows" / "03-kubernetes-services.tfstate"
    assert state.is_file()
    rendered = {path.split("/")[2] for path in render(plan(made), config=made)}
    assert {path.name for path in stage.folder.iterdir()} == {*rendered, ".terraform.lock.hcl"}


def test_a_higher_revision_by_hand_writes_all_secrets_as_the_chart_wants_them(two: Stage) -> None:
    by_hand = {"secret_revision": "1767225600"}
    planned = two.plan(by_hand)

    assert planned.changes == dict.fromkeys(
        [
            *AGENTS,
            'kubernetes_secret_v1.flow["a"]',
            'kubernetes_secret_v1.flow["b"]',
            'kubernetes_secret_v1.token["a"]',
            'kubernetes_secret_v1.token["b"]',
        ],
        UPDATE,
    )
    assert not two.is_done(by_hand)
    release = planned.objects['helm_release.agent["a"]']
    assert (release["name"], release["namespace"]) == ("qhub-a", "dev")
    assert (release["wait"], release["upgrade_install"]) == (True, True)
    assert "agentName: a\n" in release["values"][0].replace('"', "")
    secret = planned.objects['kubernetes_secret_v1.token["b"]']
    assert secret["metadata"][0]["name"] == "qhub-b-token"
    assert secret["metadata"][0]["namespace"] == "dev"
    assert secret["data_wo_revision"] == 1767225600


def test_a_missing_secret_is_refused(two: Stage) -> None:
    done = two.attempt("plan", "-input=false", variables={"auth": "planted"})

    assert done.returncode == 1
    assert "No value for required variable" in done.stderr
    assert 'variable "s3"' in done.stderr or '"s3": {' in done.stderr


def test_a_higher_revision_writes_one_secret_or_makes_one_releases_objects_again(
    two: Stage,
) -> None:
    of_secrets = {"secret_revisions": json.dumps({"qhub-b-flow": 2})}
    of_releases = {"release_revisions": json.dumps({"b": 2})}

    assert two.plan(of_secrets).changes == {
        'helm_release.agent["b"]': UPDATE,
        'kubernetes_secret_v1.flow["b"]': UPDATE,
    }
    planned = two.plan(of_releases)
    assert planned.changes == {'helm_release.agent["b"]': UPDATE}
    release = planned.objects['helm_release.agent["b"]']
    assert release["force_update"] is True
    assert release["description"].endswith(", made again, 2")

    two.run("apply", "-auto-approve", variables=of_secrets | of_releases)
    outputs = json.loads(two.run("output", "-json").stdout)
    assert outputs["secret_revisions"]["value"] == {
        "qhub-a-flow": 1,
        "qhub-a-token": 1,
        "qhub-b-flow": 2,
        "qhub-b-token": 1,
    }
    assert outputs["release_revisions"]["value"] == {"a": 1, "b": 2}
    assert two.is_done(of_secrets | of_releases)


def test_the_version_of_the_chart_is_known_when_it_is_planned(two: Stage) -> None:
    chart = two.folder / "charts" / "prefect-agent" / "Chart.yaml"
    chart.write_text(chart.read_text().replace("version: 0.", "version: 9.", 1))

    planned = two.plan()
    assert planned.changes == dict.fromkeys(AGENTS, UPDATE)
    versions = {each["version"] for each in planned.objects.values() if "chart" in each}
    assert len(versions) == 1
    assert versions.pop().startswith("9.")


def test_an_agent_that_goes_leaves_all_others_but_the_one_that_publishes(
    tmp_path: Path, processes: Mapping[str, str]
) -> None:
    """The first agent of the file tells Prefect which pools there are."""
    stage = written(two_agents("b", "a", "c"), tmp_path, processes)
    stage.run("apply", "-auto-approve")
    written(two_agents("b", "c"), tmp_path, processes)

    assert stage.plan().changes == {
        'helm_release.agent["a"]': DELETE,
        'helm_release.agent["b"]': UPDATE,
        'kubernetes_secret_v1.flow["a"]': DELETE,
        'kubernetes_secret_v1.token["a"]': DELETE,
    }


def test_a_changed_chart_upgrades_the_agents_though_its_version_is_the_same(two: Stage) -> None:
    template = two.folder / "charts" / "prefect-agent" / "templates" / "_helpers.tpl"
    template.write_text(template.read_text() + "\n")

    assert two.plan().changes == dict.fromkeys(AGENTS, UPDATE)


def test_names_that_look_like_templates_reach_terraform_as_they_are(
    tmp_path: Path, processes: Mapping[str, str]
) -> None:
    made = config(
        existing={"kube_context": "${path.module} %{ if"},
        prefect={
            "enabled": True,
            "api": SERVER,
            "overrides": {"envVars": {"A": "${path.module} %{ if true }"}},
        },
        secrets={"KEY": {"from_file": "${path.module}/%{ if"}},
    )
    stage = written(made, tmp_path, processes)

    values = stage.plan().objects['helm_release.agent["pipelines"]']["values"][0]
    assert '"${path.module} %{ if true }"' in values


def test_terraform_takes_the_names_of_all_variables(
    tmp_path: Path, processes: Mapping[str, str]
) -> None:
    sources = ("TF_VAR_7", "TF_VAR_", "_", "TF_VAR_version", "namespace", "S3")
    secrets: dict[str, Any] = {
        f"S{number}": {"from_env": name} for number, name in enumerate(sources)
    }
    secrets |= {"7zip": {"from_file": "a"}, "a.b-c": {"from_file": "b"}, "Source": "planted"}
    made = config(prefect={"enabled": True, "api": SERVER}, secrets=secrets)
    stage = written(made, tmp_path, processes)

    assert len(stage.planted) == len(secrets)
    stage.run("plan")


def test_the_control_of_the_search_for_secrets_finds_what_is_there() -> None:
    with pytest.raises(AssertionError):
        assert_not_in(base64.b64encode(b"planted-s3"), ["planted-s3"], control="")


def assert_not_in(content: bytes, secrets: Iterable[str], *, control: str) -> None:
    """Hold that no secret is in `content`, plain or Base64, but the control is."""
    assert control.encode() in content
    for secret in secrets:
        assert secret.encode() not in content
        assert base64.b64encode(secret.encode()) not in content
