"""The texts that a config may hold, each checked by its real grammar.

`FORMATS` maps a format's name in the JSON Schema to a function that returns None for a right
text and else what was expected, as a noun phrase that fits behind "is not". Patterns are compiled
where they are first needed: a run uses few of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.formats.clouds import (
    explain_aws_instance,
    explain_aws_region,
    explain_azure_instance,
    explain_azure_region,
    explain_do_instance,
    explain_do_region,
    explain_gcp_instance,
    explain_gcp_region,
    explain_gcp_zone,
)
from qhub.config.formats.images import explain_image
from qhub.config.formats.names import (
    explain_dns_domain,
    explain_dns_label,
    explain_dns_subdomain,
    explain_email,
    explain_env_name,
    explain_label_key,
    explain_label_value,
    explain_secret_key,
    explain_secret_name,
    explain_toleration_key,
)
from qhub.config.formats.quantities import (
    BadQuantityError,
    cpu_millis,
    explain_cpu,
    explain_memory,
    memory_bytes,
)
from qhub.config.formats.values import (
    BadDurationError,
    duration_seconds,
    explain_duration,
    explain_kubernetes_version,
    explain_port,
    explain_prefect_version,
    explain_url,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "FORMATS",
    "BadDurationError",
    "BadQuantityError",
    "cpu_millis",
    "duration_seconds",
    "memory_bytes",
]

FORMATS: Mapping[str, Callable[[str], str | None]] = {
    "aws-instance": explain_aws_instance,
    "aws-region": explain_aws_region,
    "azure-instance": explain_azure_instance,
    "azure-region": explain_azure_region,
    "cpu-quantity": explain_cpu,
    "dns-domain": explain_dns_domain,
    "dns-label": explain_dns_label,
    "dns-subdomain": explain_dns_subdomain,
    "do-instance": explain_do_instance,
    "do-region": explain_do_region,
    "duration": explain_duration,
    "email": explain_email,
    "env-name": explain_env_name,
    "gcp-instance": explain_gcp_instance,
    "gcp-region": explain_gcp_region,
    "gcp-zone": explain_gcp_zone,
    "image": explain_image,
    "kubernetes-version": explain_kubernetes_version,
    "label-key": explain_label_key,
    "label-value": explain_label_value,
    "memory-quantity": explain_memory,
    "port": explain_port,
    "prefect-version": explain_prefect_version,
    "secret-key": explain_secret_key,
    "secret-name": explain_secret_name,
    "toleration-key": explain_toleration_key,
    "url": explain_url,
}
