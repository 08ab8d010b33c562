"""A stand-in for Docker's client: it keeps what it is called with, and pushes nothing.

There is no engine on a machine of the tests. What it keeps is what Docker would build;
tests/cluster/test_flow_code.py builds it for real.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

__all__ = ["DIGEST", "Engine", "engine"]

DIGEST = f"sha256:{1:064}"
_CLIENT = """#!/bin/sh
printf '%s\\n' "$*" >>'{folder}/calls'
case "$1 $2" in
"version "*) echo 29.0 ;;
"build "*)
    test -e '{folder}/fails' && {{ cat '{folder}/fails' >&2; exit 9; }}
    rm -rf '{folder}/context'
    for last; do :; done
    cp -r "$last" '{folder}/context'
    env >'{folder}/environment'
    echo '#5 DONE' >&2 ;;
"image inspect") echo "127.0.0.1:1/team/etl@{digest}" ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """The folder in which it keeps everything."""

    folder: Path

    @property
    def context(self) -> Path:
        """What the last build got."""
        return self.folder / "context"

    @property
    def calls(self) -> list[str]:
        calls = self.folder / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    @property
    def builds(self) -> list[str]:
        return [call for call in self.calls if call.startswith("build ")]

    def fails(self, text: str) -> None:
        (self.folder / "fails").write_text(text)


def engine(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Put it first on PATH."""
    programs = folder / "programs"
    programs.mkdir(parents=True)
    (programs / "docker").write_text(_CLIENT.format(folder=folder, digest=DIGEST))
    (programs / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return Engine(folder)
