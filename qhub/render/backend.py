"""Where a stage's Terraform state lies: backend.tf.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

if TYPE_CHECKING:
    from qhub.config.model import TerraformState
    from qhub.platform.model import Platform

__all__ = ["STATE_NAMESPACE", "backend"]

STATE_NAMESPACE = "qhub-state"


def backend(
    platform: Platform, *, stage: str, state: TerraformState, kube_context: str | None
) -> dict[str, Any]:
    """Return the `terraform` block of a stage on a cluster that exists already."""
    return {"terraform": {"backend": _backend(platform, stage, state, kube_context)}}


def _backend(
    platform: Platform, stage: str, state: TerraformState, kube_context: str | None
) -> dict[str, Any]:
    match state.type:
        case "remote":
            context = {} if kube_context is None else {"config_context": kube_context}
            # None of the parts has a dot: no two deployments share a suffix. It is a label's value
            # as well; `check` holds project and namespace short enough.
            suffix = f"{platform.project}.{platform.namespace}.{stage}"
            return {
                "kubernetes": {"namespace": STATE_NAMESPACE, "secret_suffix": suffix, **context}
            }
        case "existing" if state.backend is not None:
            return {state.backend: dict(state.config)}
        case "local" | "existing":
            folder = f"../../.qhub/{platform.project}-{platform.namespace}"
            return {"local": {"path": f"{folder}/{stage}.tfstate"}}
        case _:
            assert_never(state.type)
