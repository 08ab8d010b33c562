"""Planted secrets are in the volume and in the processes that read it, and nowhere else.

Nor does anything, a page of Prefect's in a browser included, ask another machine meanwhile.
"""

from __future__ import annotations

import hashlib
import secrets
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.full.leaks import Sampler, Search
from tests.full.network import alone
from tests.full.page import MENU, local, log_in, tour
from tests.full.platform import deployed, until
from tests.full.webdriver import browsing, requests

if TYPE_CHECKING:
    from pathlib import Path

    from tests.full.leaks import Place
    from tests.full.platform import Platform

pytestmark = pytest.mark.full

CONFIG = """\
project_name: tried
provider: embedded
secrets:
  FROM_ENV: {from_env: TF_VAR_planted}
  FROM_FILE: {from_file: planted.txt}
  not-a-variable: {from_env: TF_VAR_file_only}
prefect:
  enabled: true
  overrides:
    envVars: {PLAIN: "what is no secret"}
    secretEnvVars:
      OVERRIDE: {from_env: TF_VAR_override}
dask_gateway: {enabled: true, idle_timeout: 60}
"""
NAMES = ("FROM_ENV", "FROM_FILE", "OVERRIDE", "not-a-variable")
FLOW = '''
import hashlib
import os
from pathlib import Path

from prefect import flow, task
from qhub.flows import cluster, dask_task_runner, secret

NAMES = ("FROM_ENV", "FROM_FILE", "OVERRIDE", "not-a-variable")


def digests():
    """Read every secret in each way that there is; return the digest of each."""
    found = {}
    for name in NAMES:
        value = secret(name)
        assert (Path(os.environ["QHUB_SECRETS_DIR"]) / name).read_text() == value, name
        if name.isidentifier():
            assert os.environ[name] == value, name
        found[name] = hashlib.sha256(value.encode()).hexdigest()
    return found


@task(log_prints=True)
def on_a_worker():
    print("on a Dask worker", digests())


@flow(task_runner=dask_task_runner(workers=1), log_prints=True)
def use_secrets():
    print("in the flow", digests())
    on_a_worker.submit().result()
    with cluster(workers=1) as client:
        print("in a temporary cluster", client.submit(digests).result())
'''
MAY_HAVE_THEM = ("/bin/qhub ", "programs.agent", "/dask ", "programs.dask", "multiprocessing.")
"""Commands whose environment may hold a secret: what a user starts, agents and Dask."""


def test_a_planted_secret_is_in_the_volume_and_its_readers_and_no_other_machine_is_asked(
    tmp_path: Path,
) -> None:
    planted = {name: f"planted-{secrets.token_hex(12)}" for name in NAMES}
    control = f"control-{secrets.token_hex(12)}"
    project = tmp_path / "project"
    project.mkdir()
    (project / "planted.txt").write_text(planted["FROM_FILE"])
    (project / "flows").mkdir()
    (project / "flows" / "secretive.py").write_text(FLOW)
    search = Search({**planted, "control": control})
    more = {
        "TF_VAR_planted": planted["FROM_ENV"],
        "TF_VAR_override": planted["OVERRIDE"],
        "TF_VAR_file_only": planted["not-a-variable"],
    }
    with (
        alone() as wire,
        Sampler(search, without=lambda _: False) as sampler,
        deployed(project, CONFIG, more=more) as platform,
    ):
        platform.qhub("flow", "deploy", "flows/secretive.py")
        platform.qhub("flow", "run", "use-secrets", "--watch")
        log = platform.qhub("flow", "logs", "use-secrets")
        for name in NAMES:
            assert log.count(hashlib.sha256(planted[name].encode()).hexdigest()) == 3, name
        platform.qhub("deploy")
        for command in ("status", "validate", "show", "dask list"):
            platform.here(*command.split())
            platform.here(*command.split(), "--output", "json")
        for form in ("text", "json"):
            platform.qhub("flow", "list", "--output", form)
        for program in ("agent/tried", "server", "gateway"):
            platform.here("logs", program)
        plant(platform, control)
        look(search, platform, tmp_path / "browser")
        assert wire.seen() == ()
    search.bytes("said", "what the commands wrote", "\n".join(platform.said).encode())
    search.files(platform.home)
    assert {
        place for place in search.found if not (place.text == "control" or fine(place))
    } == set()
    # It was searched where they are allowed, too, and there they were.
    for name in NAMES:
        assert {place.kind for place in search.found if place.text == name} >= {"file", "environ"}
    kinds = {place.kind for place in search.found if place.text == "control"}
    assert kinds >= {"file", "value", "api", "argv", "environ", "page", "said"}
    least = {"file": 20, "table": 30, "value": 500, "api path": 80, "argv": 20, "page": len(MENU)}
    assert {kind: search.looked[kind] for kind in least if search.looked[kind] < least[kind]} == {}
    for part in ("supervisord", "programs.server", "programs.gateway", "dask-gateway-proxy"):
        assert any(part in command for command in sampler.commands), part


def fine(place: Place) -> bool:
    """Return whether a secret may be there."""
    if place.kind == "file":
        return place.where.startswith("tried-dev/secrets/")
    return place.kind == "environ" and any(part in place.where for part in MAY_HAVE_THEM)


def plant(platform: Platform, control: str) -> None:
    """Put a text in every kind of place that is searched."""
    with platform.api() as api:
        api.post("/variables/", {"name": "control", "value": control})
    log = platform.layout.log("agent-tried")
    log.write_text(f"{log.read_text()}\n{control}\n")
    platform.here("logs", "agent/tried")


def look(search: Search, platform: Platform, folder: Path) -> None:
    """Search the state, the API, the page, and the processes for what is there now."""
    control = search.texts["control"]
    command = [sys.executable, "-c", "input()", control]
    bystander = subprocess.Popen(command, stdin=subprocess.PIPE, env={"CONTROL": control})
    try:
        until(
            lambda: (
                {p.kind for p in list(search.found) if p.text == "control"} >= {"argv", "environ"}
            )
        )
    finally:
        bystander.communicate(b"\n")
    search.files(platform.home)
    search.answers(platform.page, platform.password)
    with browsing(folder) as browser:
        log_in(browser, platform)
        for path in tour(browser, platform):
            search.bytes("page", path, browser.source().encode())
        browser.wait("performance.getEntriesByType('resource').length > 5")
    asked = requests(folder)
    assert len(asked) > 100
    assert [url for url in asked if not local(url)] == []
