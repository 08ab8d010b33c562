"""`qhub flow` in the folder of a platform on Kubernetes: the API that its config file names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from qhub.api import load
from qhub.cli.flow_api import environment_of
from qhub.errors import QhubError
from tests.cli.process import run_here, run_qhub
from tests.flows.projects import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flows.conftest import Published

UNSET = {"PREFECT_API_URL": "", "PREFECT_API_AUTH_STRING": "", "PREFECT_API_KEY": ""}
UUID = "9b649228-0419-40e1-9e0d-44954b5c0ab6"
CLOUD = f"https://api.prefect.cloud/api/accounts/{UUID}/workspaces/{UUID}"


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*UNSET, "TF_VAR_prefect_token"):
        monkeypatch.delenv(name, raising=False)


def _config(folder: Path, *, secrets: Any = None, **prefect: Any) -> Path:
    """Write a config file of provider `existing`."""
    file = folder / "qhub-config.yaml"
    data = {
        "project_name": "pipelines",
        "namespace": "dev",
        "provider": "existing",
        "existing": {"kube_context": "team"},
        "prefect": {"enabled": True, **prefect},
        **({"secrets": secrets} if secrets else {}),
    }
    file.write_text(yaml.safe_dump(data))
    return file


def _found(file: Path) -> dict[str, str]:
    return environment_of(load(file))[0]


def _refused(file: Path) -> tuple[str, str]:
    with pytest.raises(QhubError) as raised:
        environment_of(load(file))
    return str(raised.value), raised.value.hint


def test_the_api_and_the_password_are_those_of_the_config_file(
    published: Published, tmp_path: Path
) -> None:
    password = published.environment["PREFECT_API_AUTH_STRING"]
    _config(tmp_path, api={"url": published.server.api, "token": "PREFECT_TOKEN"})
    variables = {**UNSET, "TF_VAR_prefect_token": password}
    done = run_qhub("flow", "list", cwd=tmp_path, environment=variables)
    assert done.returncode == 0, done.stderr
    status, _, told = run_here("flow", "list", cwd=tmp_path, environment=UNSET)
    assert status == 3
    assert told == (
        "qhub: the credential of agent pipelines (environment variable TF_VAR_prefect_token): "
        "not set, or empty\n"
        "  export TF_VAR_prefect_token=…; or export PREFECT_API_AUTH_STRING=…\n"
    )
    wrong = {**UNSET, "TF_VAR_prefect_token": "qhub:hunter2"}
    done = run_qhub("flow", "list", cwd=tmp_path, environment=wrong)
    assert b"refuses the password (status 401)" in done.stderr
    assert b"hunter2" not in done.stdout + done.stderr


def test_an_address_of_the_environment_wins_and_brings_its_own_password(
    published: Published, tmp_path: Path
) -> None:
    _config(tmp_path, api={"url": "http://127.0.0.1:1/api", "token": "PREFECT_TOKEN"})
    done = run_qhub("flow", "list", cwd=tmp_path, environment=published.environment)
    assert done.returncode == 0, done.stderr


def test_an_api_inside_the_cluster_is_told_with_how_to_reach_it(tmp_path: Path) -> None:
    url = "http://prefect-server.prefect.svc:4200/api"
    _config(tmp_path, api={"url": url})
    done = run_qhub("flow", "list", cwd=tmp_path, environment=UNSET)
    assert done.returncode == 3
    message, hint = done.stderr.decode().splitlines()
    assert message.startswith(f"qhub: Prefect's API at {url} cannot be reached: ")
    assert hint == (
        "  is it of the cluster alone? kubectl --context team --namespace prefect port-forward "
        "service/prefect-server 4200, then export PREFECT_API_URL=http://127.0.0.1:4200/api"
    )


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("prefect:4200", "--namespace dev port-forward service/prefect 4200,"),
        ("prefect.flows.svc.cluster.local", "--namespace flows port-forward service/prefect 80,"),
        ("10.1.2.3:4200", "export PREFECT_API_URL with its address from here"),
        ("prefect.example.com", "export PREFECT_API_URL with its address from here"),
    ],
)
def test_only_the_name_of_a_service_is_taken_for_one(tmp_path: Path, host: str, told: str) -> None:
    file = _config(
        tmp_path, api={"url": f"http://{host}/api", "token": "T"}, agents=[{"name": "a"}]
    )
    file.write_text(file.read_text() + "secrets: {T: {from_env: MINE}}\n")
    os.environ["MINE"] = "a:b"
    try:
        found, mend = environment_of(load(file))
    finally:
        del os.environ["MINE"]
    assert found["PREFECT_API_AUTH_STRING"] == "a:b"
    assert told in mend
    assert mend.endswith(" and PREFECT_API_AUTH_STRING")


def test_the_credential_comes_from_where_a_deploy_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"key.txt": "pnu_of-a-file\n"})
    api = {"url": CLOUD, "token": "KEY"}
    file = _config(tmp_path, api=api, secrets={"KEY": {"from_file": "key.txt"}})
    assert _found(file) == {"PREFECT_API_URL": CLOUD, "PREFECT_API_KEY": "pnu_of-a-file"}
    file = _config(tmp_path, api=api, secrets={"KEY": "pnu_of-the-config"})
    assert _found(file)["PREFECT_API_KEY"] == "pnu_of-the-config"
    own = {"existing_secret": "mine", "key": "token"}
    file = _config(tmp_path, api=api, secrets={"KEY": own})
    message, hint = _refused(file)
    assert "is in the Secret 'mine' of the cluster" in message
    assert hint.startswith("export PREFECT_API_KEY=")
    monkeypatch.setenv("PREFECT_API_KEY", "pnu_of-the-environment")
    assert _found(file) == {"PREFECT_API_URL": CLOUD}  # the other is there already


def test_it_is_the_first_agent_of_the_file_that_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST", "SECOND"):
        monkeypatch.setenv(name, f"{name}:x")
    agents = [{"name": "z", "token": "FIRST"}, {"name": "a", "token": "SECOND"}]
    secrets = {name: {"from_env": name} for name in ("FIRST", "SECOND")}
    file = _config(tmp_path, api={"url": "http://a.test/api"}, agents=agents, secrets=secrets)
    assert _found(file)["PREFECT_API_AUTH_STRING"] == "FIRST:x"


def test_what_has_no_api_for_flows_is_refused(tmp_path: Path) -> None:
    file = _config(tmp_path)
    message, hint = _refused(file)
    assert message == f"{file} does not say where the Prefect API is: it has no prefect.api.url"
    assert hint == "set it there, or export PREFECT_API_URL"
    old = {"image": "prefecthq/prefect:1.4.1", "api": {"token": "T"}}
    message, hint = _refused(_config(tmp_path, **old, secrets={"T": {"from_env": "T"}}))
    assert message.startswith("agent pipelines is one of Prefect 0.14 to 1.4")
    assert "3.x" in hint
