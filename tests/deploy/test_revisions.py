"""When a Secret is written again, and that nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qhub.deploy.revisions import decide, forget, intend, intended
from qhub.deploy.values import Held

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECRET = Held("qhub-a-flow", "a", "address", {"S3": "s3"})
VALUES = {"s3": "value"}
SAME: Mapping[str, bytes] = {"S3": b"value"}


@pytest.mark.parametrize(
    ("before", "live", "revision", "cause"),
    [
        pytest.param({}, None, 1, None, id="new"),
        pytest.param({}, SAME, 1, None, id="there, and unknown to the state"),
        pytest.param({}, {"S3": b"x"}, 2, "differs", id="there, unknown, and other"),
        pytest.param({"qhub-a-flow": 1}, SAME, 1, None, id="as it should be"),
        pytest.param({"qhub-a-flow": 7}, SAME, 7, None, id="raised before"),
        pytest.param({"qhub-a-flow": 1767225600}, SAME, 1767225600, None, id="raised by hand"),
        pytest.param({"qhub-a-flow": 7}, {"S3": b"x"}, 8, "differs", id="another value"),
        pytest.param({"qhub-a-flow": 7}, {}, 8, "differs", id="a key is gone"),
        pytest.param({"qhub-a-flow": 7}, {**SAME, "X": b"x"}, 8, "differs", id="a key too many"),
        pytest.param({"qhub-a-flow": 7}, None, 8, "gone", id="gone"),
    ],
)
def test_a_revision_rises_where_the_value_is_not_what_the_cluster_holds(
    before: Mapping[str, int],
    live: Mapping[str, bytes] | None,
    revision: int,
    cause: str | None,
) -> None:
    found = decide([SECRET], VALUES, before=before, live={"qhub-a-flow": live})

    assert found.revisions == {"qhub-a-flow": revision}
    assert found.causes == ({} if cause is None else {"qhub-a-flow": cause})


def test_what_was_about_to_be_written_is_kept_until_it_is(tmp_path: Path) -> None:
    file = tmp_path / "revisions.json"
    assert intended(file) == {}
    intend(file, {"qhub-a-flow": 2})
    assert intended(file) == {"qhub-a-flow": 2}
    forget(file)
    assert intended(file) == {}
    forget(file)


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_a_note_that_was_cut_off_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "revisions.json").write_text(content)
    assert intended(tmp_path / "revisions.json") == {}
