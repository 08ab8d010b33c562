"""What a destroy leaves in Prefect, of which the cluster tells nothing, is listed too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.deploy.place import Place

pytestmark = pytest.mark.cluster


def test_what_workers_made_in_prefect_stays_and_is_listed(place: Place) -> None:
    assert not _in_prefect(place)  # nothing was deployed, so nothing was made
    place.run("deploy")
    assert _in_prefect(place) == [
        "in Prefect, the work pools etl, gpu with their runs",
        "in Prefect, the variables 'qhub_platform' and 'qhub_profile_…'; another platform on this "
        "API is described there after `prefect variable delete qhub_platform`",
    ]


def _in_prefect(place: Place) -> list[str]:
    """Destroy; return what is left in Prefect."""
    left = place.report("destroy", "--confirm", "pipelines")["left"]
    assert left
    return [what for what in left if what.startswith("in Prefect")]
