"""Schemas → the modules of `qhub/config/compiled/`: `python -m qhub.config.compiling`.

For developers: it needs fastjsonschema, which no user has. What fastjsonschema generates is cut
down to yes or no, because its messages would make the module many times as large to import.
"""

from __future__ import annotations

import ast
import pprint
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.config import schema
from qhub.config.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["defaults", "generate", "main"]

_TARGET = Path(__file__).parent / "compiled"
_HEADER = '''"""{subject} Written by `python -m qhub.config.compiling`; do not edit."""

# mypy: ignore-errors
'''


def main() -> None:
    """Write the modules."""
    for name, text in generate().items():
        (_TARGET / name).write_text(text, encoding="utf-8")


def generate() -> Mapping[str, str]:
    """Return the modules' texts by file name."""
    return {
        "config.py": _validator(schema.config(), "Whether data matches qhub-config.schema.json."),
        "legacy.py": _validator(schema.legacy(), "Whether data matches legacy.schema.json."),
        "defaults.py": _defaults_module(defaults(schema.config())),
    }


def _validator(node: schema.Node, subject: str) -> str:
    import fastjsonschema  # a dependency of developers alone

    code = fastjsonschema.compile_to_code(
        {key: value for key, value in node.items() if key != "$id"},
        formats=dict.fromkeys(FORMATS, _anything),
        use_default=False,
    )
    module = _Shortener().visit(ast.parse(code))
    return _HEADER.format(subject=subject) + ast.unparse(ast.fix_missing_locations(module)) + "\n"


def _anything(_text: str) -> bool:
    return True  # the generated code asks the formats that it is handed when it runs


class _Shortener(ast.NodeTransformer):
    """Leaves of the generated code what says yes or no.

    Errors lose their messages, which are five sixths of the code; Decimal, which no YAML holds and
    which is slow to import, goes; patterns are compiled when one is first needed.
    """

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        for argument in node.args.args:
            argument.annotation = _name("Any")
        node.returns = _name("Any")
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.Raise(exc=_name("Invalid"), cause=None) if node.exc else node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        node.type = _name("Invalid")
        return node

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        node.elts = [part for part in node.elts if not _is_name(part, "Decimal")]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if _is_name(node.value, "REGEX_PATTERNS"):
            return ast.Call(func=_name("compile"), args=[node.slice], keywords=[])
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        self.generic_visit(node)
        target = node.targets[0]
        unused = _is_name(target, "REGEX_PATTERNS") or _is_name(target, "VERSION")
        return None if unused else node

    def visit_Import(self, _node: ast.Import) -> ast.AST:
        return ast.ImportFrom(module="re", names=[ast.alias("compile")], level=0)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.module == "decimal":
            return ast.ImportFrom(module="typing", names=[ast.alias("Any")], level=0)
        return ast.ImportFrom(module="qhub.config.compiled", names=[ast.alias("Invalid")], level=0)


def _name(text: str) -> ast.Name:
    return ast.Name(id=text, ctx=ast.Load())


def _is_name(node: ast.AST, text: str) -> bool:
    return isinstance(node, ast.Name) and node.id == text


def defaults(whole: schema.Node) -> dict[str, Any]:
    """Return every default by the pattern of its path: `profiles.flow_run.*.gpus`."""
    return dict(_defaults(whole, whole, ()))


def _defaults(
    whole: schema.Node, node: schema.Node, path: tuple[str, ...]
) -> Iterator[tuple[str, Any]]:
    if "default" in node:
        yield ".".join(path), node["default"]
    node = schema.resolve(whole, node)
    if "default" in node:
        yield ".".join(path), node["default"]
    for name, inner in node.get("properties", {}).items():
        if name != "overrides":  # the chart has its own values.yaml
            yield from _defaults(whole, inner, (*path, name))
    for inner in (node.get("additionalProperties"), node.get("items")):
        if isinstance(inner, dict):
            yield from _defaults(whole, inner, (*path, "*"))


def _defaults_module(values: Mapping[str, Any]) -> str:
    lines = pprint.pformat(dict(values), width=96, sort_dicts=False)
    return (
        _HEADER.format(subject="The defaults of qhub-config.schema.json, by path.")
        + "from typing import Any\n\n"
        + f"DEFAULTS: dict[str, Any] = {lines}\n"
    )


if __name__ == "__main__":
    main()
