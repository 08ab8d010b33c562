"""A config with a planted secret in every form, and all that deploying it leaves and shows.

Every line of every value has the mark `word`; what must be found in the same places is `control`,
the name of an agent. So one search answers both.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cli.process import QHUB
from tests.cluster import reading
from tests.cluster.execs import Traced, traced
from tests.cluster.images import image
from tests.cluster.place import place_in
from tests.cluster.search import Heap, files, mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.access import Cluster
    from tests.cluster.place import Place
    from tests.cluster.prefect_server import Server

__all__ = ["Planting", "plant"]

# What is in the user's own files, in the config and beside it; no other file may have it.
SOURCES = ("files/place/qhub-config.yaml", "files/place/key.pem")
_BUG = """
import os
from qhub.deploy import steps

def broken(*arguments, **options):
    values = dict(os.environ)
    raise RuntimeError(f"{arguments} {options} {values}")

steps.begin = broken
"""


@dataclass(frozen=True, slots=True)
class Planting:
    """A place, what was planted in it, and the heap of what was found since."""

    place: Place
    word: str
    control: str
    values: Mapping[str, str]
    heap: Heap = field(default_factory=Heap, repr=False)

    def aim(self, url: str) -> None:
        """Let the agents talk to the server at this address."""
        prefect = self.place.config["prefect"]
        self.place.write(prefect={**prefect, "api": {**prefect["api"], "url": url}})

    def run(self, *arguments: str, status: int = 0, more: Mapping[str, str] | None = None) -> str:
        """Run `qhub`, which must end so, each execve traced; all it shows goes on the heap."""
        done = self.attempt(*arguments, more=more)
        assert done.status == status, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def attempt(self, *arguments: str, more: Mapping[str, str] | None = None) -> Traced:
        """Run `qhub`, whatever it ends with."""
        command = (*QHUB, *arguments)
        done = traced(command, cwd=self.place.folder, env=self.place.env(more))
        said = f"output/{' '.join(arguments)}"
        self.heap.add(f"{said}/out", done.stdout)
        self.heap.add(f"{said}/err", done.stderr)
        for number, line in enumerate(done.arguments):
            self.heap.add(f"arguments/{' '.join(arguments)}/{number}", "\0".join(line))
        return done

    def both(self, *arguments: str, status: int = 0) -> None:
        """Run a command once for its text and once for its JSON."""
        self.run(*arguments, status=status)
        self.run(*arguments, "--output", "json", status=status)

    def crash(self, *arguments: str) -> None:
        """Run a `qhub` that has a bug, whose error has all values in its text."""
        broken = self.place.folder.parent / "broken"
        broken.mkdir(exist_ok=True)
        (broken / "sitecustomize.py").write_text(_BUG)
        path = f"{broken}:{self.place.environment['PYTHONPATH']}"
        said = self.run(*arguments, status=70, more={"PYTHONPATH": path})
        assert "qhub-report-" in said

    def look_at_files(self) -> None:
        """Take every file below the place: rendered, private, temporary, of the home folder."""
        root = self.place.folder.parent
        for name, content in files(root, without=[root / "providers"]):
            self.heap.add(f"files/{name}", content)

    def look_at_processes(self) -> None:
        """Take the arguments of all processes of this machine; the bed's pods are among them."""
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.heap.add(f"processes/{path.parent.name}", path.read_bytes())
            except OSError:
                continue  # it has ended

    def look_at_cluster(self) -> None:
        """Take every object of the namespace, managed fields and all, and what its pods wrote."""
        cluster, where = self.place.cluster, self.place.namespace
        listed = cluster.kubectl("api-resources", "--namespaced", "--verbs=list", "--output=name")
        kinds = ",".join(listed.split())
        for item in _items(cluster, kinds, where):
            name = f"objects/{item['kind']}/{item['metadata']['name']}"
            self.heap.add(name, json.dumps(item))
        for item in _items(cluster, "pods", where):
            name = item["metadata"]["name"]
            options = ("--all-containers", "--tail=-1", "--ignore-errors")
            told = cluster.kubectl("logs", name, "--namespace", where, *options)
            self.heap.add(f"logs/{name}", told)

    def look_at_parts(self) -> None:
        """Take what the parts of our own bed logged: kubelet, API server and the others."""
        bed = self.place.cluster.place
        for path in () if bed is None else sorted(bed.logs.glob("*.log")):
            self.heap.add(f"parts/{path.name}", path.read_bytes())

    def look_at_state(self) -> None:
        """Take what lies in the cluster of this deployment's state, and of its lock."""
        for item in _items(self.place.cluster, "secrets,leases", "qhub-state"):
            if self.place.namespace in item["metadata"]["name"]:
                self.heap.add(f"state/{item['metadata']['name']}", json.dumps(item))

    def look_at_server(self, server: Server) -> None:
        """Take Prefect's database, and its block documents, which are encrypted in there."""
        self.heap.add("database", server.database())
        asked = {"include_secrets": True}
        self.heap.add("blocks", json.dumps(server.every("/block_documents/filter", asked)))


def plant(folder: Path, cluster: Cluster, namespace: str, **config: Any) -> Planting:
    """Return a place with a planted value in every form; `config` are further top-level keys.

    The value AUTH is the credential of both agents, which have it by different ways.
    """
    word, control = mark(), mark()
    values = _values(word)
    made = place_in(folder, cluster, namespace, **_config(values, control), **config)
    temporary = folder / "tmp"
    temporary.mkdir()
    made.environment.update(
        {
            "TMPDIR": str(temporary),
            "TF_VAR_prefect_token": values["AUTH"],
            "TF_VAR_other_auth": values["AUTH"],
            "S3_KEY": values["FROM_ENV"],
        }
    )
    (made.folder / "key.pem").write_text(values["FROM_FILE"], encoding="utf-8", newline="")
    return Planting(made, word, control, values)


def _values(word: str) -> dict[str, str]:
    odd = f" {word}1 \"two\" 'one' $HOME $(HOME) {{{{ env }}}} %s \\n é\n\t{word}2 = <&>\r\n"
    lines = "".join(f"{word}{number}/+\n" for number in range(20))
    return {
        "AUTH": f"qhub:{word}auth",
        "FROM_ENV": odd,
        "FROM_FILE": f"-----BEGIN KEY-----\n{lines}-----END KEY-----\n",
        "LITERAL": f"{word}literal: #1",
        "TEXT": f"postgres://user:{word}text@host:5432/base?ssl=no&x=%20",
        "JSON_KEY": json.dumps({"private_key": f"-----BEGIN-----\n{word}json\n", "id": "é"}),
    }


def _config(values: Mapping[str, str], control: str) -> dict[str, Any]:
    return {
        "prefect": {
            "enabled": True,
            "image": image("flow"),
            "api": {"url": "http://prefect/api", "token": "PREFECT_TOKEN"},
            "overrides": {
                "envVars": {"CONTROL": control},
                "secretEnvVars": {name: values[name] for name in ("TEXT", "JSON_KEY")},
                "podAnnotations": {"control": control},
                **reading.OVERRIDES,
            },
            "agents": [
                {"name": "first"},
                {"name": control, "token": "OTHER_AUTH", "secrets": ["FROM_ENV"]},
            ],
        },
        "secrets": {
            "OTHER_AUTH": {"from_env": "TF_VAR_other_auth"},
            "FROM_ENV": {"from_env": "S3_KEY"},
            "FROM_FILE": {"from_file": "key.pem"},
            "LITERAL": values["LITERAL"],
        },
    }


def _items(cluster: Cluster, kinds: str, namespace: str) -> list[dict[str, Any]]:
    text = cluster.kubectl(
        *("get", kinds, "--namespace", namespace, "--output=json", "--show-managed-fields")
    )
    found: list[dict[str, Any]] = json.loads(text)["items"]
    return found
