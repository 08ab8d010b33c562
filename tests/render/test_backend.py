"""Where a stage's state lies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.render.rendered import bundle, json_of


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param(
            {},
            {
                "kubernetes": {
                    "namespace": "qhub-state",
                    "secret_suffix": "pipelines.dev.03-kubernetes-services",
                }
            },
            id="remote",
        ),
        pytest.param(
            {"existing": {"kube_context": "team"}, "terraform_state": {"type": "remote"}},
            {
                "kubernetes": {
                    "config_context": "team",
                    "namespace": "qhub-state",
                    "secret_suffix": "pipelines.dev.03-kubernetes-services",
                }
            },
            id="remote-in-a-context",
        ),
        pytest.param(
            {"terraform_state": {"type": "local"}},
            {"local": {"path": "../../.qhub/pipelines-dev/03-kubernetes-services.tfstate"}},
            id="local",
        ),
        pytest.param(
            {
                "terraform_state": {
                    "type": "existing",
                    "backend": "s3",
                    "config": {"bucket": "b", "key": "${k}", "encrypt": True},
                }
            },
            {"s3": {"bucket": "b", "key": "${k}", "encrypt": True}},
            id="existing",
        ),
        pytest.param(
            {"terraform_state": {"type": "existing"}},
            {"local": {"path": "../../.qhub/pipelines-dev/03-kubernetes-services.tfstate"}},
            id="existing-without-a-backend",
        ),
    ],
)
def test_the_backend_is_what_terraform_state_says(
    keys: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert json_of(bundle(**keys), "backend.tf.json") == {"terraform": {"backend": expected}}


def test_deployments_whose_names_join_to_one_have_their_own_state() -> None:
    one = json_of(bundle(project_name="a-b", namespace="c"), "backend.tf.json")
    two = json_of(bundle(project_name="a", namespace="b-c"), "backend.tf.json")

    assert one != two
