"""Text → Config: reading, schema, rules across fields."""

from __future__ import annotations

from qhub.config.check import Checked, check
from qhub.config.document import Document
from qhub.config.problem import Problem
from qhub.config.read import find, read

__all__ = ["Checked", "Document", "Problem", "check", "find", "read"]
