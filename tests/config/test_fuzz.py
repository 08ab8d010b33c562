"""Whatever a file holds: no traceback, and every problem has a line."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qhub.config import Checked, Problem, check
from qhub.config.read import parse
from qhub.errors import ConfigError
from tests.config.test_compiled import FULL, KEYS, PLACES, VALUES, changed, renamed

LEGACY = Path(__file__).parents[1] / "data" / "legacy" / "docs-29-full-0.4.5.yaml"
TEXTS = [
    yaml.safe_dump(FULL, sort_keys=False),
    json.dumps(FULL, indent=1),
    LEGACY.read_text("utf-8"),
    "base: &b {cpu: 1, memory: 1Gi}\nproject_name: a\nprovider: existing\n"
    "profiles: {flow_run: {a: *b, c: {<<: *b, gpus: 1}}}\n# end\n",
]
SIGNS = st.sampled_from(
    [*" \t\n\r:-[]{}\"'#&*!|>%@`,?~\\", "\0", "\ufeff", "ä", "\u2028", "<<: ", "---\n"]
)


def as_yaml(data: Any, *, sort_keys: bool = True) -> bytes:
    """Return a file that holds data; libyaml writes it five times faster."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(data, Dumper=dumper, sort_keys=sort_keys)
    return text.encode()


def problems_of(content: bytes) -> tuple[Problem, ...]:
    """Return the problems of a file, after a look at each."""
    checked: Checked | None = None
    try:
        checked = check(parse(content, "x.yaml"))
        problems = checked.problems
    except ConfigError as error:
        problems = error.problems
        assert problems
    breaks = content.decode(errors="replace").translate(
        dict.fromkeys(map(ord, "\r\u2028\u2029\x85"), "\n")
    )
    lines = breaks.count("\n") + 2
    for problem in problems:
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.message
        assert "\n" not in problem.message + problem.hint + problem.path
        assert (problem.message + problem.hint + problem.path).encode()
    assert list(problems) == sorted(problems, key=lambda problem: (problem.line, problem.column))
    if checked is not None:
        failed = any(problem.severity == "error" for problem in problems)
        assert failed == (checked.config is None)
    return problems


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_signs_put_anywhere_or_cut_out(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.sampled_from([0, 0, 1, 2, 20]))
        put = "".join(data.draw(st.lists(SIGNS, max_size=2)))
        text = text[:start] + put + text[end:]
    problems_of(text.encode("utf-8", errors="replace"))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_lines_moved_or_doubled(text: str, data: st.DataObject) -> None:
    lines = text.splitlines(keepends=True)
    index = st.integers(0, len(lines) - 1)
    lines.insert(data.draw(index), lines[data.draw(index)])
    del lines[data.draw(index)]
    problems_of("".join(lines).encode())


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
def test_any_value_anywhere(path: tuple[Any, ...], value: Any) -> None:
    problems_of(as_yaml(changed(FULL, path, value)))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KEYS), st.text(max_size=8))
def test_any_name_anywhere(path: tuple[Any, ...], name: str) -> None:
    problems_of(as_yaml(renamed(FULL, path, name)))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([path for path in KEYS if len(path[-1]) > 4]), st.data())
def test_a_slip_in_a_key_is_told_at_its_line(path: tuple[Any, ...], data: st.DataObject) -> None:
    """Where the key is one of ours the suggestion is the key that was meant."""
    name: str = path[-1]
    index = data.draw(st.integers(1, len(name) - 2))
    slip = name[:index] + name[index] + name[index:]
    told = problems_of(as_yaml(renamed(FULL, path, slip), sort_keys=False))
    unknown = [problem for problem in told if problem.message.startswith("unknown key")]
    if not chosen_by_the_user(path):
        [problem] = unknown
        assert problem.message.startswith(f"unknown key '{slip}'")
        assert problem.hint == f"did you mean '{name}'?"


def chosen_by_the_user(path: tuple[Any, ...]) -> bool:
    parents = (
        "secrets",
        "envVars",
        "secretEnvVars",
        "flow_run",
        "dask_worker",
        "node_groups",
        "node_selectors",
        "config",
        "podLabels",
        "labels",
        "nodeSelector",
    )
    return len(path) > 1 and path[-2] in parents


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
@example(b"\xff\xfe")
@example(b'a: "\\ud800"\n')
@example(b"%YAML 9.9\n---\na: 1\n")
@example(b"a: !!int\n")
@example(b"? [a]\n: b\n")
@example(b"a: 1e999\nb: 1.0e+999\n")
def test_random_bytes(content: bytes) -> None:
    problems_of(content)


PLANTED = "Hunter2-Zq81_x"
DISGUISES = ["{}", "DB_PASS={}", "{}\n", " {} ", "s3://me:{}@bucket", "a" * 30 + "{}" + "b" * 90]


def repeats(problems: tuple[Problem, ...], secret: str) -> list[str]:
    """Return the messages that hold a secret, also in the form of a name."""
    told = [problem.message + " " + problem.hint for problem in problems]
    plain = secret.lower().replace("_", "-")
    return [text for text in told if plain in text.lower().replace("_", "-")]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([path for path in PLACES if path]),
    st.sampled_from(DISGUISES),
    st.sampled_from(["{}", "[{}]", "{{A: {}}}"]),
)
@example(path=("project_name",), disguise="s3://me:{}@bucket", shape="{}")
def test_a_secret_that_stands_elsewhere_too_is_never_told(
    path: tuple[Any, ...], disguise: str, shape: str
) -> None:
    written = disguise.format(PLANTED)
    value = {"{}": written, "[{}]": [written]}.get(shape, {"A": written})
    data = changed(FULL, path, value)
    secrets = data.get("secrets")
    data["secrets"] = {**(secrets if isinstance(secrets, dict) else {}), "PLANTED": written}
    assert repeats(problems_of(as_yaml(data)), PLANTED) == []


def prefect(inner: str) -> str:
    return f"prefect: {{enabled: true, {inner}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "secrets: @@\n",
        "secrets: [@@]\n",
        "secrets: {A: {@@}}\n",
        "secrets: {A: {from_env: '@@ '}}\n",
        prefect("agents: [{name: a, secrets: [@@]}]"),
        prefect("agents: [{name: a, secrets: @@}]"),
        prefect("agents: [{name: a, token: @@}]"),
        prefect("api: {token: @@}"),
        prefect("api: {url: 'http://p/api?token=@@'}"),
        prefect("api: {url: 'http://p/?token=@@'}"),
        prefect("api: {url: 'http://p/api#@@'}"),
        prefect("api: {url: 'http://@@@p/api'}"),
        prefect("api: {url: 'p/api?token=@@'}"),
        prefect("api: {url: 'http//u:@@@p/api'}"),
        prefect("storage: 's3://b/x?aws_secret=@@'"),
        prefect("storage: 's3://k:@@@b/x'"),
        prefect("overrides: 'TOKEN=@@'"),
        prefect("overrides: {envVars: 'DB_PASS=@@'}"),
        prefect("overrides: {envVars: ['DB_PASS=@@']}"),
        prefect("overrides: {envVars: {DB_PASSWORD: @@}}"),
        prefect("overrides: {envVars: {PREFECT__CONTEXT__SECRETS__A: @@}}"),
        prefect("overrides: {secretEnvVars: @@}"),
        prefect("overrides: {secretEnvVars: {A: [@@]}}"),
        "terraform_state: {type: existing, backend: http, config: {password: [@@]}}\n",
        "secrets: {A: &s @@}\nnamespace: *s\ndomain: *s\nci_cd: {type: *s}\n",
        "secrets: {A: &s @@}\ndefault_images: {flow: *s}\nprovider: *s\n",
    ],
)
def test_a_secret_in_a_wrong_place_is_never_told(text: str) -> None:
    head = "project_name: a\n" + ("" if "provider:" in text else "provider: existing\n")
    problems = problems_of((head + text.replace("@@", PLANTED)).encode())
    assert problems
    assert repeats(problems, PLANTED) == []


def test_what_is_no_secret_is_told() -> None:
    problems = problems_of(f"project_name: a\nprovider: existing\ndomain: {PLANTED}\n".encode())
    assert len(repeats(problems, PLANTED)) == 1


def test_a_thousand_secrets_and_mistakes_are_told_in_seconds() -> None:
    secrets = "secrets:\n" + "".join(f"  S{n}: secret-value-{n:04}\n" for n in range(1000))
    content = with_profiles(1000, "5x") + secrets.encode()
    start = time.process_time()
    assert len(problems_of(content)) == 2000
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="lists"),
        pytest.param("{a: " * 100_000, id="mappings"),
        pytest.param("\n".join(" " * n + "a:" for n in range(1000)), id="blocks"),
        pytest.param("- " * 10_000, id="one line of lists"),
        pytest.param("? " * 10_000, id="keys"),
        pytest.param("theme: " + "{jupyterhub: " * 60 + "}" * 60, id="in an old block"),
        pytest.param(
            "prefect: {enabled: true, overrides: {affinity: {nodeAffinity: "
            + "{a: [" * 25
            + "]}" * 25
            + "}}}",
            id="in the chart's values",
        ),
    ],
)
def test_deep_nesting(text: str) -> None:
    assert problems_of(f"project_name: a\nprovider: existing\n{text}\n".encode()) != () or (
        "affinity" in text
    )


def with_profiles(count: int, memory: str) -> bytes:
    profile = (
        "    worker {n}:\n      worker_cores: 1.5\n      worker_cores_limit: 2\n"
        f"      worker_memory: {memory}\n      worker_memory_limit: 8G\n"
    )
    profiles = "".join(profile.format(n=n) for n in range(count))
    head = "project_name: a\nprovider: existing\nprofiles:\n  dask_worker:\n"
    return (head + profiles).encode()


def test_ten_thousand_profiles_are_checked_in_seconds() -> None:
    content = with_profiles(10_000, "5G")
    start = time.process_time()
    checked = check(parse(content, "x.yaml"))
    assert time.process_time() - start < 3
    assert checked.problems == ()
    assert checked.config is not None
    assert len(checked.config.dask_worker_profiles) == 10_000


def test_each_of_a_thousand_mistakes_is_told() -> None:
    problems = problems_of(with_profiles(1000, "5x"))
    assert [problem.line for problem in problems] == [8 + 5 * n for n in range(1000)]


def test_aliases_do_not_multiply_the_work() -> None:
    bomb = "a0: &a0 {x: 1}\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 50)}]\n" for n in range(1, 30)
    )
    start = time.process_time()
    [problem] = problems_of(bomb.encode())
    assert time.process_time() - start < 2
    assert problem.message == "aliases add more than 250,000 values to this file"
