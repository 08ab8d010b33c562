"""Project names of older files become names that Kubernetes and the clouds take."""

from __future__ import annotations

import pytest

from qhub.config import Problem, check
from qhub.config.names import project_label
from qhub.config.read import parse


def test_an_old_project_name_becomes_a_label_with_a_warning() -> None:
    result = check(parse(b"project_name: Acme_Pipes\nprovider: existing\n", "x.yaml"))
    assert result.problems == (
        Problem(
            "x.yaml",
            1,
            15,
            "project_name",
            "warning",
            "'Acme_Pipes' is no DNS label; QHub uses 'acme-pipes' in its place",
            "write it so: project_name: acme-pipes",
        ),
    )
    assert result.config is not None
    assert result.config.project_name == "acme-pipes"


def test_a_project_name_without_letters_is_an_error() -> None:
    [wrong] = check(parse(b"project_name: '___'\nprovider: existing\n", "x.yaml")).problems
    assert (wrong.severity, wrong.message, wrong.hint) == (
        "error",
        "'___' holds nothing that a name can be made of",
        "use a-z, 0-9 and '-'",
    )


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("pipelines", "pipelines"),
        ("Acme_Pipes", "acme-pipes"),
        ("-a--b_ c-", "a-b-c"),
        ("Ümläut", "ml-ut"),
        ("a" * 62 + "_b", "a" * 62),
        ("_", ""),
    ],
)
def test_a_label_is_made_of_a_name(name: str, label: str) -> None:
    assert project_label(name) == label
