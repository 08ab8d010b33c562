from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qhub.config.secret_sources import is_placeholder, terraform_variable


@pytest.mark.parametrize(
    ("secret", "environment", "expected"),
    [
        ("S3_KEY", None, "s3_key"),
        ("gcp.json", None, "gcp_json"),
        ("a-b", None, "a_b"),
        ("2nd", None, "_2nd"),
        ("S3_KEY", "TF_VAR_s3", "s3"),
        ("S3_KEY", "AWS_SECRET", "AWS_SECRET"),
        ("S3_KEY", "QHUB_SECRET_S3", "QHUB_SECRET_S3"),
    ],
)
def test_the_variable_is_named_by_its_source(
    secret: str, environment: str | None, expected: str
) -> None:
    assert terraform_variable(secret, environment) == expected


@given(st.from_regex(r"[-._A-Za-z0-9]{1,40}", fullmatch=True))
def test_every_secret_has_a_variable_that_terraform_takes(secret: str) -> None:
    assert re.fullmatch(r"[a-z_][a-z0-9_]*", terraform_variable(secret, None))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("QHUB_SECRET_X", True), ("QHUB_SECRET_", False), ("a QHUB_SECRET_X", False), (None, False)],
)
def test_a_placeholder_is_the_whole_text(value: object, *, expected: bool) -> None:
    assert is_placeholder(value) is expected
