"""What a process outside of the platform needs to talk with it: addresses and passwords."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded import passwords, ports
from qhub.embedded.errors import ApiError, NotDeployedError
from qhub.embedded.proxies import loopback_exempt
from qhub.embedded.supervise import Supervisor
from qhub.embedded.user_environment import revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qhub.embedded.layout import Layout
    from qhub.platform import Platform

__all__ = ["outside", "reaching", "require_deployed", "require_running"]


def outside(
    layout: Layout, platform: Platform, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the variables for Prefect's and Dask Gateway's clients, and for `qhub.flows`.

    They are to be put over `environ`.
    Raises `NotDeployedError` where the platform does not run.
    """
    require_running(layout, platform)
    known = ports.known(layout)
    return {
        "PREFECT_API_URL": f"http://127.0.0.1:{known['server']}/api",
        "PREFECT_API_AUTH_STRING": passwords.value(layout, "api"),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "DO_NOT_TRACK": "1",
        **loopback_exempt(environ),
        **_prefect_home(layout, environ),
        "QHUB_PROJECT": platform.project,
        "QHUB_NAMESPACE": platform.namespace,
        **_gateway(layout, platform, known),
    }


def require_deployed(layout: Layout, platform: Platform) -> None:
    """Raise `NotDeployedError` where the platform was never deployed, or removed since."""
    if not ports.known(layout):
        raise _not_there(platform, "was not deployed", f"; it is looked for in {layout.root}")


def require_running(layout: Layout, platform: Platform) -> None:
    """Raise `NotDeployedError` where the platform was not deployed, or does not run."""
    require_deployed(layout, platform)
    if not Supervisor(layout).running():
        raise _not_there(platform, "does not run")


@contextmanager
def reaching(layout: Layout, platform: Platform) -> Iterator[None]:
    """Say of a platform that is stopped just that, where Prefect does not answer.

    Raises `NotDeployedError`, at once where the platform was never deployed.
    """
    require_deployed(layout, platform)
    try:
        yield
    except ApiError as error:
        if error.http_status is None:
            require_running(layout, platform)
        raise


def _not_there(platform: Platform, what: str, where: str = "") -> NotDeployedError:
    return NotDeployedError(
        f"the platform {platform.project} ({platform.namespace}) {what} on this machine",
        hint=f"qhub deploy starts it{where}",
    )


def _prefect_home(layout: Layout, environ: Mapping[str, str]) -> dict[str, str]:
    """Return a folder for what Prefect's client keeps, where the user has no home for it."""
    with suppress(RuntimeError):  # a user whose home is not even known
        usual = Path("~/.prefect").expanduser()
        is_usable = usual.is_dir() or os.access(usual.parent, os.W_OK)
        if environ.get("PREFECT_HOME") or is_usable:
            return {}
    return {"PREFECT_HOME": environ.get("PREFECT_HOME") or str(layout.client)}


def _revision(layout: Layout, agent: str) -> dict[str, str]:
    """Return what flows share Dask clusters by, as in the agent's own runs; it may be a new one."""
    with suppress(FileNotFoundError):
        return {"QHUB_REVISION": revision(layout, agent)}
    return {}


def _gateway(layout: Layout, platform: Platform, known: dict[str, int]) -> dict[str, str]:
    if platform.dask_gateway is None:
        return {}
    agent = platform.first_agent or "qhub"
    address = f"http://127.0.0.1:{known['gateway_proxy']}"
    proxy_address = f"gateway://127.0.0.1:{known['gateway_tls']}"
    password = passwords.value(layout, "gateway")
    return {
        "QHUB_AGENT": agent,
        **_revision(layout, agent),
        "QHUB_GATEWAY_ADDRESS": address,
        "QHUB_GATEWAY_PROXY_ADDRESS": proxy_address,
        "QHUB_GATEWAY_PASSWORD": password,
        "DASK_GATEWAY__ADDRESS": address,
        "DASK_GATEWAY__PROXY_ADDRESS": proxy_address,
        "DASK_GATEWAY__AUTH__TYPE": "basic",
        "DASK_GATEWAY__AUTH__KWARGS__USERNAME": agent,
        "DASK_GATEWAY__AUTH__KWARGS__PASSWORD": password,
    }
