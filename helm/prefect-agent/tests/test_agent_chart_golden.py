"""What the chart renders to for an ordinary worker and an ordinary agent.

With QHUB_GOLDEN=write in the environment, what is rendered is taken as what is wanted.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.helm.engine import CHARTS, REPOSITORY, lint, texts
from tests.helm.examples import CHART, GENERATIONS, NAMESPACE, RELEASE
from tests.helm.readme import render_readme

GOLDEN = REPOSITORY / "tests" / "golden" / "helm"


def rendered(values: dict[str, Any]) -> str:
    """Return all objects as one text, each under the path of its template."""
    documents = texts(CHART, RELEASE, NAMESPACE, values)
    return "".join(f"---\n# {path}\n{text.strip()}\n" for path, text in documents.items())


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_manifests_are_as_agreed(generation: str) -> None:
    file = GOLDEN / f"prefect-agent-{generation}.yaml"
    text = rendered(GENERATIONS[generation])
    if os.environ.get("QHUB_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_same_values_give_the_same_bytes(generation: str) -> None:
    values = GENERATIONS[generation]
    backwards = dict(reversed(values.items()))
    assert rendered(values) == rendered(backwards)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_helms_strict_lint_finds_nothing(generation: str) -> None:
    assert lint(CHART, GENERATIONS[generation]) == []


def test_lint_tells_a_chart_that_does_not_render() -> None:
    [problem] = lint(CHART, {"replicas": "two"})[:1]
    assert problem.startswith("prefect-agent/")
    assert "replicas" in problem


def test_the_readme_is_made_from_the_values() -> None:
    charts = sorted(file.parent for file in CHARTS.glob("*/values.yaml"))
    assert CHART in charts
    for chart in charts:
        values = (chart / "values.yaml").read_text(encoding="utf-8")
        assert (chart / "README.md").read_text(encoding="utf-8") == render_readme(values)


def test_no_template_reads_the_cluster_the_clock_or_chance() -> None:
    templates = sorted(CHART.glob("templates/**/*.*"))
    assert templates
    forbidden = ("lookup ", "now ", "rand", "genCA", "uuidv4", "tpl ", "htpasswd")
    found = [
        f"{file.name}: {word}"
        for file in templates
        for word in forbidden
        for line in file.read_text(encoding="utf-8").splitlines()
        if f"{{{{ {word}" in line or f"({word}" in line or f"| {word}" in line
    ]
    assert found == []
