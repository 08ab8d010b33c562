"""Dask Gateway: its API, its proxy, and the clusters that it starts, on loopback ports.

    python -m qhub.embedded.programs.gateway

Reads QHUB_STATE (folder of the platform), `dask_gateway_config.py` of its config, and the ports
QHUB_GATEWAY_PORT, QHUB_GATEWAY_PROXY_PORT and QHUB_GATEWAY_TLS_PORT.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.embedded.layout import Layout
from qhub.embedded.programs.collector import resting

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["main"]


def main(environ: Mapping[str, str] = os.environ) -> None:
    """Serve until SIGTERM; the clusters are stopped then."""
    layout = Layout(Path(environ["QHUB_STATE"]))
    keys = layout.password("gateway_keys").read_text().strip()
    os.environ["DASK_GATEWAY_ENCRYPT_KEYS"] = keys
    os.umask(0o077)
    with resting():
        from dask_gateway_server.app import DaskGateway

    config = layout.config / "dask_gateway_config.py"
    DaskGateway.launch_instance(["--config", str(config), "--log-level", "INFO"])


if __name__ == "__main__":
    main()
