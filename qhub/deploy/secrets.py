"""Which secrets are set, missing, or other than what the cluster holds; never a value."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from qhub.cluster import Cluster
from qhub.cluster.errors import ForbiddenError
from qhub.config.model import ExistingSecret
from qhub.deploy import preflight
from qhub.deploy.errors import PreflightError, Trouble
from qhub.deploy.request import cluster_of
from qhub.deploy.values import collect, held
from qhub.render import secret_variables
from qhub.render.secrets_tf import where_from
from qhub.render.values import TOKEN_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qhub.cluster.model import SecretData
    from qhub.deploy.request import Request
    from qhub.deploy.values import Held, Values

__all__ = ["InCluster", "SecretState", "secrets"]

InCluster = Literal["same", "differs", "absent", "present", "uncompared", "forbidden", "surplus"]
"""`present`: it is the user's own Secret, with which there is nothing to compare. `uncompared`: it
is there, and its value cannot be had here. `surplus`: a key that somebody added to a Secret of
ours; the next deploy takes it away.
"""


@dataclass(frozen=True, slots=True)
class SecretState:
    """One secret of one agent: what it is for, where its value comes from and goes to.

    `problem` says what is wrong with its value where it comes from, or nothing; `in_cluster` is
    None where nobody looked.
    """

    name: str
    agent: str
    use: Literal["flows", "credential"]
    source: str
    secret: str
    key: str
    problem: str
    in_cluster: InCluster | None

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done about it; what nobody may look at counts as well."""
        return not self.problem and self.in_cluster not in {"differs", "absent", "surplus"}


def secrets(
    request: Request,
    *,
    in_cluster: bool = False,
    consent: preflight.Consent | None = None,
    environ: Mapping[str, str] = os.environ,
) -> tuple[SecretState, ...]:
    """Return all secrets of a config by agent; with `in_cluster`, compared with what is there.

    Raises `ProviderError`, and for `in_cluster` `PreflightError` and `ClusterError`.
    """
    cluster_of(request.config)
    values = collect(request.platform, request.document, environ)
    listed = tuple(_listed(request, values))
    if not in_cluster:
        return listed
    target = preflight.pick_target(request, environ, consent)
    if isinstance(target, Trouble):
        raise PreflightError([target])
    names = sorted({state.secret for state in listed})
    with Cluster(target, environ=environ) as cluster:
        try:
            found = dict(zip(names, cluster.several(cluster.secret, names), strict=True))
        except ForbiddenError:
            return tuple(_with(state, "forbidden") for state in listed)
    made = held(request.platform)
    wanted = {secret.name: secret.data(values.values) for secret in made}
    compared = tuple(
        _with(state, _compared(state, wanted.get(state.secret), found[state.secret]))
        for state in listed
    )
    return (*compared, *_surplus(listed, made, found))


def _listed(request: Request, values: Values) -> Iterator[SecretState]:
    """Yield every secret of every agent as the config has it."""
    platform = request.platform
    variables = secret_variables(platform)
    problem = {
        (agent, name): values.wrong.get(variable.name, "")
        for variable in variables
        for agent, name in (
            *variable.readers,
            *((agent, "") for agent in variable.tokens),
        )
    }
    for agent in platform.agents:
        tokens = [(agent.token, "")] if agent.token is not None else []
        for secret, key in [*((secret, secret.name) for secret in agent.secrets), *tokens]:
            use: Literal["flows", "credential"] = "flows" if key else "credential"
            if isinstance(secret.source, ExistingSecret):
                place, at = secret.source.secret_name, secret.source.key
            else:
                place = f"qhub-{agent.name}-{'flow' if key else 'token'}"
                at = key or TOKEN_KEY
            yield SecretState(
                name=secret.name,
                agent=agent.name,
                use=use,
                source=where_from(secret.source),
                secret=place,
                key=at,
                problem=problem.get((agent.name, key), ""),
                in_cluster=None,
            )


def _compared(
    state: SecretState, wanted: Mapping[str, bytes] | None, found: SecretData | None
) -> InCluster:
    if found is None or state.key not in found:
        return "absent"
    if wanted is None:
        return "present"
    if state.problem:
        return "uncompared"
    return "same" if found[state.key] == wanted.get(state.key) else "differs"


def _surplus(
    listed: Sequence[SecretState],
    made: Sequence[Held],
    found: Mapping[str, SecretData | None],
) -> Iterator[SecretState]:
    """Yield the keys that are in Secrets of ours, and that the config does not know."""
    any_state = {state.secret: state for state in listed}
    for secret in made:
        if secret.name not in any_state:
            continue
        for key in sorted((found.get(secret.name) or {}).keys() - secret.keys.keys()):
            one = replace(any_state[secret.name], name=key, source="nowhere", key=key, problem="")
            yield _with(one, "surplus")


def _with(state: SecretState, in_cluster: InCluster) -> SecretState:
    return replace(state, in_cluster=in_cluster)
