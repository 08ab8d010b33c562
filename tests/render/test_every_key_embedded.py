"""With provider embedded, too, no key is taken in silence.

It changes what is rendered, `qhub deploy` reads it, or it is told: by a problem, or in the list of
what means nothing to processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from qhub.bundle import folder
from qhub.config.schema import OWNED, published
from qhub.embedded.ignored import ignored
from qhub.platform.processes import HONOURED
from tests.render.test_every_key import (
    JOB,
    OLD,
    Rendered,
    Told,
    bundle,
    checked,
    leaves,
    nested,
    over,
    problems,
)

SIZE = {"cpu": 2, "memory": "2Gi"}
WORKER = {
    "worker_cores": 1,
    "worker_cores_limit": 2,
    "worker_memory": "1Gi",
    "worker_memory_limit": "2Gi",
}
BASE: dict[str, Any] = {
    "project_name": "pipelines",
    "namespace": "flows",
    "provider": "embedded",
    "prefect": {"enabled": True, "agents": [{"name": "a"}]},
    "dask_gateway": {"enabled": True},
    "secrets": {"S": {"from_env": "S"}, "T": {"from_env": "T"}},
    "profiles": {
        "flow_run": {"s": {**SIZE, "default": True}, "t": SIZE},
        "dask_worker": {"w": WORKER},
    },
}
SECRET = {"from_env": "OTHER"}
FILE = {"from_file": "key"}
EXISTING = {"existing_secret": "s3", "key": "k"}


@dataclass(frozen=True)
class Ignored:
    """`written`, merged over the base, is told at `path` by `ignored`, and changes no file."""

    written: dict[str, Any]
    path: str


OF_JOB = ("resources", "imagePullSecrets", "imagePullPolicy")
READ_BY_DEPLOY = {
    "embedded.ports.server": "the port that the Prefect server gets",
    "embedded.ports.gateway": "the port that Dask Gateway gets",
    "prevent_deploy": "holds back `qhub deploy`",
    "qhub_version": "says which QHub wrote the file",
    # Where a value comes from; of a secret only its name is rendered.
    **{f"secrets.*.{key}": "the secret's value" for key in ("from_env", "from_file")},
}


def prefect(**keys: Any) -> Rendered:
    return Rendered({"prefect": keys})


def agent(**keys: Any) -> Rendered:
    return prefect(agents=[{"name": "a", **keys}])


def profile(kind: str, name: str, **keys: Any) -> Rendered:
    return Rendered({"profiles": {kind: {name: keys}}})


def cluster(block: str, **keys: Any) -> Told:
    return Told({block: keys}, block)


def of_overrides(at: str) -> dict[str, Rendered | Told | Ignored]:
    """Return what becomes of each key of an `overrides` block; `at` is its path in the table."""

    def under(written: dict[str, Any]) -> dict[str, Any]:
        if at == "prefect.overrides":
            return {"prefect": {"overrides": written}}
        return {"prefect": {"agents": [{"name": "a", "overrides": written}]}}

    place = at.replace(".*", "[0]")
    rows: dict[str, Rendered | Told | Ignored] = {
        "envVars": Rendered(under({"envVars": {"A": "1"}})),
        "secretEnvVars.*.from_env": Rendered(under({"secretEnvVars": {"X": SECRET}})),
        "secretEnvVars.*.from_file": Rendered(under({"secretEnvVars": {"X": FILE}})),
        "prefect_agent.prefectLabels": Rendered(under({"prefect_agent": {"prefectLabels": ["x"]}})),
    }
    told = f"{place}.secretEnvVars.X.existing_secret"
    for key in EXISTING:
        rows[f"secretEnvVars.*.{key}"] = Told(under({"secretEnvVars": {"X": EXISTING}}), told)
    for path, value in JOB.items():
        written = under(nested(f"prefect_agent.job.{path}", value))
        rows[f"prefect_agent.job.{path}"] = (
            Ignored(written, f"{place}.prefect_agent.job.{path}")
            if path.startswith("image")
            else Rendered(written)
        )
    for name, value in OLD.items():
        for path, written in (
            (name, under({name: value})),
            (f"prefect_agent.{name}", under({"prefect_agent": {name: value}})),
        ):
            key = "imagePullSecrets" if name.endswith("SECRETS") else "imagePullPolicy"
            rows[path] = (
                Ignored(written, f"{place}.prefect_agent.job.{key}")
                if name.startswith("IMAGE")
                else Rendered(written)
            )
    return {f"{at}.{path}": row for path, row in rows.items()}


def worker(key: str, value: Any) -> Rendered:
    return profile("dask_worker", "w", **{key: value})


LOCAL = Told({"provider": "local", "dask_gateway": {"enabled": False}}, "prefect")
TABLE: dict[str, Rendered | Told | Ignored] = {
    "project_name": Rendered({"project_name": "other"}),
    "namespace": Rendered({"namespace": "other"}),
    "provider": LOCAL,
    "domain": Ignored({"domain": "pipelines.example"}, "domain"),
    "prefect.enabled": prefect(enabled=False),
    "prefect.image": Ignored({"prefect": {"image": "team/prefect:stable"}}, "prefect.image"),
    "prefect.version": Ignored({"prefect": {"version": "3.9"}}, "prefect.version"),
    "prefect.api.url": Told(
        {"prefect": {"api": {"url": "https://prefect.example/api"}}}, "prefect.api.url"
    ),
    "prefect.api.token": Told({"prefect": {"api": {"token": "T"}}}, "prefect.api.token"),
    "prefect.agents.*.name": agent(name="b"),
    "prefect.agents.*.image": Ignored(
        {"prefect": {"agents": [{"name": "a", "image": "team/prefect:own"}]}},
        "prefect.agents[0].image",
    ),
    "prefect.agents.*.queues": agent(queues=["x"]),
    "prefect.agents.*.profile": Rendered(
        agent(profile="u").changed, {"profiles": {"flow_run": {"u": {"cpu": 1, "memory": "9Mi"}}}}
    ),
    "prefect.agents.*.token": Told(
        {"prefect": {"agents": [{"name": "a", "token": "T"}]}}, "prefect.agents[0].token"
    ),
    "prefect.agents.*.secrets": agent(secrets=["S"]),
    **of_overrides("prefect.overrides"),
    **of_overrides("prefect.agents.*.overrides"),
    **{
        f"prefect.server.{key}": Ignored(
            {"prefect": {"server": {key: {}}}}, f"prefect.server.{key}"
        )
        for key in ("database", "storage", "retention", "backup")
    },
    "prefect.storage": prefect(storage="s3://bucket/flows"),
    "default_images.flow": Ignored(
        {"default_images": {"flow": "team/flow:1"}}, "default_images.flow"
    ),
    **{
        f"secrets.*.{key}": Told({"secrets": {"U": EXISTING}}, "secrets.U.existing_secret")
        for key in EXISTING
    },
    "dask_gateway.enabled": Rendered({"dask_gateway": {"enabled": False}}),
    "dask_gateway.idle_timeout": Rendered({"dask_gateway": {"idle_timeout": 60}}),
    "dask_gateway.limits.workers": Rendered({"dask_gateway": {"limits": {"workers": 2}}}),
    "dask_gateway.limits.cores": Rendered({"dask_gateway": {"limits": {"cores": 3}}}),
    "dask_gateway.limits.memory": Rendered({"dask_gateway": {"limits": {"memory": "5Gi"}}}),
    "profiles.flow_run.*.cpu": profile("flow_run", "t", cpu=1),
    "profiles.flow_run.*.memory": profile("flow_run", "t", memory="1Gi"),
    "profiles.flow_run.*.cpu_limit": profile("flow_run", "t", cpu_limit=3),
    "profiles.flow_run.*.memory_limit": profile("flow_run", "t", memory_limit="3Gi"),
    "profiles.flow_run.*.default": profile("flow_run", "s", default=False),
    "profiles.dask_worker.*.worker_cores": worker("worker_cores", 1.5),
    "profiles.dask_worker.*.worker_cores_limit": worker("worker_cores_limit", 3),
    "profiles.dask_worker.*.worker_memory": worker("worker_memory", "1G"),
    "profiles.dask_worker.*.worker_memory_limit": worker("worker_memory_limit", "3G"),
    "profiles.dask_worker.*.worker_threads": worker("worker_threads", 2),
    "profiles.dask_worker.*.default": worker("default", True),  # noqa: FBT003 (as in the file)
    "profiles.dask_worker.*.image": Ignored(
        worker("image", "team/dask:1").changed, "profiles.dask_worker.w.image"
    ),
    **{
        f"profiles.{kind}.*.{key}": Ignored(
            profile(kind, name, **{key: value}).changed, f"profiles.{kind}.{name}.{key}"
        )
        for kind, name in (("flow_run", "t"), ("dask_worker", "w"))
        for key, value in (("gpus", 1), ("node_pool", "x"))
    },
    "amazon_web_services.**": cluster(
        "amazon_web_services", region="us-west-2", kubernetes_version="1.35"
    ),
    "google_cloud_platform.**": cluster("google_cloud_platform", project="team-project"),
    "azure.**": cluster("azure", region="westeurope"),
    "digital_ocean.**": cluster("digital_ocean", region="nyc3"),
    "existing.**": cluster("existing", kube_context="team"),
    "local.**": cluster("local", kube_context="team"),
    "terraform_state.**": Ignored({"terraform_state": {"type": "local"}}, "terraform_state"),
    "ci_cd.**": Ignored({"ci_cd": {"type": "gitlab-ci"}}, "ci_cd"),
    "certificate.**": Ignored({"certificate": {"type": "self-signed"}}, "certificate"),
}
RENDERED = {path: row for path, row in TABLE.items() if isinstance(row, Rendered)}
TOLD = {path: row for path, row in TABLE.items() if isinstance(row, Told)}
IGNORED = {path: row for path, row in TABLE.items() if isinstance(row, Ignored)}
CHART = yaml.safe_load((folder("helm") / "prefect-agent" / "values.yaml").read_text())
OF_THE_CHART = sorted(CHART.keys() - OWNED.keys() - {"agent", "envVars"})
"""Without `agent`, which is an error beside Prefect 3."""


def test_the_table_has_every_key_of_the_schema_and_no_other() -> None:
    wanted = {_named(path) for path in leaves(published(), "")}

    assert len(wanted) > 90
    assert sorted(TABLE.keys() | READ_BY_DEPLOY.keys()) == sorted(wanted)


@pytest.mark.parametrize("path", RENDERED)
def test_a_key_that_takes_effect_changes_what_is_rendered(path: str) -> None:
    row = RENDERED[path]
    base = over(BASE, row.base or {})

    assert bundle(over(base, row.changed)) != bundle(base)


@pytest.mark.parametrize("path", TOLD)
def test_a_key_that_is_wrong_or_useless_is_told(path: str) -> None:
    row = TOLD[path]

    assert row.path not in problems(BASE)
    assert row.path in problems(over(BASE, row.written))


@pytest.mark.parametrize("path", IGNORED)
def test_a_key_that_no_process_can_honour_is_listed_and_changes_nothing(path: str) -> None:
    row = IGNORED[path]

    assert _ignored(BASE) == []
    assert _ignored(over(BASE, row.written)) == [row.path]
    assert bundle(over(BASE, row.written)) == bundle(BASE)
    assert problems(over(BASE, row.written)) == set()


@pytest.mark.parametrize("key", sorted(OF_THE_CHART))
@pytest.mark.parametrize("place", ["prefect.overrides", "prefect.agents[0].overrides"])
def test_every_value_of_the_chart_is_honoured_or_listed(key: str, place: str) -> None:
    block = {
        key: {k: v for k, v in CHART[key].items() if k not in OF_JOB}
        if key == "job"
        else CHART[key]
    }
    keys = [(key, name) for name in block[key]] if key in ("job", "worker") else [(key,)]
    written: dict[str, Any] = {"overrides": block}
    if "agents" in place:
        written = {"agents": [{"name": "a", **written}]}

    listed = [path.removeprefix(f"{place}.") for path in _ignored(over(BASE, {"prefect": written}))]

    assert listed == [".".join(path) for path in keys if path not in HONOURED]


@pytest.mark.parametrize("keys", sorted(HONOURED), ids=".".join)
def test_a_value_of_the_chart_that_is_honoured_changes_what_is_rendered(
    keys: tuple[str, ...],
) -> None:
    written = {"prefect": {"overrides": nested(".".join(keys), 47)}}

    assert bundle(over(BASE, written)) != bundle(BASE)
    assert _ignored(over(BASE, written)) == []


def _named(path: str) -> str:
    """Return the row that stands for a path: itself, or one that ends with `**` above it."""
    above = (path[:end] for end, sign in enumerate(f"{path}.") if sign == ".")
    return next((f"{key}.**" for key in above if f"{key}.**" in TABLE), path)


def _ignored(data: dict[str, Any]) -> list[str]:
    made = checked(data)
    assert made.config is not None, made.problems
    return [item.path for item in ignored(made.config)]
