"""What the tests of the rules share: all rules on some data, as short lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qhub.config.problem import dotted
from qhub.config.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def told() -> Callable[[dict[str, Any]], list[str]]:
    """Return what all rules say of some data: "severity path: message"."""

    def tell(data: dict[str, Any]) -> list[str]:
        whole = {"project_name": "orchard", "provider": "existing", **data}
        return [
            f"{finding.severity} {dotted(finding.path)}: {finding.message}"
            for rule in RULES
            for finding in rule(whole)
        ]

    return tell
