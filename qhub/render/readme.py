"""README.md of a stage: how to apply it without QHub."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from qhub.config.model import FromEnv, FromFile
from qhub.render.backend import STATE_NAMESPACE
from qhub.render.secrets_tf import where_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qhub.config.model import KubernetesCluster, TerraformState
    from qhub.platform.model import Platform
    from qhub.render.secret_variables import SecretVariable

__all__ = ["services_readme"]


def services_readme(
    platform: Platform,
    *,
    stage: str,
    cluster: KubernetesCluster,
    state: TerraformState,
    variables: Sequence[SecretVariable],
) -> str:
    """Return the README of stage 03-kubernetes-services."""
    parts = [
        *_preparations(platform, cluster, state, stage),
        *_secrets(variables),
        _APPLY.format(stage=stage),
        *([_REVISION] if variables else []),
    ]
    return "\n".join(parts)


_HEAD = """\
# {stage}

The Prefect agents and their secrets, written by `qhub render`. Without QHub, Terraform 1.11 or
later applies it. The lines below are for a POSIX shell; start in the folder that holds `stages`.
Paths of files begin in the folder of the config file: where that is another one, adjust them.

## Before

```sh
export KUBE_CONFIG_PATH="${{KUBE_CONFIG_PATH:-$HOME/.kube/config}}"\
"""


def _preparations(
    platform: Platform, cluster: KubernetesCluster, state: TerraformState, stage: str
) -> Iterator[str]:
    yield _HEAD.format(stage=stage)
    context = "" if cluster.kube_context is None else f" --context {_quoted(cluster.kube_context)}"
    yield f'export TF_DATA_DIR="$PWD/.qhub/{platform.project}-{platform.namespace}/{stage}"'
    if state.type == "remote":
        yield f"kubectl{context} create namespace {STATE_NAMESPACE}   # once: Terraform's state"
    if not cluster.create_namespace:
        yield f"kubectl{context} get namespace {platform.namespace}   # must be there already"
    yield "```\n"


def _secrets(variables: Sequence[SecretVariable]) -> Iterator[str]:
    if not variables:
        return
    yield _SECRETS_HEAD
    for variable in variables:
        where = where_from(variable.source, mark=_code)
        yield f"| `{_variable(variable)}` | {_used_by(variable)} | {where} |"
    lines = [line for variable in variables for line in _exports(variable)]
    yield "\n```sh\n" + "\n".join(lines) + "\n```\n"


_SECRETS_HEAD = """\
## Secrets

Terraform asks for each of these, for `plan` and for `apply`, and stores none.

| Variable | Used by | Value comes from |
|---|---|---|\
"""
_APPLY = """\
## Apply

```sh
cd stages/{stage}
terraform init
terraform apply
```
"""
_REVISION = """\
Terraform does not see that a secret has changed. To write all of them again and restart the
agents, raise their revision, and keep it set for later runs:

```sh
export TF_VAR_secret_revision=$(date +%s)
terraform apply
```
"""


def _variable(variable: SecretVariable) -> str:
    return f"TF_VAR_{variable.name}"


def _used_by(variable: SecretVariable) -> str:
    logins = [f"agent `{agent}`: its credential" for agent in variable.tokens]
    reads = [f"flows of `{agent}`: `{secret}`" for agent, secret in variable.readers]
    return "; ".join([*logins, *reads])


def _code(text: str) -> str:
    """Return text as a code span in a cell of a table: one more backtick than it has in a row."""
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}".replace("|", "\\|")


def _exports(variable: SecretVariable) -> Iterator[str]:
    """Yield shell lines that set a variable; a file's last line break would be lost in $(cat …)."""
    name = _variable(variable)
    match variable.source:
        case FromEnv(source) if source == name:
            yield f'export {name}="${{{name}:?}}"'
        case FromEnv(source):
            yield f'export {name}="${{{source}:?}}"'
        case FromFile(path):
            yield f'{name}="$(cat {_path(path)} && echo .)" && export {name}="${{{name}%.}}"'
        case _:
            yield f"export {name}=…   # as in the config file"


def _path(path: str) -> str:
    home, slash, rest = path.partition("/")
    return f"~/{_quoted(rest)}" if home == "~" and slash else _quoted(path)


def _quoted(text: str) -> str:
    return shlex.quote(text)
