"""What Terraform remembers: addresses and outputs."""

from __future__ import annotations

import json

from qhub.deploy.state import parse, release_address

STATE = {
    "version": 4,
    "outputs": {
        "release_revisions": {"value": {"etl": 2}, "type": ["object", {}]},
        "secret_revisions": {"value": {"qhub-a-flow": 3}, "type": ["object", {}]},
        "namespace": {"value": "dev", "type": "string"},
    },
    "resources": [
        {"mode": "managed", "type": "t", "name": "one", "instances": [{"attributes": {}}]},
        {
            "mode": "managed",
            "type": "t",
            "name": "many",
            "instances": [{"index_key": "a"}, {"index_key": 'b"'}, {"index_key": 0}],
        },
        {"mode": "data", "type": "t", "name": "read", "instances": [{}]},
        {"module": "module.m", "mode": "managed", "type": "t", "name": "x", "instances": [{}]},
    ],
}


def test_addresses_are_as_terraform_writes_them() -> None:
    assert parse(json.dumps(STATE)).addresses == {
        "t.one",
        't.many["a"]',
        't.many["b\\""]',
        "t.many[0]",
        "module.m.t.x",
    }


def test_outputs_are_revisions_and_variables_of_later_stages() -> None:
    found = parse(json.dumps(STATE))
    assert found.revisions() == {"qhub-a-flow": 3}
    assert found.release_revisions() == {"etl": 2}
    assert found.variables() == {
        "release_revisions": '{"etl": 2}',
        "secret_revisions": '{"qhub-a-flow": 3}',
        "namespace": "dev",
    }


def test_no_state_is_an_empty_one() -> None:
    for text in ("", "\n", "{}"):
        assert parse(text).is_empty
        assert parse(text).revisions() == {}


def test_the_last_revision_of_each_release_is_known() -> None:
    instances = [
        {"index_key": "etl", "attributes": {"metadata": {"revision": 3}}},
        {"index_key": "gpu", "attributes": {"metadata": None}},
    ]
    release = {"mode": "managed", "type": "helm_release", "name": "agent", "instances": instances}
    object_ = {"attributes": {"metadata": [{"name": "qhub-etl-flow"}]}}
    secret = {"mode": "managed", "type": "kubernetes_secret_v1", "name": "flow"}
    text = json.dumps({"resources": [release, {**secret, "instances": [object_]}]})

    assert parse(text).helm_revisions == {release_address("etl"): 3}
