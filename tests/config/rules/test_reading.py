from __future__ import annotations

import math

import pytest

from qhub.config.rules.reading import (
    agents,
    cpu,
    listed,
    mapping,
    memory,
    names,
    number,
    show,
    suggestion,
    text,
    texts,
)


@pytest.mark.parametrize(
    "value",
    [True, False, None, "1", [1], math.nan, math.inf, -math.inf, 10**30],
    ids=str,
)
def test_what_is_no_number_of_a_sane_size_is_none(value: object) -> None:
    assert number(value) is None


@pytest.mark.parametrize("value", [0, -1, 1.5, 10**12])
def test_a_number_is_itself(value: float) -> None:
    assert number(value) == value


@pytest.mark.parametrize(
    ("value", "millis"),
    [(2, 2000), (0.1, 100), (1e-05, 1), ("1500m", 1500), (True, None), (-1, None), ("x", None),
     (10**30, None), ([1], None)],
    ids=str,
)  # fmt: skip
def test_cpu_is_read_from_text_and_numbers(value: object, millis: int | None) -> None:
    assert cpu(value) == millis


@pytest.mark.parametrize(
    ("value", "count"), [("1Ki", 1024), (2048, 2048), ("2GB", None), (None, None)]
)
def test_memory_is_read_from_text_and_numbers(value: object, count: int | None) -> None:
    assert memory(value) == count


def test_what_is_of_a_wrong_type_is_not_there() -> None:
    assert mapping([1]) == {}
    assert list(names({1: "a", "b": 2})) == ["b"]
    assert list(names("ab")) == []
    assert text("") is None
    assert list(texts(["a", 1, "b"])) == [(0, "a"), (2, "b")]
    assert list(texts("ab")) == []


def test_without_entries_there_is_one_agent_of_the_projects_name() -> None:
    (agent,) = agents({"project_name": "orchard", "prefect": {"enabled": True, "agents": []}})

    assert (agent.name, agent.written) == ("orchard", False)
    assert list(agents({"project_name": "orchard"})) == []
    assert list(agents({"prefect": {"enabled": True, "agents": ["main"]}})) == []


def test_a_number_that_python_cannot_print_is_none() -> None:
    assert number(10**5000) is None
    assert memory(10**5000) is None


def test_the_nearest_name_is_suggested_when_it_is_near() -> None:
    assert suggestion("gneral", ["gpu", "general"]) == "did you mean 'general'?"
    assert suggestion("worker", ["gpu", "general"]) == ""


def test_nothing_known_is_said_as_none() -> None:
    assert listed([]) == "none"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a", "'a'"), ("a\nb", "'a\\nb'"), (1.5, "1.5"), ("x" * 201, f"'{'x' * 200}…'"), ("ü", "'ü'")],
    ids=["text", "two lines", "number", "long", "letters"],
)
def test_a_value_is_shown_on_one_line(value: object, shown: str) -> None:
    assert show(value) == shown
    assert listed(["a\nb"]) == "a\\nb"
