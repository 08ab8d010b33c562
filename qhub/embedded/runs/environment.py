"""The environment of an agent, and of everything that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.embedded.proxies import loopback_exempt
from qhub.embedded.user_environment import revision, user_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.embedded.layout import Layout

__all__ = ["agent_environment", "settings"]


def agent_environment(layout: Layout, name: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return what an agent and its flow runs see, from supervisor's variables and the state."""
    platform = settings(layout, name, environ)
    own = user_environment(layout, name)
    return {**environ, **platform, **own, **loopback_exempt({**environ, **own})}


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
        "QHUB_REVISION": revision(layout, name),
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


def _password(layout: Layout, name: str) -> str:
    """Return a generated password, "" where the platform has no such part."""
    try:
        return layout.password(name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""
