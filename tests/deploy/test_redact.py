"""Secret values are cut out of what others say, in the forms that they have there."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from qhub.deploy.redact import Redactor

VALUE = 'pa"ss/wörd+\\value'


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(VALUE, id="plain"),
        pytest.param(json.dumps(VALUE), id="JSON"),
        pytest.param(json.dumps(VALUE, ensure_ascii=False), id="JSON with signs"),
        pytest.param(quote(VALUE, safe=""), id="URL"),
        pytest.param(base64.b64encode(VALUE.encode()).decode(), id="Base64"),
    ],
)
def test_a_value_is_cut_out(form: str) -> None:
    told = Redactor.of([VALUE])(f"before {form} after")
    assert "(secret)" in told
    assert "wörd" not in told
    assert form.strip('"') not in told
    assert told.startswith("before ")
    assert told.endswith(" after")


def test_the_lines_of_a_value_are_cut_out_where_a_log_breaks_it() -> None:
    key = "-----BEGIN-----\nabcdefghijklmnopqrstuvwxyz\n-----END-----\n"
    told = Redactor.of([key])("key:\n    | -----BEGIN-----\n    | abcdefghijklmnopqrstuvwxyz\n")
    assert "abcdef" not in told


def test_short_values_cut_up_no_words() -> None:
    assert Redactor.of(["a", "on", "yes"])("yes, on a day") == "yes, on a day"


def test_the_longer_of_two_values_goes_first() -> None:
    assert Redactor.of(["pass", "password"])("password") == "(secret)"
