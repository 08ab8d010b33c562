"""A chart's README, made from its `values.yaml`: the comments `# -- …` above the keys.

`python -m tests.helm.readme` writes the README of every chart of the repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.helm.engine import charts

MARK: Final = "# -- "
KEY: Final = re.compile(r"^( *)([A-Za-z]\w*):")


@dataclass(frozen=True, slots=True)
class Option:
    """One documented value of a chart."""

    path: str
    default: Any
    description: str


def render_readme(values_yaml_text: str) -> str:
    """Return the README of the chart whose `values.yaml` this is."""
    rows = "\n".join(
        f"| `{option.path}` | `{json.dumps(option.default)}` | {cell(option.description)} |"
        for option in options(values_yaml_text)
    )
    return f"""# {introduction(values_yaml_text)}

This table is made from `values.yaml`; `values.schema.json` says what each option may be.

| option | default | what it is |
|---|---|---|
{rows}
"""


def introduction(values_yaml_text: str) -> str:
    """Return the comment that a `values.yaml` begins with: the chart's name, then what it is."""
    block = values_yaml_text.partition("\n\n")[0].splitlines()
    return "\n".join(line.removeprefix("#").strip() for line in block)


def options(values_yaml_text: str) -> list[Option]:
    """Return the documented values in the order of the file."""
    defaults = yaml.safe_load(values_yaml_text)
    return [
        Option(path, default_at(defaults, path), description)
        for path, description in comments(values_yaml_text)
    ]


def comments(values_yaml_text: str) -> Iterator[tuple[str, str]]:
    """Yield each documented key's dotted path and its comment, joined to one line."""
    parents: list[tuple[int, str]] = []
    comment: list[str] = []
    for line in values_yaml_text.splitlines():
        text = line.strip()
        if text.startswith(MARK):
            comment = [text.removeprefix(MARK)]
        elif comment and text.startswith("#"):
            comment.append(text.removeprefix("#").strip())
        elif match := KEY.match(line):
            indent = len(match[1])
            parents = [parent for parent in parents if parent[0] < indent] + [(indent, match[2])]
            if comment:
                yield ".".join(name for _, name in parents), " ".join(comment)
            comment = []


def default_at(defaults: dict[str, Any], path: str) -> Any:
    """Return the default at a dotted path."""
    found: Any = defaults
    for name in path.split("."):
        found = found[name]
    return found


def cell(text: str) -> str:
    """Return a text that can stand in a cell of a table."""
    return text.replace("|", "\\|")


def write(chart: Path) -> None:
    """Write a chart's README beside its values."""
    text = (chart / "values.yaml").read_text(encoding="utf-8")
    (chart / "README.md").write_text(render_readme(text), encoding="utf-8")


if __name__ == "__main__":
    for each in charts():
        write(each)
