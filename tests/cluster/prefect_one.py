"""The API of Prefect 1, as far as agents and flow runs ask it: a stand-in that a test serves.

    with prefect_one.serve(cluster) as api:
        api.tokens.add("the agent's")
        run = api.schedule(labels=["etl"], storage={…})
        …  # an agent that is told `api.url` takes it
        until(lambda: run.is_finished, "the run ends")

There is no server of that age to be had; the hosted one is closed.
"""

from __future__ import annotations

import json
import re
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.helm import stubs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.cluster.access import Cluster

__all__ = ["Api", "FlowRun", "Registered", "serve"]

_FINISHED = ("Success", "Failed", "Cancelled", "TimedOut")
_FIRST_FIELD = re.compile(r"\{\s*(\w+)")
_REFUSED: stubs.Answer = (
    401,
    {"errors": [{"message": "Unauthenticated", "extensions": {"code": "UNAUTHENTICATED"}}]},
)


@dataclass(frozen=True, slots=True)
class Registered:
    """An agent that registered: each start of one is an entry."""

    name: str
    type: str
    labels: tuple[str, ...]
    token: str


@dataclass(slots=True)
class FlowRun:
    """A flow run: `described` is what the API tells of it, the rest what was told to the API."""

    id: str
    labels: frozenset[str]
    described: dict[str, Any]
    states: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)

    @property
    def is_finished(self) -> bool:
        return self.described["state"] in _FINISHED

    def enter(self, state: Mapping[str, Any]) -> None:
        self.states.append(state["type"])
        self.messages.append(state.get("message") or "")
        self.described |= {"state": state["type"], "serialized_state": state}
        self.described["version"] += 1


@dataclass(slots=True)
class Api:
    """`tokens` are those that it takes; `refused` are those that it was asked with besides."""

    url: str = ""
    asked: stubs.Recorder = field(default_factory=stubs.Recorder)
    tokens: set[str] = field(default_factory=set)
    agents: list[Registered] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    runs: dict[str, FlowRun] = field(default_factory=dict)
    task_runs: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def schedule(
        self,
        *,
        labels: Sequence[str],
        storage: Mapping[str, Any],
        env: Mapping[str, str] | None = None,
        environment: Mapping[str, Any] | None = None,
    ) -> FlowRun:
        """Let a flow named `tell` run now; `environment` is that of a flow of before 0.14."""
        run_config = {"type": "UniversalRun", "env": dict(env or {}), "labels": list(labels)}
        described = stubs.flow_run(
            run_config=None if environment else run_config,
            environment=dict(environment) if environment else None,
        )
        made = FlowRun(str(uuid.uuid4()), frozenset(labels), described)
        described |= {"id": made.id, "flow_id": "flow-1", "context": {}}
        described["flow"] |= {
            "name": "tell",
            "storage": dict(storage),
            "project": {"id": "project-1", "name": "tests"},
            "run_config": described["run_config"],
            "settings": {},
        }
        self.runs[made.id] = made
        return made

    def __call__(self, request: stubs.Request) -> stubs.Answer:
        """Answer a query or mutation by its first field."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            self.refused.append(token)
            return _REFUSED
        query = request.body["query"]
        variables = request.body.get("variables") or "{}"
        given = (variables if isinstance(variables, dict) else json.loads(variables)) or {}
        found = _FIRST_FIELD.search(query)
        assert found, query
        answers: dict[str, Callable[[], Any]] = {
            "auth_info": lambda: {"api_token_scope": "RUNNER", "tenant_id": str(uuid.UUID(int=1))},
            "hello": lambda: "hi",
            "register_agent": lambda: self._register(given["input"], token),
            "get_runs_in_queue": lambda: {"flow_run_ids": self._ready(given["input"])},
            "flow_run": lambda: [run.described for run in self._named(query)],
            "flow_run_by_pk": lambda: next((run.described for run in self._named(query)), None),
            "set_flow_run_states": lambda: self._flow_states(given["input"]["states"]),
            "get_or_create_task_run_info": self._task_run,
            "set_task_run_states": lambda: self._task_states(given["input"]["states"]),
            "write_run_logs": lambda: self._logs(given["input"]["logs"]),
            "update_flow_run_heartbeat": lambda: {"success": True},
            "update_task_run_heartbeat": lambda: {"success": True},
        }
        return 200, {"data": {found[1]: answers[found[1]]()}}

    def _register(self, agent: Mapping[str, Any], token: str) -> dict[str, str]:
        self.agents.append(Registered(agent["name"], agent["type"], tuple(agent["labels"]), token))
        return {"id": f"agent-{len(self.agents)}"}

    def _ready(self, asked: Mapping[str, Any]) -> list[str]:
        """Return the runs that wait for an agent with these labels: it must have all of a run's."""
        labels = frozenset(asked["labels"])
        return [
            run.id
            for run in self.runs.values()
            if run.described["state"] == "Scheduled"
            and run.labels <= labels
            and bool(run.labels) == bool(labels)
        ]

    def _named(self, query: str) -> list[FlowRun]:
        return [run for run in self.runs.values() if run.id in query]

    def _flow_states(self, states: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        for each in states:
            self.runs[each["flow_run_id"]].enter(each["state"])
        return _accepted(each["flow_run_id"] for each in states)

    def _task_run(self) -> dict[str, Any]:
        made = str(uuid.uuid4())
        self.task_runs[made] = {"type": "Pending", "message": ""}
        return {"id": made, "version": 0, "serialized_state": self.task_runs[made]}

    def _task_states(self, states: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        self.task_runs |= {each["task_run_id"]: each["state"] for each in states}
        return _accepted(each["task_run_id"] for each in states)

    def _logs(self, logs: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
        for each in logs:
            if each.get("flow_run_id") in self.runs:
                self.runs[each["flow_run_id"]].logs.append(each["message"])
        return {"success": True}


@contextmanager
def serve(cluster: Cluster) -> Iterator[Api]:
    """Serve an API without runs and tokens to the pods of a cluster."""
    api = Api()
    everywhere = "0.0.0.0"  # noqa: S104 (pods come from another network)
    with stubs.serve(api, everywhere) as (url, asked):
        api.asked = asked
        api.url = url.replace(everywhere, cluster.host)
        yield api


def _accepted(ids: Iterator[str]) -> dict[str, Any]:
    return {"states": [{"id": one, "status": "SUCCESS", "message": None} for one in ids]}
