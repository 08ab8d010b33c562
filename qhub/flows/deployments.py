"""`deploy()`: registers flows with their code, or brings what is registered up to date."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, overload

from qhub.flows import given, limits, schedules
from qhub.flows import job_variables as variables
from qhub.flows import parameters as flow_parameters
from qhub.flows import platform as platforms
from qhub.flows.code import Code, in_image, provide
from qhub.flows.connection import connect
from qhub.flows.entrypoints import Entrypoint, Source, entrypoint
from qhub.flows.errors import ParameterError
from qhub.flows.images import build_sources
from qhub.flows.registry import change
from qhub.flows.wishes import Concurrency, Wish, wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from prefect import Flow
    from prefect.client.orchestration import SyncPrefectClient

    from qhub.flows.built import Built

__all__ = ["Concurrency", "Deployed", "deploy"]


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deploy did: `name` is "flow/deployment"; `changed` says what differed before."""

    id: str
    name: str
    version: str
    url: str
    action: Literal["created", "updated", "unchanged"]
    changed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f" ({', '.join(self.changed)})" if self.changed else ""
        return f"{self.action:<9}  {self.name}  {self.version}{what}\n  {self.url}"


class Options(TypedDict, total=False):
    """The options of `deploy`, for type checkers."""

    name: str | None
    schedule: schedules.Schedules
    profile: str | None
    queue: str | None
    pool: str | None
    image: str | Built | None
    build: bool | None
    tags: Sequence[str]
    parameters: Mapping[str, Any] | None
    job_variables: Mapping[str, Any] | None
    retries_on_crash: int
    concurrency: Concurrency
    storage: str | None
    project: str | Path | None
    description: str | None
    paused: bool | None
    tell: Callable[[str], None] | None


@overload
def deploy(flow: Flow[Any, Any], **options: Unpack[Options]) -> Deployed: ...


@overload
def deploy(
    flow: Sequence[Flow[Any, Any]] | ModuleType | str | Path, **options: Unpack[Options]
) -> tuple[Deployed, ...]: ...


def deploy(
    flow: Flow[Any, Any] | Sequence[Flow[Any, Any]] | ModuleType | str | Path,
    *,
    name: str | None = None,
    schedule: schedules.Schedules = None,
    profile: str | None = None,
    queue: str | None = None,
    pool: str | None = None,
    image: str | Built | None = None,
    build: bool | None = None,
    tags: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    job_variables: Mapping[str, Any] | None = None,
    retries_on_crash: int = 0,
    concurrency: Concurrency = None,
    storage: str | None = None,
    project: str | Path | None = None,
    description: str | None = None,
    paused: bool | None = None,
    tell: Callable[[str], None] | None = None,
) -> Deployed | tuple[Deployed, ...]:
    """Register a flow, or several that share one archive of their project folder.

    `flow` is a flow, a list of them, a module or package (all its flows), or the text
    `path[:name]`. The same call again changes nothing.

    name: of the deployment, beside the flow's own ("default").
    schedule: `cron(…)`, `interval(…)`, `rrule(…)`, a cron text, or several; what is not named is
        removed.
    profile: size of the runs; `describe_profiles()` lists them.
    queue, pool: where the runs wait for a worker; a queue finds its pool.
    image: container image of the runs, where they run in containers: its name, or what `build`
        returned.
    build: False: the code is in the image, in /opt/flows, as `build` puts it there; True: build
        such an image of this name and push it; None: the code travels apart from the image.
    parameters, job_variables: of all runs; the latter win over those of the profile.
    retries_on_crash: how often a run whose process died is started again.
    concurrency: runs at the same time: 1, or (1, "cancel") to cancel new ones instead of
        letting them wait.
    storage: "git" for the pushed commit, a URL for archives, or None for the platform's own.
    project: the folder that is archived; default: the nearest upwards with .git,
        pyproject.toml or qhub-config.yaml.
    paused: True stops all schedules, None leaves that as it is.
    tell: is called with notes as they arise; without it they, and what was done, go to
        standard error.
    """
    asked = wish(
        name=name,
        schedule=schedule,
        profile=profile,
        queue=queue,
        pool=pool,
        image=image,
        build=build,
        tags=tags,
        parameters=parameters,
        job_variables=job_variables,
        retries_on_crash=retries_on_crash,
        concurrency=concurrency,
        storage=storage,
        project=project,
        description=description,
        paused=paused,
        tell=tell,
    )
    sources = given.sources(flow)
    with connect() as client:
        done = _deploy(client, sources, asked)
    for note in dict.fromkeys(note for item in done for note in item.notes):
        (tell or _to_stderr)(note)
    if tell is None:
        _to_stderr("\n".join(map(str, done)))
    return done[0] if given.is_one_flow(flow) else done


def _deploy(
    client: SyncPrefectClient,
    sources: Sequence[Source],
    wish: Wish,
) -> tuple[Deployed, ...]:
    """Check everything, then store the code, then register."""
    platform = platforms.read(client)
    place = platforms.place(client, platform, pool=wish.pool, queue=wish.queue)
    values = variables.combine(
        platform,
        place,
        profile=wish.profile,
        own=wish.job_variables,
        image=wish.image,
        retries_on_crash=wish.retries_on_crash,
    )
    bodies = [_of_flow(item, wish) for item in sources]
    code, image = _code(sources, platform, wish)
    if image != wish.image:
        values["image"] = image
    notes = [*code.notes]
    if wish.image and platform.provider == "embedded":
        notes.append(f"the image {wish.image} is recorded; runs of this platform use none")
    common = {
        "name": wish.name,
        "work_pool_name": place.pool,
        "work_queue_name": place.queue,
        "job_variables": values,
        "concurrency_limit": wish.limit,
        "concurrency_options": {"collision_strategy": wish.strategy} if wish.limit else None,
        "version": code.version.text,
        "tags": [*wish.tags, *code.version.tags],
        "enforce_parameter_schema": True,
        **({} if wish.paused is None else {"paused": wish.paused}),
    }
    wanted = [
        {**body, **common, **_where(code, entrypoint(item, code.folder))}
        for item, body in zip(sources, bodies, strict=True)
    ]
    done = [
        (item.flow.name, change(client, item.flow.name, body, wish.schedules))
        for item, body in zip(sources, wanted, strict=True)
    ]
    return tuple(
        Deployed(
            id=result.id,
            name=f"{flow}/{wish.name}",
            version=code.version.text,
            url=_url(result.id),
            action=result.action,
            changed=result.changed,
            notes=(*notes, *limits.notes(client, result, wish.limit)),
        )
        for flow, result in done
    )


def _code(
    sources: Sequence[Source], platform: platforms.Platform, wish: Wish
) -> tuple[Code, str | None]:
    """Put the code where runs find it; return the image that they run in, too."""
    if wish.build is None:
        code = provide(
            sources,
            own=wish.storage,
            platforms=platform.storage,
            project=wish.project,
            image=wish.image,
        )
        return code, wish.image
    if platform.provider == "embedded":
        raise ParameterError(
            f"the runs of this platform are processes, and have no code of the image {wish.image}",
            hint=f"leave build={wish.build} out: the code then travels by itself",
        )
    assert wish.image  # noqa: S101 looked at with the other options
    built = wish.built
    if wish.build:
        built = build_sources(
            sources,
            image=wish.image,
            push=True,
            base=None,
            builder=None,
            required=None,
            project=wish.project,
            say=wish.tell or _to_stderr,
        )
    image = built.reference if built else wish.image
    return in_image(sources, image, built, project=wish.project), image


def _of_flow(item: Source, wish: Wish) -> dict[str, Any]:
    """Return what a deployment takes from its flow."""
    schema = item.flow.parameters.model_dump(exclude_unset=True)
    values = flow_parameters.check(
        item.flow.name,
        schema,
        wish.parameters,
        defaults={} if wish.schedules else None,
    )
    return {
        "parameters": values,
        "parameter_openapi_schema": schema,
        "description": wish.description or item.flow.description,
    }


def _where(code: Code, entry: Entrypoint) -> dict[str, Any]:
    return {"entrypoint": entry.text, "pull_steps": code.steps(entry.paths), "path": None}


def _url(deployment: str) -> str:
    from prefect.utilities.urls import url_for

    return url_for("deployment", obj_id=deployment) or ""


def _to_stderr(note: str) -> None:
    sys.stderr.write(f"{note}\n")
