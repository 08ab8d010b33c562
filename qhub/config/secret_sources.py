"""Where secrets come from, and what the variable of Terraform is called that brings one in."""

from __future__ import annotations

import re

__all__ = ["RESERVED_VARIABLES", "is_placeholder", "terraform_variable"]

# The stages' own variables, and the names that Terraform keeps for itself:
# https://developer.hashicorp.com/terraform/language/values/variables
RESERVED_VARIABLES = frozenset(
    [
        *("agents", "create_namespace", "kube_context", "namespace", "project_name"),
        *("existing_secret_versions", "release_revisions", "secret_revision", "secret_revisions"),
        *("count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source"),
        *("version", "_"),
    ]
)

_PLACEHOLDER = r"QHUB_SECRET_[A-Za-z0-9_]+"
_PREFIX = "TF_VAR_"


def is_placeholder(value: object) -> bool:
    """Return whether a value is QHub 0.3's and 0.4's way to name an environment variable."""
    return isinstance(value, str) and re.fullmatch(_PLACEHOLDER, value) is not None


def terraform_variable(secret: str, environment_variable: str | None) -> str:
    """Return the name of the Terraform variable that carries a secret's value.

    It is that of the environment variable without TF_VAR_, so that a value which is set for
    Terraform already is found; without one it is the secret's own name in lower case.
    """
    if environment_variable is not None:
        return environment_variable.removeprefix(_PREFIX)
    name = re.sub(r"[^a-z0-9_]", "_", secret.lower())
    return f"_{name}" if name[:1].isdigit() else name
