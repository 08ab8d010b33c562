"""Runs one command and turns every way that it can end into lines and an exit status."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from qhub.cli import exits, options, screen
from qhub.cli.group import UnknownCommandError, nearest_option, qhub
from qhub.errors import ConfigError, QhubError

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Run the command line; only here errors are printed."""
    try:
        return _run(list(arguments))
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        screen.progress("interrupted")
        return exits.INTERRUPTED
    except BrokenPipeError:  # a reader who had enough needs no word about it
        screen.silence()
        return exits.BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 the one place where every error ends
        return _tell(error, arguments)


def _run(arguments: list[str]) -> int:
    if "_QHUB_COMPLETE" in os.environ:  # a shell asks for completions
        qhub.main(arguments, prog_name="qhub")
    try:
        with qhub.make_context("qhub", arguments) as context:
            return qhub.invoke(context) or exits.OK
    finally:
        screen.flush()


def _tell(error: Exception, arguments: Sequence[str]) -> int:
    as_json = options.asks_for_json(arguments)
    match error:
        case ConfigError():
            _tell_problems(error, as_json=as_json)
            return error.status
        case click.ClickException():
            return _tell_usage(error, as_json=as_json)
        case QhubError():
            details = {**_paths(error), **getattr(error, "details", {})}
            _tell_error(str(error), error.hint, error.status, as_json=as_json, **details)
            return error.status
        case OSError(errno=errno.ENOSPC | errno.EIO, filename=None):  # of a print, ours or click's
            screen.silence()
            _tell_error(f"cannot write the output: {error.strerror}", "", exits.FAILED)
            return exits.FAILED
        case _ if _was_interrupted(error):
            screen.progress("interrupted")
            return exits.INTERRUPTED
        case _:
            return _tell_bug(error, arguments, as_json=as_json)


def _was_interrupted(error: BaseException | None) -> bool:
    """Tell whether a ^C led to it: a lock, say, was left in the middle of a step."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None


def _tell_problems(error: ConfigError, *, as_json: bool) -> None:
    from qhub.cli import problems

    if as_json:
        screen.result_json(problems.as_data(error.problems))
    else:
        screen.progress(problems.as_text(error.problems, stream=sys.stderr))


def _tell_usage(error: click.ClickException, *, as_json: bool) -> int:
    """Tell a wrong command line, with the nearest right word where there is one."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "qhub"
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and not as_json:
        screen.progress(error.format_message())
        return exits.USAGE
    message, hint = _usage(error, command)
    _tell_error(message, hint, exits.USAGE, as_json=as_json, who=command)
    return exits.USAGE


def _usage(error: click.ClickException, command: str) -> tuple[str, str]:
    see = f"see '{command} --help'"
    match error:
        case UnknownCommandError():
            return error.message, error.hint
        case click.exceptions.NoArgsIsHelpError():
            return "no command given", see
        case click.NoSuchOption():
            near = nearest_option(error.option_name, error.possibilities or ())
            hint = f"did you mean '{near}'?" if near else see
            return f"no such option '{error.option_name}'", hint
        case _:
            text = error.format_message().removesuffix(".")
            return text[:1].lower() + text[1:], see


def _paths(error: QhubError) -> dict[str, Any]:
    paths = getattr(error, "paths", None)
    kinds = getattr(error, "kinds", {})
    return {} if paths is None else {"paths": list(paths), **kinds}


def _tell_bug(error: Exception, arguments: Sequence[str], *, as_json: bool) -> int:
    from qhub.cli import report

    path = report.write(error, arguments)
    where = f"it is written down, without secrets, in {path}" if path else "no report was written"
    message = f"a bug in QHub ({type(error).__name__}); {where}"
    hint = "please open an issue with that file" if path else ""
    _tell_error(message, hint, exits.BUG, as_json=as_json)
    return exits.BUG


def _tell_error(
    message: str,
    hint: str,
    status: int,
    *,
    as_json: bool = False,
    who: str = "qhub",
    **details: Any,
) -> None:
    if as_json:
        body = {"message": message, "hint": hint, "status": status, **details}
        screen.result_json({"error": body})
        return
    what = f"{screen.paint(who + ':', 'red', stream=sys.stderr)} {message}"
    screen.progress("\n  ".join(filter(None, (what, hint))))
