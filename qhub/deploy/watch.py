"""Looks at the pods of releases while Helm waits for them, and sees when waiting is of no use.

Helm itself waits ten minutes for a pod whose image does not exist, and then says that the time
is up.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Self

from qhub.cluster import Cluster
from qhub.cluster.causes import causes
from qhub.cluster.errors import ClusterError, ForbiddenError
from qhub.deploy.errors import Trouble
from qhub.deploy.unfinished import Unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from qhub.cluster.causes import Cause
    from qhub.deploy.listening import ObjectSteps
    from qhub.deploy.redact import Redactor
    from qhub.deploy.site import Site

__all__ = ["Patience", "Watch", "as_trouble", "release_of"]

_API_SECONDS = 5.0
_HELMS = frozenset(["absent", "release", "unknown"])
"""What is so while Helm begins, or cannot be seen."""
_RELEASE = re.compile(r'helm_release\.agent\["([^"]+)"\]')


@dataclass(frozen=True, slots=True)
class Patience:
    """How often one looks, and how long one waits for what waiting does not mend, in seconds.

    `crash` is longer: what an agent needs, such as its API, may be a moment late. So is `room`:
    until then a cluster that adds nodes says so. `vain` is shorter: what tries in vain was given
    time before. `gap` is after how long a cause that is not seen has gone: between two tries of a
    kubelet there is none.
    """

    look: float = 2.0
    any: float = 20.0
    crash: float = 30.0
    room: float = 30.0
    vain: float = 5.0
    api: float = 20.0
    gap: float = 10.0


def release_of(address: str) -> str | None:
    """Return the release of an address of Terraform's, None where it is another object."""
    found = _RELEASE.fullmatch(address)
    return f"qhub-{found[1]}" if found else None


def as_trouble(release: str, cause: Cause, redact: Redactor) -> Trouble:
    """Return a cause in the form in which all that is wrong is told; a program may tell secrets."""
    lines = [f"| {line}" for line in cause.lines]
    told = redact("\n    ".join([cause.message, *lines]))
    return Trouble(f"{release}: {cause.subject}", told, cause.hint)


_PATIENCE = Patience()


class Watch:
    """Looks from a thread of its own between `with` and its end; `at_work` are addresses.

    `troubles` is empty until waiting is of no use; what is told meanwhile goes to the progress at
    each `drain`.
    """

    def __init__(
        self,
        site: Site,
        steps: ObjectSteps,
        *,
        look: Callable[[Cluster, str], Sequence[Cause]] = causes,
        unfinished: Callable[[Site, Cluster], Unfinished] = Unfinished,
        patience: Patience = _PATIENCE,
    ) -> None:
        self.troubles: tuple[Trouble, ...] = ()
        self._site = site
        self._steps = steps
        self._look = look
        self._find_unfinished = unfinished
        self._patience = patience
        self._notes: SimpleQueue[str] = SimpleQueue()
        self._told: set[tuple[str, str, str]] = set()
        self._since: dict[tuple[str, str, str], float] = {}
        self._seen: dict[tuple[str, str, str], float] = {}
        self._away: float | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="qhub-watch", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.drain()

    def drain(self) -> None:
        """Hand what was seen to the progress; to be called from the thread that owns it."""
        while True:
            try:
                self._site.progress.note(self._notes.get_nowait())
            except Empty:
                return

    @property
    def is_hopeless(self) -> bool:
        """Whether something is wrong that waiting does not mend."""
        return bool(self.troubles)

    def _run(self) -> None:
        checked = self._site.checked
        with Cluster(checked.target, environ=checked.environ, seconds=_API_SECONDS) as cluster:
            unfinished = self._find_unfinished(self._site, cluster)
            while not self._over.wait(self._patience.look):
                releases = tuple(filter(None, map(release_of, self._steps.at_work)))
                try:
                    found = [(r, cause) for r in releases for cause in self._look(cluster, r)]
                except ForbiddenError:
                    return  # told by the preflight
                except ClusterError as error:
                    self._is_away(error)
                    continue
                self._away = None
                stuck = {release for release, cause in found if _is_in_the_way(cause)}
                again = {release for release in stuck if unfinished.try_again(release)}
                self._judge((release, cause) for release, cause in found if release not in again)

    def _judge(self, found: Iterable[tuple[str, Cause]]) -> None:
        now, redact = time.monotonic(), self._site.checked.values.redactor
        lasting = {
            (release, cause.kind, cause.subject): cause
            for release, cause in found
            if _is_in_the_way(cause)
        }
        self._seen |= dict.fromkeys(lasting, now)
        self._since = {
            key: self._since.get(key, now)
            for key, seen in self._seen.items()
            if now - seen < self._patience.gap
        }
        for (release, kind, subject), cause in lasting.items():
            if (release, kind, cause.message) not in self._told:
                self._told.add((release, kind, cause.message))
                self._notes.put(redact(f"{release}: {subject}: {cause.message}"))
        is_over = any(now - self._since[key] > self._limit(one) for key, one in lasting.items())
        if is_over and not self.troubles:
            self.troubles = tuple(as_trouble(key[0], one, redact) for key, one in lasting.items())
            self._notes.put("waiting does not mend that: Terraform is asked to stop")

    def _is_away(self, error: ClusterError) -> None:
        now = time.monotonic()
        if self._away is None:
            self._away = now
            self._notes.put(str(error))
        elif now - self._away > self._patience.api and not self.troubles:
            self.troubles = (Trouble("the cluster", str(error), error.hint),)
            self._notes.put("it stays away: Terraform is asked to stop")

    def _limit(self, cause: Cause) -> float:
        match cause.kind:
            case "crash":
                return self._patience.crash
            case "unschedulable":
                return self._patience.room
            case "waiting":
                return self._patience.vain
            case _:
                return self._patience.any


def _is_in_the_way(cause: Cause) -> bool:
    """Tell whether waiting will not mend it; room that is lacking now may lack for ever."""
    return (cause.lasting or cause.kind == "unschedulable") and cause.kind not in _HELMS
