"""The compiled validators: light, and of one mind with jsonschema."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qhub.config.compiled as compiled_package
from qhub.config import compiling, schema
from qhub.config.check import matches
from qhub.config.compiled import Invalid
from qhub.config.compiled.defaults import DEFAULTS
from qhub.config.formats import FORMATS

FOLDER = Path(compiled_package.__file__).parent

FULL: dict[str, Any] = {
    "project_name": "pipelines",
    "namespace": "dev",
    "provider": "aws",
    "domain": "example.com",
    "prefect": {
        "enabled": True,
        "image": "prefecthq/prefect:3.8.8",
        "api": {"url": "https://prefect.example.com/api", "token": "T"},
        "overrides": {
            "prefect_agent": {
                "prefectLabels": ["a"],
                "job": {"resources": {"limits": {"cpu": 4, "memory": "2Gi"}}},
            },
            "JOB_CPU_LIMIT": "500m",
            "envVars": {"A": "b"},
            "secretEnvVars": {"B": {"from_env": "C"}},
            "replicas": 2,
            "resources": {"limits": {"memory": "1Gi"}},
            "tolerations": [{"key": "a", "operator": "Exists"}],
            "podLabels": {"team": "data"},
            "nodeSelector": {"a/b": "c"},
        },
        "agents": [{"name": "gpu", "queues": ["gpu"], "secrets": ["S"], "profile": "a"}],
    },
    "secrets": {"S": {"existing_secret": "a", "key": "b"}, "T": "x", "F": {"from_file": "y"}},
    "dask_gateway": {"enabled": True, "idle_timeout": "30m", "limits": {"memory": 2000000}},
    "profiles": {
        "flow_run": {"a": {"cpu": 1.5, "memory": "1Gi", "gpus": 1}},
        "dask_worker": {
            "Small Worker": {
                "worker_cores": 1,
                "worker_cores_limit": 2,
                "worker_memory": "1G",
                "worker_memory_limit": "2G",
            }
        },
    },
    "amazon_web_services": {
        "region": "us-west-2",
        "kubernetes_version": "1.35",
        "node_groups": {"general": {"instance": "m5.xlarge", "min_nodes": 1, "labels": {"a": "b"}}},
    },
    "existing": {"node_selectors": {"gpu": {"key": "a", "value": "b", "gpus": 1}}},
    "terraform_state": {"type": "existing", "backend": "s3", "config": {"a": True, "b": "c"}},
    "ci_cd": {"type": "none", "before_script": ["a"]},
    "certificate": {"type": "existing", "secret_name": "a"},
}

WORDS = st.sampled_from(
    [
        "",
        "a",
        "A B",
        "a\n",
        "500m",
        "2Gi",
        "1.5",
        "none",
        "s3",
        "general",
        "m5.xlarge",
        "é",
        "a@b:c",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 300_000),
    st.sampled_from([0.0, 1.0, 1.5, -0.5]),
    WORDS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in data."""
    inner = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of data with the value at `path` replaced."""
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = changed(copy[path[0]], path[1:], value)
    return copy


def without(data: Any, path: tuple[Any, ...]) -> Any:
    """Return a copy of data without what is at `path`."""
    copy = dict(data) if isinstance(data, dict) else list(data)
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = without(copy[path[0]], path[1:])
    return copy


def renamed(data: Any, path: tuple[Any, ...], name: str) -> Any:
    """Return a copy of data in which the key at the end of `path` is called `name`."""
    if len(path) > 1:
        return changed(data, path[:1], renamed(data[path[0]], path[1:], name))
    return {name if key == path[0] else key: value for key, value in data.items()}


PLACES = places(FULL)
KEYS = [path for path in PLACES if path and isinstance(path[-1], str)]


def jsonschema_validator(node: dict[str, Any]) -> Any:
    """Return jsonschema's own validator, with our formats."""
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(formats=())
    for name in FORMATS:
        checker.checkers[name] = (partial(is_right, name), ())
    return Draft202012Validator(node, format_checker=checker)


def is_right(name: str, value: object) -> bool:
    return not isinstance(value, str) or FORMATS[name](value) is None


def by_jsonschema(data: Any) -> bool:
    return bool(jsonschema_validator(schema.config()).is_valid(data))


def test_the_full_example_is_right_for_both() -> None:
    assert matches(FULL)
    assert by_jsonschema(FULL)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
def test_both_agree_on_any_value_anywhere(path: tuple[Any, ...], value: Any) -> None:
    data = changed(FULL, path, value)
    assert matches(data) == by_jsonschema(data)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(KEYS), WORDS | st.sampled_from(["image", "key", "type", "gpus"]))
def test_both_agree_on_any_name_anywhere(path: tuple[Any, ...], name: str) -> None:
    data = renamed(FULL, path, name)
    assert matches(data) == by_jsonschema(data)


def test_both_agree_on_each_key_left_out() -> None:
    verdicts = []
    for path in KEYS:
        data = without(FULL, path)
        verdicts.append(matches(data))
        assert verdicts[-1] == by_jsonschema(data), path
    assert True in verdicts
    assert False in verdicts


def test_the_defaults_are_the_schemas() -> None:
    assert DEFAULTS["dask_gateway.limits.memory"] == "320Gi"
    assert DEFAULTS["profiles.dask_worker.*.gpus"] == 0
    assert DEFAULTS["amazon_web_services.node_groups.*.min_nodes"] == 0
    assert compiling.defaults(schema.config()) == DEFAULTS


def test_patterns_end_where_the_text_ends() -> None:
    data = changed(FULL, ("prefect", "overrides", "podLabels"), {"team": "data\n"})
    assert not matches(data)
    assert not by_jsonschema(data)


def test_a_right_file_is_checked_without_jsonschema_and_its_like(tmp_path: Path) -> None:
    source = tmp_path / "qhub-config.yaml"
    right = {**FULL, "secrets": {name: {"from_env": name} for name in FULL["secrets"]}}
    source.write_text(json.dumps(right))
    modules = loaded_after(source)
    assert "qhub.config.compiled.config" in modules
    assert not {"fastjsonschema", "jsonschema", "decimal", "qhub.config.tell"} & modules


def test_a_wrong_file_loads_jsonschema(tmp_path: Path) -> None:
    """The control of the test above."""
    source = tmp_path / "qhub-config.yaml"
    source.write_text("project_name: 1\n")
    modules = loaded_after(source)
    assert "jsonschema" in modules
    assert "fastjsonschema" not in modules


def test_a_file_with_old_keys_needs_no_jsonschema(tmp_path: Path) -> None:
    source = tmp_path / "qhub-config.yaml"
    source.write_text("project_name: a\nprovider: existing\ntheme: {jupyterhub: {hub_title: x}}\n")
    modules = loaded_after(source)
    assert "qhub.config.compiled.legacy" in modules
    assert "jsonschema" not in modules


def loaded_after(source: Path) -> set[str]:
    """Return the modules that a process has loaded once it checked a file."""
    script = (
        "import sys; from pathlib import Path; from qhub.config import check, read;"
        f"check(read(Path({str(source)!r}))); print(*sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        timeout=60,
    )
    return set(done.stdout.split())


def test_the_validators_raise_one_small_error() -> None:
    from qhub.config.compiled import config

    with pytest.raises(Invalid):
        config.validate([], {})
