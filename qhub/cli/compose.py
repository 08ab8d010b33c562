"""The text of a new config file: templates that people read, values that are serialised."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from qhub.cli.answers import Answers

TEMPLATES = Path(__file__).parent / "templates"

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/:@-]*")


def compose(answers: Answers) -> str:
    """Return the commented config file."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=scalar,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 YAML, where `finalize` does the escaping
    )
    own = f"{answers.provider}.yaml.j2"  # of the provider that is unlike the others
    template = environment.select_template([own, "qhub-config.yaml.j2"])
    postfix = answers.storage_account_postfix
    return template.render(asdict(answers), storage_account_postfix=postfix)


def scalar(value: object) -> str:
    """Return a value as one YAML scalar on one line, in quotes where it needs them."""
    if isinstance(value, str) and not (_PLAIN.fullmatch(value) and _reads_back(value)):
        text: str = yaml.safe_dump(value, default_style='"', width=2**31)
    else:
        text = yaml.safe_dump(value, width=2**31)
    return text.removesuffix("...\n").strip()


def _reads_back(value: str) -> bool:
    """Tell whether YAML reads an unquoted text as that text: `no` and `a:` it does not."""
    try:
        return bool(yaml.safe_load(value) == value)
    except yaml.YAMLError:
        return False
