"""The stages of a rendered folder, and the variables that they declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qhub.deploy import stages
from qhub.deploy.stages import UnknownStageError
from tests.deploy.requests import request

if TYPE_CHECKING:
    from pathlib import Path


def test_a_stage_knows_where_terraform_works(tmp_path: Path) -> None:
    (found,) = stages.of(request(), tmp_path)
    assert found.name == "03-kubernetes-services"
    assert found.folder == tmp_path / "stages" / found.name
    assert found.data == tmp_path / ".qhub" / "pipelines-dev" / found.name, "as its README has it"


@pytest.mark.parametrize("name", [None, "03-kubernetes-services", "kubernetes-services"])
def test_a_stage_is_chosen_by_its_name(name: str | None, tmp_path: Path) -> None:
    every = stages.of(request(), tmp_path)
    assert stages.chosen(every, name) == every


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("kubernets", "did you mean '03-kubernetes-services'?"),
        ("", "there are 03-kubernetes-services"),
    ],
    ids=["misspelt", "empty"],
)
def test_an_unknown_stage_is_told(name: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownStageError, match=f"^there is no stage '{name}'$") as caught:
        stages.chosen(stages.of(request(), tmp_path), name)
    assert (caught.value.status, caught.value.hint) == (2, hint)


def test_the_declared_variables_are_those_of_the_files_and_of_the_secrets() -> None:
    made = request(secrets={"S3": {"from_env": "S3_KEY"}})
    found = stages.declared(made.bundle, "03-kubernetes-services")
    assert found == {
        *("S3_KEY", "agents", "create_namespace", "kube_context", "namespace", "project_name"),
        *("existing_secret_versions", "release_revisions", "secret_revision", "secret_revisions"),
    }
