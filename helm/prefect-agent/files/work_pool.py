"""Bring a worker's Prefect 3 work pool up to date: its base job template and its queues.

Where the agent has some, Prefect's variables, too. Runs before the worker, in its image. Doing it
again changes nothing. What it does not know of a pool (pause, concurrency limit, further queues)
stays as it is.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import re
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import httpx
import yaml
from prefect.client.orchestration import PrefectClient, get_client  # noqa: TID253  runs in the agent's image
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate  # noqa: TID253
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound  # noqa: TID253
from published import publish

SECONDS_BETWEEN_TRIES = 2
OLDEST = (0, 6, 4)  # of prefect-kubernetes


def main() -> int:
    """Bring the pool of the arguments up to date and say what was done; 1 if it failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pool", type=Path, required=True, help="JSON file: name and queues")
    parser.add_argument("--template", type=Path, required=True, help="YAML file: base job template")
    parser.add_argument("--published", type=Path, help="JSON file: variables, name to JSON text")
    parser.add_argument("--timeout-seconds", type=float, required=True)
    arguments = parser.parse_args()
    pool = json.loads(arguments.pool.read_text(encoding="utf-8"))
    template = yaml.safe_load(arguments.template.read_text(encoding="utf-8"))
    variables = read_variables(arguments.published)
    deadline = time.monotonic() + arguments.timeout_seconds
    problem = unfit_image() or asyncio.run(update_until(deadline, pool, template, variables))
    if problem:
        say(f"failed: {problem}")
    return 1 if problem else 0


def read_variables(file: Path | None) -> dict[str, Any]:
    """Return the variables that this agent publishes, by name; none without a file."""
    texts = {} if file is None else json.loads(file.read_text(encoding="utf-8"))
    return {name: json.loads(text) for name, text in texts.items()}


def unfit_image() -> str | None:
    """Return why the worker of this image must not run, or None.

    An older prefect-kubernetes knows no Secret for the auth string: it would be in each Job.
    """
    try:
        version = metadata.version("prefect-kubernetes")
    except metadata.PackageNotFoundError:
        return "the image has no prefect-kubernetes; use one whose tag ends in -kubernetes"
    if tuple(map(int, re.findall(r"\d+", version)[:3])) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return f"prefect-kubernetes {version} writes credentials into Jobs; use {oldest} or later"
    return None


async def update_until(
    deadline: float, pool: dict[str, Any], template: dict[str, Any], variables: dict[str, Any]
) -> str | None:
    """Try until the API answers; return what is wrong if it refuses or does not answer in time."""
    while True:
        try:
            async with get_client() as client:
                problem = await update(client, pool, template)
                for line in await publish(client, variables) if variables and not problem else ():
                    say(line)
                return problem
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            if status in (401, 403):
                return f"the API refused the credential (status {status}); check the token's Secret"
            if status < 500 and status not in (408, 409, 429):
                return f"the API refused the request (status {status}): {error.response.text[:500]}"
            problem = f"status {status}"
        except (httpx.TransportError, ObjectAlreadyExists, RuntimeError) as error:
            problem = f"{type(error).__name__}: {error}"
        if time.monotonic() > deadline:
            return f"the API did not answer in time; last: {problem}"
        say(f"API not ready ({problem}), trying again")
        await asyncio.sleep(SECONDS_BETWEEN_TRIES)


async def update(
    client: PrefectClient, pool: dict[str, Any], template: dict[str, Any]
) -> str | None:
    """Create or change the pool and create its queues; return what is wrong, or None."""
    name = pool["name"]
    try:
        existing = await client.read_work_pool(name)
    except ObjectNotFound:
        create = WorkPoolCreate(name=name, type="kubernetes", base_job_template=template)
        await client.create_work_pool(create)
        say(f"work pool '{name}': created")
    else:
        if existing.type != "kubernetes":
            return (
                f"work pool '{name}' is of type '{existing.type}'; "
                "delete it, or name the agent differently"
            )
        if existing.base_job_template == template:
            say(f"work pool '{name}': unchanged")
        else:
            await client.update_work_pool(name, WorkPoolUpdate(base_job_template=template))
            say(f"work pool '{name}': base job template updated")
    for queue in pool["queues"]:
        await ensure_queue(client, pool=name, queue=queue)
    return None


async def ensure_queue(client: PrefectClient, *, pool: str, queue: str) -> None:
    """Create a work queue if it is not there."""
    try:
        await client.read_work_queue_by_name(queue, work_pool_name=pool)
    except ObjectNotFound:
        await client.create_work_queue(name=queue, work_pool_name=pool)
        say(f"work queue '{queue}': created")
    else:
        say(f"work queue '{queue}': unchanged")


def say(line: str) -> None:
    """Write one line to the log."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    gc.freeze()  # or Python, when it ends, goes through all that Prefect has: a quarter of the time
    sys.exit(main())
