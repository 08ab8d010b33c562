"""schemas/legacy.schema.json describes what files of older tools hold beside our own keys."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # noqa: TID253  # start-up time is no concern here

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "schemas/legacy.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
OURS = Draft202012Validator(
    json.loads((ROOT / "schemas/qhub-config.schema.json").read_text("utf-8"))
)
FILES = sorted((ROOT / "tests/data/legacy").glob("*.yaml"))
ONE_A_TOOL = ("qhub-0.3.13-azure", "qhub-0.4.5-gcp", "nebari-2025.10.1-local-explicit")
TOOLS = {"qhub 0.3", "qhub 0.4", "nebari"}

Path_ = tuple[str | int, ...]


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / f"tests/data/legacy/{name}.yaml").read_text())
    return loaded


def below(schema: dict[str, Any], key: str | int) -> dict[str, Any] | None:
    """Return what the schema says of one key or list entry, None where it says nothing."""
    if isinstance(key, int):
        found = schema.get("items")
    else:
        found = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
    return found if isinstance(found, dict) else None


def described(value: object, schema: dict[str, Any], path: Path_) -> Iterator[Path_]:
    """Yield the path of each key that the schema names and closes the neighbourhood of."""
    keys: list[str | int] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    for key in keys:
        inner = below(schema, key)
        if inner is None:
            continue
        if key in schema.get("properties", {}) and schema.get("additionalProperties") is False:
            yield (*path, key)
        yield from described(value[key], inner, (*path, key))  # type: ignore[index]  # as keys


def entry_at(path: Path_) -> dict[str, Any] | None:
    entry: dict[str, Any] | None = SCHEMA
    for key in path:
        entry = entry and below(entry, key)
    return entry


def errors(data: dict[str, Any]) -> list[tuple[Path_, str]]:
    return [(tuple(e.absolute_path), str(e.validator)) for e in VALIDATOR.iter_errors(data)]


def at(data: Any, path: Path_) -> Any:
    for key in path:
        data = data[key]
    return data


def entries(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        yield f"{path}.{name}", inner
        yield from entries(inner, f"{path}.{name}")
    for word in ("additionalProperties", "items"):
        if isinstance(inner := schema.get(word), dict):
            yield from entries(inner, f"{path}.*")


def test_it_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_there_are_files_of_every_tool() -> None:
    names = {file.name.rsplit("-", 1)[0] for file in FILES if not file.name.startswith("docs-")}

    assert names == {
        "qhub-0.3.13",
        "qhub-0.4.5",
        "nebari-2025.10.1",
        "nebari-2025.10.1-local",
    }
    assert sum(file.name.startswith("docs-") for file in FILES) == 56


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_of_an_older_tool_has_no_error(file: Path) -> None:
    assert errors(document(file.stem)) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_key_that_our_schema_does_not_know_is_described(file: Path) -> None:
    unknown = [
        (*error.absolute_path, key)
        for error in OURS.iter_errors(document(file.stem))
        if error.validator == "additionalProperties"
        for key in sorted(set(error.instance) - set(error.schema["properties"]))
    ]

    assert [path for path in unknown if entry_at(path) is None] == []


@pytest.mark.parametrize("name", ONE_A_TOOL)
def test_each_misspelt_key_is_told_at_its_block(name: str) -> None:
    whole = document(name)
    paths = list(described(whole, SCHEMA, ()))

    assert len(paths) > 40
    for path in paths:
        data = copy.deepcopy(whole)
        block = at(data, path[:-1])
        block[f"{path[-1]}x"] = block.pop(path[-1])
        assert (path[:-1], "additionalProperties") in errors(data), path


@pytest.mark.parametrize("name", ONE_A_TOOL)
def test_a_list_in_the_place_of_a_text_is_told_at_its_key(name: str) -> None:
    whole = document(name)
    texts = [p for p in described(whole, SCHEMA, ()) if isinstance(at(whole, p), str)]

    assert len(texts) > 10
    for path in texts:
        data = copy.deepcopy(whole)
        at(data, path[:-1])[path[-1]] = ["a", "b"]
        assert [found for found, _ in errors(data)] == [path]


@pytest.mark.parametrize(
    ("name", "path", "value", "told"),
    [
        pytest.param(
            "qhub-0.3.13-do",
            ("security", "groups", "users", "gid"),
            "many",
            "type",
            id="text-for-gid",
        ),
        pytest.param(
            "qhub-0.4.5-do", ("monitoring", "enabled"), "sometimes", "type", id="text-for-a-switch"
        ),
        pytest.param(
            "docs-20-profiles", ("profiles", "jupyterlab", 1, "access"), "some", "enum", id="access"
        ),
        pytest.param(
            "docs-42-high-memory-workers",
            ("profiles", "dask_worker", "Small Picker", "worker_extra_pod_config"),
            "wide",
            "type",
            id="text-for-a-pod-config",
        ),
        pytest.param(
            "docs-53-nebari-aws-all-keys",
            ("amazon_web_services", "node_groups", "worker", "taints", 0, "effect"),
            "Never",
            "enum",
            id="taint-effect",
        ),
        pytest.param(
            "docs-54-nebari-gcp-all-keys",
            ("jupyterlab", "initial_repositories"),
            {"examples": "address"},
            "type",
            id="mapping-for-a-list",
        ),
    ],
)
def test_a_wrong_value_is_told_at_its_key(name: str, path: Path_, value: object, told: str) -> None:
    data = document(name)
    at(data, path[:-1])[path[-1]] = value

    assert errors(data) == [(path, told)]


def test_a_misspelt_login_setting_is_told_unless_the_method_is_custom() -> None:
    data = document("docs-11-authentication-auth0")
    data["security"]["authentication"]["config"]["client_secrets"] = "x"
    told = errors(data)
    data["security"]["authentication"]["type"] = "custom"

    assert told == [(("security", "authentication", "config"), "additionalProperties")]
    assert errors(data) == []


def test_every_entry_says_what_it_is_and_whose() -> None:
    found = list(entries(SCHEMA))

    assert len(found) > 300
    assert [path for path, entry in found if not entry.get("description", "").endswith(".")] == []
    assert [path for path, entry in found if not set(entry.get("x-tools", ["?"])) <= TOOLS] == []


def test_every_block_is_closed_where_no_other_key_belongs() -> None:
    closed_or_mixed = {"additionalProperties", "x-mixed"}

    assert [
        path for path, e in entries(SCHEMA) if "properties" in e and not closed_or_mixed & set(e)
    ] == [
        ".security.authentication.config",
        ".ingress.terraform_overrides",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "security.authentication.config.client_secret",
        "security.users.gala.password",
        "security.keycloak.initial_root_password",
        "security.keycloak.overrides",
        "external_container_reg.access_key_id",
        "external_container_reg.secret_access_key",
        "prefect.overrides.prefectToken",
        "jupyterhub.overrides",
        "argo_workflows.overrides",
        "profiles.dask_worker.small.environment",
    ],
)
def test_what_may_be_a_secret_is_marked(path: str) -> None:
    entry = entry_at(tuple(path.split(".")))

    assert entry is not None
    assert entry["writeOnly"] is True
