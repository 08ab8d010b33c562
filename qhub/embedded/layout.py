"""Where the embedded platform keeps what: the names of every folder and file of its state.

    <home>/<project>-<namespace>/
      lock                   held while qhub changes this platform
      ports.json             {"server": 27411, "gateway": …, "gateway_proxy": …, "gateway_tls": …}
      passwords/             api, gateway, gateway_keys: one file each, generated
      config/                the rendered stages/embedded that runs, copied by deploy
      secrets/<agent>/<NAME> the secrets volume of each agent
      supervisord.{sock,pid}
      server/                PREFECT_HOME of the server: its database
      gateway/               database and clusters' working folders of Dask Gateway
      agents/<agent>/        PREFECT_HOME and working folders of an agent's runs
      client/                PREFECT_HOME of a user's own commands, for one who has no home
      flows/                 archives of flow code, by content
      logs/<program>.log, logs/runs/<id>.log

Folders are 0700 and files 0600: `Layout.make` and umask 077 of every process see to it.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.errors import QhubError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Layout", "home", "home_hint"]

FOLDERS = (
    *("passwords", "config", "secrets", "server", "gateway", "agents", "flows"),
    *("logs", "logs/runs"),
)


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of all embedded platforms of this user: QHUB_HOME, else the system's.

    Raises `QhubError` for a user who has no home. Source: XDG Base Directory Specification,
    "XDG_STATE_HOME".
    """
    try:
        return _home(environment)
    except RuntimeError as error:
        raise QhubError(
            f"where the state goes is not known: {error}", hint="set QHUB_HOME to a folder for it"
        ) from error


def _home(environment: Mapping[str, str]) -> Path:
    if chosen := environment.get("QHUB_HOME"):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "qhub"
    state = environment.get("XDG_STATE_HOME", "")
    return (Path(state) if state.startswith("/") else Path.home() / ".local" / "state") / "qhub"


def home_hint(environment: Mapping[str, str] = os.environ) -> str:
    """Return what to do where the state cannot be written."""
    if chosen := environment.get("QHUB_HOME"):
        return f"QHUB_HOME is {chosen}: set it to a folder that can be written, or unset it"
    return "set QHUB_HOME to a folder that can be written"


@dataclass(frozen=True, slots=True)
class Layout:
    """The state of one embedded platform: `root` and the paths below it."""

    root: Path

    @classmethod
    def of(cls, project: str, namespace: str) -> Layout:
        """Return where the platform of a project and namespace lives; makes nothing."""
        return cls(home() / f"{project}-{namespace}")

    def make(self) -> None:
        """Make the folders that are missing, for their owner alone."""
        for name in ("", *FOLDERS):
            folder = self.root / name
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)

    @property
    def lock(self) -> Path:
        """The file whose lock a qhub holds while it changes this platform."""
        return self.root / "lock"

    @property
    def ports(self) -> Path:
        """Which port each program listens on, chosen by the first deploy."""
        return self.root / "ports.json"

    @property
    def config(self) -> Path:
        """What was rendered and runs now."""
        return self.root / "config"

    @property
    def socket(self) -> Path:
        """Where supervisor is spoken to."""
        return self.root / "supervisord.sock"

    @property
    def pid_file(self) -> Path:
        """The process of supervisor."""
        return self.root / "supervisord.pid"

    @property
    def flows(self) -> Path:
        """Archives of flow code."""
        return self.root / "flows"

    @property
    def server(self) -> Path:
        """PREFECT_HOME of the Prefect server."""
        return self.root / "server"

    @property
    def gateway(self) -> Path:
        """Database and working folders of Dask Gateway."""
        return self.root / "gateway"

    @property
    def client(self) -> Path:
        """PREFECT_HOME of a user's own commands, for one who has no home."""
        return self.root / "client"

    def password(self, name: str) -> Path:
        """Return the file of a generated password: api, gateway or gateway_keys."""
        return self.root / "passwords" / name

    def secrets(self, agent: str) -> Path:
        """Return the secrets volume of an agent: a file for each secret, named as it."""
        return self.root / "secrets" / agent

    def agent(self, name: str) -> Path:
        """Return the folder of an agent: PREFECT_HOME of it and of its runs."""
        return self.root / "agents" / name

    def log(self, program: str) -> Path:
        """Return what a program wrote: server, gateway, agent-NAME or supervisord."""
        return self.root / "logs" / f"{program}.log"

    def run_log(self, run: str) -> Path:
        """Return what the process of a flow run wrote, by the run's id."""
        return self.root / "logs" / "runs" / f"{run}.log"
