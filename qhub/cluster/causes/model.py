"""Why something in a cluster does not get ready, in a form that commands can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Cause", "CauseKind"]

CauseKind = Literal[
    "absent",  # what should be there is not
    "config",  # a container cannot be made of what its pod says
    "creation",  # no pod is made
    "crash",  # a container ends
    "image",  # its image cannot be had
    "node",  # what runs there was taken away, or the node does not answer
    "pod-security",  # the namespace refuses such pods
    "probe",  # it runs, and does not answer that it is well
    "quota",  # the namespace has no more to give
    "release",  # Helm did not get to its end
    "starting",  # nothing is wrong yet
    "unknown",  # we may not look
    "unschedulable",  # no node takes it
    "volume",  # something cannot be mounted
    "waiting",  # its set-up tries something in vain
]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why `subject` (such as "pod/qhub-etl-5c9f") is not ready, and what to do about it.

    `lasting`: waiting does not mend it. `lines` are the last that it wrote.
    """

    kind: CauseKind
    subject: str
    message: str
    hint: str
    lasting: bool
    lines: tuple[str, ...] = ()
