"""`Document` → `Checked`: every problem of the file, and the `Config` when no error is among them.

The good case runs a validator that was compiled from the schema; only a file that is not plainly
right pays for finding out why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qhub.config.compiled import Invalid
from qhub.config.names import project_label
from qhub.config.problem import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from qhub.config.document import Document
    from qhub.config.model import Config
    from qhub.config.problem import Problem

__all__ = ["Checked", "check", "matches"]


@dataclass(frozen=True, slots=True)
class Checked:
    """`problems` in file order; `config` is None when one of them is an error."""

    problems: tuple[Problem, ...]
    config: Config | None


def check(document: Document) -> Checked:
    """Return everything that is wrong or doubtful in a file, and the config that it makes."""
    from qhub.config.rules import RULES

    handled, findings = _against_schema(document)
    findings += _project_name(handled.data)
    told = {(found.path, found.at) for found in findings if found.severity == "error"}
    for rule in RULES:
        findings += (found for found in rule(handled.data) if (found.path, found.at) not in told)
    problems = _told(document, findings) if findings else []
    if any(problem.severity == "error" for problem in problems):
        return Checked(tuple(problems), None)

    from qhub.config.build import build

    return Checked(tuple(problems), build(handled))


def _told(document: Document, findings: Iterable[Finding]) -> list[Problem]:
    """Return findings as problems in file order, without any secret that stands in the file."""
    from qhub.config.private import Curtain

    curtain = Curtain(document.data)
    problems = (document.problem(finding) for finding in findings)
    hidden = (
        replace(told, message=curtain.hide(told.message), hint=curtain.hide(told.hint))
        for told in problems
    )
    return sorted(hidden, key=_place)


def matches(data: Any) -> bool:
    """Return whether data matches qhub-config.schema.json."""
    from qhub.config.compiled import config

    try:
        config.validate(data, _Formats())
    except Invalid:
        return False
    return True


class _Formats(dict[str, "Callable[[str], bool]"]):
    """The formats as the compiled validator asks for them: whether a text is right."""

    def __missing__(self, name: str) -> Callable[[str], bool]:
        from qhub.config.formats import FORMATS

        explain = FORMATS[name]
        self[name] = is_right = lambda text: explain(text) is None
        return is_right


def _against_schema(document: Document) -> tuple[Document, list[Finding]]:
    """Return the document without what QHub does not handle, and what the schema finds."""
    if matches(document.data):
        return document, []
    from qhub.config import schema
    from qhub.config.legacy import is_legacy, legacy_findings, legacy_names
    from qhub.config.split import split
    from qhub.config.tell import tell
    from qhub.config.unknown import unknown_key

    parts = split(document.data, schema.published())
    legacy = [key for key in parts.unknown if is_legacy(key.path)]
    nobodys = [key for key in parts.unknown if not is_legacy(key.path)]
    findings = legacy_findings(document, legacy)
    findings += (unknown_key(key, also=legacy_names(key.path[:-1])) for key in nobodys)
    parts.unknown = nobodys
    if not matches(parts.handled):
        findings += tell(document, parts, schema.config())
    return document.with_data(parts.handled), findings


def _project_name(data: Mapping[str, Any]) -> Iterator[Finding]:
    name = data.get("project_name")
    if not isinstance(name, str) or not name or project_label(name) == name:
        return
    label = project_label(name)
    if label:
        yield Finding(
            ("project_name",),
            f"{name!r} is no DNS label; QHub uses {label!r} in its place",
            f"write it so: project_name: {label}",
            "warning",
        )
    else:
        yield Finding(
            ("project_name",),
            f"{name!r} holds nothing that a name can be made of",
            "use a-z, 0-9 and '-'",
        )


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column
