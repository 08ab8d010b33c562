"""What a schema refuses → one finding each, in words, at the place that has to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.config.formats import FORMATS
from qhub.config.private import is_private, shown
from qhub.config.problem import Finding, Path
from qhub.config.scalars import inline
from qhub.config.traps import wrong_type
from qhub.config.unknown import nearest, unknown_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.protocols import Validator

    from qhub.config import schema
    from qhub.config.document import Document
    from qhub.config.problem import Severity
    from qhub.config.split import Split

__all__ = ["tell"]

_NAMES = "dns-subdomain"
_EXPLAINED_BY_NAME = {
    "annotations": "label-key",
    "cpu": "cpu-quantity",
    "envVars": "env-name",
    "imagePullSecrets": "secret-name",
    "key": "toleration-key",
    "labels": "label-key",
    "memory": "memory-quantity",
    "name": _NAMES,
    "nodeSelector": "label-key",
    "podAnnotations": "label-key",
    "podLabels": "label-key",
    "priorityClassName": _NAMES,
    "value": "label-value",
}
"""What a pattern of the chart stands for, by the name of its key or of the mapping around."""

_LABELS = ("labels", "podLabels", "nodeSelector")
_VOLUMES = ("extraVolumes", "extraVolumeMounts")
_SAID_OTHERWISE = {
    "mountPath": "an absolute path such as /data, without ':'",
    "annotations": "text without control characters",
    "podAnnotations": "text without control characters",
}
_RANKS = ("type", "enum", "const", "format", "pattern", "minimum", "maximum")


def tell(
    document: Document, parts: Split, whole: schema.Node, *, severity: Severity = "error"
) -> list[Finding]:
    """Return what the schema `whole` refuses of the handled part of a document.

    A warning is about a block that we do not handle: its values stay unsaid, they may be secret.
    """
    teller = _Teller(document, parts, severity)
    errors: list[Any] = sorted(_validator(whole).iter_errors(parts.handled), key=_rank)
    found: dict[tuple[Path, str], Finding] = {}
    for error in errors:
        for finding in teller.findings(error):
            found.setdefault((finding.path, finding.at), finding)
    return list(found.values())


def _rank(error: Any) -> int:
    """Of several faults of one value the wrong type is told, then what says the most."""
    name = str(error.validator)
    return _RANKS.index(name) if name in _RANKS else len(_RANKS)


def _validator(whole: schema.Node) -> Validator:
    from jsonschema import Draft202012Validator, FormatChecker  # 75 ms, for wrong files alone

    checker = FormatChecker(formats=())
    for name in FORMATS:
        checker.checkers[name] = (_is_right(name), ())
    validator: Validator = Draft202012Validator(whole, format_checker=checker)
    return validator


def _is_right(name: str) -> Any:
    return lambda value: not isinstance(value, str) or FORMATS[name](value) is None


class _Teller:
    """Makes findings of jsonschema's errors."""

    def __init__(self, document: Document, parts: Split, severity: Severity) -> None:
        self._document = document
        self._severity = severity
        self._unknown: dict[Path, list[str]] = {}  # per mapping: what its unknown keys may mean
        for key in parts.unknown:
            meant = nearest(str(key.path[-1]), key.known)
            self._unknown.setdefault(key.path[:-1], []).append(meant or "")

    def findings(self, error: Any) -> Iterator[Finding]:
        path: Path = tuple(error.absolute_path)
        kind = str(error.validator)
        if kind == "required":
            yield from self._missing(error, path)
        elif kind == "additionalProperties":
            yield from self._unexpected(error, path)
        elif "propertyNames" in error.relative_schema_path:
            name = error.instance
            wanted = _grammar(name, _EXPLAINED_BY_NAME.get(_last_name(path))) or _explained(error)
            message = f"the name {shown(name, ())} is not {wanted}"
            yield self._finding((*path, name), message, _example(error.schema), at_key=True)
        elif kind in ("oneOf", "anyOf", "minProperties") and path in self._unknown:
            return  # the misspelt key is told
        elif kind in ("oneOf", "anyOf"):
            yield self._finding(path, *self._alternatives(error, path))
        elif kind == "type":
            private = self._severity == "warning" or is_private(path) or _is_variable(error, path)
            yield self._finding(path, *wrong_type(error, path, self._document, private=private))
        else:
            yield self._finding(path, *self._value(error, path))

    def _missing(self, error: Any, path: Path) -> Iterator[Finding]:
        meant = self._unknown.get(path, ())
        for name in error.validator_value:
            if name not in error.instance and name not in meant:
                node = error.schema.get("properties", {}).get(name, {})
                yield self._finding(
                    (*path, name),
                    f"the key '{name}' is missing",
                    _addition(name, node),
                    at_key=True,
                )

    def _unexpected(self, error: Any, path: Path) -> Iterator[Finding]:
        from qhub.config.split import Unknown

        known = error.schema.get("properties", {})
        for name in error.instance:
            if name not in known:
                yield unknown_key(Unknown((*path, name), None, known), severity=self._severity)

    def _alternatives(self, error: Any, path: Path) -> tuple[str, str]:
        node = error.schema
        if error.instance is None:
            return "has no value", _example(node)
        if error.instance == "":
            return "is empty", _example(node)
        if found := _of_forms(error):
            return found
        show = self._show(error, path)
        if "errorMessage" not in node and _pattern_wants(error.instance, path):
            return self._pattern(error, path)
        told = node.get("errorMessage") or f"{show} is not what is wanted here"
        return told, _example(node) or node.get("description", "")

    def _pattern(self, error: Any, path: Path) -> tuple[str, str]:
        """Say what a pattern of the chart means, where that is known, else what it is for."""
        show, node = self._show(error, path), error.schema
        wanted = _pattern_wants(error.instance, path)
        if wanted is None:
            return f"{show} is not what is wanted here", node.get("description", "")
        grammar = _EXPLAINED_BY_NAME.get(_last_name(path))
        # The chart's one definition of names has a pull secret's as its example.
        return f"{show} is not {wanted}", _example(node, grammar) if grammar != _NAMES else ""

    def _value(self, error: Any, path: Path) -> tuple[str, str]:
        value, wanted, node = error.instance, error.validator_value, error.schema
        show = self._show(error, path)
        match error.validator:
            case "enum":
                known = [str(choice) for choice in wanted if choice not in (None, "")]
                choices = ", ".join(known)
                near = nearest(value, known) if isinstance(value, str) else None
                return f"{show} is none of: {choices}", f"did you mean '{near}'?" if near else ""
            case "const":
                return f"must be {shown(wanted, ())}", ""
            case "pattern":
                return self._pattern(error, path)
            case "contains" if "const" in wanted:
                return f"must hold {shown(wanted['const'], ())}", ""
            case "format":
                return f"{show} is not {_explained(error)}", _example(node)
            case "minimum":
                return f"{show} is too small: at least {wanted}", ""
            case "exclusiveMinimum":
                return f"{show} is too small: more than {wanted}", ""
            case "maximum":
                return f"{show} is too large: at most {wanted}", ""
            case "minLength" | "minItems" | "minProperties" if not value:
                return "is empty", _example(node)
            case "minProperties" | "maxProperties":
                keys = "1 key" if len(value) == 1 else f"{len(value)} keys"
                bound = "at least" if error.validator == "minProperties" else "at most"
                return f"has {keys}; {bound} {wanted} are wanted", node.get("description", "")
            case "maxLength":
                return f"has {len(value)} characters; at most {wanted} are possible", ""
            case "uniqueItems":
                return "holds an entry twice", "keep one of them"
        return f"{show} is not what is wanted here", node.get("description", "")

    def _show(self, error: Any, path: Path) -> str:
        if self._severity == "warning" or isinstance(error.instance, dict | list):
            return "this"
        return shown(error.instance, path)

    def _finding(self, path: Path, message: str, hint: str, *, at_key: bool = False) -> Finding:
        return Finding(path, message, hint, self._severity, "key" if at_key else "value")


def _of_forms(error: Any) -> tuple[str, str] | None:
    """Return what is wrong with a mapping of which there are several forms, each by its keys.

    None where it has no key of any.
    """
    value, node = error.instance, error.schema
    forms = [form["required"] for form in error.validator_value if "required" in form]
    if error.validator != "oneOf" or not isinstance(value, dict) or "errorMessage" not in node:
        return None
    begun = [form for form in forms if value.keys() & set(form)]
    if len(begun) == 1:
        absent = next((name for name in begun[0] if name not in value), None)
        if absent is None:
            return None
        beside = ", ".join(name for name in begun[0] if name in value)
        inner = node.get("properties", {}).get(absent, {})
        return f"the key '{absent}' is missing beside {beside}", _addition(absent, inner)
    known = [name for name in value if any(name in form for form in begun)]
    if not known:
        return None
    listed = f"{', '.join(known[:-1])} and {known[-1]}"
    return f"{listed} do not go together: {node['errorMessage']}", "keep one of them"


def _is_variable(error: Any, path: Path) -> bool:
    """Return whether a value is one of `envVars`, or is in their place: whose it is, who knows.

    A switch and a number are shown, with the quotes that they need: a name that says that they are
    secret is private anyway.
    """
    return "envVars" in path and not isinstance(error.instance, bool | int | float)


def _explained(error: Any) -> str:
    """Return what the format or pattern wants, as a noun phrase."""
    explain = FORMATS.get(error.validator_value) if error.validator == "format" else None
    explained = explain(error.instance) if explain else None
    return explained or error.schema.get("description") or "what is wanted here"


def _addition(name: str, node: schema.Node) -> str:
    example = _first_example(node)
    return f"add it: {name}: {example}" if example else "add it"


def _last_name(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _grammar(text: str, name: str | None) -> str | None:
    """Return what the format `name` wants in the place of `text`; None where it is right there."""
    return FORMATS[name](text) if name else None


def _pattern_wants(value: Any, path: Path) -> str | None:
    """Return what a pattern of the chart wants, as a noun phrase; None where nobody knows."""
    if not isinstance(value, str):
        return None
    last, above = _last_name(path), path[-2] if len(path) > 1 else ""
    if above in _LABELS:
        return _grammar(value, "label-value")
    if above in _SAID_OTHERWISE or last in _SAID_OTHERWISE:
        return _SAID_OTHERWISE.get(str(above)) or _SAID_OTHERWISE[last]
    if last == "name" and any(volumes in path for volumes in _VOLUMES):
        return _grammar(value, "dns-label")
    return _grammar(value, _EXPLAINED_BY_NAME.get(last))


def _example(node: schema.Node, grammar: str | None = None) -> str:
    example = _first_example(node, grammar)
    return f"for example: {example}" if example else ""


def _first_example(node: schema.Node, grammar: str | None = None) -> str:
    """Return the first example that fits, as one would write it in YAML, empty without one."""
    examples = node.get("examples", ()) if isinstance(node, dict) else ()
    fitting = (one for one in examples if not grammar or not _grammar(str(one), grammar))
    return next(map(inline, fitting), "")
