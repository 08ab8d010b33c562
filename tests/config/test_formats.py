from __future__ import annotations

import string
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qhub.config.formats import (
    FORMATS,
    BadDurationError,
    BadQuantityError,
    cpu_millis,
    duration_seconds,
    memory_bytes,
)

_DIGEST = "sha256:" + "4f53cda18c2baa0c" * 4

_RIGHT = {
    "aws-instance": [
        "t3.micro",
        "m5.2xlarge",
        "g5.xlarge",
        "g4dn.metal",
        "p4de.24xlarge",
        "p6-b200.48xlarge",
        "u-6tb1.112xlarge",
        "mac2-m2.metal",
        "m8g.metal-24xl",
    ],
    "aws-region": [
        "us-west-2",
        "ap-southeast-2",
        "us-gov-west-1",
        "eusc-de-east-1",
        "us-iso-east-1",
    ],
    "azure-instance": [
        "Standard_D4s_v5",
        "Standard_D2_v2",
        "Standard_NC4as_T4_v3",
        "Standard_M128-32ms",
        "Basic_A1",
        "Standard_ND96isr_H100_v5",
    ],
    "azure-region": ["eastus2", "westeurope", "Central US", "East US 2"],
    "cpu-quantity": ["1", "1.5", ".5", "2.", "500m", "0", "+1", "1e3", "2E-1", "100000u", "3k"],
    "dns-domain": ["qhub.example.com", "localhost", "192.0.2.7", "a-b.example"],
    "dns-label": ["a", "data-team", "3d", "x" * 63],
    "dns-subdomain": ["team.example", "a", ".".join(["x" * 63] * 3)],
    "do-instance": [
        "s-2vcpu-4gb",
        "s-1vcpu-512mb-10gb",
        "g-8vcpu-32gb",
        "m6-2vcpu-16gb",
        "so1_5-2vcpu-16gb",
        "c-4-intel",
        "gpu-h100x1-80gb",
        "gpu-4000adax1-20gb",
    ],
    "do-region": ["nyc3", "ams3", "fra1"],
    "duration": ["90", "90s", "30m", "1h30m", "2d", "1d2h3m4s"],
    "email": ["ops@example.com", "a.b+c@mail.example.org"],
    "env-name": ["S3_KEY", "_x", "PREFECT__CONTEXT__SECRETS__A"],
    "gcp-instance": [
        "e2-micro",
        "n1-standard-4",
        "n1-highmem-16",
        "a2-highgpu-1g",
        "n2-custom-4-8192-ext",
        "custom-4-8192",
        "c3-standard-4-lssd",
        "g2-standard-4",
    ],
    "gcp-region": ["us-central1", "northamerica-northeast1", "europe-west12"],
    "gcp-zone": ["us-central1-a", "europe-west4-b"],
    "image": [
        "flow",
        "prefecthq/prefect:3.8.8-python3.12-kubernetes",
        "localhost/flow",
        "localhost:5000/team/flow:1",
        "registry.example.com:5000/a/b__c/d-e.f:v1",
        "[2001:db8::1]:5000/flow",
        f"flow@{_DIGEST}",
        f"registry.example.com/flow:1@{_DIGEST}",
    ],
    "kubernetes-version": [
        "1.35",
        "1.35.2",
        "v1.35.2-eks-3cfe0ce",
        "1.21.5-do.0",
        "1.19.14-gke.301",
        "v1.30.5+k3s1",
    ],
    "label-key": ["team", "example.com/team", "a.b_c-D", "x" * 63],
    "label-value": ["", "data-science", "1.2_3"],
    "memory-quantity": ["512Mi", "2G", "1.5Gi", "1000000", "1e9", "129e6", "128974848000m", "64Ki"],
    "port": ["1", "443", "65535"],
    "prefect-version": ["3", "3.8", "3.8.8", "0.14.22", "3.9.0rc1"],
    "secret-key": ["S3_KEY", "gcp.json", "a-b", ".netrc"],
    "secret-name": ["s3-credentials", "team.s3"],
    "toleration-key": ["nvidia.com/gpu", "dedicated"],
    "url": [
        "https://prefect.example.com/api",
        "http://10.0.0.7:4200/api",
        "http://[::1]:4200/api",
        "s3://acme-pipelines/flows",
        "abfs://flows@account.dfs.core.windows.net/x",
    ],
}

_WRONG = {
    "aws-instance": ["m5", "xlarge", "m5_2xlarge", "m5.huge", "M5.xlarge", "m5.2xlarge\n"],
    "aws-region": ["us-west", "uswest2", "us-west-2a", "US-WEST-2"],
    "azure-instance": ["D4s_v5", "Standard-D4s", "m5.large"],
    "azure-region": ["east us", "us-west-2", ""],
    "cpu-quantity": ["", "m", ".", "-1", "2 cores", "1.5.0", "1e", "1e3m", "1e999", "٣", "1\n"],
    "dns-domain": ["https://qhub.example.com", "Qhub.example.com", "qhub.example.com/", "a..b", ""],
    "dns-label": ["", "Data", "a_b", "-a", "a-", "a.b", "x" * 64, "a\n"],
    "dns-subdomain": ["", "a..b", "A.b", ".".join(["x" * 63] * 4)],
    "do-instance": ["s-2cpu-4gb", "m5.large", "gpu-h100"],
    "do-region": ["nyc", "us-east1", "NYC3"],
    "duration": ["", "half an hour", "1m1h", "-5m", "1.5h"],
    "email": ["ops", "ops@localhost", "a b@example.com", "@example.com"],
    "env-name": ["", "1A", "LOG-LEVEL", "A B", "Ä"],
    "gcp-instance": ["n1-standard", "m5.large", "standard-4", "us-central1-a"],
    "gcp-region": ["us-central1-a", "us-central", "us-west-2"],
    "gcp-zone": ["us-central1", "us-central1-aa"],
    "image": [
        "",
        "Team/flow",
        "flow:",
        "flow:a b",
        "flow@sha256:4f53",
        f"flow@{_DIGEST.upper()}",
        "https://registry.example.com/flow:1",
        "a//b",
        "flow:" + "x" * 129,
        "x" * 256,
    ],
    "kubernetes-version": ["1", "latest", "2.1", "1.35.x", "1.35-do.0"],
    "label-key": ["", "/team", "example.com/", "a/b/c", "-a", "x" * 64, "Example.com/a"],
    "label-value": ["-a", "a b", "x" * 64],
    "memory-quantity": ["", "2GB", "512mi", "2 Gi", "512m", "-1Gi", "Gi", "1n"],
    "port": ["0", "65536", "http", "-1", ""],
    "prefect-version": ["", "v3", "3.x", "latest", "3.8.8-python3.12"],
    "secret-key": ["", "S3 KEY", "..", "..data", ".", "a/b", "x" * 254],
    "secret-name": ["S3", "s3_credentials", ""],
    "toleration-key": ["", "nvidia.com/", "gpu=true"],
    "url": ["", "prefect.example.com/api", "https://", "https://a b/", "http://x:70000/", "://x"],
}


def _cases(table: dict[str, list[str]]) -> list[object]:
    return [
        pytest.param(name, value, id=f"{name}-{index}")
        for name, values in table.items()
        for index, value in enumerate(values)
    ]


@pytest.mark.parametrize(("name", "value"), _cases(_RIGHT))
def test_a_right_text_needs_no_explanation(name: str, value: str) -> None:
    assert FORMATS[name](value) is None


@pytest.mark.parametrize(("name", "value"), _cases(_WRONG))
def test_a_wrong_text_is_told_what_was_expected(name: str, value: str) -> None:
    explanation = FORMATS[name](value)

    assert explanation is not None
    assert explanation.startswith(("a ", "an ", "the "))
    assert not explanation.endswith(".")


def test_every_format_is_in_both_tables() -> None:
    assert set(FORMATS) == set(_RIGHT) == set(_WRONG)


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(text=st.text(max_size=80))
def test_no_text_makes_a_format_raise(name: str, text: str) -> None:
    assert FORMATS[name](text) is None or len(str(FORMATS[name](text))) > 10


@pytest.mark.parametrize(
    ("name", "value", "explanation"),
    [
        ("dns-domain", "https://a.example", "a domain name such as qhub.example.com, "
         "without https:// and path"),
        ("image", "Team/flow:1", "a container image such as registry.example.com/team/flow:1.2; "
         "a repository is written in lower case"),
        ("image", "flow@sha256:00", "a container image such as registry.example.com/team/flow:1.2; "
         "after '@' stands sha256: and 64 hexadecimal digits in lower case"),
        ("image", "docker://flow", "a container image such as registry.example.com/team/flow:1.2, "
         "without a scheme in front"),
        ("aws-region", "us-west-2a", "an AWS region such as us-west-2, but a zone"),
        ("gcp-region", "us-central1-a", "a Google Cloud region such as us-central1, but a zone"),
        ("memory-quantity", "512m", "a memory quantity such as 512Mi or 2G "
         "(units: Ki, Mi, Gi, Ti or k, M, G, T); m means a thousandth of a byte"),
        ("url", "prefect.example.com", "a URL such as https://prefect.example.com/api, "
         "beginning with https:// or http://"),
    ],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_a_frequent_slip_is_named(name: str, value: str, explanation: str) -> None:
    assert FORMATS[name](value) == explanation


@pytest.mark.parametrize(
    ("text", "millis"),
    [("1", 1000), ("1.5", 1500), ("500m", 500), (".5", 500), ("1e3", 1_000_000), ("1u", 1),
     ("1001u", 2), ("2k", 2_000_000), ("1Ki", 1_024_000), ("0", 0), ("5e-1", 500)],
)  # fmt: skip
def test_cpu_is_counted_in_thousandths_rounded_up(text: str, millis: int) -> None:
    assert cpu_millis(text) == millis


@pytest.mark.parametrize(
    ("text", "count"),
    [("512Mi", 536_870_912), ("1G", 10**9), ("1.5Gi", 1_610_612_736), ("1e9", 10**9),
     ("128974848000m", 128_974_848), ("0.1", 1), ("1E", 10**18), ("1E1", 10)],
)  # fmt: skip
def test_memory_is_counted_in_bytes_rounded_up(text: str, count: int) -> None:
    assert memory_bytes(text) == count


def test_what_is_no_quantity_is_refused_by_name() -> None:
    with pytest.raises(BadQuantityError, match=r"^not a Kubernetes quantity: '2GB'$"):
        memory_bytes("2GB")


_UNITS = {"": Fraction(1), "m": Fraction(1, 1000), "k": Fraction(10**3), "G": Fraction(10**9)}
_UNITS |= {
    "Ki": Fraction(2**10),
    "Gi": Fraction(2**30),
    "e2": Fraction(100),
    "E-2": Fraction(1, 100),
}
_DECIMALS = st.decimals(0, 10**6, places=3).map(lambda value: f"{value:f}")


@given(number=_DECIMALS, unit=st.sampled_from(sorted(_UNITS)))
def test_a_quantity_is_its_number_times_its_unit(number: str, unit: str) -> None:
    exact = Fraction(number) * _UNITS[unit]

    assert memory_bytes(number + unit) == -(-exact.numerator // exact.denominator)
    assert cpu_millis(number + unit) == -(-(exact * 1000).numerator // (exact * 1000).denominator)


@given(first=_DECIMALS, second=_DECIMALS, units=st.tuples(*[st.sampled_from(sorted(_UNITS))] * 2))
def test_quantities_keep_their_order_whatever_their_units(
    first: str, second: str, units: tuple[str, str]
) -> None:
    smaller, larger = sorted(
        (Fraction(number) * _UNITS[unit], number + unit)
        for number, unit in zip((first, second), units, strict=True)
    )

    assert memory_bytes(smaller[1]) <= memory_bytes(larger[1])
    assert cpu_millis(smaller[1]) <= cpu_millis(larger[1])


@given(count=st.integers(0, 2**63 - 1))
def test_a_whole_number_written_in_its_unit_reads_back(count: int) -> None:
    assert memory_bytes(str(count)) == count
    assert cpu_millis(f"{count}m") == count


@given(text=st.text(alphabet=string.digits + ".eE+-KMGimnuk", max_size=60))
def test_a_quantity_is_counted_or_refused_and_nothing_else(text: str) -> None:
    try:
        count = memory_bytes(text)
    except BadQuantityError:
        return
    assert count >= 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("30m", 1800), ("1h30m", 5400), ("2d", 172_800), ("0", 0)],
)
def test_a_duration_is_counted_in_seconds(text: str, seconds: int) -> None:
    assert duration_seconds(text) == seconds


def test_what_is_no_duration_is_refused_by_name() -> None:
    with pytest.raises(BadDurationError, match=r"^not a duration: '1m1h'$"):
        duration_seconds("1m1h")
