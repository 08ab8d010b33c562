"""Config files that the tests of the commands start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
project_name: pipelines
provider: existing
prefect:
  enabled: true
  api: {url: http://prefect.example/api}
secrets:
  S3_KEY: {from_env: S3_KEY}
existing: {}
"""
WARNED = GOOD.replace("provider: existing", "provider: existing\ndomain: example.com")
"""Valid, but rendering warns of the domain."""
TWO_ERRORS = """\
project_name: pipelines
provider: existing
prefect:
  enabled: true
  api: {url: http://prefect.example/api}
  imagee: prefecthq/prefect:3.8.8-python3.12-kubernetes
existing: {create_namespace: maybe}
"""


def write(folder: Path, text: str, name: str = "qhub-config.yaml") -> Path:
    """Write a config file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
