"""Dask Gateway on this machine: written by `qhub render`, read by qhub.embedded.programs.gateway.

What does not depend on a machine (sizes, limits and options of clusters, who may log in) comes
from platform.json and agents/ beside this file.
"""

import os
from pathlib import Path

from qhub.embedded.gateway import configure

STATE = Path(os.environ["QHUB_STATE"])
PORTS = {name: int(os.environ[f"QHUB_GATEWAY_{name}PORT"]) for name in ("", "PROXY_", "TLS_")}

c = get_config()  # noqa: F821

# Everything listens on this machine alone: the gateway itself, the address of its clients with
# the dashboards, and the one that carries the connections of clients to schedulers.
c.DaskGateway.address = f"127.0.0.1:{PORTS['']}"
c.Proxy.address = f"127.0.0.1:{PORTS['PROXY_']}"
c.Proxy.tcp_address = f"127.0.0.1:{PORTS['TLS_']}"

c.SimpleAuthenticator.password = (STATE / "passwords" / "gateway").read_text().strip()

c.DBBackendBase.db_url = f"sqlite:///{STATE / 'gateway' / 'gateway.sqlite'}"
c.LocalBackend.clusters_directory = str(STATE / "gateway" / "clusters")
# A cluster whose scheduler died is found out within seconds, not half a minute.
c.DBBackendBase.cluster_heartbeat_period = 5
c.DBBackendBase.cluster_heartbeat_timeout = 15
c.DBBackendBase.stop_clusters_on_shutdown = True

configure(c, Path(__file__).with_name("platform.json"))
