"""Each way to say on which cluster the stand-ins act."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.terraform import standin
from tests.terraform.acted import ROOT, Root
from tests.terraform.apiserver import NOBODY
from tests.terraform.module import PLANTED, places

if TYPE_CHECKING:
    from pathlib import Path

    from tests.terraform.apiserver import ApiServer

pytestmark = pytest.mark.cluster

LOGIN = """#!/usr/bin/env bash
tr '\\0' '\\n' </proc/$$/environ >>@FOLDER@/login.seen
case $KUBERNETES_EXEC_INFO in *ExecCredential*) ;; *) exit 3 ;; esac
echo '{"apiVersion": "'"$1"'", "kind": "ExecCredential", "status": {"token": "@TOKEN@"}}'
"""
VERSION = "client.authentication.k8s.io/v1"


def with_providers(made: Root, connection: dict[str, str], *, exec_: dict[str, str]) -> None:
    """Write both provider blocks with these arguments, given as HCL."""
    arguments = "\n".join(f"  {name} = {value}" for name, value in connection.items())
    login = "\n".join(f"    {name} = {value}" for name, value in exec_.items())
    block = f"  exec {{\n{login}\n  }}" if exec_ else ""
    key = f"    exec = {{\n{login}\n    }}" if exec_ else ""
    made.write(
        f'{ROOT}\nprovider "kubernetes" {{\n{arguments}\n{block}\n}}\n'
        f'provider "helm" {{\n  kubernetes = {{\n{arguments}\n{key}\n  }}\n}}\n'
    )


def connections(apiserver: ApiServer, folder: Path) -> dict[str, tuple[dict[str, str], ...]]:
    """Return ways to say which cluster: environment, arguments, login program."""
    config = str(apiserver.kubeconfig)
    login = folder / "login"
    login.write_text(LOGIN.replace("@FOLDER@", str(folder)).replace("@TOKEN@", apiserver.token))
    login.chmod(0o755)
    at = {
        "host": json.dumps(apiserver.url),
        "cluster_ca_certificate": f"file({json.dumps(str(apiserver.ca))})",
    }
    program = {"api_version": json.dumps(VERSION), "command": json.dumps(str(login))}
    other = str(apiserver.login(NOBODY, context="another"))
    nowhere = str(folder / "not-there")
    return {
        "a path": ({"KUBE_CONFIG_PATH": config}, {}, {}),
        "several paths": (
            {"KUBE_CONFIG_PATHS": os.pathsep.join([nowhere, other, config])},
            {"config_context": '"qhub-bed"'},
            {},
        ),
        "a path in the block": ({}, {"config_path": json.dumps(config)}, {}),
        "paths in the block": (
            {},
            {"config_paths": json.dumps([other, config]), "config_context": '"qhub-bed"'},
            {},
        ),
        "host and token": ({}, {**at, "token": json.dumps(apiserver.token)}, {}),
        "host and login": ({}, at, {**program, "args": json.dumps([VERSION])}),
    }


WAYS = (
    "a path",
    "several paths",
    "a path in the block",
    "paths in the block",
    "host and token",
    "host and login",
)


@pytest.mark.parametrize("way", WAYS)
def test_the_cluster_can_be_named_in_each_way(
    new: Root, apiserver: ApiServer, tmp_path: Path, way: str
) -> None:
    variables, arguments, login = connections(apiserver, tmp_path)[way]
    env = {key: value for key, value in new.env.items() if key != "KUBE_CONFIG_PATH"}
    made = Root(new.folder, {**env, **variables}, apiserver, new.namespace)
    with_providers(made, arguments, exec_=login)

    made.apply()

    made.run("plan", "-detailed-exitcode")
    assert made.releases() == [("1", "deployed")]
    if way == "host and login":
        if standin.schemas_dir() is not None:  # the real ones hand their whole environment on
            assert places(PLANTED, tmp_path) == []
        assert places("KUBERNETES_EXEC_INFO", tmp_path) == ["login", "login.seen"]


def test_a_login_program_of_another_version_is_told(
    new: Root, apiserver: ApiServer, tmp_path: Path
) -> None:
    _, arguments, login = connections(apiserver, tmp_path)["host and login"]
    older = VERSION.replace("v1", "v1beta1")
    with_providers(new, arguments, exec_={**login, "args": json.dumps([older])})

    said = new.apply(status=1)

    assert (
        f"exec plugin is configured to use API version {VERSION}, plugin returned version {older}"
    ) in said


def test_a_context_that_is_not_there_is_told(new: Root) -> None:
    with_providers(new, {"config_context": '"none"'}, exec_={})

    assert 'context "none" does not exist' in new.apply(status=1)
