"""What is generated is current: `make docs` would change nothing. `make lint` runs this, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from qhub.config import compiling, schema
from qhub.config.reference import reference
from tests.helm.engine import charts
from tests.helm.readme import render_readme

REPOSITORY = Path(__file__).parents[1]
COMPILED = REPOSITORY / "qhub" / "config" / "compiled"


def test_the_reference_page_is_that_of_the_schema() -> None:
    page = (REPOSITORY / "docs" / "config.md").read_text(encoding="utf-8")
    assert page.rstrip("\n") == reference(schema.config()).rstrip("\n")


def test_the_schema_for_editors_holds_the_values_of_the_chart() -> None:
    editors = (REPOSITORY / "schemas" / "editor.schema.json").read_text(encoding="utf-8")
    assert editors == schema.published_text()


def test_the_compiled_modules_are_those_of_the_schemas() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in COMPILED.glob("*.py")}
    generated = compiling.generate()
    assert {"config.py", "defaults.py"} <= generated.keys()
    assert written == {"__init__.py": written["__init__.py"], **generated}, (
        "`make docs` writes them"
    )


def test_there_are_charts() -> None:
    assert charts()


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.name)
def test_the_readme_of_a_chart_is_that_of_its_values(chart: Path) -> None:
    values = (chart / "values.yaml").read_text(encoding="utf-8")
    assert (chart / "README.md").read_text(encoding="utf-8") == render_readme(values)
