"""The schema of the file: complete, closed, and the one source of defaults and examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from qhub import bundle
from qhub.config import schema
from qhub.config.formats import FORMATS
from qhub.config.scalars import inline
from tests.config.test_compiled import jsonschema_validator

OWN: dict[str, Any] = json.loads(
    (bundle.folder("schemas") / "qhub-config.schema.json").read_text("utf-8")
)
FREE = ("database", "storage", "retention", "backup")
"""Blocks of `prefect.server`, which is not deployed yet."""
ANNOTATIONS = {"$ref", "default", "deprecated", "description", "examples"}


def nodes(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema in a schema with its place; data in it (defaults, examples) is none."""
    if not isinstance(node, dict):
        return
    yield path, node
    for keyword in ("properties", "$defs"):
        for name, inner in node.get(keyword, {}).items():
            yield from nodes(inner, f"{path}/{keyword}/{name}")
    for keyword in ("additionalProperties", "items", "propertyNames", "if", "then", "else"):
        yield from nodes(node.get(keyword), f"{path}/{keyword}")
    for keyword in ("oneOf", "anyOf", "allOf"):
        for index, inner in enumerate(node.get(keyword, ())):
            yield from nodes(inner, f"{path}/{keyword}/{index}")


def keys(whole: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return every key with its place, its name and its schema."""
    return [
        (f"{path}/{name}", name, inner)
        for path, node in nodes(whole)
        for name, inner in node.get("properties", {}).items()
    ]


def test_it_is_a_valid_schema_with_and_without_the_chart() -> None:
    for whole in (OWN, schema.published()):
        jsonschema_validator(whole).check_schema(whole)


def test_every_key_has_a_description_that_is_a_sentence() -> None:
    undescribed = [
        path
        for path, _, node in keys(OWN)
        if not schema.resolve(OWN, node).get("description", "").endswith(".")
        or not node.get("description", ".").endswith(".")
    ]
    assert len(keys(OWN)) > 100
    assert undescribed == []


def test_every_object_is_closed() -> None:
    opened = [
        path.rpartition("/")[2]
        for path, node in nodes(OWN)
        if "object" in node.get("type", ()) and "additionalProperties" not in node
        if "/oneOf/" not in path  # says which keys go together; their object is closed
    ]
    assert opened == list(FREE)


def test_a_key_without_default_has_an_example_unless_its_type_says_it() -> None:
    unclear = [
        path
        for path, _, node in keys(OWN)
        for whole in [{**schema.resolve(OWN, node), **node}]
        if whole.get("type") not in ("boolean", "object")
        and not {"default", "deprecated", "enum", "examples"} & whole.keys()
    ]
    assert unclear == []


def test_every_default_and_example_is_valid_where_it_stands() -> None:
    definitions = schema.config()["$defs"]
    samples = [
        (path, node, sample)
        for path, node in nodes(OWN)
        for sample in (*node.get("examples", ()), *([node["default"]] if "default" in node else ()))
    ]
    assert len(samples) > 120
    for path, node, sample in samples:
        validator = jsonschema_validator({**node, "$defs": definitions})
        assert not list(validator.iter_errors(sample)), (path, sample)


def test_nothing_but_remarks_stands_beside_a_reference() -> None:
    """The compiled validator follows a reference and looks at nothing beside it."""
    beside = {
        path: node.keys() - ANNOTATIONS
        for path, node in nodes(schema.published())
        if "$ref" in node
    }
    assert beside
    assert not any(beside.values())


def test_every_format_has_a_grammar() -> None:
    used = {node["format"] for _, node in nodes(OWN) if "format" in node}
    assert len(used) > 20
    assert used <= FORMATS.keys()


@pytest.mark.parametrize(
    "value",
    [1, 1.5, True, False, "x", "1", "yes", "1.30", "", [1, "2"], {"a": ["b"], "c": "3.8"}],
    ids=repr,
)
def test_examples_are_shown_as_yaml_that_means_them(value: Any) -> None:
    assert yaml.safe_load(inline(value)) == value


def test_all_examples_are_shown_as_yaml_that_means_them() -> None:
    for path, node in nodes(OWN):
        for example in node.get("examples", ()):
            assert yaml.safe_load(inline(example)) == example, path


def test_overrides_know_the_charts_values_but_those_that_qhub_sets() -> None:
    chart = json.loads(
        (bundle.folder("helm") / "prefect-agent" / "values.schema.json").read_text("utf-8")
    )
    known = schema.published()["$defs"]["overrides"]["properties"].keys()
    values = chart["properties"].keys()
    assert schema.OWNED.keys() <= values
    assert values - schema.OWNED.keys() <= known
    assert not schema.OWNED.keys() & known


def test_the_published_schema_refers_to_itself_alone() -> None:
    whole = schema.published()
    references = [node["$ref"] for _, node in nodes(whole) if "$ref" in node]
    assert all(ref.removeprefix("#/$defs/") in whole["$defs"] for ref in references)


def test_editors_read_the_published_schema_from_one_file() -> None:
    assert json.loads(schema.published_text()) == schema.published()


def test_editors_get_patterns_as_json_schema_writes_them() -> None:
    patterns = [node["pattern"] for _, node in nodes(schema.published()) if "pattern" in node]
    python = [node["pattern"] for _, node in nodes(schema.config()) if "pattern" in node]
    assert patterns
    assert not any(r"\Z" in pattern for pattern in patterns)
    assert all(pattern.endswith(r"\Z") or "$" not in pattern for pattern in python)


def test_the_folders_of_a_checkout_are_found() -> None:
    root = Path(__file__).parents[2]
    assert bundle.folder("schemas") == root / "schemas"
    assert bundle.folder("helm") == root / "helm"
