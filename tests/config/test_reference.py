"""The reference page: every key of the schema, once, with what there is to know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from qhub.config import schema
from qhub.config.reference import reference

PAGE = reference(schema.published())


def rows(section: str) -> dict[str, str]:
    """Return the rows of a section by key."""
    body = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return {found[1]: found[0] for found in re.finditer(r"^\| `([^`]+)` \| .* \|$", body, re.M)}


def test_every_key_of_the_top_has_its_place() -> None:
    top = rows("Top of the file")
    headings = re.findall(r"^## `(.+)`$", PAGE, re.M)
    assert sorted([*top, *headings]) == sorted(schema.published()["properties"])


def test_a_row_says_type_default_meaning_and_example() -> None:
    assert rows("`dask_gateway`")["idle_timeout"] == (
        "| `idle_timeout` | whole number or text | `1800` | Time after which an unused cluster is "
        "stopped: seconds, or a duration such as 30m; 0 means never. Example: `30m` |"
    )


def test_a_required_key_is_marked() -> None:
    assert " | required | " in rows("`prefect`")["enabled"]
    assert " | required | " not in rows("`prefect`")["version"]


def test_nested_keys_are_told_by_path() -> None:
    assert {"limits", "limits.workers", "limits.memory"} <= rows("`dask_gateway`").keys()
    assert "node_selectors.<name>.key" in rows("`existing`")
    assert "prefect_agent.job.resources.limits.cpu" in rows("Overrides")
    assert "tolerations[].key" in rows("Overrides")


def test_values_of_the_chart_are_listed() -> None:
    assert "`replicas`" in rows("Overrides")["replicas"]


def test_what_is_shared_is_told_once_and_linked() -> None:
    assert "[Overrides](#overrides)" in rows("`prefect`")["overrides"]
    assert "[Overrides](#overrides)" in rows("One agent")["overrides"]
    assert PAGE.count("| `prefect_agent.prefectLabels` |") == 1


def test_every_link_has_its_anchor() -> None:
    links = set(re.findall(r"\]\(#([^)]+)\)", PAGE))
    anchors = set(re.findall(r'<a id="([^"]+)"></a>', PAGE))
    assert len(links) > 15
    assert links <= anchors


def test_tables_keep_their_columns() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    assert len(lines) > 200
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {5}


def test_the_module_prints_the_page() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "qhub.config.reference"],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        timeout=60,
    )
    assert done.stdout == PAGE
