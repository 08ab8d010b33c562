"""Schema → docs/config.md: every key with type, default, meaning and example.

`python -m qhub.config.reference` prints the page.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from qhub.config import schema
from qhub.config.scalars import inline

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main", "reference"]

_HEAD = """# The config file, key by key

Made from `schemas/qhub-config.schema.json` by `make docs`; do not edit. `qhub schema` prints the
schema itself, for editors.
"""
_COLUMNS = "| key | type | default | meaning |\n|---|---|---|---|\n"
_SHARED = {
    "agent": "One agent",
    "overrides": "Overrides",
    "secret_source": "Where a secret comes from",
    "flow_run_profile": "A size of flow runs",
    "dask_worker_profile": "A size of Dask workers",
    "aws_node_group": "A node pool on AWS",
    "gcp_node_group": "A node pool on Google Cloud",
    "azure_node_group": "A node pool on Azure",
    "do_node_group": "A node pool on DigitalOcean",
}
"""Definitions with a section of their own, by name."""
_TYPES = {
    "array": "list",
    "boolean": "true or false",
    "integer": "whole number",
    "object": "mapping",
    "string": "text",
}


def main() -> None:
    """Print the page."""
    sys.stdout.write(reference(schema.published()))


def reference(whole: schema.Node) -> str:
    """Return the page as Markdown."""
    blocks = {name: node for name, node in whole["properties"].items() if _is_block(whole, node)}
    plain = {name: node for name, node in whole["properties"].items() if name not in blocks}
    sections = [_HEAD, _contents(blocks)]
    sections.append("## Top of the file\n\n" + _table(whole, plain, set(whole["required"])))
    sections.extend(_section(whole, f"`{name}`", name, node) for name, node in blocks.items())
    for name, title in _SHARED.items():
        sections.append(_section(whole, title, _anchor(name), whole["$defs"][name]))
    return "\n".join(sections)


def _contents(blocks: dict[str, schema.Node]) -> str:
    links = [f"[{name}](#{name})" for name in blocks]
    links += [f"[{title}](#{_anchor(name)})" for name, title in _SHARED.items()]
    return "Blocks: " + " · ".join(links) + "\n"


def _anchor(definition: str) -> str:
    return definition.replace("_", "-")


def _section(whole: schema.Node, title: str, anchor: str, node: schema.Node) -> str:
    node = {**schema.resolve(whole, node), **node}
    head = f'<a id="{anchor}"></a>\n\n## {title}\n\n{node["description"]}\n'
    if isinstance(node.get("additionalProperties"), dict):
        head += f"\nA {_type(whole, node)}, by name.\n"
    example = _example(node)
    head += f"\n{example}\n" if example else ""
    rows = "".join(_rows_below(whole, node, ""))
    return head + (f"\n{_COLUMNS}{rows}" if rows else "")


def _table(whole: schema.Node, properties: dict[str, schema.Node], required: set[str]) -> str:
    rows = (_rows(whole, node, name, name in required) for name, node in properties.items())
    return _COLUMNS + "".join(row for inner in rows for row in inner)


def _rows(whole: schema.Node, node: schema.Node, path: str, required: bool) -> Iterator[str]:  # noqa: FBT001
    """Yield the row of a key, and those of what it holds."""
    resolved = {**schema.resolve(whole, node), **node}
    default = f"`{inline(resolved['default'])}`" if "default" in resolved else ""
    if required:
        default = "required"
    meaning = f"{resolved['description']} {_example(resolved)}".strip()
    cells = (f"`{path}`", _type(whole, node), default, meaning)
    yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    if _shared(node) is None:
        yield from _rows_below(whole, resolved, path)


def _rows_below(whole: schema.Node, node: schema.Node, path: str) -> Iterator[str]:
    required = node.get("required", ())
    for name, inner in node.get("properties", {}).items():
        yield from _rows(whole, inner, f"{path}.{name}" if path else name, name in required)
    for mark, inner in (("<name>", node.get("additionalProperties")), ("[]", node.get("items"))):
        if isinstance(inner, dict) and _shared(inner) is None and _holds_keys(whole, inner):
            below = f"{path}[]" if mark == "[]" else f"{path}.{mark}".lstrip(".")
            yield from _rows_below(whole, schema.resolve(whole, inner), below)


def _is_block(whole: schema.Node, node: schema.Node) -> bool:
    return schema.resolve(whole, node).get("type") == "object"


def _holds_keys(whole: schema.Node, node: schema.Node) -> bool:
    node = schema.resolve(whole, node)
    return "properties" in node or isinstance(node.get("additionalProperties"), dict)


def _shared(node: schema.Node) -> str | None:
    name = str(node.get("$ref", "")).removeprefix("#/$defs/")
    return name if name in _SHARED else None


def _type(whole: schema.Node, node: schema.Node) -> str:
    shared = _shared(node)
    if shared:
        return f"[{_SHARED[shared]}](#{_anchor(shared)})"
    node = schema.resolve(whole, node)
    if "enum" in node:
        return " or ".join(f"`{inline(choice)}`" for choice in node["enum"])
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_type(whole, choice) for choice in node["anyOf"]))
    if "const" in node:
        return f"`{inline(node['const'])}`"
    types = node.get("type", "anything")
    names = [types] if isinstance(types, str) else types
    inner = node.get("items") if "array" in names else node.get("additionalProperties")
    of = f" of {_type(whole, inner)}" if isinstance(inner, dict) else ""
    return " or ".join(_TYPES.get(name, name) for name in names) + of


def _example(node: dict[str, Any]) -> str:
    examples = [f"`{inline(example)}`" for example in node.get("examples", ()) if example != {}]
    return f"Example: {' or '.join(examples)}" if examples else ""


if __name__ == "__main__":
    main()
