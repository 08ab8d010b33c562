"""`qhub ui`: Prefect's page in the browser."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, screen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@click.command(epilog="Example: qhub ui --print")
@options.config_file
@click.option("--print", "only_print", is_flag=True, help="Print the address, open nothing.")
@options.output
def ui(config_file: Path, *, only_print: bool, output: screen.Format) -> int:
    """Open Prefect's page in the browser.

    It asks for a password: the content of the file that is printed. Without a display
    the address is printed only.
    """
    from qhub.api import load
    from qhub.embedded.api import Api
    from qhub.embedded.connect import reaching
    from qhub.embedded.deploy import layout_of

    project = load(config_file)
    layout = layout_of(project.config)
    with reaching(layout, project.platform), Api.of(layout) as api:
        api.get("/health")
        url = api.url.removesuffix("/api")
    opened = not only_print and has_display(os.environ) and _open(url)
    password_file = str(layout.password("api"))
    if output == "json":
        screen.result_json({"url": url, "password_file": password_file, "opened": opened})
    else:
        screen.result(f"{url}\nits password is the content of {password_file}")
    return exits.OK


def has_display(environ: Mapping[str, str]) -> bool:
    """Tell whether a browser has a screen to appear on; one inside the terminal is none."""
    if sys.platform == "darwin":
        return not environ.get("SSH_CONNECTION")
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _open(url: str) -> bool:
    import webbrowser

    return webbrowser.open(url)
