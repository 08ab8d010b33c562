"""What can go wrong with a deployment to a cluster; every error names where, and how to mend it.

QhubError
├── ProviderError         the config file asks for what this version does not deploy
├── PreventedError        `prevent_deploy: true` stands in the config file
├── PreflightError        what keeps a deployment from being begun; names all of it at once
├── TerraformError        Terraform ended with an error, or could not be run
│   ├── EndedError        it was killed, or crashed
│   └── DeployFailedError  an object did not come up; `troubles` say why, as far as it is known
├── DeclinedError         who was asked said no; nothing was changed
├── ArchiveError          an archive of plans that does not fit, or is none
├── ArchivePlaceError     status 2, plans cannot be kept in a file of that name
├── StaleError            the state changed since the plan was made
└── LockedError           (of qhub.errors) another one deploys; says who, and since when
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from qhub.errors import QhubError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qhub.deploy.events import Diagnostic

__all__ = [
    "ArchiveError",
    "ArchivePlaceError",
    "DeclinedError",
    "DeployFailedError",
    "EndedError",
    "PreflightError",
    "PreventedError",
    "ProviderError",
    "StaleError",
    "TerraformError",
    "Trouble",
]


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: where or what it is about, what is the matter, how to mend it."""

    about: str
    message: str
    hint: str = ""

    @property
    def text(self) -> str:
        """Two lines, or three."""
        return "\n    ".join(filter(None, (self.about, self.message, self.hint)))


class ProviderError(QhubError):
    """What was asked for is not for the provider of the config file."""


class PreventedError(QhubError):
    """The config file holds deployments back."""


class PreflightError(QhubError):
    """Nothing was changed: `troubles` are all that was found."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        count = "one thing is" if len(troubles) == 1 else f"{len(troubles)} things are"
        lines = [f"nothing was changed: {count} in the way", *(t.text for t in troubles)]
        super().__init__("\n  ".join(lines), hint="mend that, and do it again")
        self.troubles = tuple(troubles)

    @property
    def details(self) -> dict[str, Any]:
        """What is shown as data beside the message."""
        return {"troubles": [asdict(trouble) for trouble in self.troubles]}


class TerraformError(QhubError):
    """Terraform says that something is wrong: `troubles`, and `diagnostics` as it says them."""

    def __init__(
        self,
        message: str,
        *,
        diagnostics: Sequence[Diagnostic] = (),
        troubles: Sequence[Trouble] = (),
        hint: str = "",
    ) -> None:
        super().__init__("\n  ".join([message, *(t.text for t in troubles)]), hint=hint)
        self.diagnostics = tuple(diagnostics)
        self.troubles = tuple(troubles)

    @property
    def details(self) -> dict[str, Any]:
        """What is shown as data beside the message."""
        return {"troubles": [asdict(trouble) for trouble in self.troubles]}


class EndedError(TerraformError):
    """Terraform did not come to an end of its own."""


class DeployFailedError(TerraformError):
    """Not everything came up; `troubles` are the causes as far as they are known."""


class DeclinedError(QhubError):
    """Nothing was changed: who was asked said no."""


class ArchiveError(QhubError):
    """An archive of plans cannot be used."""


class ArchivePlaceError(QhubError):
    """What was named is no place for an archive of plans."""

    status = 2


class StaleError(QhubError):
    """A plan was made from a state that is another one now."""
