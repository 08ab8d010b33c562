"""The stages of a rendered folder, in their order, and where Terraform works for each."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from qhub.errors import QhubError
from qhub.render.manifest import TREE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qhub.deploy.request import Request

__all__ = ["Stage", "UnknownStageError", "chosen", "declared", "of", "private"]

_VARIABLE = re.compile(r'^variable "([^"]+)"', re.MULTILINE)


class UnknownStageError(QhubError):
    """The platform has no stage of that name."""

    status = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """A root module of Terraform.

    `folder` is the module, `data` where Terraform keeps what it downloads (TF_DATA_DIR); both
    absolute. Beside `data` lie the files of QHub's own.
    """

    name: str
    folder: Path
    data: Path

    @property
    def plan_file(self) -> Path:
        """Where a plan is kept while it is shown and applied."""
        return self.data / "qhub.tfplan"

    @property
    def record(self) -> Path:
        """The note of a Terraform that works here."""
        return self.data / "running.json"

    @property
    def intent(self) -> Path:
        """The note of the revisions that are being written."""
        return self.data / "revisions.json"


def private(request: Request, folder: Path) -> Path:
    """Return where everything of a deployment lies that is not for others: state, plans, reports.

    Raises nothing; who writes there makes it, for its owner alone.
    """
    name = f"{request.platform.project}-{request.platform.namespace}"
    return folder.absolute() / ".qhub" / name


def of(request: Request, folder: Path) -> tuple[Stage, ...]:
    """Return the stages that the config renders to, in the order in which they are applied."""
    names = sorted({path.split("/")[1] for path in request.bundle if path.startswith(f"{TREE}/")})
    root = folder.absolute()
    return tuple(
        Stage(name, root / TREE / name, private(request, folder) / name)
        for name in names
        if f"{TREE}/{name}/versions.tf" in request.bundle
    )


def chosen(stages: Sequence[Stage], name: str | None) -> tuple[Stage, ...]:
    """Return the one of that name, else all. Raises `UnknownStageError`."""
    if name is None:
        return tuple(stages)
    names = [stage.name for stage in stages]
    # A stage may be called without its number: kubernetes-services.
    found = [stage for stage in stages if name in {stage.name, stage.name.partition("-")[2]}]
    if found:
        return (found[0],)
    near = get_close_matches(name, names, n=1, cutoff=0.4)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names)}"
    raise UnknownStageError(f"there is no stage '{name}'", hint=hint)


def declared(files: Mapping[str, bytes], stage: str) -> frozenset[str]:
    """Return the names of the variables that a rendered stage declares."""
    led = f"{TREE}/{stage}/"
    found: set[str] = set()
    for path, content in files.items():
        name = path.removeprefix(led)
        if not path.startswith(led) or "/" in name:
            continue
        if name.endswith(".tf"):
            found.update(_VARIABLE.findall(content.decode()))
        elif name.endswith(".tf.json"):
            found.update(json.loads(content).get("variable") or {})
    return frozenset(found)
