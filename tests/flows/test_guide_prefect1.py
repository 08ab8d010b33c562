"""What the guide for those who come from Prefect 1 says is true: each new form is run."""

from __future__ import annotations

import ast
import inspect
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

import qhub.flows
from qhub.flows.dask_clusters import DaskCluster, clusters
from qhub.flows.gateway import access
from tests.embedded.gateway import until
from tests.flows import guide
from tests.flows.guide import Guide

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Expected:
    """How the run of a file's flow ends, and what its log says."""

    says: tuple[str, ...]
    state: str = "COMPLETED"
    parameters: dict[str, Any] = field(default_factory=dict)


FLOWS = {
    "etl.py": Expected(("sum: 45",)),
    "report.py": Expected(
        ("20.11.2026 as pdf, due 2026-",), parameters={"day": "2026-11-20", "kind": "pdf"}
    ),
    "mapping.py": Expected(("total: 140",)),
    "branches.py": Expected(("how: spread",)),
    "triggers.py": Expected(("removed /data/tmp",), state="FAILED"),
    "loading.py": Expected(("state: Skipped",)),
    "fetching.py": Expected(("no route", "fetched at last")),
    "caching.py": Expected(()),
    "watched.py": Expected(("tell the team: watched Failed",), state="FAILED"),
    "logging_here.py": Expected(("task work", "a line of the log, too")),
    "credentials.py": Expected(("user: etl", "the key has 15 characters", "its file has 15 bytes")),
    "threads.py": Expected(("squares: [1, 4, 9]",)),
    "resources.py": Expected(("answer: 42",)),
    "notes.py": Expected(("before: never now: 2026-11-20",)),
    "chain.py": Expected(("sum: 3", "it was Completed", "and its part Completed")),
}
"""Deployed by the command line and run by the agent."""
ON_DASK = {"averages.py": Expected(("workers: 2", "mean: 499.5"))}
DEPLOY_THEMSELVES = {
    "valued.py": Expected(("pear costs 4 in valued.py",)),
    "where.py": Expected(("region eu",)),
}
RUNS = {**FLOWS, **ON_DASK, **DEPLOY_THEMSELVES}
PROGRAMS = (
    *DEPLOY_THEMSELVES,
    "sizes.py",
    "register.py",
    "register.py",
    "schedules.py",
    "alone.py",
)
"""Run one after the other."""
OTHERS = {"approval.py", "spread.py", "attach.py", "start.py", "prices.py"}
"""Run by tests of their own; a module of another file."""


def test_every_block_is_an_old_form_or_is_run() -> None:
    found = guide.new_blocks()
    run = [*RUNS, *PROGRAMS, *OTHERS]
    assert len(run) > 20
    assert set(found) == set(run)
    assert len(guide.old_blocks()) >= 18


def test_old_forms_are_python_of_old_libraries() -> None:
    known = {"prefect", "prefect_saturn", "dask_saturn", "distributed", "dask", "datetime", "etl"}
    for body in guide.old_blocks():
        tree = ast.parse(body)
        modules = {
            (node.module or "").partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        }
        assert modules <= known, body
        assert modules & {"prefect", "prefect_saturn", "dask_saturn"}, body


def test_what_the_text_calls_has_these_arguments() -> None:
    names = ("deploy", "run", "cluster", "dask_task_runner", "interval", "logs", "secret")
    text = guide.PAGE.read_text(encoding="utf-8")
    called = re.findall(rf"(?<![\w.])({'|'.join(names)})\(([^()`]*)\)", text)
    wrong = [
        f"{name}({keyword}=)"
        for name, arguments in called
        for keyword in re.findall(r"(\w+)=(?!=)", arguments)
        if keyword not in inspect.signature(getattr(qhub.flows, name)).parameters
    ]
    assert len(called) > 30
    assert wrong == []


def test_links_within_the_page_lead_to_its_headings() -> None:
    text = guide.PAGE.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")
        for line in re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    }
    links = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(links) > 20
    assert set(links) <= headings


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guide]:
    """The platform, with all flows deployed in one call."""
    with guide.running(tmp_path_factory.mktemp("guide")) as found:
        files = sorted({*FLOWS, *ON_DASK, "approval.py", "spread.py"})
        told = found.qhub("flow", "deploy", *files)
        assert told.count("created") == len(files), told
        yield found


@pytest.fixture(scope="module")
def programs(moved: Guide) -> dict[str, list[str]]:
    """What each of the page's programs printed, each time that it was run."""
    told: dict[str, list[str]] = {}
    for file, text in zip(PROGRAMS, moved.programs(*PROGRAMS), strict=True):
        told.setdefault(file, []).append(text)
    return told


@pytest.fixture(scope="module")
def runs(moved: Guide, programs: dict[str, list[str]]) -> dict[str, str]:
    """A run of each flow by its file, all started at once; the programs deployed some of them."""
    assert programs
    return {
        file: moved.start(f"{guide.flow_of(file)}/default", **expected.parameters)
        for file, expected in RUNS.items()
    }


@pytest.mark.full
@pytest.mark.parametrize("file", RUNS)
def test_a_flow_does_what_the_page_says(moved: Guide, runs: dict[str, str], file: str) -> None:
    expected, run = RUNS[file], runs[file]
    assert moved.ended(run) == expected.state, moved.log(run)
    moved.says(run, *expected.says)


@pytest.mark.full
def test_a_paused_run_goes_on_when_somebody_says_so(moved: Guide) -> None:
    from prefect.flow_runs import resume_flow_run

    run = moved.start("approval/default")

    def paused() -> bool:
        return bool(moved.agent.call(f"/flow_runs/{run}")["state"]["type"] == "PAUSED")

    until(paused, 60, lambda: moved.log(run))
    with moved.as_client():
        resume_flow_run(UUID(run))
    assert moved.ended(run) == "COMPLETED", moved.log(run)
    moved.says(run, "published")


@pytest.mark.full
def test_results_are_kept_and_taken_again(moved: Guide) -> None:
    first = moved.start("caching/default", day="2026-11-21")
    assert moved.ended(first) == "COMPLETED", moved.log(first)
    storage = moved.prefect.layout.agent("pipelines") / "storage"
    kept = json.loads((storage / "summary-2026-11-21.json").read_text())
    assert "all about 2026-11-21" in kept["result"]
    again = moved.start("caching/default", day="2026-11-21")
    assert moved.ended(again) == "COMPLETED", moved.log(again)
    until(lambda: moved.log(again).count("Cached") == 2, 15, lambda: moved.log(again))
    assert "Cached" not in moved.log(first)


@pytest.mark.full
def test_a_cluster_of_a_block_is_gone_after_it(
    moved: Guide, programs: dict[str, list[str]]
) -> None:
    assert programs["alone.py"] == ["sum: 3\n"]
    assert clusters_of(moved, "") == []


def clusters_of(moved: Guide, flow: str) -> list[DaskCluster]:
    """Return the clusters of a flow; those of "" are temporary."""
    found = clusters(access(moved.environment))
    return [cluster for cluster in found if cluster.flow.partition("@")[0] == flow]


@pytest.mark.full
def test_sizes_are_described(programs: dict[str, list[str]]) -> None:
    told = programs["sizes.py"][0].splitlines()
    assert told[0].split() == ["profile", "for", "cpu", "memory", "more"]
    assert told[-3:] == ["large flow_run", "small flow_run", "Small Worker dask_worker"]


@pytest.mark.full
def test_a_flow_is_registered_once(moved: Guide, programs: dict[str, list[str]]) -> None:
    first, second = programs["register.py"]
    assert first.startswith("created etl/nightly ")
    assert second.startswith("unchanged etl/nightly ")
    found = moved.deployment("etl/nightly")
    assert (found["work_queue_name"], found["tags"][0]) == ("gpu", "nightly")


@pytest.mark.full
@pytest.mark.usefixtures("programs")
def test_clocks_are_schedules_of_deployments(moved: Guide) -> None:
    specs = {
        name: [item["schedule"] for item in moved.deployment(f"etl/{name}")["schedules"]]
        for name in ("weekdays", "often", "reports")
    }
    assert specs["weekdays"][0]["cron"] == "0 6 * * 1-5"
    assert specs["often"][0]["interval"] == 600
    assert moved.deployment("etl/often")["parameters"] == {"rows": 20}
    assert len(specs["reports"]) == 2
    assert _days(moved, "etl/reports") >= {"2027-01-01", "2027-04-01"}


def _days(moved: Guide, name: str) -> set[str]:
    """Return the days for which the server has planned runs."""
    deployment = moved.deployment(name)["id"]
    body = {"start_time": "2026-11-21T00:00:00Z", "end_time": "2027-05-01T00:00:00Z"}
    moved.agent.call(f"/deployments/{deployment}/schedule", {**body, "min_runs": 8})
    wanted = {"deployments": {"id": {"any_": [deployment]}}}
    runs = moved.agent.call("/flow_runs/filter", wanted)
    return {run["expected_start_time"][:10] for run in runs}


@pytest.mark.full
def test_a_program_starts_runs_and_cancels_one(moved: Guide) -> None:
    told = moved.python("start.py")
    assert "Completed ['sum: 10']" in told
    assert re.search(r"^Cancell(ed|ing)$", told, re.MULTILINE)


@pytest.mark.full
def test_the_commands_of_the_page_run(moved: Guide) -> None:
    told = _commands(moved, "qhub flow deploy")
    assert len(told) == 6
    assert "unchanged" in told[0]
    assert "sum: 190" in told[2]
    assert "etl/default" in told[3]
    assert "sum: 190" in (moved.folder / "etl.log").read_text()


@pytest.mark.full
def test_a_cluster_of_tasks_is_found_and_stopped(moved: Guide) -> None:
    run = moved.start("spread/default")
    assert moved.ended(run) == "COMPLETED", moved.log(run)
    moved.says(run, "squares: [0, 1, 4, 9]")
    assert len(clusters_of(moved, "spread")) == 1
    assert moved.python("attach.py").startswith("found ")
    listed, page, stopped = _commands(moved, "qhub dask list")
    assert "spread" in listed
    assert page.startswith("http://127.0.0.1")
    assert stopped.startswith("stopped")
    until(lambda: not clusters_of(moved, "spread"), 20)


def _commands(moved: Guide, first: str) -> list[str]:
    """Run the commands of the page's block that begins so; return what each printed."""
    (block,) = [body for body in guide.blocks("sh") if body.startswith(first)]
    return [moved.qhub(*line.split()[1:]) for line in block.splitlines()]
