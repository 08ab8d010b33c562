"""checkov on a rendered stage, and on what its chart renders to: nothing fails.

Where a check does not hold for us, its skip and the reason are an annotation of the object
(`prefect-agent.checkovSkips` in the chart).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helm.engine import CHARTS, template
from tests.render.rendered import REPOSITORY, STAGE, example_bundle, json_of, values_of

# Workers of several kinds, and an agent of the old generation.
EXAMPLES = ("existing-several-agents", "prefect-0.14")
CACHE = REPOSITORY / ".cache" / "checkov"
# Of the rendered examples. Another chart or another checkov changes it: look what came or went.
PASSED = {"terraform": 4, "kubernetes": 408}
SKIPPED = {
    "CKV_K8S_11": "A CPU limit slows an agent down",
    "CKV_K8S_15": "Versioned images do not change",
    "CKV_K8S_35": "Prefect reads its credential from the environment",
    "CKV_K8S_38": "The agent creates Jobs",
    "CKV_K8S_43": "The image is the value of the user",
}
AGENTS = 4
CONTROL = "control"
BAD_TERRAFORM = """\
resource "kubernetes_secret_v1" "control" {
  metadata {
    namespace = "default"
  }
}
"""
BAD_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "control", "namespace": "dev"},
    "spec": {
        "containers": [
            {"name": "x", "image": "x:1", "securityContext": {"privileged": True}},
        ]
    },
}


def test_nothing_fails_as_much_passes_as_there_is_and_every_skip_says_why(tmp_path: Path) -> None:
    # One test, because checkov takes seconds to start.
    for name in EXAMPLES:
        lay_out(REPOSITORY / "examples" / f"{name}.yaml", tmp_path / name)
    write(tmp_path / CONTROL / "main.tf", BAD_TERRAFORM)
    write(tmp_path / CONTROL / "pod.yaml", yaml.safe_dump(BAD_POD))

    reports = scan(tmp_path)

    assert set(reports) == set(PASSED)
    for framework, report in reports.items():
        assert report["summary"]["parsing_errors"] == 0
        failed, passed = (places(report, result) for result in ("failed", "passed"))
        assert set(failed) == {CONTROL}
        del passed[CONTROL]
        assert {framework: passed.total()} == {framework: PASSED[framework]}
    skipped = [
        check for report in reports.values() for check in report["results"]["skipped_checks"]
    ]
    assert Counter(check["check_id"] for check in skipped) == dict.fromkeys(SKIPPED, AGENTS)
    for check in skipped:
        reason = check["check_result"]["suppress_comment"]
        assert reason.startswith(SKIPPED[check["check_id"]])


def scan(folder: Path) -> dict[str, Any]:
    """Return what checkov says of a folder, by framework."""
    done = subprocess.run(
        [
            str(checkov()),
            *("--framework", "terraform", "kubernetes"),
            *("--directory", str(folder), "--output", "json"),
            *("--compact", "--skip-download", "--soft-fail"),
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LOG_LEVEL": "ERROR"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return {report["check_type"]: report for report in json.loads(done.stdout)}


def places(report: dict[str, Any], result: str) -> Counter[str]:
    """Return how many checks of a result there are in each folder that was scanned."""
    checks = report["results"][f"{result}_checks"]
    return Counter(Path(check["file_path"]).parts[1] for check in checks)


def lay_out(example: Path, folder: Path) -> None:
    """Write a stage's Terraform, and each object that its releases consist of."""
    files = example_bundle(example)
    for path, content in files.items():
        if path.endswith((".tf", ".json")) and "/charts/" not in path:
            write(folder / path, content.decode())
    tfvars = json_of(files, "terraform.tfvars.json")
    assert tfvars["agents"]
    for agent in tfvars["agents"]:
        objects = template(
            CHARTS / "prefect-agent", f"qhub-{agent}", tfvars["namespace"], values_of(files, agent)
        )
        write(folder / STAGE / f"{agent}.yaml", yaml.safe_dump_all(objects))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def checkov() -> Path:
    """Return checkov: of this environment, else of one of its own that uv makes once."""
    beside = Path(sys.executable).with_name("checkov")
    own = CACHE / "bin" / "checkov"
    if beside.exists() or own.exists():
        return beside if beside.exists() else own
    uv = shutil.which("uv")
    if uv is None:
        message = "checkov is not installed; install QHub's extra 'dev' to run this test"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    python = CACHE / "bin" / "python"
    for arguments in (
        ("venv", "--quiet", "--allow-existing", "--python", sys.executable, str(CACHE)),
        ("pip", "install", "--quiet", "--python", str(python), "checkov>=3.2.400,<4"),
    ):
        subprocess.run([str(uv), *arguments], timeout=300, check=True)
    return own
