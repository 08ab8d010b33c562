"""The README of a stage: its shell lines are run here as they stand."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.render.rendered import STAGE, bundle

if TYPE_CHECKING:
    from pathlib import Path


def readme(**keys: Any) -> str:
    return bundle(**keys)[f"{STAGE}/README.md"].decode()


def block(text: str, heading: str) -> str:
    """Return the first block of shell lines below a heading."""
    match = re.search(rf"^## {heading}\n.*?^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert match
    return match[1]


def test_before_applying_the_namespaces_are_there() -> None:
    text = readme(existing={"kube_context": "team's cluster"})

    assert block(text, "Before").splitlines() == [
        'export KUBE_CONFIG_PATH="${KUBE_CONFIG_PATH:-$HOME/.kube/config}"',
        'export TF_DATA_DIR="$PWD/.qhub/pipelines-dev/03-kubernetes-services"',
        "kubectl --context 'team'\"'\"'s cluster' create namespace qhub-state"
        "   # once: Terraform's state",
        "kubectl --context 'team'\"'\"'s cluster' get namespace dev   # must be there already",
    ]


def test_local_state_and_a_namespace_of_our_own_need_nothing_before() -> None:
    text = readme(existing={"create_namespace": True}, terraform_state={"type": "local"})

    assert "kubectl" not in text


def test_without_secrets_there_is_no_word_of_them() -> None:
    text = readme()

    assert "## Secrets" not in text
    assert "secret_revision" not in text


def test_each_secret_is_told_with_who_reads_it_and_where_it_comes_from() -> None:
    text = readme(
        prefect={"api": {"url": "https://prefect.example/api", "token": "AUTH"}},
        secrets={
            "AUTH": {"from_env": "TF_VAR_auth"},
            "KEY": {"from_file": "a|b.txt"},
            "ODD": {"from_file": "a`b_*.txt"},
            "PLAIN": "planted",
            "SSH": {"existing_secret": "ssh", "key": "id"},
        },
    )

    assert [line for line in text.splitlines() if line.startswith("| `")] == [
        "| `TF_VAR_auth` | agent `pipelines`: its credential "
        "| environment variable `TF_VAR_auth` |",
        r"| `TF_VAR_key` | flows of `pipelines`: `KEY` | file `a\|b.txt` |",
        "| `TF_VAR_odd` | flows of `pipelines`: `ODD` | file `` a`b_*.txt `` |",
        "| `TF_VAR_plain` | flows of `pipelines`: `PLAIN` | config file, at `secrets.PLAIN` |",
    ]
    assert "planted" not in text


@pytest.mark.parametrize("name", ["key", "it's a key", '$(x) "y"', "-n"], ids=ascii)
def test_the_shell_lines_set_every_value_byte_for_byte(tmp_path: Path, name: str) -> None:
    content = "line 1\nline 'two' \"$HOME\"\n\n"
    (tmp_path / name).write_text(content)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / name).write_text("at home")
    text = readme(
        secrets={
            "A": {"from_env": "TF_VAR_a"},
            "B": {"from_env": "B"},
            "C": {"from_file": f"./{name}"},
            "D": {"from_file": f"~/{name}"},
        }
    )

    shown = 'printf "%s\\0" "$TF_VAR_a" "$TF_VAR_B" "$TF_VAR_c" "$TF_VAR_d"'
    done = subprocess.run(
        ["sh", "-euc", block(text, "Secrets") + shown],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home"), "TF_VAR_a": "1", "B": "2 $"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout.split("\0") == ["1", "2 $", content, "at home", ""]


def test_a_value_that_is_missing_stops_the_shell() -> None:
    text = readme(secrets={"A": {"from_env": "TF_VAR_a"}})

    done = subprocess.run(
        ["sh", "-c", block(text, "Secrets")],
        env={"PATH": "/usr/bin:/bin", "TF_VAR_a": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode != 0
    assert "TF_VAR_a" in done.stderr
