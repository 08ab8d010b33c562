"""The stage embedded: what supervisor, Dask Gateway and the agents' programs read.

The real supervisor reads its file; the real gateway is started in tests/embedded.
"""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qhub.platform import plan
from qhub.render import render
from tests.platform.planned import config
from tests.render.rendered import EMBEDDED, json_of

# Supervisor would expand '%', and end a value at ' ;'.
TRICKY = 'a %(ENV_HOME)s %d ; "b" # c\n[program:x]'
PLANTED = "pl4nted-S3cret"
FULL: dict[str, Any] = {
    "prefect": {
        "enabled": True,
        "storage": "s3://bucket/flows",
        "overrides": {
            "envVars": {"TRICKY": TRICKY},
            "secretEnvVars": {"LITERAL": PLANTED},
        },
        "agents": [
            {"name": "etl", "queues": ["etl", TRICKY.partition("\n")[0].replace("%", "")]},
            {
                "name": "alpha",
                "secrets": ["S3"],
                "profile": "large",
                "overrides": {
                    "worker": {"limit": 2},
                    "terminationGracePeriodSeconds": 77,
                },
            },
        ],
    },
    "secrets": {"S3": {"from_env": "TF_VAR_s3"}, "key.pem": {"from_file": "key.pem"}},
    "dask_gateway": {"enabled": True, "limits": {"cores": 7, "memory": "3Gi", "workers": 5}},
    "profiles": {"flow_run": {"large": {"cpu": 4, "memory": "8Gi", "memory_limit": "9Gi"}}},
}
STARTUP = """
import sys
from supervisor.options import ServerOptions
options = ServerOptions()
options.realize(["-c", sys.argv[1]])
import json
programs = [group.process_configs[0] for group in options.process_group_configs]
print(json.dumps({
    "socket": options.configroot.supervisord.server_configs[0]["file"],
    "umask": options.umask, "identifier": options.identifier, "pidfile": options.pidfile,
    "programs": [
        [p.name, p.command, p.stdout_logfile, p.priority, p.stopwaitsecs] for p in programs
    ],
}))
"""


def files(**keys: Any) -> dict[str, bytes]:
    """Return the bundle of a config for this machine."""
    made = config(**{"provider": "embedded", "prefect": {"enabled": True}, **keys})
    return render(plan(made), config=made)


def programs(bundle: dict[str, bytes]) -> configparser.RawConfigParser:
    """Return supervisord.conf as it stands there."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"))
    parser.read_string(bundle[f"{EMBEDDED}/supervisord.conf"].decode())
    return parser


def test_the_stage_holds_what_each_program_reads() -> None:
    assert [path.removeprefix(f"{EMBEDDED}/") for path in files(**FULL)] == [
        "README.md",
        "agents/alpha.json",
        "agents/etl.json",
        "dask_gateway_config.py",
        "platform.json",
        "supervisord.conf",
    ]


def test_without_dask_gateway_and_without_agents_there_is_the_server_alone() -> None:
    made = files(prefect={"enabled": False})

    assert programs(made).sections()[-1] == "program:server"
    assert [path.removeprefix(f"{EMBEDDED}/") for path in made] == [
        "README.md",
        "platform.json",
        "supervisord.conf",
    ]
    platform = json_of(made, "platform.json", stage=EMBEDDED)
    assert (platform["pools"], platform["dask_gateway"], platform["storage"]) == ([], None, None)


def test_the_programs_start_in_order_and_each_is_restarted() -> None:
    made = programs(files(**FULL))

    sections = [name for name in made.sections() if name.startswith("program:")]
    assert sections == [
        "program:server",
        "program:gateway",
        "program:agent-alpha",
        "program:agent-etl",
    ]
    server, gateway, *agents = (int(made[name]["priority"]) for name in sections)
    assert server < gateway < min(agents)
    for name in sections:
        assert made[name]["autorestart"] == "true"
        assert (made[name]["stopasgroup"], made[name]["killasgroup"]) == ("false", "false")
    assert made["program:agent-alpha"]["stopwaitsecs"] == "77"
    assert made["program:agent-etl"]["stopwaitsecs"] == "30"


def test_what_supervisor_reads_of_a_program_does_not_depend_on_the_others() -> None:
    alone = programs(files(prefect={"enabled": True, "agents": [{"name": "one"}]}))
    agents = [{"name": "aaa"}, {"name": "one"}]
    more = programs(
        files(prefect={"enabled": True, "agents": agents}, dask_gateway={"enabled": True})
    )

    assert {*more.sections()} - {*alone.sections()} == {"program:agent-aaa", "program:gateway"}
    for name in alone.sections():
        assert dict(more[name]) == dict(alone[name]), name


def test_the_platform_in_data() -> None:
    assert json_of(files(**FULL), "platform.json", stage=EMBEDDED) == {
        "version": 1,
        "project": "pipelines",
        "namespace": "dev",
        "provider": "embedded",
        "pools": [
            {
                "name": "etl",
                "queues": FULL["prefect"]["agents"][0]["queues"],
                "concurrency_limit": None,
            },
            {"name": "alpha", "queues": [], "concurrency_limit": 2},
        ],
        "profiles": [
            {
                "version": 1,
                "name": "large",
                "kind": "flow_run",
                "default": False,
                "job_variables": {
                    "cpu_request": "4",
                    "cpu_limit": "4",
                    "memory_request": "8Gi",
                    "memory_limit": "9Gi",
                },
            }
        ],
        "dask_gateway": {
            "idle_timeout_seconds": 1800,
            "limit_workers": 5,
            "limit_cores": 7.0,
            "limit_memory_bytes": 3 * 2**30,
        },
        "storage": "s3://bucket/flows",
    }


def test_an_agent_in_data() -> None:
    made = files(**FULL)

    assert json_of(made, "agents/alpha.json", stage=EMBEDDED) == {
        "version": 1,
        "name": "alpha",
        "queues": [],
        "env_vars": {"TRICKY": TRICKY},
        "secrets": ["LITERAL", "S3"],
        "job_variables": {
            "cpu_request": "4",
            "cpu_limit": "4",
            "memory_request": "8Gi",
            "memory_limit": "9Gi",
        },
    }
    etl = json_of(made, "agents/etl.json", stage=EMBEDDED)
    assert etl["secrets"] == ["LITERAL", "S3", "key.pem"]
    assert set(etl["job_variables"].values()) == {None}


def test_no_secret_and_nothing_that_a_user_wrote_but_names_is_in_what_supervisor_reads() -> None:
    made = files(**FULL)

    whole = b"".join(made.values()).decode()
    assert PLANTED not in whole
    assert "LITERAL" in whole
    assert json.dumps(TRICKY)[1:-1] in whole
    assert "ENV_HOME" not in made[f"{EMBEDDED}/supervisord.conf"].decode()


@pytest.mark.parametrize("ports", [{}, {"server": 4242, "gateway": 4343}], ids=["free", "chosen"])
def test_no_port_and_no_path_of_a_machine_is_in_it(ports: dict[str, int], tmp_path: Path) -> None:
    made = files(**FULL, embedded={"ports": ports})

    assert made == files(**FULL)
    whole = b"".join(made.values()).decode()
    assert not re.search(r"/home/|/root/|/usr/|/tmp/|4242|4343", whole)
    assert str(tmp_path) not in whole


def test_the_real_supervisor_reads_it_wherever_the_state_and_python_lie(tmp_path: Path) -> None:
    state = tmp_path / "100%s of (my+ state"
    (state / "logs").mkdir(parents=True)
    conf = tmp_path / "supervisord.conf"
    conf.write_bytes(files(**FULL)[f"{EMBEDDED}/supervisord.conf"])
    python = "/opt/a b'c/python"

    done = subprocess.run(
        [sys.executable, "-c", STARTUP, str(conf)],
        env={"QHUB_STATE": str(state), "QHUB_SOCKET": f"{state}/x.sock", "QHUB_PYTHON": python},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    made = json.loads(done.stdout)
    assert made.pop("programs") == [
        [name, f'"{python}" -m qhub.embedded.programs.{command}', f"{state}/logs/{name}.log", *rest]
        for name, command, *rest in [
            ("server", "server", 10, 15),
            ("gateway", "gateway", 20, 30),
            ("agent-alpha", "agent alpha", 30, 77),
            ("agent-etl", "agent etl", 30, 30),
        ]
    ]
    assert made == {
        "socket": str(state / "x.sock"),
        "umask": 0o077,
        "identifier": str(state),
        "pidfile": str(state / "supervisord.pid"),
    }
    assert shlex.split(f'"{python}" -m x') == [python, "-m", "x"]


def test_the_gateways_file_is_python_that_leaves_clusters_to_the_program() -> None:
    text = files(**FULL)[f"{EMBEDDED}/dask_gateway_config.py"].decode()

    compile(text, "dask_gateway_config.py", "exec")
    assert (
        text == files(dask_gateway={"enabled": True})[f"{EMBEDDED}/dask_gateway_config.py"].decode()
    ), "what differs is in platform.json"
    assert "configure(c, Path(__file__)" in text


def test_the_readme_names_every_program_and_file() -> None:
    made = files(**FULL)

    readme = made[f"{EMBEDDED}/README.md"].decode()
    for name in ("server", "gateway", "agent-alpha", "agent-etl"):
        assert f"| `{name}` |" in readme
    for name in ("platform.json", "supervisord.conf", "dask_gateway_config.py", "agents/NAME.json"):
        assert f"`{name}`" in readme
    assert "{" not in re.sub(r"\$\{[^\n]*|\{name.upper\(\)\}|\{port\}", "", readme)
    small = files()[f"{EMBEDDED}/README.md"].decode()
    assert "dask_gateway" not in small


def test_the_lines_of_the_readme_set_what_supervisor_and_programs_read(tmp_path: Path) -> None:
    home = tmp_path / "a home"
    state = home / "pipelines-dev"
    state.mkdir(parents=True)
    ports = {"server": 1, "gateway": 2, "gateway_proxy": 3, "gateway_tls": 4}
    (state / "ports.json").write_text(json.dumps(ports))
    readme = files()[f"{EMBEDDED}/README.md"].decode()
    lines = readme.partition("```sh\n")[2].partition("```")[0]
    assert lines.splitlines()[-1].startswith("supervisord ")

    done = subprocess.run(
        ["sh", "-eu", "-c", lines.replace("supervisord --nodaemon -c", "env; echo")],
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "QHUB_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    said = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    assert {name: value for name, value in said.items() if name.startswith("QHUB_")} == {
        "QHUB_HOME": str(home),
        "QHUB_STATE": str(state),
        "QHUB_SOCKET": str(state / "supervisord.sock"),
        "QHUB_PYTHON": sys.executable,
        "QHUB_PROJECT": "pipelines",
        "QHUB_NAMESPACE": "dev",
        "QHUB_SERVER_PORT": "1",
        "QHUB_GATEWAY_PORT": "2",
        "QHUB_GATEWAY_PROXY_PORT": "3",
        "QHUB_GATEWAY_TLS_PORT": "4",
    }
    assert done.stdout.splitlines()[-1] == f"{state}/config/supervisord.conf"
