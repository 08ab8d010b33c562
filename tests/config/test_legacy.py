"""Files of QHub 0.3, QHub 0.4 and Nebari: accepted, with one warning for what is not handled."""

from __future__ import annotations

from pathlib import Path

import pytest

from qhub.config import Problem, check, read
from qhub.config.read import parse

FILES = sorted((Path(__file__).parents[1] / "data" / "legacy").glob("*.yaml"))
OLD_KEYS = "QHub does not handle these keys of older files and ignores them: "
HINT = "remove them once no other tool reads this file"
HEAD = "project_name: pipelines\nprovider: existing\n"

DESERVED = {
    "docs-48-nebari-certificate-dns": ["the key 'provider' is missing"],
    "docs-49-nebari-jupyterlab": ["the key 'provider' is missing"],
    "docs-50-nebari-monitoring": ["the key 'provider' is missing"],
    "docs-51-nebari-smallest": ["the key 'provider' is missing"],
    "docs-55-nebari-azure-all-keys": ["has no value; it must be text"],
}
"""Errors of real files: Nebari chose a provider and a Kubernetes version by itself."""


def checked(text: str) -> list[Problem]:
    return list(check(parse(text.encode(), "x.yaml")).problems)


def test_there_are_real_files() -> None:
    assert len(FILES) > 60
    assert {name.partition("-")[0] for name in (file.stem for file in FILES)} == {
        "docs",
        "nebari",
        "qhub",
    }


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_real_file_is_accepted_with_one_warning_for_old_keys(file: Path) -> None:
    result = check(read(file))
    errors = [p.message for p in result.problems if p.severity == "error"]
    old = [p for p in result.problems if p.message.startswith(OLD_KEYS)]
    assert errors == DESERVED.get(file.stem, [])
    assert (result.config is None) == bool(errors)
    assert len(old) == has_old_keys(file)


def has_old_keys(file: Path) -> int:
    """Return 1 where a file holds one of the blocks that QHub does not handle, else 0."""
    from qhub.config import schema
    from qhub.config.split import split

    return min(1, len(split(read(file).data, schema.config()).unknown))


def test_most_real_files_hold_old_keys() -> None:
    assert sum(map(has_old_keys, FILES)) > len(FILES) // 2


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_inside_the_blocks_of_a_real_file_nothing_is_wrong(file: Path) -> None:
    told = [p for p in check(read(file)).problems if p.message.startswith(("unknown", "must be"))]
    assert told == []


def test_the_warning_lists_each_key_with_its_line_at_the_first() -> None:
    text = HEAD + (
        "profiles:\n  jupyterlab: []\n  dask_worker: {}\n"
        "theme: {jupyterhub: {hub_title: x}}\ndefault_images: {jupyterhub: a:b}\n"
    )
    named = "profiles.jupyterlab (line 4), theme (line 6), default_images.jupyterhub (line 7)"
    assert checked(text) == [
        Problem("x.yaml", 4, 3, "profiles.jupyterlab", "warning", OLD_KEYS + named, HINT)
    ]


def test_a_slip_inside_an_old_block_is_a_warning_at_its_line() -> None:
    text = HEAD + "theme:\n  jupyterhub:\n    hub_tilte: x\n"
    [_, slip] = checked(text)
    assert slip == Problem(
        "x.yaml",
        5,
        5,
        "theme.jupyterhub.hub_tilte",
        "warning",
        "unknown key 'hub_tilte'",
        "did you mean 'hub_title'?",
    )


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        pytest.param(
            "monitoring: {enabled: maybe}\n",
            (3, 23, "monitoring.enabled"),
            "must be true or false, but is text",
            id="switch",
        ),
        pytest.param(
            "security: {keycloak: {initial_root_password: [x]}}\n",
            (3, 46, "security.keycloak.initial_root_password"),
            "must be text or a number, but is a list",
            id="text",
        ),
        pytest.param(
            "security: {authentication: {type: Gitlab}}\n",
            (3, 35, "security.authentication.type"),
            "this is none of: password, GitHub, Auth0, custom",
            id="choice",
        ),
        pytest.param(
            "environments: {a: {name: x, dependencies: [1]}}\n",
            (3, 44, "environments.a.dependencies[0]"),
            "must be text, but is read as a number",
            id="entry of a list",
        ),
    ],
)
def test_a_wrong_value_inside_an_old_block_is_a_warning(
    text: str, place: tuple[int, int, str], message: str
) -> None:
    [_, wrong] = checked(HEAD + text)
    assert (wrong.line, wrong.column, wrong.path) == place
    assert (wrong.severity, wrong.message) == ("warning", message)


def test_a_key_that_nobody_had_stays_an_error() -> None:
    [wrong] = checked(HEAD + "telemtry: {}\n")
    assert (wrong.severity, wrong.message, wrong.hint) == (
        "error",
        "unknown key 'telemtry'",
        "did you mean 'telemetry'?",
    )


def test_our_key_is_suggested_before_an_old_one() -> None:
    [wrong] = checked(HEAD + "default_image: {}\n")
    assert wrong.hint == "did you mean 'default_images'?"


def test_an_old_key_of_a_node_group_is_accepted_in_its_place() -> None:
    text = (
        "project_name: pipelines\nprovider: aws\namazon_web_services:\n  region: us-west-2\n"
        "  kubernetes_version: '1.35'\n  terraform_overrides: {}\n"
        "  node_groups: {a: {instance: m5.xlarge, single_subnet: true}}\n"
    )
    named = (
        "amazon_web_services.terraform_overrides (line 6), "
        "amazon_web_services.node_groups.a.single_subnet (line 7)"
    )
    assert [p.message for p in checked(text)] == [OLD_KEYS + named]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("domain:\nazure:\n", id="key and block"),
        pytest.param("existing: {kube_context: , node_selectors: }\n", id="in a block"),
        pytest.param("terraform_state: {type: remote, backend: null, config: {}}\n", id="Nebari's"),
    ],
)
def test_an_optional_key_without_value_counts_as_not_written(text: str) -> None:
    result = check(parse((HEAD + text).encode(), "x.yaml"))
    assert result.problems == ()
    assert result.config is not None


def test_an_empty_text_in_overrides_means_unset() -> None:
    overrides = (
        "prefect_agent: {prefectLabels: '', job: {imagePullPolicy: '', imagePullSecrets: '', "
        "resources: {requests: {cpu: '', memory: ''}}}}"
    )
    text = (
        HEAD + "prefect:\n  enabled: true\n  api: {url: https://prefect.example.com/api}\n"
        f"  overrides: {{{overrides}, envVars: {{A: ''}}}}\n"
    )
    result = check(parse(text.encode(), "x.yaml"))
    assert result.problems == ()
    assert result.config is not None
    assert result.config.prefect.overrides.env_vars == {"A": ""}
    assert result.config.prefect.overrides.job.image_pull_policy is None
