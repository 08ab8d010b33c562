"""What the caller of `deploy()` asks for, checked as far as no platform is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from qhub.flows import expect, image_names, schedules
from qhub.flows.built import Built
from qhub.flows.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Concurrency", "Wish", "wish"]

Concurrency = int | tuple[int, Literal["enqueue", "cancel"]] | None
_STRATEGIES = {"enqueue": "ENQUEUE", "cancel": "CANCEL_NEW"}

_NAME = expect.optional(
    expect.Kind("a text that is not empty", lambda value: isinstance(value, str) and bool(value)),
)
_PAIR = expect.Kind(
    "such a number and what happens above it: (1, 'cancel')",
    lambda value: (
        isinstance(value, tuple)
        and len(value) == 2
        and expect.WHOLE.fits(value[0])
        and isinstance(value[1], str)
    ),
)
_KINDS = {
    **dict.fromkeys(("name", "profile", "queue", "pool", "storage"), _NAME),
    "image": expect.Kind(
        f"{_NAME.words}, or what build() returned",
        lambda value: _NAME.fits(value) or isinstance(value, Built),
    ),
    "build": expect.optional(expect.TRUTH),
    "description": expect.optional(expect.TEXT),
    "tags": expect.TEXTS,
    "parameters": expect.optional(expect.MAPPING),
    "job_variables": expect.optional(expect.MAPPING),
    "retries_on_crash": expect.WHOLE,
    "concurrency": expect.optional(expect.WHOLE, _PAIR),
    "project": expect.optional(expect.Kind("a path", lambda v: isinstance(v, str | Path))),
    "paused": expect.optional(expect.TRUTH),
    "tell": expect.optional(expect.CALLABLE),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of deploy(), each of its kind.

    `build` is whether to build the image (True), or whether it holds the code already (False);
    None means that the code travels apart from it. `built` says more of one that holds it.
    """

    name: str
    schedules: tuple[schedules.Schedule, ...]
    profile: str | None
    queue: str | None
    pool: str | None
    image: str | None
    built: Built | None
    build: bool | None
    tags: tuple[str, ...]
    parameters: Mapping[str, Any] | None
    job_variables: Mapping[str, Any] | None
    retries_on_crash: int
    limit: int | None
    strategy: str
    storage: str | None
    project: str | Path | None
    description: str | None
    paused: bool | None
    tell: Callable[[str], None] | None


def wish(
    *,
    name: str | None,
    schedule: schedules.Schedules,
    tags: Sequence[str],
    concurrency: Concurrency,
    image: str | Built | None,
    build: bool | None,
    **others: Any,
) -> Wish:
    """Return the options of deploy(); raises what is wrong with the first wrong one."""
    named = {"name": name, "tags": tags, "concurrency": concurrency, "image": image, "build": build}
    expect.check("deploy()", {**others, **named}, _KINDS)
    built = image if isinstance(image, Built) else None
    _check_image(image, build=build, storage=others["storage"])
    limit, strategy = _concurrency(concurrency)
    return Wish(
        name=_checked_name("default" if name is None else name),
        schedules=schedules.as_schedules(schedule),
        image=image.reference if isinstance(image, Built) else image,
        built=built,
        build=False if built else build,
        tags=_checked_tags(tags),
        limit=limit,
        strategy=strategy,
        **others,
    )


def _check_image(image: str | Built | None, *, build: bool | None, storage: str | None) -> None:
    """Refuse what does not go together: an image with the code in it, and another place for it."""
    if isinstance(image, str):
        image_names.check(image)
    if build is None and not isinstance(image, Built):
        return
    if image is None:
        raise ParameterError(
            f"deploy(): build={build} needs the name of the image", hint="give it: image='…'"
        )
    if build and isinstance(image, Built):
        raise ParameterError("deploy(): this image has been built", hint="leave build=True out")
    if storage is not None:
        raise ParameterError(
            f"deploy(): the code is in the image, and storage='{storage}' is another place for it",
            hint="leave one of the two out",
        )


def _checked_name(name: str) -> str:
    if not name.strip() or any(character in name for character in "/%&><"):
        raise ParameterError(
            f"'{name}' cannot be the name of a deployment", hint="it may not hold / % & > <"
        )
    return name


def _checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    from qhub.flows.versions import OURS

    for tag in tags:
        if tag.startswith(OURS):
            raise ParameterError(
                f"the tag '{tag}' begins as those that deploy() sets itself",
                hint=f"choose one that does not begin with {', '.join(OURS)}",
            )
    return tuple(tags)


def _concurrency(given: Concurrency) -> tuple[int | None, str]:
    limit, strategy = given if isinstance(given, tuple) else (given, "enqueue")
    if strategy not in _STRATEGIES:
        raise ParameterError(
            f"concurrency knows no '{strategy}'", hint="(1, 'enqueue') or (1, 'cancel')"
        )
    if limit is not None and limit < 1:
        raise ParameterError(
            f"concurrency is {limit}; it counts from 1", hint="leave it out for no limit"
        )
    return limit, _STRATEGIES[strategy]
