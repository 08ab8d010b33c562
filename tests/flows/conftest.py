"""One Prefect server for all tests of this folder, with a platform published on it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.embedded.server import Server, serving
from tests.flows.projects import forgetting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TEMPLATE = {
    "job_configuration": {"command": "{{ command }}", "env": "{{ env }}"},
    "variables": {
        "type": "object",
        "properties": {
            "command": {"type": "string"},
            "env": {"type": "object", "additionalProperties": {"type": "string"}},
            "cpu_limit": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "memory_limit": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "image": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            "retries_on_crash": {"type": "integer", "minimum": 0, "default": 0},
        },
    },
}


@dataclass(frozen=True, slots=True)
class Published:
    """The server and what a deploy of the platform would have put on it."""

    server: Server
    storage: Path

    @property
    def environment(self) -> dict[str, str]:
        return self.server.client

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("POST", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("PATCH", path, body)

    def get(self, path: str) -> Any:
        return self._send("GET", path, None)

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        import httpx

        answer = httpx.request(
            method, self.server.api + path, json=body, headers=self.server.header, trust_env=False
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    with serving(tmp_path_factory.mktemp("platform")) as server:
        platform = Published(server, server.layout.flows)
        _publish(platform)
        yield platform


@pytest.fixture
def platform(published: Published, monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    """The platform, with this process as a client of it."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    for name in ("QHUB_CODE_PATH", "QHUB_ARCHIVE_LIMIT_MB"):
        monkeypatch.delenv(name, raising=False)
    for name, value in published.environment.items():
        monkeypatch.setenv(name, value)
    auth = os.environ["PREFECT_API_AUTH_STRING"]
    with temporary_settings({PREFECT_API_URL: published.server.api, PREFECT_API_AUTH_STRING: auth}):
        yield published


@pytest.fixture
def kubernetes(platform: Published) -> Iterator[Published]:
    """The platform, as if its runs were containers."""
    about = platform.get("/variables/name/qhub_platform")["value"]
    pool = platform.get("/work_pools/pipelines")["base_job_template"]
    image = {"type": "string", "default": "r.test/flow:7"}
    properties = {**pool["variables"]["properties"], "image": image}
    template = {**pool, "variables": {**pool["variables"], "properties": properties}}
    changed = {**about, "provider": "existing", "pools": ["pipelines"]}
    platform.patch("/variables/name/qhub_platform", {"value": changed})
    platform.patch("/work_pools/pipelines", {"base_job_template": template})
    try:
        yield platform
    finally:
        platform.patch("/variables/name/qhub_platform", {"value": about})
        platform.patch("/work_pools/pipelines", {"base_job_template": pool})


@pytest.fixture
def modules(tmp_path: Path) -> Iterator[None]:
    """Forget what a test imported from its own folder."""
    with forgetting(tmp_path):
        yield


def _publish(platform: Published) -> None:
    for pool, queues in (("pipelines", ()), ("gpu", ("gpu", "nightly"))):
        platform.post(
            "/work_pools/", {"name": pool, "type": "process", "base_job_template": TEMPLATE}
        )
        for queue in queues:
            platform.post(f"/work_pools/{pool}/queues", {"name": queue})
    about = {
        "version": 1,
        "project": "taxi",
        "namespace": "dev",
        "provider": "embedded",
        "pools": ["pipelines", "gpu"],
        "gateway": None,
        "storage": platform.storage.as_uri(),
    }
    small = {"cpu_limit": "1", "memory_limit": "1Gi"}
    large = {"cpu_limit": "4", "memory_limit": "8Gi", "image": None}
    values = {
        "qhub_platform": about,
        "qhub_profile_small": _size("small", small, default=True),
        "qhub_profile_large": _size("large", large, default=False),
        "qhub_dask_profile_small_worker": {
            "version": 1,
            "name": "Small Worker",
            "kind": "dask_worker",
            "default": True,
            "cores": 1.5,
            "cores_limit": 2,
            "memory": "5G",
            "memory_limit": "8G",
            "threads": 2,
        },
    }
    for name, value in values.items():
        platform.post("/variables/", {"name": name, "value": value})


def _size(name: str, job_variables: Mapping[str, Any], *, default: bool) -> dict[str, Any]:
    return {
        "version": 1,
        "name": name,
        "kind": "flow_run",
        "default": default,
        "job_variables": job_variables,
    }
