"""What holds for all values of the chart, tried with many odd ones."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helm.engine import Manifest, merged, parse, template, texts
from tests.helm.examples import AGENT, CHART, GENERATIONS, NAMESPACE, RELEASE, WORKER
from tests.helm.pods import container, environment, expand, find, pod
from tests.helm.restricted import violations

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
FEW = settings(max_examples=25, deadline=None, derandomize=True)
ODD = (
    "$(HOME)",
    "$$",
    "$HOME",
    "{{ x }}",
    "{{",
    "'",
    '"',
    "\\",
    "\n",
    "\t",
    ": ",
    "# ",
    "- ",
    "\u2028",
    "é",
)
texts_of_users = st.lists(
    st.one_of(
        st.sampled_from(ODD),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
    ),
    max_size=5,
).map("".join)
variable_names = st.one_of(
    st.sampled_from(["TRUE", "NO", "ON", "Y", "NULL", "off"]),  # YAML takes them for something else
    st.from_regex(r"[A-Z][A-Z0-9_]{0,12}", fullmatch=True),
).filter(lambda name: not name.startswith("PREFECT_") and name not in {"NAMESPACE", "POD_NAME"})
secret_names = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,12}[a-z0-9])?", fullmatch=True)
keys = st.from_regex(r"[-._a-zA-Z0-9]{1,12}", fullmatch=True)
generations = st.sampled_from(sorted(GENERATIONS))
secret_items = st.dictionaries(
    variable_names, st.tuples(secret_names, keys), min_size=1, max_size=6
)
one_line = texts_of_users.filter(lambda text: text.strip() != "" and text.isprintable())


def render(values: dict[str, Any], change: dict[str, Any]) -> list[Manifest]:
    return template(CHART, RELEASE, NAMESPACE, merged(values, change))


def job(manifests: list[Manifest]) -> dict[str, Any]:
    """Return the Job in the rendered job template, of either generation."""
    data = find(manifests, "ConfigMap", f"{RELEASE}-job-template")["data"]
    [content] = parse(data["job-template.yaml"])
    manifest: dict[str, Any] = (
        content["job_configuration"]["job_manifest"] if "variables" in content else content
    )
    return manifest


def job_pod(manifests: list[Manifest]) -> dict[str, Any]:
    spec: dict[str, Any] = job(manifests)["spec"]["template"]["spec"]
    return spec


@FEW
@given(generations, st.dictionaries(variable_names, texts_of_users, max_size=5))
def test_variables_arrive_as_they_are_in_agent_and_jobs(
    generation: str, variables: dict[str, str]
) -> None:
    values = {**GENERATIONS[generation], "secrets": {"items": []}, "envVars": variables}
    manifests = render(values, {})
    described = container(manifests)
    secrets = {("qhub-etl-token", "token"): "t"}
    agent = environment(manifests, described, secrets)
    flow = environment(manifests, job_pod(manifests)["containers"][0], secrets)
    assert {name: agent[name] for name in variables} == variables
    assert {name: flow[name] for name in variables} == variables


@FEW
@given(
    st.lists(one_line.filter(lambda text: not set(text) & set("/%&<>")), unique=True, max_size=4)
)
def test_queues_arrive_as_they_are(queues: list[str]) -> None:
    manifests = render(WORKER, {"queues": queues})
    described = container(manifests)
    variables = {"HOME": "/tmp", "POD_NAME": "p"}  # noqa: S108
    found = [expand(text, variables) for text in described["command"]]
    expected = list(dict.fromkeys(["default", *queues]))
    assert [
        text.removeprefix("--work-queue=") for text in found if "--work-queue" in text
    ] == expected
    setup = find(manifests, "ConfigMap", f"{RELEASE}-setup")["data"]
    assert json.loads(setup["pool.json"]) == {"name": "etl", "queues": expected}


@FEW
@given(st.lists(texts_of_users.filter(bool), unique=True, max_size=4))
def test_labels_arrive_as_a_list_literal(labels: list[str]) -> None:
    manifests = render(AGENT, {"labels": labels})
    secrets = {("qhub-etl-token", "token"): "t", ("qhub-etl-flow", "S3_KEY"): "s"}
    secrets["team-credentials", "gcp.json"] = "g"
    variables = environment(manifests, container(manifests), secrets)
    assert json.loads(variables["PREFECT__CLOUD__AGENT__LABELS"]) == labels


@FEW
@given(generations, texts_of_users)
def test_annotations_of_jobs_arrive_as_they_are(generation: str, text: str) -> None:
    text = text.replace("{{ x }}", "{{ x")  # a whole placeholder is refused for a worker
    text = CONTROL.sub("", text)  # and what YAML takes for a break or a mark
    change = {"job": {"annotations": {"team.example/note": text}}, "podAnnotations": {"note": text}}
    manifests = render(GENERATIONS[generation], change)
    found = job(manifests)
    assert found["metadata"]["annotations"] == {"team.example/note": text}
    assert found["spec"]["template"]["metadata"]["annotations"] == {"team.example/note": text}
    deployment = find(manifests, "Deployment", RELEASE)
    assert deployment["spec"]["template"]["metadata"]["annotations"]["note"] == text


@FEW
@given(generations, secret_items)
def test_secrets_never_swap(generation: str, items: dict[str, tuple[str, str]]) -> None:
    listed = [
        {"name": name, "secretName": where, "key": key} for name, (where, key) in items.items()
    ]
    change = {"secrets": {"items": listed}}
    manifests = render({**GENERATIONS[generation], "envVars": {}}, change)
    for spec in (pod(manifests), job_pod(manifests)):
        assert references(spec["containers"][0], items) == items
        assert files(spec) == items


def references(
    described: dict[str, Any], names: dict[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Return which Secret and key each variable of a container is read from."""
    sources = {
        entry["name"]: entry["valueFrom"]["secretKeyRef"]
        for entry in described["env"]
        if entry["name"] in names
    }
    return {name: (source["name"], source["key"]) for name, source in sources.items()}


def files(spec: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return which Secret and key each file of the secrets volume shows."""
    [volume] = [each for each in spec["volumes"] if each["name"] == "secrets"]
    return {
        item["path"]: (source["secret"]["name"], item["key"])
        for source in volume["projected"]["sources"]
        for item in source["secret"]["items"]
    }


@FEW
@given(generations, secret_items)
def test_no_container_has_a_secret_but_by_reference(
    generation: str, items: dict[str, tuple[str, str]]
) -> None:
    listed = [
        {"name": name, "secretName": where, "key": key} for name, (where, key) in items.items()
    ]
    manifests = render({**GENERATIONS[generation], "envVars": {}}, {"secrets": {"items": listed}})
    hidden = {*items, "PREFECT_API_AUTH_STRING", "PREFECT__CLOUD__API_KEY"}
    hidden |= {"PREFECT__CLOUD__AGENT__AUTH_TOKEN"}
    for spec in (pod(manifests), job_pod(manifests)):
        for each in [*spec.get("initContainers", []), *spec["containers"]]:
            literal = {entry["name"] for entry in each["env"] if "value" in entry}
            assert not literal & hidden
    assert "Secret" not in {each["kind"] for each in manifests}


@FEW
@given(
    generations,
    st.integers(1, 60000),
    st.sampled_from(["read-only", "writable"]),
    st.lists(st.sampled_from(["configMap", "emptyDir", "secret", "csi"]), max_size=3),
)
def test_pods_of_agent_and_jobs_are_restricted_whatever_is_set(
    generation: str,
    user: int,
    root: str,
    kinds: list[str],
) -> None:
    volumes = [{"name": f"v{number}", kind: {}} for number, kind in enumerate(kinds)]
    own = {
        "podSecurityContext": {"runAsUser": user},
        "securityContext": {"readOnlyRootFilesystem": root == "read-only"},
        "extraVolumes": volumes,
    }
    manifests = render(GENERATIONS[generation], {**own, "job": own})
    assert violations(pod(manifests)) == []
    assert violations(job_pod(manifests)) == []


@FEW
@given(generations, st.dictionaries(variable_names, texts_of_users, max_size=4), st.randoms())
def test_the_order_of_the_values_changes_no_byte(
    generation: str, variables: dict[str, str], random: Any
) -> None:
    values = {**GENERATIONS[generation], "secrets": {"items": []}, "envVars": variables}
    shuffled = list(variables.items())
    random.shuffle(shuffled)
    again = {**dict(reversed(values.items())), "envVars": dict(shuffled)}
    rendered = [texts(CHART, RELEASE, NAMESPACE, each) for each in (values, again)]
    assert rendered[0] == rendered[1]


@FEW
@given(generations, st.text(min_size=1, max_size=8))
def test_an_agents_command_runs_no_shell(generation: str, label: str) -> None:
    key = "labels" if generation == "agent" else "envVars"
    value: Any = (
        [label.replace("\0", "0")] if generation == "agent" else {"A": label.replace("\0", "0")}
    )
    found = container(render(GENERATIONS[generation], {key: value}))["command"]
    assert found[0] in {"prefect", "python"}
    assert not {"sh", "bash", "-c"} & set(found)
