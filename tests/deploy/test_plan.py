"""`qhub plan`, and plans that are kept for a deploy."""

from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from qhub.deploy.apply import deploy
from qhub.deploy.errors import ArchiveError
from qhub.deploy.plan import plan
from qhub.progress import Silent
from tests.deploy.place import PLANTED, STAGE

if TYPE_CHECKING:
    from qhub.deploy.request import Request
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster

ALL = [
    'create   helm_release.agent["etl"]  (it is new)',
    'create   helm_release.agent["gpu"]  (it is new)',
    'create   kubernetes_namespace_v1.this["this"]  (it is new)',
    'create   kubernetes_secret_v1.flow["etl"]  (it is new)',
    'create   kubernetes_secret_v1.flow["gpu"]  (it is new)',
    'create   kubernetes_secret_v1.token["etl"]  (it is new)',
    'create   kubernetes_secret_v1.token["gpu"]  (it is new)',
]


def test_a_plan_is_a_line_a_change_and_changes_nothing(place: Place) -> None:
    done = place.attempt("plan", "--detailed-exitcode")

    assert done.returncode == 4, done.stderr
    assert done.stdout.splitlines() == [
        f"pipelines ({place.namespace}) on context qhub-bed ({place.server.url})",
        f"{STAGE}: 7 to create",
        *(f"  {line}" for line in ALL),
    ]
    assert place.get("") is None
    assert not list(place.private.rglob("*.tfplan"))


def test_the_exit_status_tells_that_nothing_is_to_change(deployed: Place) -> None:
    told = deployed.run("plan", "--detailed-exitcode", status=0)
    assert f"{STAGE}: nothing to change" in told


def test_a_change_says_what_differs(deployed: Place) -> None:
    overrides = {"envVars": {"STAGE": "production"}, "replicas": 2}
    deployed.write(prefect={**deployed.config["prefect"], "overrides": overrides})

    planned = deployed.report("plan")["stages"][0]["changes"]

    assert [change["why"] for change in planned] == ["envVars, replicas"] * 2 or [
        change["why"] for change in planned
    ] == ["envVars.STAGE, replicas"] * 2


def test_a_plan_that_is_kept_is_what_is_deployed(place: Place) -> None:
    place.run("plan", "--out", "kept/plans.tar")

    done = place.report("deploy", "--plan", "kept/plans.tar")

    assert len(done["stages"][0]["changes"]) == 7
    assert place.report("deploy")["unchanged"]
    error = place.report("deploy", "--plan", "kept/plans.tar", status=3)["error"]
    assert "is out of date" in error["message"] or "have changed since" in error["message"]


def test_a_kept_plan_holds_no_secret(place: Place) -> None:
    place.run("plan", "--out", "plans.tar")

    with tarfile.open(place.folder / "plans.tar") as archive:
        names = archive.getnames()
        content = archive.extractfile(f"{STAGE}/plan")
        assert content is not None
        packed = zipfile.ZipFile(io.BytesIO(content.read()))
    unpacked = b"\n".join(packed.read(name) for name in packed.namelist())

    assert names == [f"{STAGE}/lock", f"{STAGE}/plan", "about.json"]
    assert b"qhub-etl-flow" in unpacked
    assert [value for value in PLANTED.values() if value.encode() in unpacked] == []


def test_an_empty_plan_is_kept_and_deployed(deployed: Place) -> None:
    deployed.run("plan", "--out", "plans.tar")
    assert deployed.report("deploy", "--plan", "plans.tar")["unchanged"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param("config", "renders something else now", id="the config"),
        pytest.param("secret", "the values of qhub-etl-flow, qhub-gpu-flow have", id="a secret"),
    ],
)
def test_a_plan_of_something_else_is_refused_and_nothing_is_changed(
    change: str, told: str, deployed: Place
) -> None:
    deployed.run("plan", "--out", "plans.tar")
    if change == "config":
        deployed.write(prefect={**deployed.config["prefect"], "agents": [{"name": "etl"}]})
    more = {"S3_KEY": "another"} if change == "secret" else {}

    error = deployed.report("deploy", "--plan", "plans.tar", status=3, more=more)["error"]

    assert told in error["message"]
    assert error["hint"] == "plan again: qhub plan --out FILE"
    assert deployed.releases() == {"qhub-etl": ("deployed", 1), "qhub-gpu": ("deployed", 1)}


def test_a_stage_behind_a_changed_one_is_planned_after_it(two: Request, place: Place) -> None:
    environ = place.environment
    progress = Silent()

    first, second = plan(two, place.folder, progress=progress, environ=environ).stages
    assert [change.address for change in first.changes] == ["terraform_data.first"]
    assert (second.changes, second.after) == ((), "01-first")

    done = deploy(two, place.folder, progress=progress, environ=environ)
    assert [(one.stage, len(one.changes)) for one in done.stages] == [
        ("01-first", 1),
        ("02-second", 1),
    ]
    assert plan(two, place.folder, progress=progress, environ=environ).is_empty

    more = {**environ, "TF_VAR_word": "other"}
    first, second = plan(two, place.folder, progress=progress, environ=more).stages
    assert (len(first.changes), second.after) == (1, "01-first")
    only = deploy(two, place.folder, progress=progress, environ=environ, stage="02-second")
    assert [(one.stage, one.changes) for one in only.stages] == [("02-second", ())]


def test_a_kept_plan_goes_as_far_as_it_was_planned(two: Request, place: Place) -> None:
    environ, progress, path = place.environment, Silent(), place.folder / "plans.tar"
    plan(two, place.folder, progress=progress, environ=environ, out=path)

    with pytest.raises(ArchiveError) as caught:
        deploy(two, place.folder, progress=progress, environ=environ, plan_file=path)

    assert str(caught.value) == (
        "the archive has no plan for 02-second: it comes after 01-first, which was to be changed "
        "first"
    )
    first, second = plan(two, place.folder, progress=progress, environ=environ).stages
    assert first.is_empty
    assert [change.address for change in second.changes] == ["terraform_data.second"]


def test_a_kept_plan_is_applied_elsewhere_with_the_providers_that_it_was_made_with(
    place: Place,
) -> None:
    place.run("plan")
    lock = place.folder / "stages" / STAGE / ".terraform.lock.hcl"
    lock.write_text(lock.read_text() + "# as it was planned\n")
    place.run("plan", "--out", "plans.tar")
    shutil.rmtree(place.folder / "stages")
    shutil.rmtree(place.folder / ".qhub")

    place.run("deploy", "--plan", "plans.tar")

    assert lock.read_text().endswith("# as it was planned\n")
    assert place.report("deploy")["unchanged"]


@pytest.mark.parametrize("out", ["", "stages/"])
def test_plans_are_not_kept_in_a_folder(out: str, place: Place) -> None:
    error = place.report("plan", "--out", out, status=2)["error"]
    assert error["message"] == f"--out: '{out}' is no name of a file, such as plans.tar"


def test_a_file_of_the_users_is_not_lost_to_plans(place: Place) -> None:
    before = (place.folder / "qhub-config.yaml").read_bytes()
    error = place.report("plan", "--out", "qhub-config.yaml", status=5)["error"]
    assert error["message"] == "qhub-config.yaml is there already"
    assert (place.folder / "qhub-config.yaml").read_bytes() == before
    assert not (place.folder / "stages").exists()


def test_the_values_at_the_deploy_are_those_that_a_kept_plan_writes(deployed: Place) -> None:
    place = deployed
    told = place.run("plan", "--out", "my plans.tar", more={"S3_KEY": "one"})
    assert "kept in my plans.tar: qhub deploy --plan 'my plans.tar'\n" in told
    assert "those of the environment of the deploy are written" in told

    place.run("deploy", "--plan", "my plans.tar", more={"S3_KEY": "other"})

    assert place.secret("qhub-etl-flow") == {"S3": "other"}
