"""What Prefect's API says: whether it works, flow runs, work pools, their queues and workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from qhub.embedded.errors import ApiError
from qhub.embedded.health.model import Problem, Run, Runs, age
from qhub.embedded.marks import is_held_back, is_ours, users, uses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qhub.embedded.api import Api

__all__ = ["Seen", "look"]

_NEWEST = 5
_HEARTBEAT_SECONDS = 90
"""Workers tell every 30 s that they live."""
_ONLINE = "ONLINE"
_NOT_FOUND = 404
_RUNNING = {"state": {"type": {"any_": ["RUNNING", "CANCELLING"]}}}
_LATE = {"state": {"name": {"any_": ["Late"]}}}

Answer = Literal["works", "absent", "silent", "refusing"]


@dataclass(frozen=True, slots=True)
class Seen:
    """How the server does; `offline` are the agents that ask for no work, and since when.

    `heartbeats` are how many seconds ago the others last did.
    """

    answer: Answer
    detail: str
    runs: Runs | None = None
    offline: Mapping[str, str] = field(default_factory=dict)
    heartbeats: Mapping[str, float] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    hint: str = ""


def look(api: Api, agents: Sequence[str]) -> Seen:
    """Ask the server; one that is silent is asked one question only."""
    if (broken := _broken(api)) is not None:
        return broken
    try:
        with ThreadPoolExecutor(4 + len(agents)) as pool:
            pools = pool.submit(lambda: {p["name"]: p for p in api.every("/work_pools/filter")})
            counts = [pool.submit(_count, api, f) for f in (_RUNNING, _LATE, _failed())]
            newest = pool.submit(_newest, api)
            workers = {name: pool.submit(_workers, api, name) for name in agents}
            queues = {name: pool.submit(_queues, api, name) for name in agents}
            running, late, failed = (count.result() for count in counts)
            runs = Runs(running, late, failed, newest.result())
            offline, heartbeats = _alive({name: w.result() for name, w in workers.items()})
            problems = [
                problem
                for name in agents
                for problem in _pool_problems(
                    api, name, pools.result().get(name), queues[name].result(), runs.late
                )
            ]
            problems += _left_pools(api, pools.result(), agents)
    except ApiError as error:
        return Seen("refusing" if error.http_status else "silent", str(error))
    return Seen("works", "", runs, offline, heartbeats, tuple(problems))


def _broken(api: Api) -> Seen | None:
    """Return what is wrong with the server as a whole, or None."""
    try:
        api.get("/ready")
    except ApiError as error:
        if error.http_status is not None:
            return Seen("refusing", str(error))
        if _is_refused(error):
            return Seen("absent", f"nobody listens at {api.url}")
        return Seen("silent", f"it does not answer at {api.url}")
    return None


def _is_refused(error: ApiError) -> bool:
    import httpx

    return isinstance(error.__cause__, httpx.ConnectError)


def _count(api: Api, runs: Mapping[str, Any]) -> int:
    return int(api.post("/flow_runs/count", {"flow_runs": runs}))


def _failed() -> dict[str, Any]:
    """Return the filter of what failed within the last day."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    return {
        "state": {"type": {"any_": ["FAILED", "CRASHED"]}},
        "end_time": {"after_": yesterday},
    }


def _newest(api: Api) -> tuple[Run, ...]:
    """Return the newest runs of each kind, with the names of their flows."""
    kinds = ((_RUNNING, "START_TIME_DESC"), (_LATE, "EXPECTED_START_TIME_DESC"))
    found = [
        run
        for runs, sort in (*kinds, (_failed(), "END_TIME_DESC"))
        for run in api.post(
            "/flow_runs/filter", {"flow_runs": runs, "sort": sort, "limit": _NEWEST}
        )
    ]
    ids = sorted({run["flow_id"] for run in found if run["flow_id"]})
    named = api.post("/flows/filter", {"flows": {"id": {"any_": ids}}}) if ids else []
    flows = {flow["id"]: flow["name"] for flow in named}
    return tuple(_run(run, flows) for run in found)


def _run(run: Mapping[str, Any], flows: Mapping[str, str]) -> Run:
    late = run["state_name"] == "Late"
    since = run["expected_start_time"] if late else (run["state"] or {}).get("timestamp")
    flow = flows.get(run["flow_id"], "")
    return Run(run["id"], run["name"], flow, run["state_name"] or "", since)


def _workers(api: Api, pool: str) -> list[dict[str, Any]]:
    return _or_none(api, f"/work_pools/{pool}/workers/filter")


def _queues(api: Api, pool: str) -> list[dict[str, Any]]:
    return _or_none(api, f"/work_pools/{pool}/queues/filter")


def _or_none(api: Api, path: str) -> list[dict[str, Any]]:
    """Return what is in a pool; nothing is in a pool that does not exist."""
    try:
        return list(api.every(path))
    except ApiError as error:
        if error.http_status == _NOT_FOUND:
            return []
        raise


def _alive(
    workers: Mapping[str, Sequence[Mapping[str, Any]]],
) -> tuple[dict[str, str], dict[str, float]]:
    """Return the agents none of whose workers is online, and the last heartbeat of the others."""
    offline, heartbeats = {}, {}
    for agent, found in workers.items():
        alive = [age(worker["last_heartbeat_time"]) for worker in found if _lives(worker)]
        if alive:
            heartbeats[agent] = min(seconds for seconds in alive if seconds is not None)
        else:
            offline[agent] = _last_heartbeat(found)
    return offline, heartbeats


def _lives(worker: Mapping[str, Any]) -> bool:
    seconds = age(worker["last_heartbeat_time"])
    return worker["status"] == _ONLINE and seconds is not None and seconds < _HEARTBEAT_SECONDS


def _last_heartbeat(workers: Sequence[Mapping[str, Any]]) -> str:
    seconds = [found for w in workers if (found := age(w["last_heartbeat_time"])) is not None]
    return f"its last heartbeat was {min(seconds):.0f} s ago" if seconds else "it never did"


def _pool_problems(
    api: Api,
    agent: str,
    pool: Mapping[str, Any] | None,
    queues: Sequence[Mapping[str, Any]],
    late: int,
) -> Iterator[Problem]:
    waiting = f"; {late} runs are late" if late else ""
    if pool is None:
        yield Problem(f"agent/{agent}", "its work pool does not exist", "run `qhub deploy`")
    elif pool["is_paused"] and is_held_back(pool):
        yield Problem(
            f"agent/{agent}",
            f"its work pool '{agent}' is held back by a `qhub destroy` that did not end: "
            f"no run starts{waiting}",
            "`qhub deploy` lets runs start again, `qhub destroy` goes on",
        )
    elif pool["is_paused"]:
        yield Problem(
            f"agent/{agent}",
            f"its work pool '{agent}' is paused: no run starts{waiting}",
            f"resume it on Prefect's page (`qhub ui`), Work Pools, {agent}",
        )
    for queue in queues:
        if queue["is_paused"] and is_held_back(queue):
            what = f"the work queue '{agent}/{queue['name']}'"
            yield from _left(api, what, users(agent, queue["name"]))
        elif queue["is_paused"]:
            yield Problem(
                f"agent/{agent}",
                f"the work queue '{queue['name']}' is paused: its runs do not start{waiting}",
                f"resume it on Prefect's page (`qhub ui`), Work Pools, {agent}, Work Queues",
            )


def _left_pools(
    api: Api, pools: Mapping[str, Mapping[str, Any]], agents: Sequence[str]
) -> Iterator[Problem]:
    """Yield the pools of ours that are no agent's any more, where something still needs them."""
    for name, pool in pools.items():
        if name not in agents and is_ours(pool):
            yield from _left(api, f"the work pool '{name}'", users(name))


def _left(api: Api, what: str, used: Mapping[str, Any]) -> Iterator[Problem]:
    deployments = api.post("/deployments/count", used)
    state = {"type": {"any_": ["SCHEDULED", "PENDING"]}}
    runs = api.post("/flow_runs/count", {**used, "flow_runs": {"state": state}})
    if not deployments and not runs:
        return
    needs = uses(deployments) if deployments else "no deployment uses it"
    wait = {0: "no run waits there", 1: "1 run waits there"}.get(runs, f"{runs} runs wait there")
    yield Problem(
        "config",
        f"{what} is in the config no longer, and is paused; {needs}, {wait}",
        "write it into the config again, or deploy these flows elsewhere and delete what waits",
    )
