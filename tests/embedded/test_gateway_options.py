"""Sizes and limits of Dask clusters, and what a Dask process gets of its agent."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from qhub.embedded.files import replace
from qhub.embedded.gateway import configure
from qhub.embedded.gateway_users import AgentAuthenticator
from qhub.embedded.layout import Layout
from qhub.embedded.programs import dask
from qhub.embedded.runs.environment import agent_environment
from qhub.embedded.user_environment import revision, user_environment

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "of the platform"  # noqa: S105 of no gateway
PROFILES = [
    {"name": "Large", "cores_limit": 2.5, "memory_limit": "3Gi", "threads": None, "default": False},
    {"name": "Small", "cores_limit": 0.5, "memory_limit": "1G", "threads": 2, "default": True},
]
LIMITS = {
    "idle_timeout_seconds": 60,
    "limit_workers": 20,
    "limit_cores": 6,
    "limit_memory_bytes": 8 * 2**30,
}


def configured(folder: Path, profiles: list[dict[str, Any]] = PROFILES) -> Any:
    """Return the gateway's configuration of a platform with these profiles."""
    from traitlets.config import Config

    kinds = [{**profile, "kind": "dask_worker"} for profile in profiles]
    platform = {"profiles": [*kinds, {"name": "f", "kind": "flow_run"}], "dask_gateway": LIMITS}
    (folder / "platform.json").write_text(json.dumps(platform))
    (folder / "agents").mkdir()
    for agent in ("pipelines", "gpu"):
        (folder / "agents" / f"{agent}.json").write_text("{}")
    c = Config()
    c.SimpleAuthenticator.password = PASSWORD
    configure(c, folder / "platform.json")
    return c


def settings(c: Any, **chosen: Any) -> Any:
    """Return what the gateway makes of a user's choice."""
    options = c.Backend.cluster_options(None)
    return options.get_configuration(options.parse_options(chosen), "pipelines")


def test_a_proxy_that_died_is_missed_within_a_second(tmp_path: Path) -> None:
    assert configured(tmp_path).Proxy.proxy_status_period == 1


def test_the_agents_are_the_users_as_they_are_when_asked(tmp_path: Path) -> None:
    c = configured(tmp_path)
    users = AgentAuthenticator(config=c)
    assert user_of(users, "gpu") == "gpu"
    assert user_of(users, "second") is None
    (tmp_path / "agents" / "second.json").write_text("{}")
    (tmp_path / "agents" / "gpu.json").unlink()
    assert user_of(users, "second") == "second"
    assert user_of(users, "gpu") is None
    assert user_of(users, "second", "guessed") is None
    assert user_of(users, "../agents/second") is None


def user_of(users: AgentAuthenticator, name: str, password: str = PASSWORD) -> str | None:
    """Return whom the gateway takes a request with these credentials for."""
    from aiohttp.web import HTTPUnauthorized

    coded = b64encode(f"{name}:{password}".encode()).decode()
    request: Any = SimpleNamespace(headers={"Authorization": f"Basic {coded}"})
    try:
        return str(asyncio.run(users.authenticate(request)).name)
    except HTTPUnauthorized:
        return None


def test_changed_profiles_and_limits_are_in_force_without_a_restart(tmp_path: Path) -> None:
    c = configured(tmp_path)
    file = tmp_path / "platform.json"
    text = (
        file.read_text()
        .replace('"1G"', '"2G"')
        .replace('"limit_workers": 20', '"limit_workers": 3')
    )
    assert settings(c)["cluster_max_workers"] == 8
    file.write_text(text)
    assert settings(c)["worker_memory"] == 2 * 10**9
    assert settings(c)["cluster_max_workers"] == 3


def test_the_default_profile_is_what_one_gets_without_a_choice(tmp_path: Path) -> None:
    assert settings(configured(tmp_path)) == {
        "worker_cores": 1,
        "worker_memory": 10**9,
        "worker_threads": 2,
        "cluster_max_workers": 8,
        "idle_timeout": 60,
        "environment": {},
    }


def test_limits_of_a_profile_are_those_of_its_workers(tmp_path: Path) -> None:
    found = settings(configured(tmp_path), profile="Large", idle_timeout=5.0)
    assert found["worker_cores"] == found["worker_threads"] == 3
    assert found["worker_memory"] == 3 * 2**30
    assert found["cluster_max_workers"] == 2
    assert found["idle_timeout"] == 5


@pytest.mark.parametrize("profiles", [[], PROFILES[:1]], ids=["none", "no default"])
def test_without_a_default_profile_there_is_one_of_ours(
    tmp_path: Path, profiles: list[dict[str, Any]]
) -> None:
    c = configured(tmp_path, profiles)
    assert c.Backend.cluster_options(None).get_specification()[2]["default"] == "default"
    assert settings(c)["worker_memory"] == 2 * 2**30


def test_sizes_may_be_chosen_beside_the_profile(tmp_path: Path) -> None:
    found = settings(configured(tmp_path), worker_cores=1.5, worker_memory=0.5)
    assert (found["worker_cores"], found["worker_threads"]) == (2, 2)
    assert found["worker_memory"] == 2**29
    assert found["cluster_max_workers"] == 4


def test_a_worker_that_does_not_fit_is_told_with_the_limits(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no worker of profile") as caught:
        settings(configured(tmp_path), worker_memory=9)
    assert str(caught.value) == (
        "no worker of profile 'Small' (0.5 cores, 9.00 GiB) fits into dask_gateway.limits: "
        "20 workers, 6 cores, 8.00 GiB a cluster"
    )


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / "state")
    found.make()
    (found.config / "agents").mkdir()
    variables = {"FLAVOUR": "vanilla", "QHUB_AGENT": "other", "PREFECT_API_URL": "http://x"}
    (found.config / "agents" / "a.json").write_text(json.dumps({"env_vars": variables}))
    volume = found.secrets("a")
    volume.mkdir()
    for name, value in {
        "S3_KEY": b"of the bucket\n",
        "model.key": b"no variable has such a name",
        "BLOB": b"\xff\xfe",
        "NUL": b"a\0b",
        "DASK_GATEWAY_API_TOKEN": b"mine",
    }.items():
        (volume / name).write_bytes(value)
    return found


def test_an_agent_has_its_variables_and_its_secrets_that_are_text(layout: Layout) -> None:
    assert user_environment(layout, "a") == {"FLAVOUR": "vanilla", "S3_KEY": "of the bucket\n"}


def test_a_revision_changes_with_what_the_environment_is_made_of(layout: Layout) -> None:
    found = [revision(layout, "a")]
    assert revision(layout, "a") == found[0]
    secret = layout.secrets("a") / "S3_KEY"
    replace({secret: secret.read_bytes()})  # even with the same bytes: they are not looked at
    found.append(revision(layout, "a"))
    (layout.secrets("a") / "NUL").unlink()
    found.append(revision(layout, "a"))
    _set(layout, env_vars={"FLAVOUR": "lemon"})
    found.append(revision(layout, "a"))
    layout.password("gateway").write_text("made anew")
    found.append(revision(layout, "a"))
    assert len(set(found)) == 5


def test_a_revision_stays_with_what_no_dask_process_gets(layout: Layout) -> None:
    before = revision(layout, "a")
    _set(layout, queues=["default", "nightly"], job_variables={"cpu_limit": "2"})
    assert revision(layout, "a") == before


def _set(layout: Layout, **settings: object) -> None:
    path = layout.config / "agents" / "a.json"
    replace({path: json.dumps(json.loads(path.read_text()) | settings).encode()})


def test_agents_and_dask_processes_have_the_same_variables(layout: Layout) -> None:
    ports = {"SERVER": "1", "GATEWAY_PROXY": "2", "GATEWAY_TLS": "3"}
    environ = {f"QHUB_{name}_PORT": port for name, port in ports.items()}
    found = agent_environment(layout, "a", {**environ, "QHUB_PROJECT": "p", "QHUB_NAMESPACE": "n"})
    assert found.items() >= user_environment(layout, "a").items()
    assert found["QHUB_AGENT"] == "a"
    assert found["QHUB_REVISION"] == revision(layout, "a")
    assert "DASK_GATEWAY_API_TOKEN" not in found


def test_a_dask_process_keeps_its_files_in_the_folder_of_its_cluster(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = dask.environment(layout, "a")
    assert found["S3_KEY"] == "of the bucket\n"
    assert found["DASK_TEMPORARY_DIRECTORY"] == str(tmp_path)
    assert found["PREFECT_HOME"] == str(layout.agent("a"))
    assert found["DO_NOT_TRACK"] == "1"
