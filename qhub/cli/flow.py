"""`qhub flow`: deploy flows, run them, see their logs; the commands' work is in `qhub.flows`."""

from __future__ import annotations

import json
import shlex
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from qhub.cli import exits, flow_options, options, screen, times
from qhub.cli.flow_images import build, flow_image
from qhub.cli.flow_reach import reached
from qhub.cli.group import Group
from qhub.errors import ExistingFileError, WriteError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qhub.flows.listing import DeployedFlow
    from qhub.flows.log_lines import LogLine


flow = Group(
    "flow",
    help="Deploy, run and watch flows.\n\nOn the platform of the config file; where there is "
    "none, on that of PREFECT_API_URL.",
    epilog="Example: qhub flow deploy etl.py --cron '0 6 * * *', then qhub flow run etl",
)
flow.add_command(build)
flow.add_command(flow_image)


@flow.command(epilog="Example: qhub flow deploy etl.py:etl --cron '0 6 * * 1-5' --profile large")
@click.argument("paths", nargs=-1, required=True, metavar="PATH[:FLOW]...")
@options.config_file
@flow_options.deploy
@options.output
def deploy(
    paths: tuple[str, ...],
    config_file: Path,
    *,
    output: screen.Format,
    **wishes: Any,
) -> int:
    """Register the flows of files and packages with their code; the same again changes nothing.

    PATH is a Python file or the folder of a package; all its flows, or the one that FLOW names.
    What an option does not name is removed: schedules, parameters, limits.

    The code travels by itself, unless it is in the image: --no-build, after `qhub flow build`.
    """
    with reached(config_file):
        from qhub.flows import deploy as register
        from qhub.flows.loading import load

        given = flow_options.read(wishes)
        with redirect_stdout(sys.stderr):  # what users' files print is no result of ours
            flows = [item.flow for path in paths for item in load(path)]
        done = register(flows, **given, tell=screen.progress)
    if output == "json":
        screen.result_json({"deployed": [asdict(item) for item in done]})
        return exits.OK
    for item in done:
        screen.result(str(item))
    if all(item.action == "created" for item in done):
        screen.progress(f"next: qhub flow run {_argument(done[0].name)}")
    return exits.OK


def _argument(name: str) -> str:
    """Return a deployment's name as a shell and `qhub` take it for one."""
    return ("-- " if name.startswith("-") else "") + shlex.quote(name)


@flow.command(epilog="Example: qhub flow run etl -p rows=1000 -p day=2026-11-21")
@click.argument("name", metavar="FLOW[/DEPLOYMENT]")
@options.config_file
@click.option("-p", "--param", "parameters", multiple=True, metavar="KEY=VALUE", help="Repeatable.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Of this run; repeatable.")
@click.option("--watch/--no-watch", default=True, help="Show it until it ends.  [default: watch]")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="Watch no longer; the run goes on.",
)
@options.output
def run(
    name: str,
    config_file: Path,
    *,
    parameters: tuple[str, ...],
    tags: tuple[str, ...],
    watch: bool,
    timeout: float | None,
    output: screen.Format,
) -> int:
    """Run a deployed flow and show its states and log until it ends.

    ^C ends the watching, not the run. Exit status 3 if a watched run did not complete.
    """
    given = flow_options.pairs(parameters, "--param")
    with reached(config_file):
        from qhub.flows import run as start

        result = start(
            name,
            given,
            watch=watch,
            tags=tags,
            timeout_seconds=timeout,
            tell=screen.progress,
        )
    if output == "json":
        screen.result_json({"run": asdict(result)})
    elif not watch:
        screen.result(f"{result.id}  {result.name}\n  {result.url}")
    return exits.FAILED if watch and not result.ok else exits.OK


@flow.command("list", epilog="Example: qhub flow list --output json")
@options.config_file
@options.output
def list_(config_file: Path, *, output: screen.Format) -> int:
    """List the deployed flows."""
    with reached(config_file):
        from qhub.flows.listing import list_deployments

        found = list_deployments()
    if output == "json":
        screen.result_json({"flows": [asdict(item) for item in found]})
        return exits.OK
    if not found:
        screen.progress("no flow is deployed; qhub flow deploy FILE")
        return exits.OK
    rows = [("FLOW", "SCHEDULE", "NEXT RUN", "QUEUE", "VERSION", "LAST RUN"), *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        screen.result("  ".join(map(str.ljust, row, widths)).rstrip())
    return exits.OK


def _row(item: DeployedFlow) -> tuple[str, ...]:
    due = "paused" if item.paused else ""
    if item.next_run:
        due = f"{datetime.fromisoformat(item.next_run).astimezone():%Y-%m-%d %H:%M}"
    where = item.pool if item.queue == "default" else f"{item.pool}/{item.queue}"
    cells = (item.name, ", ".join(item.schedule), due, where, item.version, item.last_run)
    return tuple(cell or "-" for cell in cells)


@flow.command(epilog="Example: qhub flow logs etl --level WARNING --search timeout")
@click.argument("name", metavar="RUN|FLOW")
@options.config_file
@click.option("--level", metavar="LEVEL", help="This one and worse: INFO, WARNING, ERROR.")
@click.option("--search", metavar="TEXT", help="Only lines that hold it, in any case.")
@click.option("--since", callback=times.since, metavar="TIME", help="Like 10min, 2h or 2026-11-21.")
@click.option("--task", metavar="TASK", help="Only lines of this task, or of one run of it.")
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file.")
@click.option("--force", is_flag=True, help="Write over the file of --save.")
@click.option("-f", "--follow", is_flag=True, help="Go on until the run has ended.")
@options.output
def logs(
    name: str,
    config_file: Path,
    *,
    level: str | None,
    search: str | None,
    since: datetime | None,
    task: str | None,
    save: Path | None,
    force: bool,
    follow: bool,
    output: screen.Format,
) -> int:
    """Show the log of a run: by its id or name, or of a flow's latest run.

    With --follow and --output json each line is a JSON object of its own.
    """
    if save is not None and save.exists() and not force:
        raise ExistingFileError(save)
    with reached(config_file):
        from qhub.flows.log_lines import follow as following
        from qhub.flows.log_lines import logs as reading

        wanted: dict[str, Any] = {"level": level, "search": search, "since": since, "task": task}
        lines = following(name, **wanted) if follow else reading(name, **wanted)
        if save is not None:
            _save(lines, save, output)
        elif output == "json" and not follow:
            screen.result_json({"lines": [_data(line) for line in lines]})
        else:
            _show(lines, output)
    return exits.OK


@flow.command(epilog="Example: qhub flow delete etl --yes")
@click.argument("name", metavar="FLOW[/DEPLOYMENT]")
@options.config_file
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.output
def delete(name: str, config_file: Path, *, yes: bool, output: screen.Format) -> int:
    """Delete a deployed flow: its schedules stop; what has run stays.

    Asks first; without a terminal to ask on it needs --yes.
    """
    if not yes and not (sys.stdin is not None and sys.stdin.isatty()):
        raise click.UsageError("this is no terminal to ask on; give --yes")
    with reached(config_file):
        from qhub.flows import delete as remove
        from qhub.flows.listing import full_name

        chosen = full_name(name)
        if not yes and not click.confirm(f"delete {chosen}?", err=True):
            screen.progress("nothing was deleted")
            return exits.OK
        deleted = remove(chosen)
    if output == "json":
        screen.result_json({"deleted": deleted})
    else:
        screen.result(f"deleted {deleted}; its schedules have stopped, its runs stay")
    return exits.OK


@flow.command(epilog="Example: qhub flow cancel brave-otter")
@click.argument("name", metavar="RUN|FLOW")
@options.config_file
@options.output
def cancel(name: str, config_file: Path, *, output: screen.Format) -> int:
    """Stop a run: by its id or name, or a flow's latest run that has not ended."""
    with reached(config_file):
        from qhub.flows import cancel as stop

        result = stop(name)
    if output == "json":
        screen.result_json({"run": asdict(result)})
    else:
        screen.result(f"{result.name} of {result.flow}: {result.state}")
    return exits.OK


def _show(lines: Iterable[LogLine], output: Literal["text", "json"]) -> None:
    for line in lines:
        if output == "json":
            screen.result(json.dumps(_data(line), ensure_ascii=False))
        else:
            screen.result(str(line))
        screen.flush()


def _save(lines: Iterable[LogLine], path: Path, output: Literal["text", "json"]) -> None:
    count = 0
    try:
        with path.open("w", encoding="utf-8") as out:
            for line in lines:
                out.write(f"{line}\n")
                count += 1
    except OSError as error:
        raise WriteError(path, error) from error
    if output == "json":
        screen.result_json({"saved": str(path), "lines": count})
    else:
        screen.result(f"{count} lines in {path}")


def _data(line: LogLine) -> dict[str, str]:
    return {**asdict(line), "time": line.time.isoformat()}
