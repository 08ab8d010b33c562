"""A flow of Prefect 0.14 to 1.4 that tells what it finds around it; of each value only a digest.

It runs in a flow pod's Python, 3.8 or 3.10, where nothing but Prefect is installed.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

FILES = Path("/etc/qhub/secrets")

prefect: Any = importlib.import_module("prefect")
client: Any = importlib.import_module("prefect.client")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def look() -> None:
    """Write one line of JSON to the run's log."""
    secrets = {name: client.Secret(name).get() for name in prefect.context.get("secrets", {})}
    found = {
        "environ": {name: digest(text.encode()) for name, text in os.environ.items()},
        "files": {
            file.name: digest(file.read_bytes())
            for file in FILES.iterdir()
            if not file.name.startswith("..")  # Kubernetes' own
        },
        "secrets": {
            name: digest(json.dumps(value, sort_keys=True).encode())
            for name, value in secrets.items()
        },
        "mappings": sorted(name for name, value in secrets.items() if isinstance(value, dict)),
        "prefect": prefect.__version__,
        "python": ".".join(map(str, sys.version_info[:2])),
        "user": os.getuid(),
        "writable": os.access(FILES, os.W_OK),
    }
    prefect.context.get("logger").info("told: " + json.dumps(found))


with prefect.Flow("tell") as flow:
    prefect.task(look)()
