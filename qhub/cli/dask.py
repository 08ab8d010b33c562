"""`qhub dask`: the Dask clusters of the platform's agents."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, screen
from qhub.cli.flow_reach import reached
from qhub.cli.group import Group

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qhub.flows.dask_clusters import DaskCluster
    from qhub.flows.gateway import Access

_GIB = 2**30

dask = Group(
    "dask",
    help="Show and stop Dask clusters.\n\nOf the platform of the config file; where there is "
    "none, those of QHUB_AGENT at QHUB_GATEWAY_ADDRESS.",
    epilog="Example: qhub dask list, then qhub dask dashboard etl",
)


@dask.command("list", epilog="Example: qhub dask list --output json")
@options.config_file
@options.output
def list_(config_file: Path, *, output: screen.Format) -> int:
    """List the Dask clusters that start or run: whose they are, their size and their page."""
    with _found(config_file) as (clusters, _):
        if output == "json":
            screen.result_json({"clusters": [asdict(item) for item in clusters]})
            return exits.OK
        if not clusters:
            screen.progress("no Dask cluster runs")
            return exits.OK
        rows: list[tuple[str, ...]] = [
            ("NAME", "FLOW", "RUN", "PROFILE", "WORKERS", "THREADS", "MEMORY", "AGE")
        ]
        rows += [_row(item) for item in clusters]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row, link in zip(rows, ["DASHBOARD", *(c.dashboard for c in clusters)], strict=True):
            screen.result("  ".join([*map(str.ljust, row, widths), link]).rstrip())
    return exits.OK


@dask.command(epilog="Example: qhub dask stop 3f2a")
@click.argument("names", nargs=-1, metavar="[NAME|FLOW]...")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@options.config_file
@options.output
def stop(
    names: tuple[str, ...], config_file: Path, *, everything: bool, output: screen.Format
) -> int:
    """Stop Dask clusters, by the beginning of their names or by their flow.

    What runs on them fails.
    """
    if bool(names) == everything:
        raise click.UsageError("name a cluster, or give --all")
    with _found(config_file) as (clusters, accesses):
        from qhub.flows import dask_clusters

        chosen = clusters if everything else [dask_clusters.matching(clusters, n) for n in names]
        for item in chosen:
            dask_clusters.stop(item.name, accesses[item.agent])
    if output == "json":
        screen.result_json({"stopped": [item.name for item in chosen]})
    for item in chosen if output == "text" else ():
        screen.result(f"stopped  {item.name}  {item.flow or 'temporary'}")
    return exits.OK


@dask.command(epilog="Example: qhub dask dashboard etl --print")
@click.argument("name", required=False, metavar="[NAME|FLOW]")
@click.option("--print", "only_print", is_flag=True, help="Print the address, open nothing.")
@options.config_file
@options.output
def dashboard(
    name: str | None, config_file: Path, *, only_print: bool, output: screen.Format
) -> int:
    """Open the page of a Dask cluster in the browser; without NAME, of the newest one."""
    import os

    from qhub.cli.ui import has_display
    from qhub.errors import QhubError

    with _found(config_file) as (clusters, _):
        from qhub.flows.dask_clusters import matching

        shown = [item for item in clusters if item.dashboard]
        if name is None and not shown:
            raise QhubError("no Dask cluster runs", hint="'qhub flow run FLOW' may start one")
        url = (shown[-1] if name is None else matching(shown, name)).dashboard
    opened = not only_print and has_display(os.environ) and _open(url)
    if output == "json":
        screen.result_json({"url": url, "opened": opened})
    else:
        screen.result(url)
    return exits.OK


@contextmanager
def _found(config_file: Path) -> Iterator[tuple[list[DaskCluster], dict[str, Access]]]:
    """Yield the clusters of all agents, and each agent's access to the gateway."""
    with reached(config_file):
        from qhub.flows.dask_clusters import clusters_of_all
        from qhub.flows.gateway import access

        first = access()
        users = _agents(config_file) if config_file.is_file() else [first.user]
        accesses = {user: replace(first, user=user) for user in users or [first.user]}
        found, refused = clusters_of_all(accesses.values())
        for error in refused:
            screen.progress(f"note: {error}")
        yield list(found), accesses


def _agents(config_file: Path) -> list[str]:
    from qhub.api import load

    return [agent.name for agent in load(config_file).platform.agents]


def _row(item: DaskCluster) -> tuple[str, ...]:
    starting = f" (+{item.workers_starting})" if item.workers_starting else ""
    return (
        item.name[:8],
        item.flow or "temporary",
        item.run[:8] or "-",
        item.profile,
        f"{item.workers}{starting}",
        str(item.threads),
        f"{item.memory_bytes / _GIB:.1f} GiB",
        _age(item.age_seconds),
    )


def _age(seconds: int) -> str:
    """Return "42s", "7m" or "3h 5m"."""
    if seconds < 60:
        return f"{seconds}s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}h {minutes}m" if hours else f"{minutes}m"


def _open(url: str) -> bool:
    import webbrowser

    return webbrowser.open(url)
