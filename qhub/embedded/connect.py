"""What a process outside of the platform needs to talk with it: addresses and passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qhub.embedded import ports
from qhub.embedded.errors import NotDeployedError
from qhub.embedded.supervise import Supervisor

if TYPE_CHECKING:
    from qhub.embedded.layout import Layout
    from qhub.platform import Platform

__all__ = ["outside"]


def outside(layout: Layout, platform: Platform) -> dict[str, str]:
    """Return the variables for Prefect's and Dask Gateway's clients, and for `qhub.flows`.

    Raises `NotDeployedError` where the platform does not run.
    """
    known = ports.known(layout)
    if not known or not Supervisor(layout).running():
        what = "does not run" if known else "was not deployed"
        raise NotDeployedError(
            f"the platform {platform.project} ({platform.namespace}) {what} on this machine",
            hint="qhub deploy starts it",
        )
    return {
        "PREFECT_API_URL": f"http://127.0.0.1:{known['server']}/api",
        "PREFECT_API_AUTH_STRING": layout.password("api").read_text().strip(),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "DO_NOT_TRACK": "1",
        "QHUB_PROJECT": platform.project,
        "QHUB_NAMESPACE": platform.namespace,
        **_gateway(layout, platform, known),
    }


def _gateway(layout: Layout, platform: Platform, known: dict[str, int]) -> dict[str, str]:
    if platform.dask_gateway is None:
        return {}
    agent = platform.first_agent or "qhub"
    address = f"http://127.0.0.1:{known['gateway_proxy']}"
    proxy_address = f"gateway://127.0.0.1:{known['gateway_tls']}"
    password = layout.password("gateway").read_text().strip()
    return {
        "QHUB_AGENT": agent,
        "QHUB_GATEWAY_ADDRESS": address,
        "QHUB_GATEWAY_PROXY_ADDRESS": proxy_address,
        "QHUB_GATEWAY_PASSWORD": password,
        "DASK_GATEWAY__ADDRESS": address,
        "DASK_GATEWAY__PROXY_ADDRESS": proxy_address,
        "DASK_GATEWAY__AUTH__TYPE": "basic",
        "DASK_GATEWAY__AUTH__KWARGS__USERNAME": agent,
        "DASK_GATEWAY__AUTH__KWARGS__PASSWORD": password,
    }
