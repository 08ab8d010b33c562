"""What Terraform and pods say goes nowhere with a secret in it: not into reports, nor errors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from qhub.cluster import Target
from qhub.deploy import report
from qhub.deploy.errors import Trouble
from qhub.deploy.events import Diagnostic
from qhub.deploy.preflight import Checked
from qhub.deploy.redact import Redactor
from qhub.deploy.site import Site
from qhub.deploy.terraform import Finished, Terraform
from qhub.deploy.values import Values
from qhub.progress import Silent
from tests.deploy.requests import request
from tests.terraform.standin import tool

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = "planted-value-of-a-report"
DONE = Finished(
    1,
    (Diagnostic("error", f"a provider told {PLANTED}", "", "", "main.tf:1"),),
    f"errors told {PLANTED}",
)


def test_the_report_of_a_deploy_that_failed_has_no_secret(tmp_path: Path) -> None:
    target = Target("team", "dev", "https://nowhere.test", "u", "token", None, False, ())  # noqa: FBT003
    checked = Checked(target, Values({"a": PLANTED}, (), {}), {}, ())
    site = Site(request(), tmp_path, checked, Silent())

    path = report.write(
        site,
        stage="03-kubernetes-services",
        finished=DONE,
        troubles=[Trouble("qhub-etl: pod/x", f"it wrote {PLANTED}", "look")],
    )

    assert path is not None
    told = path.read_text()
    assert PLANTED not in told
    assert "it wrote (secret)" in told
    assert "a provider told (secret)" in told
    assert "errors told (secret)" in told


def test_the_errors_of_a_quick_command_have_no_secret(tmp_path: Path) -> None:
    tool("terraform")
    (tmp_path / "main.tf").write_text(f'output "x" {{\n  value = {PLANTED} +\n}}\n')
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TF_DATA_DIR": str(tmp_path)}
    told = {}
    for name, redact in (("open", Redactor()), ("cut", Redactor.of([PLANTED]))):
        record = tmp_path / "running.json"
        terraform = Terraform(tmp_path, environment=environment, redact=redact, record=record)
        status, _out, told[name] = terraform.cmd("validate")
        assert status != 0
    assert PLANTED in told["open"]
    assert told["cut"] == told["open"].replace(PLANTED, "(secret)")
