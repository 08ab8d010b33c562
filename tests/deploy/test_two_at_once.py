"""Two deploys at once: the second one says who is at work, and since when."""

from __future__ import annotations

import os
import platform
import pwd
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from qhub.deploy import processes
from tests.deploy.place import STAGE
from tests.deploy.waiting import until

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster


def test_a_second_deploy_of_the_folder_says_who_holds_it(place: Place) -> None:
    with place.start("deploy") as first:
        until((place.private / STAGE / "running.json").exists, what="the first deploy")
        error = place.report("deploy", status=3)["error"]
        assert re.fullmatch(
            rf"another qhub \(deploy, pid {first.pid}, since \d\d:\d\d:\d\d\) is working on this "
            r"folder",
            error["message"],
        )
        told = first.communicate()[0]
        assert first.returncode == 0, told


def test_a_second_deploy_from_elsewhere_says_who_locked_the_state(place: Place) -> None:
    place.write(terraform_state={"type": "remote"})
    elsewhere = place.folder.parent / "elsewhere"
    shutil.copytree(place.folder, elsewhere)
    with place.start("deploy") as first:
        record = place.private / STAGE / "running.json"

        def applies() -> bool:
            found = processes.orphan(record)
            out = record.with_suffix(".out")
            return (
                found is not None
                and found.command == "apply"
                and out.exists()
                and "helm_release" in out.read_text()
            )

        until(applies, what="the first deploy")
        error = place.report("deploy", "--dir", str(elsewhere), status=3)["error"]
        told = first.communicate()[0]
        assert first.returncode == 0, told

    who = re.escape(f"{pwd.getpwuid(os.getuid()).pw_name}@{platform.node()}")
    since = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    assert re.fullmatch(
        rf"the state of {STAGE} is locked by {who} since {since} \(apply\)", error["message"]
    )
    assert "terraform force-unlock" in error["hint"]
    assert place.report("deploy", "--dir", str(elsewhere))["unchanged"]
