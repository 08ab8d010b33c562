"""A write-only value is in the cluster, and nothing else of acting holds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.terraform import standin
from tests.terraform.acted import ROOT, Root, root
from tests.terraform.module import CONTROL, PLANTED, RELEASE, places

if TYPE_CHECKING:
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster

SPY = """#!/usr/bin/env bash
{ tr '\\0' '\\n' </proc/$$/cmdline; tr '\\0' '\\n' </proc/$$/environ; } >>@FOLDER@/helm.$$.seen
exec @HELM@ "$@"
"""


def test_a_secret_is_in_the_cluster_and_nowhere_else(
    tmp_path: Path, apiserver: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin.required_schemas()  # the real provider has no helm process to spy on
    spy = tmp_path / "helm"
    spy.write_text(SPY.replace("@FOLDER@", str(tmp_path)).replace("@HELM@", str(standin.helm())))
    spy.chmod(0o755)
    monkeypatch.setattr(standin, "helm", lambda: spy)
    written = (
        'set_wo = [{ name = "token", value = var.content }]\n  set_wo_revision = 1\n  timeout '
    )
    spied = root(
        tmp_path,
        apiserver,
        ROOT.replace("timeout ", written, 1).replace('timeouts {\n    delete = "60s"\n  }', ""),
    )
    env = {**spied.env, "TF_LOG": "TRACE", "TF_LOG_PATH": str(tmp_path / "log")}
    made = Root(spied.folder, env, apiserver, spied.namespace)

    made.run("plan", "-out=plan")
    made.run("apply", "plan")
    made.run("apply", "-auto-approve", revision="2", team=CONTROL + "2")

    assert made.data() == {"token": PLANTED}
    assert list(tmp_path.glob("helm.*.seen"))
    assert places(PLANTED, tmp_path) == []
    assert {"main.tf", "terraform.tfstate", "plan:tfplan"} <= set(places(CONTROL, tmp_path))
    assert "log" in places(RELEASE, tmp_path)
    # The spy sees what is handed over by arguments and by environment.
    for control in ("of the tests", "KUBECACHEDIR=/dev/null"):
        assert [name for name in places(control, tmp_path) if name.endswith(".seen")]
    made.run("destroy", "-auto-approve")


def test_values_that_are_written_reach_the_release(new: Root) -> None:
    written = 'set_wo = [{ name = "token", value = var.content }]\n  set_wo_revision = 1\n  wait'
    new.write(ROOT.replace("upgrade_install", f"{written} = true\n  upgrade_install"))

    new.apply()

    values = json.loads(new.helm("get", "values", "agent", "-o", "json"))
    assert values == {"team": CONTROL, "token": PLANTED}
    assert new.attributes()[RELEASE]["metadata"]["values"] == "{}"
    assert PLANTED not in (new.folder / "terraform.tfstate").read_text()
