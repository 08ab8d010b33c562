"""What counts as a difference, and the mark by which a chart is known."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from qhub.api import load
from qhub.cluster import drift
from qhub.cluster.drift import chart_mark
from tests.kube import deployed
from tests.terraform.standin import tool

if TYPE_CHECKING:
    from pathlib import Path


def test_quantities_that_are_only_written_otherwise_are_no_difference() -> None:
    same: tuple[tuple[Any, Any], ...] = (
        ("1000m", "1"),
        ("0.5", "500m"),
        (1, "1"),
        ("1024Mi", "1Gi"),
        ("1e3", 1000),
    )
    assert [pair for pair in same if tuple(drift._different(*pair))] == []
    other: tuple[tuple[Any, Any], ...] = (
        ("1", "2"),
        ("1Gi", "1G"),
        ("a", "b"),
        (None, "x"),
        ([1], [1, 2]),
        ({"a": 1}, {}),
    )
    assert [pair for pair in other if not tuple(drift._different(*pair))] == []
    assert tuple(drift._different({"a": [], "b": None, "c": ""}, {})) == ()


def test_the_mark_of_a_chart_is_the_one_that_the_stage_gives(tmp_path: Path) -> None:
    files = deployed.stage(load(deployed.write(tmp_path, "dev")))
    for path, content in files.items():
        if path.startswith("charts/"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(content)
    before, _, _ = files["agents.tf"].decode().partition("\nresource ")
    kept = [line for line in before.splitlines() if line.startswith("  chart")]
    assert len(kept) == 2
    (tmp_path / "main.tf").write_text("\n".join(["locals {", *kept, "}", ""]))
    done = subprocess.run(
        [str(tool("terraform")), "console"],
        cwd=tmp_path,
        input='"chart ${substr(local.chart_digest, 0, 16)}"\n',
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == f'"{chart_mark(files)}"', done.stderr
