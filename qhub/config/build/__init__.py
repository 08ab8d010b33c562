"""Document to Config: every default comes from the schema, every old spelling ends here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.config.build.block import Block
from qhub.config.build.cluster import build_cluster
from qhub.config.build.prefect import build_prefect
from qhub.config.build.secrets import build_secrets
from qhub.config.build.sizes import build_dask_worker, build_flow_run, build_gateway
from qhub.config.model import Certificate, CiCd, Config, TerraformState
from qhub.config.names import project_label

if TYPE_CHECKING:
    from qhub.config.document import Document

__all__ = ["build"]


def build(document: Document) -> Config:
    """Return the Config of a document in which `check` found no error."""
    top = Block(document.data)
    project_name = project_label(top.get("project_name"))
    secrets = build_secrets(top.get("secrets") or {}, path=("secrets",))
    profiles = top.block("profiles")
    return Config(
        project_name=project_name,
        namespace=top.get("namespace"),
        provider=top.get("provider"),
        domain=top.get("domain"),
        cluster=build_cluster(top),
        prefect=build_prefect(top.block("prefect"), project_name=project_name, secrets=secrets),
        flow_image=top.block("default_images").get("flow"),
        secrets=secrets,
        dask_gateway=build_gateway(top.block("dask_gateway")),
        flow_run_profiles=tuple(
            build_flow_run(name, profile) for name, profile in profiles.entries("flow_run")
        ),
        dask_worker_profiles=tuple(
            build_dask_worker(name, profile) for name, profile in profiles.entries("dask_worker")
        ),
        terraform_state=_terraform_state(top.block("terraform_state")),
        ci_cd=_ci_cd(top.block("ci_cd")) if "ci_cd" in top else None,
        certificate=_certificate(top.block("certificate")) if "certificate" in top else None,
        prevent_deploy=top.get("prevent_deploy"),
    )


def _terraform_state(block: Block) -> TerraformState:
    return TerraformState(
        type=block.get("type"), backend=block.get("backend"), config=block.get("config") or {}
    )


def _ci_cd(block: Block) -> CiCd:
    return CiCd(
        type=block.get("type"),
        branch=block.get("branch"),
        commit_render=block.get("commit_render"),
        before_script=tuple(block.get("before_script") or ()),
        after_script=tuple(block.get("after_script") or ()),
    )


def _certificate(block: Block) -> Certificate:
    return Certificate(
        type=block.get("type"),
        secret_name=block.get("secret_name"),
        acme_email=block.get("acme_email"),
        acme_server=block.get("acme_server"),
    )
