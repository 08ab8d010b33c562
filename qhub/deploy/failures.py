"""The error for an apply that failed: the causes, not only what Terraform was told of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qhub.cluster.causes import causes
from qhub.cluster.errors import ClusterError
from qhub.deploy import explain, report
from qhub.deploy.errors import DeployFailedError, StaleError, Trouble
from qhub.deploy.watch import as_trouble, release_of
from qhub.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qhub.deploy.events import Diagnostic
    from qhub.deploy.site import Site
    from qhub.deploy.stages import Stage
    from qhub.deploy.terraform import Finished
    from qhub.errors import QhubError

__all__ = ["apply_failed"]

_STOPPED = re.compile(
    r"context (canceled|deadline exceeded)|interrupted|operation canceled|execution halted"
    r"|stopped by",
    re.IGNORECASE,
)
_THE_CLUSTER = "the cluster"
_UNTOLD = frozenset(["starting", "unknown", "absent", "release"])


def apply_failed(
    site: Site, stage: Stage, finished: Finished, seen: Sequence[Trouble], releases: Iterable[str]
) -> QhubError:
    """Return the error for an apply of a stage; `seen` is what was watched, of these releases."""
    plain = explain.failure(finished, stage, doing="the apply of")
    if isinstance(plain, LockedError | StaleError):
        return plain
    found = tuple(seen) or tuple(_away(site, finished)) or tuple(_causes(site, releases))
    told = explain.troubles(
        diagnostic for diagnostic in finished.errors if not _is_told_by(found, diagnostic)
    )
    everything = tuple(dict.fromkeys((*found, *told)))
    path = report.write(site, stage=stage.name, finished=finished, troubles=everything)
    hint = "mend that and deploy again: it goes on from there"
    return DeployFailedError(
        f"not everything of {stage.name} came up",
        diagnostics=finished.diagnostics,
        troubles=everything,
        hint=f"{hint}; more is in {path}" if path else hint,
    )


def _is_told_by(found: Sequence[Trouble], diagnostic: Diagnostic) -> bool:
    """Tell whether Terraform's words add nothing to the causes that were found."""
    about = {trouble.about.partition(":")[0] for trouble in found}
    is_away = _THE_CLUSTER in about and explain.is_unreachable(diagnostic)
    was_stopped = bool(found) and _STOPPED.search(diagnostic.text) is not None
    return is_away or was_stopped or release_of(diagnostic.address) in about


def _away(site: Site, finished: Finished) -> Iterator[Trouble]:
    """Yield that the API server does not answer, where Terraform met that and it is still so."""
    if not any(map(explain.is_unreachable, finished.errors)):
        return
    with site.cluster() as cluster:
        try:
            cluster.version()
        except ClusterError as error:
            yield Trouble(_THE_CLUSTER, str(error), error.hint)


def _causes(site: Site, releases: Iterable[str]) -> Iterator[Trouble]:
    """Yield why releases do not get ready, as far as the cluster tells now."""
    redact = site.checked.values.redactor
    with site.cluster() as cluster:
        for release in releases:
            try:
                found = causes(cluster, release)
            except ClusterError:
                return
            for cause in found:
                if cause.kind not in _UNTOLD:
                    yield as_trouble(release, cause, redact)
