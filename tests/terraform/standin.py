"""Terraform without a network: the stand-in providers of `provider/`, built and put in place.

`environment` is what most tests need; `terraform` runs the real Terraform in it. With `acting`
the Kubernetes and Helm stand-ins do to a cluster what was planned, and with `acting_on_path` they
do it for a `qhub`, which starts Terraform itself. Where the schema files are not beside the
repository, the same calls use the real providers and the network.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPOSITORY = Path(__file__).parents[2]
SOURCES = Path(__file__).parent / "provider"
CACHE = REPOSITORY / ".cache" / "standin"
DEADLINE_SECONDS = 120

_COMMANDS = ("apply", "destroy", "import", "init", "plan", "show", "validate")
PLAIN = {f"TF_CLI_ARGS_{command}": "-no-color" for command in _COMMANDS}
"""Variables with which Terraform's words come without colours."""
SHORT_LIVED = {"GOGC": "400"}
"""Variables for Go programs that end soon: half of collecting their garbage is in vain."""
UNENCRYPTED = {"TF_DISABLE_PLUGIN_TLS": "1"}
"""For tests of providers: a certificate for each start of one is a third of a whole apply."""
_ACTED = (
    *("helm_release", "kubernetes_namespace_v1", "kubernetes_secret_v1"),
    *("kubernetes_config_map_v1", "kubernetes_service_account_v1"),
)
"""Resource types of stages and of tests that act; on the last one the stand-in refuses to act."""
_VERSION_ROW = re.compile(
    r"^\| `(?P<name>\w+)\.json` \| (?P<version>\d+\.\d+\.\d+) \|", re.MULTILINE
)


def schemas_dir() -> Path | None:
    """Return the folder of the providers' schema files, or None: then the real ones are used."""
    folder = REPOSITORY.parent / "shared" / "schemas"
    return folder if folder.is_dir() else None


def required_schemas() -> Path:
    """Return `schemas_dir()`; where it is None, skip the test that asks."""
    folder = schemas_dir()
    if folder is None:
        pytest.skip("the providers' schema files are not beside the repository")
    return folder


def tool(name: str) -> Path:
    """Return a program on PATH; without it the test fails in CI and is skipped elsewhere."""
    found = shutil.which(name)
    if found is not None:
        return Path(found)
    message = f"{name} is not on PATH; install it to run the Terraform tests"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def build(cache: Path = CACHE) -> Path:
    """Return the stand-in's binary, built once for these sources, however many ask at once."""
    binary = cache / _sources_digest() / "standin"
    if binary.exists():
        return binary
    binary.parent.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed by closing, and by the end of the process
        if not binary.exists():
            _compile(binary)
    return binary


def mirror(binary: Path, schemas: Path, folder: Path) -> Path:
    """Lay out a filesystem mirror with the binary as every provider that has a schema file."""
    rows = _VERSION_ROW.finditer((schemas / "README.md").read_text())
    versions = {row["name"]: row["version"] for row in rows}
    for name, version in versions.items():
        (address,) = json.loads((schemas / f"{name}.json").read_text())["provider_schemas"]
        package = folder / address / version / _platform()
        package.mkdir(parents=True)
        (package / f"terraform-provider-{name}_v{version}").symlink_to(binary)
    return folder


def acting(folder: Path) -> dict[str, str]:
    """Return variables under which what Terraform applies happens to a cluster.

    KUBE_CONFIG_PATH or KUBE_CONFIG_PATHS say to which. The real providers, where they are used,
    do not act in another way.
    """
    schemas = schemas_dir()
    if schemas is None:
        return {"TF_CLI_CONFIG_FILE": str(cli_config(folder / "acting.rc", None))}
    providers = mirror(build(), schemas, folder / "acting-mirror")
    return {
        "TF_CLI_CONFIG_FILE": str(cli_config(folder / "acting.rc", providers)),
        "QHUB_STANDIN_ACT": "1",
        "QHUB_STANDIN_HELM": str(helm()),
        "STANDIN_SCHEMAS": str(_of_a_stage(schemas, folder / "acting-schemas")),
        **UNENCRYPTED,
    }


def acting_on_path(folder: Path) -> dict[str, str]:
    """Return variables with which a `qhub` deploys as with `acting`.

    It hands on what Terraform needs of its environment, and no more: the first Terraform on PATH
    is a script that sets the others and becomes the real one.
    """
    variables = acting(folder)
    config = variables.pop("TF_CLI_CONFIG_FILE")
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    script = folder / "acting-bin" / "terraform"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\n{settings} exec {shlex.quote(str(tool("terraform")))} "$@"\n')
    script.chmod(0o755)
    return {"PATH": f"{script.parent}:{os.environ['PATH']}", "TF_CLI_CONFIG_FILE": config}


def helm() -> Path:
    """Return the helm that acts: the test bed's, or the one on PATH."""
    program = REPOSITORY / ".cache" / "cluster" / "bin" / "helm"
    return program if program.exists() else tool("helm")


def cli_config(path: Path, providers: Path | None) -> Path:
    """Write Terraform's own configuration: that mirror alone, or with None the registry."""
    settings = ["disable_checkpoint = true"]
    if providers is not None:
        source = f"filesystem_mirror {{\n    path = {json.dumps(str(providers))}\n  }}"
        settings.append(f"provider_installation {{\n  {source}\n}}")
    path.write_text("\n".join(settings) + "\n")
    return path


def environment(folder: Path, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the whole environment of Terraform processes; their HOME is in the empty `folder`.

    Nothing of ours is inherited but PATH, no `TF_VAR_*` and no `TF_LOG*`: what a test wants
    there, it gives as `variables`. TMPDIR stays out, too: a long one breaks the providers' sockets.
    """
    home = folder / "home"
    home.mkdir()
    schemas = schemas_dir()
    providers = None if schemas is None else mirror(build(), schemas, folder / "mirror")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TF_CLI_CONFIG_FILE": str(cli_config(folder / "terraform.rc", providers)),
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
        **SHORT_LIVED,
        **PLAIN,
        **({} if schemas is None else {"STANDIN_SCHEMAS": str(schemas), **UNENCRYPTED}),
        **(variables or {}),
    }


def terraform(
    args: Sequence[str], cwd: Path, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run Terraform and return whatever it ended with; `subprocess.TimeoutExpired` if it hangs."""
    return subprocess.run(
        [str(tool("terraform")), *args],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def misspelt_keys(folder: Path) -> list[str]:
    """Return a line for each key of a nested attribute's object that no provider schema knows.

    Terraform drops such keys in silence, before any provider sees them. Reads every `*.tf` under
    `folder`: `main.tf:3:5: resource.helm_release.x.set has no key "val"; known here: …`.
    """
    found = subprocess.run(
        [str(build()), "lint", str(folder)],
        env={"STANDIN_SCHEMAS": str(required_schemas())},
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    if found.returncode != 0:
        raise ValueError(found.stderr.strip())
    return found.stdout.splitlines()


def _of_a_stage(schemas: Path, folder: Path) -> Path:
    """Write the schema files with the resources of stages alone: the others take time to read."""
    folder.mkdir()
    for file in schemas.glob("*.json"):
        said = json.loads(file.read_bytes())
        for provider in said["provider_schemas"].values():
            known = provider["resource_schemas"]
            provider["resource_schemas"] = {name: known[name] for name in _ACTED if name in known}
        (folder / file.name).write_text(json.dumps(said))
    return folder


def _sources_digest() -> str:
    digest = hashlib.sha256()
    for source in sorted((*SOURCES.glob("*.go"), *SOURCES.glob("go.*"))):
        if not source.name.endswith("_test.go"):
            digest.update(f"{source.name}\n".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def _compile(binary: Path) -> None:
    partial = binary.with_suffix(".partial")
    made = subprocess.run(
        [str(tool("go")), "build", "-trimpath", "-ldflags=-s -w", "-o", str(partial), "."],
        cwd=SOURCES,
        env={**os.environ, "CGO_ENABLED": "0"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if made.returncode != 0:
        pytest.fail(f"the stand-in provider does not build:\n{made.stderr}")
    partial.replace(binary)


def _platform() -> str:
    machine = platform.machine().lower()
    names = {"x86_64": "amd64", "aarch64": "arm64"}
    return f"{platform.system().lower()}_{names.get(machine, machine)}"
