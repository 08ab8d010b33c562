from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_EXISTS = {"create": False, "name": "flows"}
_MADE = {"name": "flows"}


def _prefect(*blocks: dict[str, Any], **common: Any) -> dict[str, Any]:
    agents = [
        {"name": name, "overrides": block} for name, block in zip("abc", blocks, strict=False)
    ]
    return {"prefect": {"enabled": True, "overrides": common, "agents": agents}}


def _own(account: object) -> dict[str, Any]:
    return {"serviceAccount": account}


def _jobs(account: object) -> dict[str, Any]:
    return {"job": {"serviceAccount": account}}


@pytest.mark.parametrize(
    "data",
    [
        _prefect({}, {}),
        _prefect(_own("one"), _own("two")),
        _prefect({}, {}, **_own(_EXISTS)),
        _prefect({}, {}, **_jobs(_EXISTS)),
        _prefect({}, {}, **_jobs({"create": False})),
        _prefect(_own(_EXISTS), _own(_EXISTS)),
        _prefect({}, **_own("flows")),
        _prefect(_own("one"), _own("two"), **_own("flows")),
        _prefect({}, {}, **_own({"annotations": {"a": "b"}})),
        {"prefect": {"enabled": True, "overrides": _own("flows")}},
        {"prefect": {"enabled": False, "overrides": _own({"create": False})}},
    ],
    ids=[
        "defaults",
        "texts",
        "one that exists for all",
        "one that exists for all jobs",
        "default account of the jobs",
        "one that exists for both",
        "one agent",
        "own over common",
        "annotations",
        "no entries",
        "switched off",
    ],
)
def test_accounts_that_do_not_meet_are_right(
    data: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert [line for line in told(data) if "account" in line] == []


@pytest.mark.parametrize("account", ["flows", _MADE, {"create": True, "name": "flows"}], ids=str)
def test_an_account_is_made_for_one_agent(
    account: object, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    name = "serviceAccount" if account == "flows" else "serviceAccount.name"

    assert told(_prefect({}, {}, **_own(account))) == [
        f"error prefect.overrides.{name}: the service account 'flows' would be made for several "
        "agents: a, b"
    ]
    assert told(_prefect(_own(account), _own(account))) == [
        f"error prefect.agents[1].overrides.{name}: the service account 'flows' is taken already "
        f"(prefect.agents[0].overrides.{name})"
    ]


def test_who_shares_an_account_does_not_make_it(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    assert told(_prefect(_own(_MADE), _own(_EXISTS))) == [
        "error prefect.agents[1].overrides.serviceAccount.name: the service account 'flows' is "
        "taken already (prefect.agents[0].overrides.serviceAccount.name)"
    ]
    assert told(_prefect(_jobs(_EXISTS), _jobs(_MADE))) == [
        "error prefect.agents[1].overrides.job.serviceAccount.name: the service account 'flows' "
        "is taken already (prefect.agents[0].overrides.job.serviceAccount.name)"
    ]


def test_keys_of_an_agent_lie_over_those_of_all(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    name = {"serviceAccount": {"name": "flows"}}

    assert told(_prefect(name, name, serviceAccount={"create": False})) == []
    assert told(_prefect({}, {}, serviceAccount={"create": False})) == [
        "error prefect.overrides.serviceAccount.create: no service account is made, and none is "
        "named for the agent"
    ]


@pytest.mark.parametrize("account", [_EXISTS, _MADE], ids=["existing", "made"])
def test_flows_never_have_an_agents_account(
    account: dict[str, Any], told: Callable[[dict[str, Any]], list[str]]
) -> None:
    own, jobs = _own(account), _jobs(account)

    assert told(_prefect({**own, **jobs})) == [
        "error prefect.agents[0].overrides.job.serviceAccount.name: the service account 'flows' is "
        "the agent's own (prefect.agents[0].overrides.serviceAccount.name), "
        "so flows would have its rights"
    ]
    assert told(_prefect(jobs, own)) == [
        "error prefect.agents[1].overrides.serviceAccount.name: the service account 'flows' is "
        "that of jobs (prefect.agents[0].overrides.job.serviceAccount.name), "
        "so flows would have the agent's rights"
    ]


def test_an_account_that_is_there_by_default_is_taken_too(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    exists = {"create": False, "name": "qhub-b"}

    assert told(_prefect(_own("qhub-b"), {})) == [
        "error prefect.agents[0].overrides.serviceAccount: the service account 'qhub-b' is taken "
        "already (prefect.agents[1].name)"
    ]
    assert told(_prefect(_jobs(exists), {})) == [
        "error prefect.agents[0].overrides.job.serviceAccount.name: the service account 'qhub-b' "
        "is the agent's own (prefect.agents[1].name), so flows would have its rights"
    ]
    assert told(_prefect(_own("qhub-b-job"), {})) == [
        "error prefect.agents[0].overrides.serviceAccount: the service account 'qhub-b-job' is "
        "that of jobs (prefect.agents[1].name), so flows would have the agent's rights"
    ]
    assert told(_prefect(_own({"create": False, "name": "default"}), _jobs({"create": False}))) == [
        "error prefect.agents[0].overrides.serviceAccount.name: the service account 'default' is "
        "that of jobs (prefect.agents[1].overrides.job.serviceAccount.create), "
        "so flows would have the agent's rights"
    ]
