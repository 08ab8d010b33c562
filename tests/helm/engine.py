"""Helm's own engine: what a chart renders to, and what Helm's lint says about it.

`python -m tests.helm.engine` lints the charts with the values that QHub renders for its examples.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

REPOSITORY: Final = Path(__file__).parents[2]
CHARTS: Final = REPOSITORY / "helm"
RENDERED: Final = REPOSITORY / "tests" / "golden" / "render"
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ADVICE: Final = 1  # Helm's severities: 1 info, 2 warning, 3 error

Manifest = dict[str, Any]
Values = Mapping[str, Any]


class ChartError(Exception):
    """Helm refused a chart or its values; the text is Helm's."""


def texts(chart: Path, release: str, namespace: str, values: Values) -> dict[str, str]:
    """Return what each template renders to, by its path in the chart; empty ones left out."""
    import helm_python

    try:
        with helm_python.Chart.load(chart) as loaded:
            rendered = loaded.render(plain(values), name=release, namespace=namespace)
    except helm_python.HelmError as error:
        raise ChartError(str(error)) from error
    inside = ((path.partition("/")[2], text) for path, text in sorted(rendered.items()))
    return {path: text for path, text in inside if text.strip()}


def template(chart: Path, release: str, namespace: str, values: Values) -> list[Manifest]:
    """Return the objects that a chart renders to, in the order of its templates."""
    documents = texts(chart, release, namespace, values).values()
    return [document for text in documents for document in parse(text) if document is not None]


def parse(text: str) -> list[Any]:
    """Return the documents of a YAML text; libyaml reads them nine times faster."""
    return list(yaml.load_all(text, Loader=LOADER))


def lint(chart: Path, values: Values) -> list[str]:
    """Return what Helm's strict lint finds, a line each; advice left out."""
    import helm_python

    report = helm_python.lint(chart, plain(values), strict=True)
    return [
        f"{chart.name}/{found['path']}: {found['error']}"
        for found in report["messages"]
        if found["severity"] > ADVICE
    ]


def charts() -> list[Path]:
    """Return the folders of all charts of the repository."""
    return sorted(file.parent for file in CHARTS.glob("*/Chart.yaml"))


def plain(values: Values) -> dict[str, Any]:
    """Return the values as JSON has them, which is what Helm gets from a values file."""
    result: dict[str, Any] = json.loads(json.dumps(values))
    return result


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Return two nested mappings as Helm merges two values files."""
    result = dict(below)
    for name, value in above.items():
        old = result.get(name)
        both = isinstance(old, dict) and isinstance(value, dict)
        result[name] = merged(result[name], value) if both else value
    return result


def main() -> int:
    """Lint every chart with each file of rendered values; 1 if something was found."""
    rendered = sorted(RENDERED.glob("*/values/*.yaml"))
    if not rendered:
        sys.stdout.write(f"no values to lint with under {RENDERED}\n")
        return 1
    values = [yaml.load(file.read_text(encoding="utf-8"), LOADER) for file in rendered]  # noqa: S506 (safe)
    problems = {problem for chart in charts() for each in values for problem in lint(chart, each)}
    sys.stdout.writelines(f"{problem}\n" for problem in sorted(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
