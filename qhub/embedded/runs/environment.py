"""The environment of an agent, and of everything that it runs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.embedded.layout import Layout

__all__ = ["agent_environment", "settings", "user_variables"]

# What a user's variable never replaces: where the platform is, and how it is logged in to.
OURS = ("PREFECT_API_", "QHUB_", "DASK_GATEWAY__")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def agent_environment(layout: Layout, name: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what an agent and its flow runs see, from supervisor's variables and the state."""
    agent = json.loads((layout.config / "agents" / f"{name}.json").read_text(encoding="utf-8"))
    platform = settings(layout, name, environ)
    user = user_variables(layout, name, agent["env_vars"])
    return {**environ, **platform, **{k: v for k, v in user.items() if not k.startswith(OURS)}}


def settings(layout: Layout, name: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the platform's own variables: addresses, passwords and folders."""
    address = f"http://127.0.0.1:{environ['QHUB_GATEWAY_PROXY_PORT']}"
    proxy = f"gateway://127.0.0.1:{environ['QHUB_GATEWAY_TLS_PORT']}"
    password = _password(layout, "gateway")
    return {
        "PREFECT_API_URL": f"http://127.0.0.1:{environ['QHUB_SERVER_PORT']}/api",
        "PREFECT_API_AUTH_STRING": _password(layout, "api"),
        "PREFECT_HOME": str(layout.agent(name)),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # Each client would ask the server for its version, which is the same installation's, and
        # for a CSRF token, which it does not have: four requests a run.
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "QHUB_STATE": str(layout.root),
        "QHUB_PROJECT": environ["QHUB_PROJECT"],
        "QHUB_NAMESPACE": environ["QHUB_NAMESPACE"],
        "QHUB_AGENT": name,
        "QHUB_SECRETS_DIR": str(layout.secrets(name)),
        "QHUB_GATEWAY_ADDRESS": address,
        "QHUB_GATEWAY_PROXY_ADDRESS": proxy,
        "QHUB_GATEWAY_PASSWORD": password,
        "DASK_GATEWAY__ADDRESS": address,
        "DASK_GATEWAY__PROXY_ADDRESS": proxy,
        "DASK_GATEWAY__AUTH__TYPE": "basic",
        "DASK_GATEWAY__AUTH__KWARGS__USERNAME": name,
        "DASK_GATEWAY__AUTH__KWARGS__PASSWORD": password,
    }


def user_variables(layout: Layout, name: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Return an agent's own variables and, over them, its secrets that can be variables."""
    return {**variables, **dict(_secrets(layout, name))}


def _secrets(layout: Layout, name: str) -> Iterator[tuple[str, str]]:
    volume = layout.secrets(name)
    for file in sorted(volume.iterdir()) if volume.is_dir() else ():
        if not NAME.fullmatch(file.name) or not file.is_file():
            continue
        try:
            text = file.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue  # such a secret is a file only
        if "\0" not in text:
            yield file.name, text


def _password(layout: Layout, name: str) -> str:
    """Return a generated password, "" where the platform has no such part."""
    try:
        return layout.password(name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
