"""How the clouds write regions, zones and instance types, and what a type's name tells."""

from __future__ import annotations

import re

__all__ = [
    "explain_aws_instance",
    "explain_aws_region",
    "explain_azure_instance",
    "explain_azure_region",
    "explain_do_instance",
    "explain_do_region",
    "explain_gcp_instance",
    "explain_gcp_region",
    "explain_gcp_zone",
]

_AWS_REGION = r"[a-z]{2,4}(?:-[a-z]+){1,3}-[0-9]{1,2}"
_GCP_REGION = r"[a-z]+-[a-z]+[0-9]{1,2}"
_DO_REGION = r"[a-z]{3}[0-9]{1,2}"
# "eastus2", or the name that the portal shows, "East US 2", which QHub's own examples use.
_AZURE_REGION = r"[a-z]+[0-9]?|[A-Z][A-Za-z]*(?: [A-Z][A-Za-z]*)*(?: [0-9])?"

# g5.xlarge, m5.2xlarge, p4de.24xlarge, u-6tb1.112xlarge, mac2-m2.metal, m8g.metal-24xl
_AWS_INSTANCE = (
    r"[a-z](?=[a-z-]*[0-9])[a-z0-9]*(?:-[a-z0-9]+)*"
    r"\.(?:nano|micro|small|medium|large|[0-9]{0,3}xlarge|metal(?:-[0-9]+xl)?)"
)
# n1-standard-4, e2-micro, a2-highgpu-1g, n2-custom-4-8192-ext, c3-standard-4-lssd
_GCP_INSTANCE = (
    r"[a-z]{1,2}[0-9][a-z]{0,2}-(?:micro|small|medium|[a-z]+(?:-[0-9]+[a-z]?)+)(?:-[a-z]+)?"
    r"|custom-[0-9]+-[0-9]+(?:-ext)?"
)
# Standard_D4s_v5, Standard_NC4as_T4_v3, Standard_M128-32ms, Basic_A1
_AZURE_INSTANCE = r"(?:Standard|Basic)_[A-Z]{1,3}[0-9]+(?:-[0-9]+)?[a-z]*(?:_[A-Za-z0-9]+)*"
# s-2vcpu-4gb, so1_5-2vcpu-16gb, c-4-intel, gpu-h100x1-80gb
_DO_INSTANCE = (
    r"[a-z]+(?:[0-9](?:_[0-9])?)?-[0-9]+vcpu-[0-9]+[gm]b(?:-[a-z0-9]+)*"
    r"|c-[0-9]+(?:-[a-z0-9]+)*"
    r"|gpu-[a-z0-9]+x[0-9]+-[0-9]+gb(?:-[a-z0-9]+)*"
)


def explain_aws_region(text: str) -> str | None:
    """Return None for the shape of an AWS region, else what was expected."""
    if re.fullmatch(_AWS_REGION, text):
        return None
    if re.fullmatch(rf"{_AWS_REGION}[a-z]", text):
        return "an AWS region such as us-west-2, but a zone"
    return "an AWS region such as us-west-2"


def explain_gcp_region(text: str) -> str | None:
    """Return None for the shape of a Google Cloud region, else what was expected."""
    if re.fullmatch(_GCP_REGION, text):
        return None
    if explain_gcp_zone(text) is None:
        return "a Google Cloud region such as us-central1, but a zone"
    return "a Google Cloud region such as us-central1"


def explain_gcp_zone(text: str) -> str | None:
    """Return None for the shape of a Google Cloud zone, else what was expected."""
    if re.fullmatch(rf"{_GCP_REGION}-[a-z]", text):
        return None
    return "a Google Cloud zone such as us-central1-a"


def explain_azure_region(text: str) -> str | None:
    """Return None for the shape of an Azure region, else what was expected."""
    if re.fullmatch(_AZURE_REGION, text):
        return None
    return "an Azure region such as eastus2 or East US 2"


def explain_do_region(text: str) -> str | None:
    """Return None for the shape of a DigitalOcean region, else what was expected."""
    return None if re.fullmatch(_DO_REGION, text) else "a DigitalOcean region such as nyc3"


def explain_aws_instance(text: str) -> str | None:
    """Return None for the shape of an AWS instance type, else what was expected."""
    if re.fullmatch(_AWS_INSTANCE, text):
        return None
    return "an AWS instance type such as m5.2xlarge or g5.xlarge"


def explain_gcp_instance(text: str) -> str | None:
    """Return None for the shape of a Google Cloud machine type, else what was expected."""
    if re.fullmatch(_GCP_INSTANCE, text):
        return None
    return "a Google Cloud machine type such as n1-standard-4 or a2-highgpu-1g"


def explain_azure_instance(text: str) -> str | None:
    """Return None for the shape of an Azure VM size, else what was expected."""
    if re.fullmatch(_AZURE_INSTANCE, text):
        return None
    return "an Azure VM size such as Standard_D4s_v5 or Standard_NC4as_T4_v3"


def explain_do_instance(text: str) -> str | None:
    """Return None for the shape of a DigitalOcean droplet size, else what was expected."""
    if re.fullmatch(_DO_INSTANCE, text):
        return None
    return "a DigitalOcean size such as s-4vcpu-8gb or gpu-h100x1-80gb"
