"""Versions at both ends of a cluster: each package, and each worker by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qhub.flows import dask_versions
from qhub.flows.dask_errors import VersionMismatchError
from tests.embedded.gateway import until
from tests.flows.projects import process_environment, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def _told(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    return list(dask_versions.differences(mine, theirs, "worker w"))


@pytest.mark.parametrize("name", ["python", *dask_versions.NEEDED])
def test_what_is_needed_and_missing_at_one_end_is_told(name: str) -> None:
    both = dask_versions.here()
    less = {other: version for other, version in both.items() if other != name}
    assert _told(both, less) == [f"{name}: {both[name]} here, missing at worker w"]
    assert _told(less, both) == [f"{name}: missing here, {both[name]} at worker w"]
    assert _told(both, {**both, name: "0"}) == [f"{name}: {both[name]} here, 0 at worker w"]
    assert _told(both, both) == []


@pytest.mark.parametrize("name", dask_versions.SHARED)
def test_what_need_not_be_there_is_told_where_both_have_it(name: str) -> None:
    assert _told({name: "1"}, {}) == _told({}, {name: "1"}) == _told({name: "1"}, {name: "1"}) == []
    assert _told({name: "1"}, {name: "2"}) == [f"{name}: 1 here, 2 at worker w"]


def test_a_worker_that_alone_differs_is_told(tmp_path: Path) -> None:
    from distributed import Client, LocalCluster

    metadata = "Metadata-Version: 2.1\nName: cloudpickle\nVersion: 99.0\n"
    write(tmp_path, {"cloudpickle-99.0.dist-info/METADATA": metadata})
    paths = os.pathsep.join([str(tmp_path), process_environment({})["PYTHONPATH"]])
    with (
        LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster,  # type: ignore[no-untyped-call] # Dask's
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        dask_versions.check(client)
        options = ("--no-nanny", "--no-dashboard", "--name", "w")
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "distributed.cli.dask_worker",
                *options,
                client.scheduler.address,
            ],
            env=process_environment({"PYTHONPATH": paths}),
            cwd=tmp_path,
        )
        try:
            until(lambda: client.scheduler_info()["workers"], 30)
            (address,) = client.scheduler_info()["workers"]
            with pytest.raises(VersionMismatchError) as raised:
                dask_versions.check(client)
        finally:
            worker.terminate()
            worker.wait(30)
    here = dask_versions.here()["cloudpickle"]
    assert str(raised.value) == (
        "versions differ, no work was submitted:\n"
        f"  cloudpickle: {here} here, 99.0 at worker {address}"
    )
