"""Platform to Bundle to disk."""

from __future__ import annotations

from qhub.render.bundle import Bundle, render
from qhub.render.secret_variables import SecretVariable, secret_variables
from qhub.render.unsupported import unsupported

__all__ = ["Bundle", "SecretVariable", "render", "secret_variables", "unsupported"]
