"""What Terraform inherits, and what it does not."""

from __future__ import annotations

import os
from pathlib import Path

from qhub.deploy.environment import base, for_stage

OURS = {
    "PATH": "/bin",
    "HOME": "/root",
    "AWS_PROFILE": "team",
    "HTTPS_PROXY": "http://proxy",
    "GOMEMLIMIT": "1GiB",
    "TF_CLI_CONFIG_FILE": "/rc",
    "TF_CLI_ARGS": "-parallelism=1",
    "TF_LOG": "TRACE",
    "TF_LOG_SDK_PROTO_DATA_DIR": "/dump",
    "TF_WORKSPACE": "other",
    "TF_VAR_declared": "kept",
    "TF_VAR_other": "not of this stage",
    "GITHUB_TOKEN": "not for Terraform",
    "KUBE_HOST": "https://another.example",
    "KUBE_TOKEN": "another",
    "KUBE_CTX": "another",
    "KUBE_CONFIG_PATH": "/another",
    "PREFECT_API_KEY": "another",
}


def _of_stage(**more: str) -> dict[str, str]:
    return for_stage(
        {**OURS, **more},
        data=Path("/data"),
        kubeconfigs=[Path("/a"), Path("/b")],
        context="team",
        declared={"declared", "secret"},
        values={"secret": "value"},
    )


def test_the_environment_of_a_stage_is_exactly_this() -> None:
    files = os.pathsep.join(["/a", "/b"])
    assert _of_stage() == {
        "PATH": "/bin",
        "HOME": "/root",
        "AWS_PROFILE": "team",
        "HTTPS_PROXY": "http://proxy",
        "GOMEMLIMIT": "1GiB",
        "TF_CLI_CONFIG_FILE": "/rc",
        "TF_VAR_declared": "kept",
        "TF_VAR_secret": "value",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        "TF_DATA_DIR": "/data",
        "KUBECONFIG": files,
        "KUBE_CONFIG_PATHS": files,
        "KUBE_CTX": "team",
    }


def test_a_long_folder_for_temporary_files_is_left_out() -> None:
    assert "TMPDIR" not in base({"TMPDIR": "/" + "x" * 90})
    assert base({"TMPDIR": "/short"})["TMPDIR"] == "/short"
