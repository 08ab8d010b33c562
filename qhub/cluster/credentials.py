"""The credential of a context's user, and with it the settings of a connection.

A user may be a command (`aws eks get-token`, `gke-gcloud-auth-plugin`, `kubelogin`). It is run
here and not by the package `kubernetes`, which knows no deadline, and where the command fails
logs a line and goes on as nobody.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qhub.cluster import kubeconfig
from qhub.cluster.errors import CredentialsError, KubeconfigError
from qhub.cluster.pool import way_to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qhub.cluster.pool import Way
    from qhub.cluster.target import Target

__all__ = ["Access", "access"]

_COMMAND_SECONDS = 60
_LOGIN_SECONDS = 300
"""On a terminal somebody may have to log in, in a browser."""
_WORDS = 300


@dataclass(frozen=True, slots=True)
class Access:
    """How to talk with the API server as the context's user.

    `headers` say who we are; `expires` is known of some credentials.
    """

    way: Way
    headers: Mapping[str, str] = field(repr=False)
    expires: datetime | None


def access(target: Target, *, environ: Mapping[str, str], folder: Path) -> Access:
    """Return the access that a target gives now; files that TLS needs go into `folder`.

    Raises `CredentialsError` and `KubeconfigError`.
    """
    found = kubeconfig.read(target.files)
    context = found.contexts.get(target.context)
    cluster = found.clusters.get(str(context.get("cluster"))) if context else None
    if context is None or cluster is None:
        raise KubeconfigError(
            f"context '{target.context}' has gone from the kubeconfig since QHub began",
            hint="run it again",
        )
    name = str(context.get("user") or "")
    user, expires = _user(target, found, name, environ)
    try:
        way = way_to(cluster, user, folder)
        headers = _headers(user)
    except (OSError, TypeError, ValueError) as error:
        # The text of an error of a decoder could hold what it could not decode.
        told = f": {error}" if isinstance(error, OSError) else ""
        raise KubeconfigError(
            f"context '{target.context}' of the kubeconfig cannot be used{told}",
            hint="have the kubeconfig written again",
        ) from error
    return Access(
        way=way,
        headers=headers,
        expires=expires or _expiry(str(user.get("token") or "")),
    )


def _user(
    target: Target, found: kubeconfig.Kubeconfig, name: str, environ: Mapping[str, str]
) -> tuple[dict[str, Any], datetime | None]:
    """Return the user with what its command or its file says put in; and until when it holds."""
    user = dict(found.users.get(name, {}))
    if user.get("token"):
        return user | {"token": str(user["token"]).strip()}, None
    if path := user.pop("tokenFile", None):
        return user | {"token": _token_of(Path(path), target)}, None
    if command := user.pop("exec", None):
        if not isinstance(command, dict) or not command.get("command"):
            raise KubeconfigError(
                f"user '{name}' of the kubeconfig has an 'exec' without a command",
                hint="have the kubeconfig written again",
            )
        context = found.contexts[target.context]
        cluster = found.clusters[str(context.get("cluster"))]
        ran = _Command(target, command, found.folders[name], environ)
        status = ran.status(cluster)
        return user | _credential(status), _time(status.get("expirationTimestamp"))
    provider = (user.get("auth-provider") or {}).get("name")
    if provider not in (None, "oidc"):
        raise CredentialsError(
            f"user '{name}' of the kubeconfig logs in through '{provider}', which Kubernetes "
            "no longer knows",
            hint="have the kubeconfig written again by the cloud's own tool",
        )
    return user, None


def _headers(user: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that say who we are, and who we want to be taken for."""
    headers = {"Impersonate-User": str(user["as"])} if user.get("as") else {}
    if user.get("token"):
        return headers | {"authorization": f"Bearer {user['token']}"}
    if user.get("auth-provider"):
        return headers | _logged_in(user)
    if "username" in user and "password" in user:
        both = f"{user['username']}:{user['password']}".encode()
        return headers | {"authorization": f"Basic {base64.b64encode(both).decode()}"}
    return headers


def _logged_in(user: Mapping[str, Any]) -> dict[str, str]:
    """Return the header of a token of OIDC; the package gets a new one when it has expired."""
    import kubernetes
    from kubernetes.config.config_exception import ConfigException

    configuration: Any = kubernetes.client.Configuration()
    document = {
        "current-context": "this",
        "contexts": [{"name": "this", "context": {"cluster": "this", "user": "this"}}],
        "clusters": [{"name": "this", "cluster": {}}],
        "users": [{"name": "this", "user": {"auth-provider": user["auth-provider"]}}],
    }
    load: Any = kubernetes.config.load_kube_config_from_dict
    try:
        load(document, client_configuration=configuration)
    except ConfigException as error:
        raise ValueError(str(error)) from error
    token = configuration.api_key.get("BearerToken")
    return {"authorization": token} if token else {}


def _token_of(path: Path, target: Target) -> str:
    try:
        token = path.read_text().strip()
    except (OSError, UnicodeError) as error:
        told = getattr(error, "strerror", None) or "it is no text"
        raise CredentialsError(
            f"cannot read the token of context '{target.context}' from {path}: {told}",
            hint="check that the file is there and may be read",
        ) from error
    if not token:
        raise CredentialsError(
            f"the token of context '{target.context}' is empty: {path}", hint="log in again"
        )
    return token


@dataclass(frozen=True, slots=True)
class _Command:
    """A credential plugin, as `exec` of a user describes it."""

    target: Target
    settings: Mapping[str, Any]
    folder: Path
    environ: Mapping[str, str]

    def status(self, cluster: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run it and return `status` of the ExecCredential that it prints."""
        interactive = self._interactive()
        seconds = _LOGIN_SECONDS if interactive else _COMMAND_SECONDS
        try:
            done = subprocess.run(
                self._arguments(),
                cwd=self.folder if self.folder.is_dir() else None,
                env=self._environment(cluster, interactive=interactive),
                stdin=None if interactive else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=None if interactive else subprocess.PIPE,
                timeout=seconds,
                check=False,
            )
        except FileNotFoundError as error:
            told = str(self.settings.get("installHint") or "").strip()
            raise self._failed("is not installed", told or "install it") from error
        except OSError as error:
            raise self._failed(f"cannot be run: {error.strerror}", "mend it") from error
        except subprocess.TimeoutExpired as error:
            raise self._failed(f"said nothing for {seconds} s", "log in with it first") from error
        if done.returncode != 0:
            words = (done.stderr or b"").decode("utf-8", "replace").strip()[-_WORDS:]
            raise self._failed(f"failed ({done.returncode}): {words}".rstrip(": "), "log in again")
        return self._read(done.stdout)

    def _read(self, printed: bytes) -> Mapping[str, Any]:
        try:
            status = json.loads(printed)["status"]
        except (ValueError, KeyError, TypeError):
            status = None
        if not isinstance(status, dict) or not (
            status.get("token")
            or (status.get("clientCertificateData") and status.get("clientKeyData"))
        ):
            raise self._failed("printed no credential", "log in with it first") from None
        return status

    def _interactive(self) -> bool:
        if self.settings.get("interactiveMode") == "Never":
            return False
        return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))

    def _arguments(self) -> list[str]:
        command = str(self.settings["command"])
        if os.sep in command:  # relative to the kubeconfig, as client-go has it
            command = str(self.folder / command)
        return [command, *map(str, self.settings.get("args") or ())]

    def _environment(self, cluster: Mapping[str, Any], *, interactive: bool) -> dict[str, str]:
        spec: dict[str, Any] = {"interactive": interactive}
        if self.settings.get("provideClusterInfo"):
            spec["cluster"] = _cluster_info(cluster)
        info = {
            "apiVersion": self.settings.get("apiVersion", "client.authentication.k8s.io/v1"),
            "kind": "ExecCredential",
            "spec": spec,
        }
        more = {
            str(entry["name"]): str(entry.get("value", ""))
            for entry in self.settings.get("env") or ()
        }
        # Some look into it for the context; it may have been named by another variable.
        files = {"KUBECONFIG": os.pathsep.join(map(str, self.target.files))}
        return {**self.environ, **files, **more, "KUBERNETES_EXEC_INFO": json.dumps(info)}

    def _failed(self, what: str, hint: str) -> CredentialsError:
        return CredentialsError(
            f"'{self.settings['command']}', which gives the credential of context "
            f"'{self.target.context}', {what}",
            hint=hint,
        )


def _cluster_info(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plugin may know of the cluster."""
    extensions = {
        entry.get("name"): entry.get("extension")
        for entry in cluster.get("extensions") or ()
        if isinstance(entry, dict)
    }
    told = {key: value for key, value in cluster.items() if key != "extensions"}
    config = extensions.get("client.authentication.k8s.io/exec")
    return told | ({"config": config} if config is not None else {})


def _credential(status: Mapping[str, Any]) -> dict[str, str]:
    """Return what a plugin gave as a kubeconfig says it."""
    if status.get("token"):
        return {"token": str(status["token"]).strip()}
    names = {
        "client-certificate-data": "clientCertificateData",
        "client-key-data": "clientKeyData",
    }
    return {
        key: base64.b64encode(str(status[name]).encode()).decode() for key, name in names.items()
    }


def _expiry(token: str) -> datetime | None:
    """Return until when a token holds, if it is a JWT that says so."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(int(said["exp"]), UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None


def _time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
