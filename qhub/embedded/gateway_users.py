"""Who may use the gateway: the agents that are deployed, each with its own clusters."""

from __future__ import annotations

import base64
import hmac
from pathlib import Path
from typing import TYPE_CHECKING

from dask_gateway_server.auth import Authenticator, unauthorized
from dask_gateway_server.models import User
from traitlets import Unicode

if TYPE_CHECKING:
    from aiohttp.web import Request

__all__ = ["AgentAuthenticator"]


class AgentAuthenticator(Authenticator):  # type: ignore[misc] # dask_gateway_server has no types
    """Basic authentication: the user is an agent, the password the platform's."""

    agents = Unicode(help="The folder with a file NAME.json of each user.", config=True)
    password = Unicode(help="The password of all of them.", config=True)

    async def authenticate(self, request: Request) -> User:
        """Return the user of a request, or raise 401."""
        user, password = _credentials(request.headers.get("Authorization", ""))
        right = hmac.compare_digest(password.encode(), self.password.encode())
        if not (self.password and right and user in self._names()):
            raise unauthorized("Basic")
        return User(user)

    def _names(self) -> set[str]:
        """Return the agents as they are now: a restart to learn of one would end all clusters."""
        return {path.stem for path in Path(self.agents).glob("*.json")}


def _credentials(header: str) -> tuple[str, str]:
    kind, _, coded = header.partition(" ")
    if kind != "Basic":
        raise unauthorized("Basic")
    try:
        text = base64.b64decode(coded, validate=True).decode()
    except ValueError as error:
        raise unauthorized("Basic") from error
    user, _, password = text.partition(":")
    return user, password
