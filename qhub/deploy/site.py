"""What a command works with: a checked config, a cluster, values, and Terraform in each stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qhub.cluster import Cluster
from qhub.deploy import environment, values
from qhub.deploy.listening import tell_interrupt
from qhub.deploy.objects import Objects
from qhub.deploy.stages import declared
from qhub.deploy.terraform import Terraform
from qhub.render.stage_services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qhub.deploy.preflight import Checked
    from qhub.deploy.request import Request
    from qhub.deploy.stages import Stage
    from qhub.deploy.values import Held
    from qhub.progress import Progress

__all__ = ["Site"]

_PLACEHOLDER = "no value is needed to remove it"


@dataclass(frozen=True, slots=True)
class Site:
    """A platform in a folder, and the cluster that it goes to; `root` holds what is private."""

    request: Request
    root: Path
    checked: Checked
    progress: Progress

    @property
    def secrets(self) -> tuple[Held, ...]:
        """The Secrets that Terraform makes."""
        return values.held(self.request.platform)

    def terraform(self, stage: Stage, variables: Mapping[str, str] | None = None) -> Terraform:
        """Return Terraform for a stage, with the secret values and further variables."""
        given = {**self.checked.values.values, **(variables or {})}
        names = declared(self.request.bundle, stage.name)
        child = environment.for_stage(
            self.checked.environ,
            data=stage.data,
            kubeconfigs=self.checked.target.files,
            context=self.checked.target.context,
            declared=names,
            values={name: value for name, value in given.items() if name in names},
        )
        return Terraform(
            stage.folder,
            environment=child,
            redact=self.checked.values.redactor,
            record=stage.record,
        )

    def makes_agents(self, stage: Stage) -> bool:
        """Tell whether a stage is the one with the agents and their Secrets."""
        return stage.name == SERVICES

    def without_values(self) -> dict[str, str]:
        """Return a text for each secret without a value: what is removed needs none."""
        return {name: _PLACEHOLDER for secret in self.secrets for name in secret.keys.values()}

    def cluster(self) -> Cluster:
        """Open the cluster for looking; close it after use."""
        return Cluster(self.checked.target, environ=self.checked.environ)

    def objects(self) -> Objects:
        """Open the cluster for what QHub itself changes; close it after use."""
        return Objects(self.checked.target, environ=self.checked.environ)

    def on_interrupt(self, count: int, pid: int) -> None:
        """Tell what a ^C does."""
        tell_interrupt(self.progress, count, pid)
