"""What the schema refuses: one problem each, at its place, in words, with how to mend it."""

from __future__ import annotations

import pytest

from qhub.config import Problem, check
from qhub.config.read import parse

HEAD = "project_name: pipelines\nprovider: existing\n"
PREFECT = "prefect:\n  enabled: true\n  api: {url: https://prefect.example.com/api}\n"
SOURCES = "a secret is text, or one of: from_env, from_file, existing_secret with key"
VARIABLE = (
    "an environment variable's name such as S3_KEY: letters, digits and '_', "
    "not beginning with a digit"
)
SOURCE = "for example: {from_env: TF_VAR_gcp_credentials}"

Told = tuple[int, int, str, str, str]

UNKNOWN: dict[str, tuple[str, list[Told]]] = {
    "a slip": (
        PREFECT + "  overrides: {prefect_agent: {job: {resources: {limitss: {cpu: 1}}}}}\n",
        [
            (
                6,
                49,
                "prefect.overrides.prefect_agent.job.resources.limitss",
                "unknown key 'limitss'; known here: limits, requests",
                "did you mean 'limits'?",
            ),
        ],
    ),
    "capitals": (
        "Domain: example.com\n",
        [(3, 1, "Domain", "unknown key 'Domain'", "did you mean 'domain'?")],
    ),
    "a hyphen": (
        "dask-gateway: {}\n",
        [(3, 1, "dask-gateway", "unknown key 'dask-gateway'", "did you mean 'dask_gateway'?")],
    ),
    "a key of another place": (
        "agents: []\n",
        [(3, 1, "agents", "unknown key 'agents'", "it belongs under 'prefect'")],
    ),
    "a key of the top in a block": (
        PREFECT + "  namespace: dev\n",
        [
            (
                6,
                3,
                "prefect.namespace",
                "unknown key 'namespace'; known here: agents, api, enabled, "
                "image, overrides, server, storage, version",
                "it belongs to the file's top",
            )
        ],
    ),
    "a key that nobody knows": (
        "xyzzy: 1\n",
        [(3, 1, "xyzzy", "unknown key 'xyzzy'", "`qhub schema` prints every key")],
    ),
    "a slip of an old tool's key": (
        "enviroments: {}\n",
        [(3, 1, "enviroments", "unknown key 'enviroments'", "did you mean 'environments'?")],
    ),
    "a value of the chart that QHub sets": (
        PREFECT + "  overrides: {queues: [a]}\n",
        [
            (
                6,
                15,
                "prefect.overrides.queues",
                "QHub sets 'queues' of the chart itself",
                "set `queues` of the agent, or `prefect_agent.prefectLabels`",
            )
        ],
    ),
    "a slip in a value of the chart": (
        PREFECT + "  overrides: {serviceAccount: {annotation: {}}}\n",
        [
            (
                6,
                32,
                "prefect.overrides.serviceAccount.annotation",
                "unknown key 'annotation'; known here: annotations, create, name",
                "did you mean 'annotations'?",
            )
        ],
    ),
    "in a list": (
        PREFECT + "  agents:\n    - {name: a, queue: [x]}\n",
        [
            (
                7,
                17,
                "prefect.agents[0].queue",
                "unknown key 'queue'; known here: image, name, "
                "overrides, profile, queues, secrets, token",
                "did you mean 'queues'?",
            )
        ],
    ),
    "the misspelt key that is required": (
        "profiles: {flow_run: {a: {cpus: 1, memory: 1Gi}}}\n",
        [
            (
                3,
                27,
                "profiles.flow_run.a.cpus",
                "unknown key 'cpus'; known here: cpu, cpu_limit, "
                "default, gpus, memory, memory_limit, node_pool",
                "did you mean 'cpu'?",
            )
        ],
    ),
    "a slip in a secret's source": (
        "secrets: {A: {form_env: B}}\n",
        [
            (
                3,
                15,
                "secrets.A.form_env",
                "unknown key 'form_env'; known here: existing_secret, from_env, from_file, key",
                "did you mean 'from_env'?",
            )
        ],
    ),
    "the secret itself as a key is not shown": (
        "secrets: {A: {hunter2}}\n",
        [
            (
                3,
                11,
                "secrets.A",
                "unknown key; known here: existing_secret, from_env, from_file, key",
                "`qhub schema` prints every key",
            )
        ],
    ),
}

MISSING: dict[str, tuple[str, list[Told]]] = {
    "at the top": (
        "namespace: dev\n",
        [
            (
                1,
                1,
                "project_name",
                "the key 'project_name' is missing",
                "add it: project_name: pipelines",
            ),
            (1, 1, "provider", "the key 'provider' is missing", "add it: provider: embedded"),
        ],
    ),
    "in a block": (
        HEAD + "prefect:\n  version: '3.8'\n",
        [(3, 1, "prefect.enabled", "the key 'enabled' is missing", "add it")],
    ),
    "in an entry of a list": (
        HEAD + PREFECT + "  agents:\n    - {queues: [a]}\n",
        [(7, 7, "prefect.agents[0].name", "the key 'name' is missing", "add it: name: gpu")],
    ),
    "a part of a secret's source": (
        HEAD + "secrets: {A: {existing_secret: b}}\n",
        [
            (
                *(3, 14, "secrets.A"),
                "the key 'key' is missing beside existing_secret",
                "add it: key: token",
            )
        ],
    ),
    "another part of a secret's source": (
        HEAD + "secrets: {A: {key: b}}\n",
        [
            (
                *(3, 14, "secrets.A"),
                "the key 'existing_secret' is missing beside key",
                "add it: existing_secret: s3-credentials",
            )
        ],
    ),
    "two sources of a secret": (
        HEAD + "secrets: {A: {from_env: B, from_file: c}}\n",
        [
            (
                *(3, 14, "secrets.A"),
                f"from_env and from_file do not go together: {SOURCES}",
                "keep one of them",
            )
        ],
    ),
}

TYPES: dict[str, tuple[str, list[Told]]] = {
    "a version that is a number": (
        PREFECT + "  version: 1.30\n",
        [
            (
                6,
                12,
                "prefect.version",
                "must be text, but 1.30 without quotes is the number 1.3",
                'put it into quotes: version: "1.30"',
            )
        ],
    ),
    "a whole number": (
        "namespace: 3\n",
        [
            (
                3,
                12,
                "namespace",
                "must be text, but 3 without quotes is a number",
                'put it into quotes: namespace: "3"',
            )
        ],
    ),
    "switches and numbers among variables": (
        PREFECT + "  overrides: {envVars: {A: yes, B: 010, C: 1.50, D: off}}\n",
        [
            (
                6,
                28,
                "prefect.overrides.envVars.A",
                "must be text, but yes without quotes is read as true",
                'put it into quotes: A: "yes"',
            ),
            (
                6,
                44,
                "prefect.overrides.envVars.C",
                "must be text, but 1.50 without quotes is the number 1.5",
                'put it into quotes: C: "1.50"',
            ),
            (
                6,
                53,
                "prefect.overrides.envVars.D",
                "must be text, but off without quotes is read as false",
                'put it into quotes: D: "off"',
            ),
        ],
    ),
    "a number in a list of texts": (
        PREFECT + "  agents: [{name: a, queues: [1]}]\n",
        [
            (
                6,
                31,
                "prefect.agents[0].queues[0]",
                "must be text, but 1 without quotes is a number",
                'put it into quotes: "1"',
            )
        ],
    ),
    "a secret that is a number is not shown": (
        "secrets: {A: 271828, B: yes}\n",
        [
            (
                3,
                14,
                "secrets.A",
                "must be text, but is read as a number",
                "put the value into quotes",
            ),
            (
                3,
                25,
                "secrets.B",
                "must be text, but is read as true or false",
                "put the value into quotes",
            ),
        ],
    ),
    "secrets that are a text": (
        "secrets: hunter2\n",
        [(3, 10, "secrets", "must be keys and values, but is text", "")],
    ),
    "a token that is a number is not shown": (
        PREFECT + "  agents: [{name: a, token: 271828}]\n",
        [
            (
                6,
                29,
                "prefect.agents[0].token",
                "must be text, but is read as a number",
                "put the value into quotes",
            )
        ],
    ),
    "nothing where a key is required": (
        "profiles: {flow_run: {a: {cpu: , memory: 1Gi}}}\n",
        [
            (
                3,
                32,
                "profiles.flow_run.a.cpu",
                "has no value; it must be text or a number",
                "write it behind the ':', or remove the key",
            )
        ],
    ),
    "nothing as a secret": (
        "secrets:\n  A:\n",
        [
            (
                4,
                5,
                "secrets.A",
                f"has no value; {SOURCES}",
                "write it behind the ':', or remove the key",
            )
        ],
    ),
    "a number in quotes": (
        "dask_gateway: {limits: {workers: '4', cores: '1.5'}}\n",
        [
            (
                3,
                34,
                "dask_gateway.limits.workers",
                "must be a whole number, but is in quotes",
                "remove the quotes: workers: 4",
            ),
            (
                3,
                46,
                "dask_gateway.limits.cores",
                "must be a number, but is in quotes",
                "remove the quotes: cores: 1.5",
            ),
        ],
    ),
    "a word as a number": (
        "dask_gateway: {limits: {workers: four}}\n",
        [
            (
                3,
                34,
                "dask_gateway.limits.workers",
                "must be a whole number, but is the text 'four'",
                "",
            )
        ],
    ),
    "a broken number": (
        "dask_gateway: {limits: {workers: 1.5}}\n",
        [(3, 34, "dask_gateway.limits.workers", "must be a whole number, but is 1.5", "")],
    ),
    "a switch in quotes": (
        "dask_gateway: {enabled: 'no'}\n",
        [
            (
                3,
                25,
                "dask_gateway.enabled",
                "must be true or false, but is in quotes",
                "remove the quotes: enabled: no",
            )
        ],
    ),
    "another word as a switch": (
        "dask_gateway: {enabled: maybe}\n",
        [
            (
                3,
                25,
                "dask_gateway.enabled",
                "must be true or false, but is the text 'maybe'",
                "write true or false",
            )
        ],
    ),
    "a number as a switch": (
        "dask_gateway: {enabled: 1}\n",
        [(3, 25, "dask_gateway.enabled", "must be true or false, but is 1", "write true or false")],
    ),
    "a text where a list is": (
        PREFECT + "  agents: [{name: a, queues: gpu}]\n",
        [
            (
                6,
                30,
                "prefect.agents[0].queues",
                "must be a list, but is text",
                "write a list: queues: [gpu]",
            )
        ],
    ),
    "a mapping where a list is": (
        PREFECT + "  agents: {name: a}\n",
        [
            (
                6,
                11,
                "prefect.agents",
                "must be a list, but holds keys and values",
                "begin each entry with '- '",
            )
        ],
    ),
    "a list where a mapping is": (
        "dask_gateway: [enabled]\n",
        [
            (
                3,
                15,
                "dask_gateway",
                "must be keys and values, but is a list",
                "known here: enabled, idle_timeout, limits",
            )
        ],
    ),
    "a list where a text is": (
        "domain: [a]\n",
        [(3, 9, "domain", "must be text, but is a list", "")],
    ),
}

VALUES: dict[str, tuple[str, list[Told]]] = {
    "a choice with a slip": (
        "terraform_state: {type: remot}\n",
        [
            (
                3,
                25,
                "terraform_state.type",
                "'remot' is none of: remote, local, existing",
                "did you mean 'remote'?",
            )
        ],
    ),
    "a choice far off": (
        "ci_cd: {type: jenkins}\n",
        [(3, 15, "ci_cd.type", "'jenkins' is none of: github-actions, gitlab-ci, none", "")],
    ),
    "a format": (
        "profiles: {flow_run: {a: {cpu: 1, memory: 2Gx}}}\n",
        [
            (
                3,
                43,
                "profiles.flow_run.a.memory",
                "'2Gx' is not a memory quantity such as 512Mi or "
                "2G (units: Ki, Mi, Gi, Ti or k, M, G, T)",
                "for example: 2Gi",
            )
        ],
    ),
    "a name": (
        PREFECT + "  overrides: {envVars: {9A: b}}\n",
        [
            (
                6,
                25,
                "prefect.overrides.envVars.9A",
                f"the name '9A' is not {VARIABLE}",
                "",
            )
        ],
    ),
    "a secret's variable is not shown": (
        "secrets: {A: {from_env: hunter 2}}\n",
        [
            (
                3,
                25,
                "secrets.A.from_env",
                f"this is not {VARIABLE}",
                "for example: TF_VAR_gcp_credentials",
            )
        ],
    ),
    "an address with a password is not shown": (
        "certificate: {type: self-signed, acme_server: 'https//me:hunter2@host'}\n",
        [
            (
                3,
                47,
                "certificate.acme_server",
                "this is not a URL such as "
                "https://prefect.example.com/api, beginning with https:// or http://",
                "",
            )
        ],
    ),
    "too small": (
        "dask_gateway: {limits: {workers: 0, cores: 0}}\n",
        [
            (3, 34, "dask_gateway.limits.workers", "0 is too small: at least 1", ""),
            (3, 44, "dask_gateway.limits.cores", "0 is too small: more than 0", ""),
        ],
    ),
    "too large": (
        "dask_gateway: {limits: {workers: 100001}}\n",
        [(3, 34, "dask_gateway.limits.workers", "100001 is too large: at most 100000", "")],
    ),
    "empty": (
        "terraform_state: {type: existing, backend: ''}\n",
        [(3, 44, "terraform_state.backend", "is empty", "for example: s3")],
    ),
    "an empty secret": ("secrets: {A: ''}\n", [(3, 14, "secrets.A", "is empty", SOURCE)]),
    "a quantity of the chart": (
        PREFECT + "  overrides: {resources: {limits: {memory: 2Gx}}}\n",
        [
            (
                6,
                44,
                "prefect.overrides.resources.limits.memory",
                "'2Gx' is not a memory quantity such as 512Mi or "
                "2G (units: Ki, Mi, Gi, Ti or k, M, G, T)",
                "for example: 2Gi",
            )
        ],
    ),
    "a pattern of the chart": (
        PREFECT + "  overrides: {priorityClassName: A_B}\n",
        [
            (
                6,
                34,
                "prefect.overrides.priorityClassName",
                "'A_B' is not a DNS name such as team.example: a-z, 0-9, '-' and '.', "
                "each part beginning and ending with a letter or digit, 253 characters at most",
                "",
            )
        ],
    ),
    "a fixed value of the chart": (
        PREFECT + "  overrides: {securityContext: {allowPrivilegeEscalation: true, "
        "capabilities: {drop: [ALL]}}}\n",
        [
            (
                6,
                59,
                "prefect.overrides.securityContext.allowPrivilegeEscalation",
                "must be false",
                "",
            )
        ],
    ),
    "an entry twice": (
        PREFECT + "  overrides: {imagePullSecrets: [a, a]}\n",
        [(6, 33, "prefect.overrides.imagePullSecrets", "holds an entry twice", "keep one of them")],
    ),
}


def told(text: str) -> list[Told]:
    problems = check(parse(text.encode(), "x.yaml")).problems
    return [
        (p.line, p.column, p.path, p.message, p.hint) for p in problems if p.severity == "error"
    ]


@pytest.mark.parametrize(("text", "expected"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_an_unknown_key_comes_with_what_is_known(text: str, expected: list[Told]) -> None:
    assert told(HEAD + text) == expected


@pytest.mark.parametrize(("text", "expected"), MISSING.values(), ids=MISSING.keys())
def test_a_missing_key_is_told_where_it_belongs(text: str, expected: list[Told]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(("text", "expected"), TYPES.values(), ids=TYPES.keys())
def test_a_wrong_type_is_told_with_what_yaml_made_of_it(text: str, expected: list[Told]) -> None:
    assert told(HEAD + text) == expected


@pytest.mark.parametrize(("text", "expected"), VALUES.values(), ids=VALUES.keys())
def test_a_wrong_value_is_told_with_what_is_right(text: str, expected: list[Told]) -> None:
    assert told(HEAD + text) == expected


def test_a_long_value_is_cut() -> None:
    [(_, _, _, message, _)] = told(HEAD + f"ci_cd: {{type: {'x' * 500}}}\n")
    assert message == f"'{'x' * 59}…' is none of: github-actions, gitlab-ci, none"


def test_problems_come_in_the_order_of_the_file() -> None:
    text = HEAD + "namespace: 3\nxyzzy: 1\ndomain: 4\nprefect: {enabled: 5}\nsecrets: {A: 6}\n"
    problems = check(parse(text.encode(), "x.yaml")).problems
    assert [problem.line for problem in problems] == [3, 4, 5, 6, 7]


def test_one_value_is_told_once() -> None:
    assert [(line, column) for line, column, *_ in told(HEAD + "provider_: 1\nprefect: 3\n")] == [
        (3, 1),
        (4, 10),
    ]


def test_where_the_state_is_kept_has_a_default() -> None:
    checked = check(parse((HEAD + "terraform_state: {}\n").encode(), "x.yaml"))
    assert checked.problems == ()
    assert checked.config is not None
    assert checked.config.terraform_state.type == "remote"


def test_a_warning_leaves_a_config() -> None:
    checked = check(parse((HEAD + "secrets: {A: hunter2}\n").encode(), "x.yaml"))
    assert [problem.severity for problem in checked.problems] == ["warning"]
    assert checked.config is not None


def test_an_error_leaves_none() -> None:
    assert check(parse(b"project_name: x\n", "x.yaml")).config is None


SENTINEL = "hunter2hunter2"
PLACES_OF_SECRETS = {
    "text": "secrets: {A: %s}",
    "list": "secrets: {A: [%s]}",
    "mapping": "secrets: {A: {%s: 1}}",
    "set": "secrets: {A: {%s}}",
    "block": "secrets: %s",
    "from_env": "secrets: {A: {from_env: '%s !'}}",
    "existing secret": "secrets: {A: {existing_secret: '%s_', key: '%s !'}}",
    "variable": "prefect: {enabled: true, overrides: {secretEnvVars: {A: [%s]}}}",
    "variable's key": "prefect: {enabled: true, overrides: {secretEnvVars: {A: {%s: 2}}}}",
    "agent's token": "prefect: {enabled: true, agents: [{name: a, token: '%s !'}]}",
    "api's token": "prefect: {enabled: true, api: {token: {a: %s}}}",
    "address": "prefect: {enabled: true, api: {url: 'ftp://me:%s@host'}}",
    "state": "terraform_state: {type: existing, backend: s3, config: {a: [%s]}}",
    "old token": "prefect: {enabled: true, overrides: {prefectToken: [%s]}}",
    "old password": "security: {keycloak: {initial_root_password: [%s]}}",
    "old client": "security: {authentication: {type: GitHub, config: {client_secret: [%s]}}}",
    "tag": "secrets: {A: !%s x}",
    "alias": "secrets: {A: *%s}",
    "open quote": "secrets: {A: '%s",
    "open bracket": "secrets: {A: [%s",
    "directive": "secrets:\n  A: %%%s",
}


@pytest.mark.parametrize("template", PLACES_OF_SECRETS.values(), ids=PLACES_OF_SECRETS.keys())
def test_a_secret_is_in_no_message(template: str) -> None:
    from qhub.errors import ConfigError

    text = HEAD + template.replace("%s", SENTINEL).replace("%%", "%") + "\n"
    problems: tuple[Problem, ...]
    try:
        problems = check(parse(text.encode(), "x.yaml")).problems
    except ConfigError as error:
        problems = error.problems
    assert problems
    assert SENTINEL in text
    assert SENTINEL not in str(problems)


def test_a_value_that_is_no_secret_is_shown() -> None:
    """The control of the test above: the same search finds what is shown."""
    text = HEAD + f"ci_cd: {{type: {SENTINEL}}}\n"
    assert SENTINEL in str(check(parse(text.encode(), "x.yaml")).problems)
