"""A rendered stage on disk, and Terraform in it."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from qhub.platform import plan
from qhub.render import render, secret_variables
from tests.render.rendered import STAGE
from tests.terraform.standin import terraform

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    from qhub.config.model import Config

PLAN = "made.tfplan"
NONE: Mapping[str, str] = MappingProxyType({})
NOTHING_CHANGES = 0
SOMETHING_CHANGES = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What Terraform would do by address, and the attributes of every object after that."""

    changes: dict[str, list[str]]
    objects: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """Stage 03 of one config, with a value planted for each of its secrets."""

    folder: Path
    environment: Mapping[str, str]
    planted: Mapping[str, str]

    def run(
        self, *args: str, variables: Mapping[str, str] = NONE
    ) -> subprocess.CompletedProcess[str]:
        """Run Terraform with all secrets and these further `TF_VAR_*`; it must succeed."""
        done = self.attempt(*args, variables={**self.planted, **variables})
        assert done.returncode in (NOTHING_CHANGES, SOMETHING_CHANGES), done.stdout + done.stderr
        return done

    def attempt(self, *args: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run Terraform with these `TF_VAR_*` alone, whatever it ends with."""
        named = {f"TF_VAR_{name}": value for name, value in variables.items()}
        return terraform(args, self.folder, {**self.environment, **named})

    def plan(self, variables: Mapping[str, str] = NONE) -> Plan:
        """Plan into a file, and return what it holds; what stays as it is is no change."""
        self.run("plan", f"-out={PLAN}", variables=variables)
        shown = json.loads(self.run("show", "-json", PLAN).stdout)
        actions = {
            change["address"]: change["change"]["actions"] for change in shown["resource_changes"]
        }
        resources = shown["planned_values"]["root_module"].get("resources", [])
        return Plan(
            {address: action for address, action in actions.items() if action != ["no-op"]},
            {resource["address"]: resource["values"] for resource in resources},
        )

    def is_done(self, variables: Mapping[str, str] = NONE) -> bool:
        """Plan, and tell whether nothing is left to do."""
        planned = self.run("plan", "-detailed-exitcode", variables=variables)
        return planned.returncode == NOTHING_CHANGES

    def plan_file(self) -> bytes:
        """Return everything that the plan file holds, unpacked, without what it copied of ours."""
        packed = zipfile.ZipFile(io.BytesIO((self.folder / PLAN).read_bytes()))
        return b"\n".join(packed.read(name) for name in packed.namelist())


def written(config: Config, folder: Path, environment: Mapping[str, str]) -> Stage:
    """Render a config below `folder`, and initialise Terraform in its stage.

    State that would go to a cluster or a cloud goes to a file; the rendered files stay as they are.
    """
    platform = plan(config)
    for path, content in render(platform, config=config).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    planted = {variable.name: f"planted-{variable.name}" for variable in secret_variables(platform)}
    # As README.md says, Terraform's own files lie outside of the stage.
    beside = {**environment, "TF_DATA_DIR": "../../.qhub/data"}
    stage = Stage(folder / STAGE, beside, planted)
    if config.terraform_state.type != "local":
        backend = {"terraform": {"backend": {"local": {"path": "../../test.tfstate"}}}}
        (stage.folder / "test_override.tf.json").write_text(json.dumps(backend))
    stage.run("init")
    return stage
