"""No key of the schema is taken in silence: it changes what is rendered, or a problem tells of it.

The values of the chart are left out: they are rendered as they are written. With provider
embedded it is test_every_key_embedded.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from qhub.config import check
from qhub.config.read import parse
from qhub.config.schema import published
from qhub.platform import plan
from qhub.platform.merge import merged
from qhub.render import render, unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qhub.config import Checked

POOLS = {
    "node_selectors": {
        "general": {"key": "pool", "value": "general"},
        "flows": {"key": "pool", "value": "flows"},
        "other": {"key": "pool", "value": "other"},
    }
}
SIZE = {"cpu": 2, "memory": "2Gi"}
BASE: dict[str, Any] = {
    "project_name": "pipelines",
    "namespace": "flows",
    "provider": "existing",
    "existing": POOLS,
    "prefect": {
        "enabled": True,
        "image": "team/prefect:stable",
        "version": "3.8",
        "api": {"url": "https://prefect.example/api"},
        "agents": [{"name": "a"}],
    },
    "secrets": {"S": {"from_env": "S"}, "T": {"from_env": "T"}},
    "profiles": {"flow_run": {"s": {**SIZE, "node_pool": "flows", "default": True}, "t": SIZE}},
}
LOCAL = {"provider": "local", "existing": None, "local": POOLS}
JOB: dict[str, Any] = {
    "resources.requests.cpu": "1",
    "resources.requests.memory": "1Gi",
    "resources.limits.cpu": "3",
    "resources.limits.memory": "3Gi",
    "resources.request.cpu": "1",
    "resources.request.memory": "1Gi",
    "resources.limit.cpu": "3",
    "resources.limit.memory": "3Gi",
    "imagePullSecrets": ["regcred"],
    "imagePullPolicy": "Always",
}
OLD: dict[str, Any] = {
    "IMAGE_PULL_SECRETS": "regcred",
    "IMAGE_PULL_POLICY": "Always",
    "JOB_CPU_REQUEST": "1",
    "JOB_CPU_LIMIT": "3",
    "JOB_MEM_REQUEST": "1Gi",
    "JOB_MEM_LIMIT": "3Gi",
    "PREFECT__CLOUD__AGENT__LABELS": "x",
}
SOURCES: dict[str, Any] = {
    "from_env": {"from_env": "OTHER"},
    "from_file": {"from_env": None, "from_file": "key"},
    "existing_secret": {"from_env": None, "existing_secret": "s3", "key": "k"},
    "key": {"from_env": None, "existing_secret": "s3", "key": "other"},
}


@dataclass(frozen=True)
class Rendered:
    """`changed`, merged over `base`, changes the bundle; None takes a key away."""

    changed: dict[str, Any]
    base: dict[str, Any] | None = None


@dataclass(frozen=True)
class Told:
    """`written`, merged over the base, makes a problem at `path`."""

    written: dict[str, Any]
    path: str


CHECKED_ONLY = {
    "prevent_deploy": "holds `qhub deploy` back",
    "qhub_version": "says which QHub wrote the file",
    "local.node_selectors.*.spot": "the taints of spot nodes are those of clouds",
}


def nested(path: str, value: Any) -> dict[str, Any]:
    """Return {"a": {"b": value}} for "a.b"."""
    for key in reversed(path.split(".")):
        value = {key: value}
    made: dict[str, Any] = value
    return made


def of_overrides() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each key of `overrides` and what to write there."""
    for path, value in JOB.items():
        yield f"prefect_agent.job.{path}", nested(f"prefect_agent.job.{path}", value)
    yield "prefect_agent.prefectLabels", nested("prefect_agent.prefectLabels", ["x"])
    for name, value in OLD.items():
        yield name, {name: value}
        yield f"prefect_agent.{name}", {"prefect_agent": {name: value}}
    yield "envVars", {"envVars": {"A": "1"}}
    for name, source in SOURCES.items():
        said = {key: value for key, value in source.items() if value is not None}
        yield f"secretEnvVars.*.{name}", {"secretEnvVars": {"X": said}}


def cloud(provider: str, block: str, region: str, **more: str) -> Told:
    settings = {"region": region, "kubernetes_version": "1.35", **more}
    written = {"provider": provider, "existing": None, block: settings, "profiles": None}
    return Told(written, "provider")


def prefect(**keys: Any) -> Rendered:
    return Rendered({"prefect": keys})


def agent(**keys: Any) -> Rendered:
    return prefect(agents=[{"name": "a", **keys}])


def profile(**keys: Any) -> Rendered:
    return Rendered({"profiles": {"flow_run": {"s": keys}}})


def pool(provider: str, **keys: Any) -> Rendered:
    return Rendered(
        {provider: {"node_selectors": {"flows": keys}}}, LOCAL if provider == "local" else None
    )


EXISTING_STATE = {"type": "existing", "backend": "s3", "config": {"bucket": "b"}}
TABLE: dict[str, Rendered | Told] = {
    "project_name": Rendered({"project_name": "other"}),
    "namespace": Rendered({"namespace": "other"}),
    "provider": Rendered(LOCAL),
    "domain": Told({"domain": "pipelines.example"}, "domain"),
    "prefect.enabled": prefect(enabled=False),
    "prefect.image": prefect(image="team/prefect:other"),
    "prefect.version": prefect(version="1.4"),
    "prefect.api.url": prefect(api={"url": "https://other.example/api"}),
    "prefect.api.token": prefect(api={"token": "T"}),
    "prefect.agents.*.name": agent(name="b"),
    "prefect.agents.*.image": agent(image="team/prefect:own"),
    "prefect.agents.*.queues": agent(queues=["x"]),
    "prefect.agents.*.profile": agent(profile="t"),
    "prefect.agents.*.token": agent(token="T"),  # noqa: S106 (the name of a secret)
    "prefect.agents.*.secrets": agent(secrets=["S"]),
    **{f"prefect.overrides.{k}": prefect(overrides=written) for k, written in of_overrides()},
    **{f"prefect.agents.*.overrides.{k}": agent(overrides=w) for k, w in of_overrides()},
    "prefect.server.**": Told({"prefect": {"server": {"backup": {}}}}, "prefect.server"),
    "prefect.storage": prefect(storage="s3://b/flows"),
    "default_images.flow": Rendered({"default_images": {"flow": "team/flow:1"}}),
    **{f"secrets.*.{name}": Rendered({"secrets": {"S": s}}) for name, s in SOURCES.items()},
    "dask_gateway.**": Told(
        {"dask_gateway": {"enabled": True}, "default_images": {"flow": "team/flow:1"}},
        "dask_gateway.enabled",
    ),
    "profiles.flow_run.*.cpu": profile(cpu=1),
    "profiles.flow_run.*.memory": profile(memory="1Gi"),
    "profiles.flow_run.*.cpu_limit": profile(cpu_limit=3),
    "profiles.flow_run.*.memory_limit": profile(memory_limit="3Gi"),
    "profiles.flow_run.*.gpus": profile(gpus=1),
    "profiles.flow_run.*.node_pool": profile(node_pool="other"),
    "profiles.flow_run.*.default": profile(default=False),
    "profiles.dask_worker.**": Told(
        {
            "profiles": {
                "dask_worker": {
                    "w": {
                        **{f"worker_cores{suffix}": 1 for suffix in ("", "_limit")},
                        **{f"worker_memory{suffix}": "1Gi" for suffix in ("", "_limit")},
                    }
                }
            }
        },
        "profiles.dask_worker",
    ),
    "amazon_web_services.**": cloud("aws", "amazon_web_services", "us-west-2"),
    "google_cloud_platform.**": cloud(
        "gcp", "google_cloud_platform", "us-central1", project="team-project"
    ),
    "azure.**": cloud("azure", "azure", "westeurope", storage_account_postfix="team"),
    "digital_ocean.**": cloud("do", "digital_ocean", "nyc3"),
    "embedded.**": Told({"embedded": {"ports": {"server": 4200}}}, "embedded"),
    "existing.kube_context": Rendered({"existing": {"kube_context": "other"}}),
    "existing.create_namespace": Rendered({"existing": {"create_namespace": True}}),
    "existing.node_selectors.*.key": pool("existing", key="other"),
    "existing.node_selectors.*.value": pool("existing", value="other"),
    "existing.node_selectors.*.gpus": pool("existing", gpus=1),
    "existing.node_selectors.*.spot": pool("existing", spot=True),
    "local.kube_context": Rendered({"local": {"kube_context": "other"}}, LOCAL),
    "local.node_selectors.*.key": pool("local", key="other"),
    "local.node_selectors.*.value": pool("local", value="other"),
    "local.node_selectors.*.gpus": pool("local", gpus=1),
    "terraform_state.type": Rendered({"terraform_state": {"type": "local"}}),
    "terraform_state.backend": Rendered(
        {"terraform_state": {"backend": "gcs"}}, {"terraform_state": EXISTING_STATE}
    ),
    "terraform_state.config": Rendered(
        {"terraform_state": {"config": {"bucket": "c"}}}, {"terraform_state": EXISTING_STATE}
    ),
    "ci_cd.**": Told({"ci_cd": {"type": "gitlab-ci"}}, "ci_cd"),
    "certificate.**": Told(
        {"certificate": {"type": "self-signed"}, "domain": "pipelines.example"}, "certificate"
    ),
}
RENDERED = {path: entry for path, entry in TABLE.items() if isinstance(entry, Rendered)}
TOLD = {path: entry for path, entry in TABLE.items() if isinstance(entry, Told)}


def test_the_table_has_every_key_of_the_schema_and_no_other() -> None:
    wanted = {named(path) for path in leaves(published(), "")}

    assert len(wanted) > 100
    assert sorted(TABLE.keys() | CHECKED_ONLY.keys()) == sorted(wanted)


@pytest.mark.parametrize("path", RENDERED)
def test_a_key_that_takes_effect_changes_what_is_rendered(path: str) -> None:
    entry = RENDERED[path]
    base = over(BASE, entry.base or {})

    assert bundle(over(base, entry.changed)) != bundle(base)


@pytest.mark.parametrize("path", TOLD)
def test_a_key_without_effect_is_told(path: str) -> None:
    entry = TOLD[path]

    assert entry.path not in problems(BASE)
    assert entry.path in problems(over(BASE, entry.written))


@pytest.mark.parametrize("name", ["domain", "prefect.server", "ci_cd"])
def test_a_key_that_is_told_changes_nothing(name: str) -> None:
    written = next(entry.written for entry in TOLD.values() if entry.path == name)

    assert bundle(over(BASE, written)) == bundle(BASE)


def leaves(node: Any, path: str) -> Iterator[str]:
    """Yield the dotted paths of the schema that have nothing below; `*` is a name or an item."""
    node = resolved(node)
    below = {f"{path}.{key}".lstrip("."): kept for key, kept in node.get("properties", {}).items()}
    if path.endswith("overrides"):
        ours = {*OLD, "prefect_agent", "envVars", "secretEnvVars"}
        below = {key: kept for key, kept in below.items() if key.rpartition(".")[2] in ours}
    for kind in ("additionalProperties", "items"):
        if isinstance(node.get(kind), dict):
            below[f"{path}.*"] = node[kind]
    found = [leaf for key, kept in below.items() for leaf in leaves(kept, key)]
    for kind in ("anyOf", "oneOf", "allOf"):
        choices = (leaf for choice in node.get(kind, ()) for leaf in leaves(choice, path))
        found += [leaf for leaf in choices if leaf != path.removesuffix(".*")]
    yield from found or [path.removesuffix(".*")]


def resolved(node: Any) -> dict[str, Any]:
    """Return a schema with what it refers to; {} for one that is true or false."""
    if not isinstance(node, dict):
        return {}
    target: Any = published()
    for part in node.get("$ref", "#").split("/")[1:]:
        target = target[part]
    return {**target, **node} if "$ref" in node else node


def named(path: str) -> str:
    """Return the entry that stands for a path: itself, or one that ends with `**` above it."""
    above = (path[:end] for end, sign in enumerate(f"{path}.") if sign == ".")
    return next((f"{key}.**" for key in above if f"{key}.**" in TABLE), path)


def over(base: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """Return a config with another over it; None takes a key away."""
    result = merged(base, changed)
    return {
        key: over({}, value) if isinstance(value, dict) else value
        for key, value in result.items()
        if value is not None
    }


def checked(data: dict[str, Any]) -> Checked:
    return check(parse(yaml.safe_dump(data, sort_keys=False).encode(), "qhub-config.yaml"))


def bundle(data: dict[str, Any]) -> dict[str, bytes]:
    """Return what a config without errors renders to."""
    made = checked(data)
    assert made.config is not None, made.problems
    return dict(render(plan(made.config), config=made.config))


def problems(data: dict[str, Any]) -> set[str]:
    """Return the paths of everything that is told of a config."""
    made = checked(data)
    found = {problem.path for problem in made.problems}
    if made.config is not None:
        found |= {".".join(map(str, finding.path)) for finding in unsupported(made.config)}
    return found
