"""The bundle: complete, sorted, the same on every run, and without a word of a secret."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from qhub.config import check, read
from qhub.platform import plan
from qhub.render import render, unsupported
from tests.platform.planned import config
from tests.render.rendered import (
    CLUSTER_EXAMPLES,
    EMBEDDED_EXAMPLES,
    EXAMPLES,
    REPOSITORY,
    STAGE,
    bundle,
    example_bundle,
    json_of,
    values_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

PROCESSES = 50
DIGEST = """
import gc, hashlib, sys
gc.disable()
from pathlib import Path
from qhub.config import check, read
from qhub.platform import plan
from qhub.render import render
for example in sys.argv[1:]:
    config = check(read(Path(example))).config
    digest = hashlib.sha256()
    for path, content in render(plan(config), config=config).items():
        digest.update(b"%d %s %d " % (len(path), path.encode(), len(content)) + content)
    print(digest.hexdigest())
gc.freeze()
"""


def test_a_stage_holds_everything_that_terraform_needs() -> None:
    files = bundle(prefect={"agents": [{"name": "b"}, {"name": "a"}]})

    inside = [path.removeprefix(f"{STAGE}/") for path in files]
    chart = [path for path in inside if path.startswith("charts/prefect-agent/")]
    assert [path for path in inside if path not in chart] == [
        "README.md",
        "agents.tf",
        "backend.tf.json",
        "main.tf",
        "outputs.tf",
        "providers.tf",
        "secrets.tf.json",
        "terraform.tfvars.json",
        "values/a.yaml",
        "values/b.yaml",
        "variables.tf",
        "versions.tf",
    ]
    assert "charts/prefect-agent/Chart.yaml" in chart
    assert "charts/prefect-agent/values.schema.json" in chart
    assert not [path for path in inside if "/tests/" in path or path.startswith("tests/")]


def test_static_files_are_copied_as_they_are() -> None:
    files = bundle()

    stage = REPOSITORY / "terraform" / STAGE
    chart = REPOSITORY / "helm" / "prefect-agent"
    assert files[f"{STAGE}/main.tf"] == (stage / "main.tf").read_bytes()
    template = "templates/_helpers.tpl"
    assert files[f"{STAGE}/charts/prefect-agent/{template}"] == (chart / template).read_bytes()


def test_paths_are_sorted() -> None:
    paths = list(bundle())

    assert paths == sorted(paths)


def test_every_agent_has_its_own_values_and_secrets() -> None:
    files = bundle(
        prefect={
            "api": {"url": "https://prefect.example/api", "token": "AUTH"},
            "agents": [
                {"name": "cpu", "queues": ["cpu"], "secrets": ["S3"]},
                {"name": "gpu", "queues": ["gpu"], "secrets": [], "token": "GPU_AUTH"},
            ],
        },
        secrets={
            "AUTH": {"from_env": "TF_VAR_auth"},
            "GPU_AUTH": {"existing_secret": "gpu-auth", "key": "key"},
            "S3": {"from_env": "TF_VAR_s3"},
        },
    )

    agents = json_of(files, "terraform.tfvars.json")["agents"]
    assert agents["cpu"] == {
        "generation": "worker",
        "queues": ["cpu"],
        "labels": [],
        "flow_secret": "qhub-cpu-flow",
        "token_secret": "qhub-cpu-token",
    }
    assert (agents["gpu"]["flow_secret"], agents["gpu"]["token_secret"]) == (None, None)
    cpu, gpu = values_of(files, "cpu"), values_of(files, "gpu")
    assert cpu["token"] == {"secretName": "qhub-cpu-token", "key": "token"}
    assert gpu["token"] == {"secretName": "gpu-auth", "key": "key"}
    assert cpu["secrets"]["items"] == [{"name": "S3", "secretName": "qhub-cpu-flow", "key": "S3"}]
    assert gpu["secrets"]["items"] == []
    secrets = json_of(files, "secrets.tf.json")
    assert secrets["locals"] == {
        "flow_secret_values": {"cpu": {"S3": "${var.s3}"}},
        "token_values": {"cpu": "${var.auth}"},
    }
    assert sorted(secrets["variable"]) == ["auth", "s3"]


def test_without_prefect_the_stage_is_the_namespace_alone() -> None:
    files = bundle(prefect={"enabled": False}, existing={"create_namespace": True})

    assert not [path for path in files if "/values/" in path]
    assert json_of(files, "terraform.tfvars.json") == {
        "agents": {},
        "create_namespace": True,
        "kube_context": None,
        "namespace": "dev",
        "project_name": "pipelines",
    }


def test_every_secret_variable_is_ephemeral_and_has_no_default() -> None:
    files = bundle(secrets={"A": {"from_env": "A"}, "B": {"from_file": "b"}, "C": "planted"})

    variables = json_of(files, "secrets.tf.json")["variable"]
    assert sorted(variables) == ["A", "b", "c"]
    for variable in variables.values():
        assert variable.pop("description")
        assert variable == {
            "type": "string",
            "ephemeral": True,
            "sensitive": True,
            "nullable": False,
        }


def test_a_cluster_that_is_not_there_is_refused() -> None:
    made = config(
        provider="aws",
        amazon_web_services={"region": "us-west-2", "kubernetes_version": "1.35"},
    )

    with pytest.raises(ValueError, match=r"^provider aws cannot be rendered$"):
        render(plan(made), config=made)


@pytest.mark.parametrize("example", CLUSTER_EXAMPLES, ids=lambda path: path.name)
def test_every_example_for_a_cluster_is_right_and_renders(example: Path) -> None:
    files = example_bundle(example)

    assert f"{STAGE}/main.tf" in files
    assert [path for path in files if path.startswith(f"{STAGE}/values/")]


def test_there_are_examples() -> None:
    assert {path.name for path in EXAMPLES} >= {
        "embedded.yaml",
        "existing-own-server.yaml",
        "existing-several-agents.yaml",
        "existing.yaml",
        "local.yaml",
        "prefect-0.14.yaml",
        "qhub-config.yaml",
    }


def test_there_are_examples_without_a_cluster() -> None:
    assert {path.name for path in EMBEDDED_EXAMPLES} == {"embedded.yaml", "qhub-config.yaml"}


def test_every_old_file_that_is_right_renders_or_says_what_does_not() -> None:
    rendered = 0
    told = 0
    for path in sorted((REPOSITORY / "tests" / "data" / "legacy").glob("*.yaml")):
        made = check(read(path)).config
        if made is None:
            continue
        if any(finding.severity == "error" for finding in unsupported(made)):
            told += 1
        else:
            rendered += bool(render(plan(made), config=made))

    assert rendered >= 30
    assert told >= 30


def test_fifty_processes_render_the_same_bytes_of_two_examples() -> None:
    examples = [
        str(REPOSITORY / "examples" / f"{name}.yaml")
        for name in ("existing-several-agents", "embedded")
    ]

    def digests(seed: int) -> tuple[str, ...]:
        done = subprocess.run(
            [sys.executable, "-c", DIGEST, *examples],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return tuple(done.stdout.split())

    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(digests, range(PROCESSES)))

    assert len(found) == PROCESSES
    (both,) = set(found)
    assert len(set(both)) == 2
    assert [len(digest) for digest in both] == [64, 64]


PLANTED = 'pl4nted+S3cret/väl "ue"\n\\line'
CONTROL = 'c0ntrol/väl "ue"\n\\line'


def test_a_literal_secret_is_nowhere_in_what_is_rendered() -> None:
    agent = {"name": "a", "overrides": {"secretEnvVars": {"OWN": PLANTED}, "podLabels": {"a": "b"}}}
    old = {"name": "b", "token": "AUTH", "secrets": ["LISTED"]}
    files = bundle(
        prefect={
            "agents": [agent, old],
            "overrides": {
                "secretEnvVars": {"COMMON": PLANTED},
                "envVars": {"CONTROL": CONTROL},
            },
        },
        secrets={"AUTH": PLANTED, "LISTED": PLANTED, "OTHER": PLANTED},
    )

    forms = [form for content in files.values() for form in decoded(content)]
    assert any(CONTROL in form for form in forms)
    assert not any(PLANTED in form for form in forms)
    for piece in ("pl4nted", "S3cret", base64.b64encode(PLANTED.encode()).decode()):
        assert not any(piece in form for form in forms)


def test_a_credential_written_in_the_file_is_nowhere_in_what_is_rendered() -> None:
    files = bundle(
        prefect={
            "image": "prefecthq/prefect:0.14.22-python3.8",
            "api": {},
            "overrides": {"envVars": {"CONTROL": CONTROL}},
        },
        secrets={"PREFECT_TOKEN": PLANTED},
    )

    forms = [form for content in files.values() for form in decoded(content)]
    assert any(CONTROL in form for form in forms)
    assert not any("pl4nted" in form for form in forms)


def decoded(content: bytes) -> Iterator[str]:
    """Yield a file as it stands, and every text that JSON, YAML or Base64 hide in it."""
    text = content.decode()
    yield text
    for word in text.replace('"', " ").split():
        try:
            yield base64.b64decode(word, validate=True).decode()
        except ValueError:
            continue
    for load in (json.loads, yaml.safe_load):
        try:
            yield from texts(load(text))
        except (ValueError, yaml.YAMLError):
            continue


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield str(value)
