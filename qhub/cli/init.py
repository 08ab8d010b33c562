"""`qhub init`: a commented config file for the chosen provider.

Beside it lies the JSON Schema of the file, `qhub-config.schema.json`, to which the file's first
line points: so an editor completes the keys of the very QHub that is installed, without a
network, for everybody who checks out the folder.
"""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any, get_args

import click

from qhub.cli import exits, new_file, options, screen
from qhub.config.model import ProviderName
from qhub.errors import ExistingFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


SCHEMA_NAME = "qhub-config.schema.json"


@click.command(epilog="Example: qhub init --project-name pipelines")
@options.config_file
@click.option(
    "--provider",
    type=click.Choice(get_args(ProviderName)),
    help="Where it runs.  [default: embedded]",
)
@click.option("--project-name", metavar="NAME", help="Name of the deployment, a DNS label.")
@click.option("--namespace", metavar="NAME", help="Namespace.  [default: dev]")
@click.option("--prefect-image", metavar="IMAGE", help="Image of the agents.")
@click.option("--api-url", metavar="URL", help="URL of the Prefect API.")
@click.option("--flow-image", metavar="IMAGE", help="Image of flow runs and Dask.")
@click.option(
    "--agent",
    "agents",
    multiple=True,
    metavar="NAME[:QUEUE,...]",
    help="An agent and its work queues; may be given several times.",
)
@click.option("--region", metavar="REGION", help="Region of a cloud.")
@click.option("--kubernetes-version", metavar="VERSION", help="Kubernetes of a cloud.")
@click.option("--cloud-project", metavar="ID", help="Project of Google Cloud.")
@click.option("--kube-context", metavar="NAME", help="Context of the kubeconfig.")
@click.option(
    "--ci", type=click.Choice(["github-actions", "gitlab-ci", "none"]), help="The pipeline."
)
@click.option("--force", is_flag=True, help="Write over files that are there.")
@options.output
def init(config_file: Path, *, force: bool, output: screen.Format, **given: Any) -> int:
    """Write a commented config file, and its JSON Schema for editors.

    On a terminal it asks for what the options do not say. `-c -` prints the file instead.
    """
    from qhub.cli import answers, compose

    to_screen = str(config_file) == "-"
    new = {} if to_screen else {config_file.with_name(SCHEMA_NAME): _schema()}
    if not to_screen:
        _keep_what_is_there([config_file, *_differing(new)], force=force)
    made = answers.collect(given, may_ask=_is_terminal())
    text = compose.compose(made)
    _refuse_mistakes(text)
    _tell_what_is_not_rendered(text)
    if to_screen:
        screen.result(text.rstrip("\n"))
        return exits.OK
    for path in _differing(new):
        new_file.write(path, new[path], force=force)
    new_file.write(config_file, text.encode(), force=force)
    last = "deploy" if made.provider in ("embedded", "existing", "local") else "render"
    _tell(config_file, [config_file, *new], commands=("validate", "show", last), output=output)
    return exits.OK


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _schema() -> bytes:
    from qhub.config.schema import published_text

    return published_text().encode()


def _differing(files: dict[Path, bytes]) -> list[Path]:
    """Return the files that are not there yet with just that content."""
    return [path for path, new in files.items() if not path.exists() or path.read_bytes() != new]


def _keep_what_is_there(paths: list[Path], *, force: bool) -> None:
    for path in paths:
        if path.exists() and not force:
            raise ExistingFileError(path)


def _refuse_mistakes(text: str) -> None:
    """Raise a usage error for the first answer that makes a wrong config."""
    from qhub.cli.answers import option_of
    from qhub.config import check
    from qhub.config.read import parse

    for problem in check(parse(text.encode(), "qhub-config.yaml")).problems:
        if problem.severity == "error":
            raise click.UsageError(f"{option_of(problem.path)}: {problem.message}")


def _tell_what_is_not_rendered(text: str) -> None:
    """Say on stderr which parts of the new file this version of QHub does not render."""
    from qhub.config import check
    from qhub.config.read import parse
    from qhub.render import unsupported

    config = check(parse(text.encode(), options.DEFAULT_NAME)).config
    for finding in unsupported(config) if config else ():
        screen.progress(f"note: {finding.message}")


def _tell(
    config_file: Path, written: list[Path], *, commands: Sequence[str], output: screen.Format
) -> None:
    chosen = (
        "" if str(config_file) == options.DEFAULT_NAME else f" -c {shlex.quote(str(config_file))}"
    )
    following = [f"qhub {command}{chosen}" for command in commands]
    if output == "json":
        screen.result_json({"written": [str(path) for path in written], "next": following})
        return
    lines = [f"wrote {path}" for path in written]
    screen.result("\n".join([*lines, "next:", *(f"  {command}" for command in following)]))
