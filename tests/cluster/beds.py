"""Beds beside the one that the tests share: of checkouts that are made for a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.cluster.access import Cluster
from tests.cluster.bed.place import CHECKOUT, NODE_ADDRESS, REGISTRY, Place

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["another_checkout", "as_cluster", "command"]

PARTS = ("qhub", "tests/cluster", "tests/__init__.py", ".ci")


def another_checkout(folder: Path) -> Place:
    """Copy to `folder` what the bed is made from; its programs are linked, so nothing is built."""
    for part in PARTS:
        source, target = CHECKOUT / part, folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    place = Place(folder)
    shutil.copytree(Place().bin, place.bin, copy_function=os.link, symlinks=True)
    return place


def command(place: Place, *args: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m tests.cluster ARGS` as one would in that checkout."""
    return subprocess.run(
        [sys.executable, "-m", "tests.cluster", *args],
        cwd=place.checkout,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def as_cluster(place: Place) -> Cluster:
    return Cluster(place.kubeconfig, REGISTRY, NODE_ADDRESS, place)
