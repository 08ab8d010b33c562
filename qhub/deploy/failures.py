"""The error for an apply that failed: the causes, not only what Terraform was told of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qhub.cluster.causes import causes
from qhub.cluster.errors import ClusterError
from qhub.deploy import explain, report
from qhub.deploy.errors import DeployFailedError, StaleError
from qhub.deploy.watch import as_trouble, release_of
from qhub.errors import LockedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qhub.deploy.errors import Trouble
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
_UNTOLD = frozenset(["starting", "unknown", "absent", "release"])


def apply_failed(
    site: Site, stage: Stage, finished: Finished, seen: Sequence[Trouble], releases: Iterable[str]
) -> QhubError:
    """Return the error for an apply of a stage; `seen` is what was watched, of these releases."""
    plain = explain.failure(finished, stage, doing="the apply of")
    if isinstance(plain, LockedError | StaleError):
        return plain
    found = tuple(seen) or tuple(_causes(site, releases))
    told = explain.troubles(
        diagnostic
        for diagnostic in finished.errors
        if not (found and (release_of(diagnostic.address) or _STOPPED.search(diagnostic.text)))
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
