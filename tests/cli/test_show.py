"""`qhub show`: the tree and the pictures of a platform, and no secret value in any.

`make golden` takes what is drawn as what is wanted.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

import qhub
from qhub.cli import main, outline, picture
from qhub.config.model import FromEnv, Secret
from tests.cli import configs
from tests.cli.platforms import FULL, SIMPLE

if TYPE_CHECKING:
    from qhub.platform import Platform

GOLDEN = Path(__file__).parents[1] / "golden" / "show"
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = [
    pytest.param("full.txt", outline.as_text(outline.tree(FULL)), id="tree"),
    pytest.param("full.mmd", picture.as_mermaid(picture.draw(FULL)), id="mermaid"),
    pytest.param("full.svg", picture.as_svg(picture.draw(FULL)), id="svg"),
]
PLATFORMS = [pytest.param(SIMPLE, id="simple"), pytest.param(FULL, id="full")]
LITERAL = configs.GOOD.replace("{from_env: S3_KEY}", "hunter2-literal")


@pytest.mark.parametrize(("name", "drawn"), DRAWN)
def test_a_platform_is_drawn_as_before(name: str, drawn: str) -> None:
    assert "https://prefect1.example/graphql" in drawn
    assert "hidden" not in drawn, "user, password and query of an API's URL"
    if os.environ.get("QHUB_GOLDEN") == "write":
        (GOLDEN / name).write_text(f"{drawn}\n", encoding="utf-8")
    assert (GOLDEN / name).read_text(encoding="utf-8") == f"{drawn}\n"


EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


@pytest.mark.parametrize("form", ["tree", "mermaid", "svg"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_shown(
    example: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "-c", str(example), "--format", form]) == 0
    shown = capsys.readouterr().out
    assert all(agent.name in shown for agent in qhub.load(example).platform.agents)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


def test_one_name_from_two_sources_is_drawn_twice() -> None:
    other = replace(FULL.agents[1], secrets=(Secret("S3_KEY", FromEnv("OTHER")),))
    drawing = picture.draw(replace(SIMPLE, agents=(FULL.agents[0], other)))
    (box,) = (box for box in drawing.boxes if box.id == "secrets")
    assert [line for line in box.lines if line.startswith("S3_KEY")] == [
        "S3_KEY, key token of the existing Secret s3-credentials",
        "S3_KEY, from the environment variable OTHER",
    ]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_two_boxes_overlap_and_all_lie_inside_the_picture(platform: Platform) -> None:
    root = ET.fromstring(picture.as_svg(picture.draw(platform)))  # noqa: S314 our own text
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [
        tuple(float(box.attrib[name]) for name in ("x", "y", "width", "height"))
        for box in root.iter(f"{SVG}rect")
        if "x" in box.attrib
    ]
    assert len(boxes) >= 4
    assert all(x + w < width and y + h < height for x, y, w, h in boxes)
    for (x1, y1, w1, h1), (x2, y2, w2, h2) in combinations(boxes, 2):
        assert x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1


def test_markup_in_a_name_stays_text() -> None:
    drawing = picture.Drawing("<b>&", (picture.Box("a", 0, '"]-->', ("`<i>`",)),), ())
    root = ET.fromstring(picture.as_svg(drawing))  # noqa: S314 our own text
    assert [text.text for text in root.iter(f"{SVG}text")][-2:] == ['"]-->', "`<i>`"]
    assert '  a["<b>#34;#93;--#62;</b><br/>#96;#60;i#62;#96;"]' in picture.as_mermaid(drawing)


@pytest.fixture
def _literal_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    configs.write(tmp_path, LITERAL)


@pytest.mark.usefixtures("_literal_secret")
@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("form", ["tree", "mermaid", "svg"])
def test_every_form_names_the_secret_and_shows_no_value(
    form: str, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "--format", form, "--output", output]) == 0
    out, err = capsys.readouterr()
    assert "S3_KEY" in out
    assert "prefect.example/api" in out
    assert "hunter2" not in out + err
    assert "is written in the file" in err


@pytest.mark.usefixtures("_literal_secret")
def test_a_picture_as_data_is_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--format", "svg", "--output", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert main(["show", "--format", "svg"]) == 0
    assert report == {"format": "svg", "text": capsys.readouterr().out.rstrip("\n")}


@pytest.mark.usefixtures("_literal_secret")
def test_the_tree_as_data_is_the_platform(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--output", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    (agent,) = report.pop("agents")
    assert report == {
        "project": "pipelines",
        "namespace": "dev",
        "provider": "existing",
        "profiles": [],
        "dask_gateway": None,
        "node_pools": [],
    }
    assert agent["api"] == {"kind": "server", "url": "http://prefect.example/api"}
    assert agent["secrets"] == [
        {"name": "S3_KEY", "source": "written in the config file at secrets.S3_KEY"}
    ]


def test_data_and_tree_of_a_platform_name_the_same_things() -> None:
    """Every name and number of the data stands in the tree, too."""
    tree = outline.as_text(outline.tree(FULL))
    data = outline.as_data(FULL)
    named = [entry["name"] for key in ("agents", "profiles", "node_pools") for entry in data[key]]
    secrets = [secret for agent in data["agents"] for secret in agent["secrets"]]
    assert len(named) == 9
    assert all(re.search(rf"\b{re.escape(name)}\b", tree) for name in named)
    assert all(f"{secret['name']}, {secret['source']}" in tree for secret in secrets)
    assert data["dask_gateway"]["limit_memory"] in tree


def test_a_wrong_config_is_told_and_nothing_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    configs.write(tmp_path, configs.TWO_ERRORS)
    assert main(["show"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("qhub-config.yaml:6:3  prefect.imagee\n")
