"""The file about a deploy that failed: everything that is known of the causes, without secrets."""

from __future__ import annotations

import os
import platform
import time
from typing import TYPE_CHECKING

from qhub import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qhub.deploy.errors import Trouble
    from qhub.deploy.site import Site
    from qhub.deploy.terraform import Finished

__all__ = ["write"]


def write(
    site: Site, *, stage: str, finished: Finished, troubles: Sequence[Trouble]
) -> Path | None:
    """Write it for its owner alone; return its path, None where the disk refuses."""
    request, target = site.request, site.checked.target
    lines = [
        f"QHub {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"{time.strftime('%Y-%m-%d %H:%M:%S %z')}: {request.name} from {request.document.file}",
        f"stage {stage}, context {target.context}, server {target.server}",
        "",
        *(trouble.text for trouble in troubles),
        "",
        "What Terraform told:",
        *(f"{told.severity} {told.where} {told.text}" for told in finished.diagnostics),
        finished.stderr,
    ]
    text = site.checked.values.redactor("\n".join(lines))
    try:
        return _create(site.root / "reports", text)
    except OSError:
        return None


def _create(folder: Path, text: str) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / time.strftime("%Y%m%d-%H%M%S.txt")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text.rstrip() + "\n")
    return path
