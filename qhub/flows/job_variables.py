"""Job variables of a deployment: a profile's, the caller's own, an image, checked by the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qhub.flows import quantities
from qhub.flows.errors import ParameterError, not_found
from qhub.flows.typed import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema.exceptions import ValidationError

    from qhub.flows.platform import Place, Platform

__all__ = ["combine", "violations"]

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "a text",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
"""What JSON Schema's types are called."""


def combine(
    platform: Platform,
    place: Place,
    *,
    profile: str | None,
    own: Mapping[str, Any] | None,
    image: str | None,
    retries_on_crash: int,
) -> dict[str, Any]:
    """Return the job variables of a deployment; what the caller wrote wins over the profile.

    Prefect takes unknown names without a word, and they change nothing: here they are errors.
    """
    if retries_on_crash < 0:
        raise ParameterError(f"retries_on_crash is {retries_on_crash}; it counts from 0")
    chosen = {**_of_profile(platform, profile), **read(own or {}, place.variables)}
    if image:
        chosen["image"] = image
    if retries_on_crash:
        chosen["retries_on_crash"] = retries_on_crash
    known = place.variables.get("properties", {})
    if known and retries_on_crash and "retries_on_crash" not in known:
        raise ParameterError(
            f"workers of the pool '{place.pool}' start no run again whose process died",
            hint="leave retries_on_crash out: there, such a run stays Crashed",
        )
    if known:
        for name in chosen:
            if name not in known:
                where = f"in the pool '{place.pool}'"
                raise not_found("job variable", name, known, where=where)
    told = [*quantities.wrong(chosen), *(violations(chosen, place.variables) if known else ())]
    if told:
        raise ParameterError(f"job variables of the pool '{place.pool}': {'; '.join(told)}")
    return chosen


def violations(values: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with values, by the check that Prefect's server makes later."""
    from prefect.utilities.schema_tools.validation import validate

    errors = validate(
        dict(values), dict(schema), ignore_required=True, allow_none_with_default=True
    )
    return sorted(f"{error.json_path.removeprefix('$.')}: {_message(error)}" for error in errors)


def _message(error: ValidationError) -> str:
    """Return what is wrong; of "any of" what each of them wants, as Prefect adds null to all."""
    inner = [_message(one) for one in error.context or () if one.validator_value != "null"]
    told = " and ".join(dict.fromkeys(inner))
    if not told and error.validator == "type" and error.validator_value in _TYPES:
        return f"{error.instance!r} is not {_TYPES[error.validator_value]}"
    return told or str(error.message)


def _of_profile(platform: Platform, name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    profiles = {item.name: item for item in platform.profiles if item.kind == "flow_run"}
    if name not in profiles:
        others = [item.name for item in platform.profiles if item.kind == "dask_worker"]
        error = not_found("profile of flow runs", name, profiles, plural="profiles of flow runs")
        if name in others:
            error.hint += f"; '{name}' is one of Dask workers: cluster(profile='{name}')"
        raise error
    # an unset value is left to the pool's default
    return {k: v for k, v in profiles[name].job_variables.items() if v is not None}
