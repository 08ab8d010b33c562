from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCK = {"region": "us-west-2", "kubernetes_version": "1.35", "node_groups": {}}


@pytest.mark.parametrize("provider", ["existing", "local", "embedded"])
def test_only_a_cloud_needs_its_block(
    provider: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    assert told({"provider": provider}) == []


@pytest.mark.parametrize(
    ("provider", "block"),
    [
        ("aws", "amazon_web_services"),
        ("gcp", "google_cloud_platform"),
        ("azure", "azure"),
        ("do", "digital_ocean"),
    ],
)
def test_a_cloud_without_its_block_is_an_error(
    provider: str, block: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    expected = (
        f"error provider: provider '{provider}' needs the block '{block}', which is not in the file"
    )

    assert told({"provider": provider}) == [expected]
    assert told({"provider": provider, block: None}) == [expected]


def test_the_minimal_blocks_of_the_hints_are_right_themselves(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    import yaml

    from qhub.config.rules.clusters import block_is_there

    for provider in ("aws", "gcp", "azure", "do"):
        (finding,) = block_is_there({"provider": provider})
        block = yaml.safe_load(finding.hint.removeprefix("add: "))
        assert told({"provider": provider, **block}) == []


def test_a_block_of_another_provider_is_told_unless_it_is_empty(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    assert told({"provider": "embedded", "existing": {}, "azure": None}) == [
        "warning existing: 'existing' has no effect: provider is 'embedded'"
    ]


@pytest.mark.parametrize("zone", ["us-west-2a", "us-west-2-lax-1a"])
def test_a_zone_of_the_region_is_right(
    zone: str, told: Callable[[dict[str, Any]], list[str]]
) -> None:
    block = {**_BLOCK, "availability_zones": [zone]}

    assert told({"provider": "aws", "amazon_web_services": block}) == []


def test_googles_single_zone_is_held_to_the_region(
    told: Callable[[dict[str, Any]], list[str]],
) -> None:
    block = {"region": "us-central1", "zone": "us-east1-b"}

    assert told({"provider": "gcp", "google_cloud_platform": block}) == [
        "error google_cloud_platform.zone: zone 'us-east1-b' is not in the region 'us-central1' "
        "(google_cloud_platform.region)"
    ]
