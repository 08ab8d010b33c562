"""`qhub logs`: what a program of the platform or a flow run wrote."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

from qhub.cli import exits, options, screen, times

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from qhub.api import Project
    from qhub.embedded.layout import Layout
    from qhub.embedded.logs import Line
    from qhub.platform import Platform

_LINES = 100
_ALL = 10_000_000
_COLOURS: Mapping[str, screen.Colour] = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red"}


@click.command(epilog="Example: qhub logs agent/pipelines -f; qhub logs run/brave-otter --since 1h")
@click.argument("name", metavar="server|gateway|supervisor|agent/NAME|run/ID")
@options.config_file
@click.option("-f", "--follow", is_flag=True, help="Go on until ^C, or until the run has ended.")
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"The last N lines.  [default: {_LINES}; with --since all]",
)
@click.option(
    "--since", callback=times.since, metavar="TIME", help="Like 10min, 2h or 2026-11-21T14:00."
)
@click.option("--raw", is_flag=True, help="Of a run: what its process wrote, not Prefect's log.")
@options.output
def logs(
    name: str,
    config_file: Path,
    *,
    follow: bool,
    lines: int | None,
    since: datetime | None,
    raw: bool,
    output: screen.Format,
) -> int:
    """Show what a program or a flow run wrote.

    A run is named by its id, the beginning of its id, or its name. With --follow and
    --output json each line is a JSON object of its own. On Kubernetes the names are agent/NAME
    and run/ID: what their pods wrote, as long as they are there.
    """
    from qhub.api import load

    wanted = _Wanted(
        load(config_file),
        name,
        follow=follow,
        lines=lines if lines is not None else _LINES if since is None else _ALL,
        since=since,
    )
    try:
        with closing(_lines(wanted, raw=raw)) as found:
            _show(name, found, follow=follow, output=output)
    except KeyboardInterrupt:  # the usual end of --follow: nothing to tell
        return exits.INTERRUPTED
    return exits.OK


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for."""

    project: Project
    name: str
    follow: bool
    lines: int
    since: datetime | None

    @property
    def layout(self) -> Layout:
        """Where the platform of this machine keeps its files."""
        from qhub.embedded.deploy import layout_of

        return layout_of(self.project.config)

    @property
    def platform(self) -> Platform:
        """What the config file asks for."""
        return self.project.platform


def _lines(wanted: _Wanted, *, raw: bool) -> Generator[Line, None, None]:
    from qhub.config.model import KubernetesCluster

    kind, _, rest = wanted.name.partition("/")
    if isinstance(wanted.project.config.cluster, KubernetesCluster):
        yield from _of_cluster(wanted)
        return
    if kind == "run" and rest:
        yield from _of_process(wanted, rest) if raw else _of_run(wanted, rest)
        return
    if raw:
        raise click.UsageError("--raw is for a run: run/ID")
    from qhub.embedded import logs
    from qhub.embedded.connect import require_deployed

    require_deployed(wanted.layout, wanted.platform)
    log = logs.of_program(wanted.layout, wanted.name)
    ended = (lambda: False) if wanted.follow else None
    yield from logs.of_file(log, lines=wanted.lines, since=wanted.since, ended=ended)


def _of_cluster(wanted: _Wanted) -> Iterator[Line]:
    """Yield what pods wrote, led by the pod where several write."""
    from qhub.cluster import logs
    from qhub.embedded.logs import Line

    with wanted.project.cluster() as cluster:
        found = logs.of_name(
            cluster,
            wanted.platform,
            wanted.name,
            lines=wanted.lines,
            since=wanted.since,
            follow=wanted.follow,
        )
        for line in found:
            yield Line(line.time, "", line.pod, line.text)


def _of_run(wanted: _Wanted, word: str) -> Iterator[Line]:
    """Yield what Prefect keeps of a run."""
    from qhub.embedded import run_logs
    from qhub.embedded.api import Api
    from qhub.embedded.connect import reaching

    with reaching(wanted.layout, wanted.platform), Api.of(wanted.layout) as api:
        yield from run_logs.of_run(
            api,
            run_logs.find(api, word),
            lines=wanted.lines,
            since=wanted.since,
            follow=wanted.follow,
        )


def _of_process(wanted: _Wanted, word: str) -> Iterator[Line]:
    """Yield what the process of a run wrote; its file is there also where the server is not."""
    from qhub.embedded import logs, run_logs
    from qhub.embedded.api import Api
    from qhub.embedded.connect import reaching

    with reaching(wanted.layout, wanted.platform), Api.of(wanted.layout) as api:
        run = run_logs.find_on_disk(wanted.layout, word) or run_logs.find(api, word)
        ended = run_logs.has_ended(api, run) if wanted.follow else None
        log = wanted.layout.run_log(run)
        yield from logs.of_file(log, lines=wanted.lines, since=wanted.since, ended=ended)


def _show(name: str, found: Iterator[Line], *, follow: bool, output: screen.Format) -> None:
    if output == "text":
        for line in found:
            screen.result(_text(line))
            if follow:
                screen.flush()
    elif follow:
        for line in found:
            screen.result(json.dumps(_data(line), ensure_ascii=False))
            screen.flush()
    else:
        screen.result_json({"name": name, "lines": [_data(line) for line in found]})


def _text(line: Line) -> str:
    """Return the line of a file as it is, that of a run in Prefect's usual form."""
    if not line.level or line.time is None:
        return f"{line.logger}  {line.text}" if line.logger else line.text
    colour = _COLOURS.get(line.level)
    level = line.level.ljust(8)
    shown = screen.paint(level, colour, stream=sys.stdout) if colour else level
    return f"{line.time:%Y-%m-%d %H:%M:%S}  {shown}  {line.logger}  {line.text}"


def _data(line: Line) -> dict[str, str | None]:
    return {
        "time": line.time.isoformat() if line.time else None,
        "level": line.level or None,
        "logger": line.logger or None,
        "text": line.text,
    }
