"""Parameters of a flow: as JSON, and checked before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.flows.errors import ParameterError, not_found
from qhub.flows.job_variables import violations
from qhub.flows.typed import read

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check"]


def check(
    flow: str,
    schema: Mapping[str, Any],
    given: Mapping[str, Any] | None,
    *,
    defaults: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the parameters as JSON has them; `schema` is Prefect's of the flow.

    With `defaults`, those of a deployment, a parameter that nobody gives is an error, too.
    """
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        values: dict[str, Any] = to_jsonable_python(read(given or {}, schema))
    except PydanticSerializationError as error:
        raise ParameterError(f"the parameters of '{flow}' are no JSON: {error}") from error
    known = schema.get("properties", {})
    for name in values:
        if name not in known and schema.get("additionalProperties") is not True:
            raise not_found("parameter", name, known, where=f"of the flow '{flow}'")
    told = violations(values, schema)
    if told:
        raise ParameterError(f"parameters of '{flow}': {'; '.join(told)}")
    if defaults is not None:
        _check_missing(flow, schema, {**defaults, **values})
    return values


def _check_missing(flow: str, schema: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    missing = [name for name in schema.get("required", ()) if name not in values]
    if missing:
        listed = ", ".join(f"'{name}'" for name in missing)
        raise ParameterError(
            f"the flow '{flow}' needs {listed}",
            hint=f"qhub flow run {flow} -p {missing[0]}=…",
        )
