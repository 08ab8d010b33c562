"""The options of `qhub flow` and what they mean for `qhub.flows`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from qhub.cli import times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def deploy(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of `qhub.flows.deploy`."""
    for add in reversed(_DEPLOY):
        command = add(command)
    return command


_DEPLOY = (
    click.option("--name", metavar="NAME", help="Of the deployment.  [default: default]"),
    click.option(
        "--cron", multiple=True, metavar="TEXT", help="Schedule, '0 6 * * *'; repeatable."
    ),
    click.option("--every", multiple=True, metavar="TIME", help="Schedule, like 10min or 6h."),
    click.option("--rrule", multiple=True, metavar="TEXT", help="Schedule, 'FREQ=DAILY;BYHOUR=6'."),
    click.option("--timezone", metavar="ZONE", help="Of schedules.  [default: UTC]"),
    click.option("--profile", metavar="NAME", help="Size of the runs."),
    click.option("--queue", metavar="NAME", help="Work queue where runs wait."),
    click.option("--pool", metavar="NAME", help="Work pool where runs wait."),
    click.option("--image", metavar="IMAGE", help="Container image of the runs."),
    click.option(
        "--build/--no-build",
        default=None,
        help="Put the code into IMAGE and push it, or it is there.  [default: neither]",
    ),
    click.option("--tag", "tags", multiple=True, metavar="TAG", help="Repeatable."),
    click.option(
        "-p", "--param", "parameters", multiple=True, metavar="KEY=VALUE", help="Of all runs."
    ),
    click.option(
        "--job-variable", "job_variables", multiple=True, metavar="KEY=VALUE", help="Of all runs."
    ),
    click.option(
        "--retries-on-crash", type=int, default=0, metavar="N", help="Start a lost run again."
    ),
    click.option("--concurrency", type=int, metavar="N", help="Runs at the same time."),
    click.option(
        "--on-limit",
        type=click.Choice(["enqueue", "cancel"]),
        help="What a run over --concurrency does.  [default: enqueue]",
    ),
    click.option("--storage", metavar="git|URL", help="Where the code goes."),
    click.option("--project", metavar="DIR", help="Folder of the code.  [default: found]"),
    click.option("--description", metavar="TEXT", help="[default: the flow's docstring]"),
    click.option("--paused/--not-paused", default=None, help="Stop or start all schedules."),
)


def read(wishes: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `qhub.flows.deploy`."""
    given_zone = wishes.pop("timezone")
    crons, everys, rrules = (wishes.pop(name) for name in ("cron", "every", "rrule"))
    limit, strategy = wishes.pop("concurrency"), wishes.pop("on_limit")
    if given_zone is not None and not (crons or everys or rrules):
        raise click.UsageError("--timezone is of a schedule; give --cron, --every or --rrule, too")
    if strategy is not None and limit is None:
        raise click.UsageError("--on-limit needs --concurrency")
    if wishes["build"] is not None and not wishes["image"]:
        switch = "--build" if wishes["build"] else "--no-build"
        raise click.UsageError(f"{switch} needs --image IMAGE, the name of the image with the code")
    return {
        **wishes,
        "schedule": _schedules(crons, everys, rrules, "UTC" if given_zone is None else given_zone),
        "concurrency": None if limit is None else (limit, strategy or "enqueue"),
        "parameters": pairs(wishes["parameters"], "--param"),
        "job_variables": pairs(wishes["job_variables"], "--job-variable"),
    }


def pairs(given: Iterable[str], option: str) -> dict[str, Any]:
    """Return KEY=VALUE texts as a mapping; the flow's schema says later what a value is."""
    from qhub.flows.typed import Text

    found: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise click.BadParameter(f"'{text}' is not KEY=VALUE", param_hint=option)
        found[key] = Text(value)
    return found


def _schedules(
    crons: Iterable[str], everys: Iterable[str], rrules: Iterable[str], zone: str
) -> list[Any]:
    from qhub.flows import cron, interval, rrule
    from qhub.flows.schedules import check_zone

    with _of_option("--timezone"):
        check_zone(zone)
    made = []
    with _of_option("--cron"):
        made += [cron(text, zone) for text in crons]
    with _of_option("--every"):
        made += [interval(seconds=_seconds(text), timezone=zone) for text in everys]
    with _of_option("--rrule"):
        made += [rrule(text, zone) for text in rrules]
    return made


@contextmanager
def _of_option(option: str) -> Iterator[None]:
    """Tell a text that is no schedule as a wrong option, with how to mend it."""
    from qhub.flows.errors import ScheduleError

    try:
        yield
    except ScheduleError as error:
        told = f"{error} ({error.hint})" if error.hint else str(error)
        raise click.BadParameter(told, param_hint=option) from error


def _seconds(text: str) -> float:
    try:
        found = times.duration(text)
    except OverflowError:
        found = None
    if found is None:
        raise click.BadParameter(f"'{text}' is not like 10min, 6h or 1d", param_hint="--every")
    return found.total_seconds()
