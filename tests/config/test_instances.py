from __future__ import annotations

import json
from typing import Any

import pytest

from qhub import bundle
from qhub.config.formats import FORMATS
from qhub.config.instances import Size, gpu_vendor, gpus_per_node, size

_TABLE = json.loads((bundle.folder("schemas") / "instance-types.json").read_text(encoding="utf-8"))
_CLOUDS = ("aws", "gcp", "azure", "do")
_ALL = [(cloud, name) for cloud in _CLOUDS for name in _TABLE[cloud]]


def test_the_table_has_types_of_every_cloud() -> None:
    assert set(_TABLE) == {"description", *_CLOUDS}
    assert all(len(_TABLE[cloud]) > 40 for cloud in _CLOUDS)


def test_every_type_of_the_table_has_the_shape_of_its_cloud() -> None:
    assert [name for cloud, name in _ALL if FORMATS[f"{cloud}-instance"](name)] == []


def test_the_names_tell_of_gpus_what_the_table_says() -> None:
    told = {name: gpu_vendor(cloud, name) for cloud, name in _ALL}
    known = {name: _TABLE[cloud][name].get("gpu", "").split(" ")[0].lower() for cloud, name in _ALL}

    assert {name for name in told if (told[name] or "") != known[name]} == set()


def test_every_size_can_hold_work() -> None:
    for cloud, name in _ALL:
        known = size(cloud, name)
        assert known is not None
        assert known.vcpu >= 1
        assert known.memory_gib >= 0.5
        assert (known.gpus > 0) is bool(known.gpu)


@pytest.mark.parametrize(
    ("cloud", "name", "expected"),
    [
        ("aws", "m5.2xlarge", Size(8, 32)),
        ("aws", "g5.12xlarge", Size(48, 192, 4, "NVIDIA A10G")),
        ("gcp", "n1-standard-4", Size(4, 15)),
        ("gcp", "a2-highgpu-2g", Size(24, 170, 2, "NVIDIA A100")),
        ("azure", "Standard_NC64as_T4_v3", Size(64, 440, 4, "NVIDIA T4")),
        ("do", "gpu-h100x8-640gb", Size(160, 1920, 8, "NVIDIA H100")),
    ],
)
def test_common_types_have_their_size(cloud: str, name: str, expected: Size) -> None:
    assert size(cloud, name) == expected
    assert expected.cpu_millis == expected.vcpu * 1000
    assert expected.memory_bytes == expected.memory_gib * 2**30


def test_an_unknown_type_has_no_size() -> None:
    assert size("aws", "z99.xlarge") is None
    assert size("embedded", "m5.large") is None


@pytest.mark.parametrize(
    ("cloud", "name", "expected"),
    [
        ("aws", "g6e.xlarge", "nvidia"),
        ("aws", "p6-b300.48xlarge", "nvidia"),
        ("aws", "g4ad.xlarge", "amd"),
        ("aws", "m5.large", None),
        ("gcp", "a3-megagpu-8g", "nvidia"),
        ("gcp", "n1-standard-4", None),
        ("azure", "Standard_NV6ads_A10_v5", "nvidia"),
        ("azure", "Standard_NV8as_v4", "amd"),
        ("azure", "Standard_NG8ads_V620_v1", "amd"),
        ("azure", "Standard_ND96isr_MI300X_v5", "amd"),
        ("azure", "Standard_D4s_v5", None),
        ("do", "gpu-mi325x8-2048gb", "amd"),
        ("do", "g-8vcpu-32gb", None),
        ("existing", "g5.xlarge", None),
    ],
)
def test_a_family_tells_whose_gpus_it_has(cloud: str, name: str, expected: str | None) -> None:
    assert gpu_vendor(cloud, name) == expected


@pytest.mark.parametrize(
    ("cloud", "group", "expected"),
    [
        ("aws", {"instance": "g5.12xlarge"}, 4),
        ("aws", {"instance": "g5.12xlarge", "gpus": 2}, 2),
        ("aws", {"instance": "m5.large"}, 0),
        ("aws", {"instance": "g6f.large", "gpu": True}, None),
        ("aws", {"instance": "g4ad.xlarge"}, 0),
        (
            "gcp",
            {"instance": "n1-standard-4", "guest_accelerators": [{"name": "t4", "count": 2}]},
            2,
        ),
        ("gcp", {"instance": "n1-standard-4", "guest_accelerators": [{"name": "t4"}]}, 1),
        ("gcp", {"instance": "n1-standard-4", "guest_accelerators": []}, 0),
        ("gcp", {"instance": "n1-standard-4", "guest_accelerators": "t4"}, 0),
        ("aws", {}, None),
    ],
    ids=str,
)
def test_gpus_of_a_node_are_written_attached_or_known(
    cloud: str, group: dict[str, Any], expected: int | None
) -> None:
    assert gpus_per_node(cloud, group) == expected
