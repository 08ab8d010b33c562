"""What `qhub init` is told: by options, else by questions on a terminal, else by defaults."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import click

from qhub.config.model import ProviderName
from qhub.config.prefect import DEFAULT_IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REGIONS: Mapping[str, str] = {
    "aws": "us-west-2",
    "gcp": "us-central1",
    "azure": "centralus",
    "do": "nyc3",
}
"""The region of each cloud unless told otherwise."""
KUBERNETES_VERSION = "1.35"
API_URLS: Mapping[str, str] = {
    "existing": "http://prefect-server.prefect.svc.cluster.local:4200/api",
    "local": "http://host.docker.internal:4200/api",
}
"""Where a Prefect server usually is: in the cluster as Prefect's own chart installs it, and
`prefect server start` on the machine that a local cluster's containers see as their host."""

PIPELINES = ("github-actions", "gitlab-ci", "none")

# What only a cluster has, by the names of options.
_OF_KUBERNETES = (
    "prefect_image",
    "api_url",
    "flow_image",
    "ci",
    "region",
    "kubernetes_version",
    "cloud_project",
    "kube_context",
)
_OPTIONS: Mapping[str, str] = {
    "project_name": "--project-name",
    "namespace": "--namespace",
    "prefect.image": "--prefect-image",
    "prefect.api": "--api-url",
    "prefect.agents": "--agent",
    "default_images": "--flow-image",
}


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent and the work queues that it polls."""

    name: str
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What the new file says; None where it shall say nothing."""

    provider: ProviderName
    project_name: str
    namespace: str
    prefect_image: str | None
    api_url: str | None
    flow_image: str | None
    agents: tuple[NewAgent, ...]
    ci: str
    region: str | None
    kubernetes_version: str
    cloud_project: str | None
    kube_context: str | None

    @property
    def storage_account_postfix(self) -> str:
        """Return letters and digits that hardly another project has."""
        return hashlib.sha256(f"{self.project_name}/{self.namespace}".encode()).hexdigest()[:8]


def collect(given: Mapping[str, Any], *, may_ask: bool) -> Answers:
    """Return all answers; raises a usage error naming what is missing and cannot be asked."""
    if not may_ask:
        _require(given)
    ask = _Asking(given, may_ask=may_ask)
    choices = get_args(ProviderName)
    provider: ProviderName = ask("provider", "Provider", choices[0], choices=choices)
    if provider == "embedded":
        return _on_this_machine(given, ask)
    return Answers(
        provider=provider,
        project_name=ask("project_name", "Project name", form="dns-label"),
        namespace=ask("namespace", "Kubernetes namespace", "dev", form="dns-label"),
        region=ask("region", "Region", REGIONS[provider]) if provider in REGIONS else None,
        cloud_project=ask("cloud_project", "Google Cloud project") if provider == "gcp" else None,
        prefect_image=ask("prefect_image", "Image of the agents", DEFAULT_IMAGE, form="image"),
        api_url=ask(
            "api_url",
            "URL of the Prefect API",
            API_URLS.get(provider, ""),
        )
        or None,
        flow_image=ask("flow_image", "Image of flow runs, if another", "") or None,
        ci=ask("ci", "Pipeline", "none", choices=PIPELINES),
        agents=tuple(_agent(text) for text in given["agents"]),
        kubernetes_version=given["kubernetes_version"] or KUBERNETES_VERSION,
        kube_context=given["kube_context"],
    )


def _on_this_machine(given: Mapping[str, Any], ask: _Asking) -> Answers:
    """Return the answers without images, an API, a pipeline and a cluster."""
    useless = [_option(name) for name in _OF_KUBERNETES if given[name] is not None]
    if useless:
        raise click.UsageError(f"with provider embedded there is no {', '.join(useless)}")
    return Answers(
        provider="embedded",
        project_name=ask("project_name", "Project name", form="dns-label"),
        namespace=ask("namespace", "Namespace", "dev", form="dns-label"),
        prefect_image=None,
        api_url=None,
        flow_image=None,
        agents=tuple(_agent(text) for text in given["agents"]),
        ci="none",
        region=None,
        kubernetes_version=KUBERNETES_VERSION,
        cloud_project=None,
        kube_context=None,
    )


def option_of(path: str) -> str:
    """Return the option that a place in the config file comes from."""
    near = (option for start, option in _OPTIONS.items() if path.startswith(start))
    return next(near, f"--{path.rpartition('.')[2].replace('_', '-')}")


def _require(given: Mapping[str, Any]) -> None:
    needed = ["project_name"]
    if given["provider"] == "gcp":
        needed.append("cloud_project")
    missing = [_option(name) for name in needed if given[name] is None]
    if missing:
        raise click.UsageError(f"this is no terminal to ask on; give {', '.join(missing)}")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _agent(text: str) -> NewAgent:
    """Return the agent that `NAME` or `NAME:QUEUE,QUEUE` means."""
    name, _, queues = text.partition(":")
    return NewAgent(name, tuple(queue.strip() for queue in queues.split(",") if queue.strip()))


@dataclass(frozen=True, slots=True)
class _Asking:
    """Takes an answer from the options, else from a person, else the default."""

    given: Mapping[str, Any]
    may_ask: bool

    def __call__(
        self,
        name: str,
        question: str,
        default: str | None = None,
        *,
        form: str = "",
        choices: Sequence[str] = (),
    ) -> Any:
        given = self.given[name]
        needed = default is None
        if given is not None:
            return given if choices else _given(option_of(name), given, form, needed=needed)
        if not self.may_ask:
            return default
        if choices:
            return click.prompt(question, default, err=True, type=click.Choice(choices))
        check = _checking(form, needed=needed)
        # An empty answer reaches the check, which says what is wrong with it.
        return click.prompt(
            question, default or "", err=True, value_proc=check, show_default=bool(default)
        )


def _given(option: str, value: str, form: str, *, needed: bool) -> str:
    """Return the value of an option; raises a usage error for one of the wrong format."""
    if needed and not value:
        raise click.UsageError(f"{option} is empty")
    if wrong := _explain(value, form):
        raise click.UsageError(f"{option}: {value!r} is not {wrong}")
    return value


def _checking(form: str, *, needed: bool) -> Callable[[str], str]:
    """Return a check of an answer's format; what it raises, click shows and asks again."""

    def check(answer: str) -> str:
        if needed and not answer.strip():
            raise click.UsageError("an answer is needed")
        if wrong := _explain(answer.strip(), form):
            raise click.UsageError(f"expected {wrong}")
        return answer.strip()

    return check


def _explain(value: str, form: str) -> str | None:
    """Return what a value of that format would be, unless this one is."""
    from qhub.config.formats import FORMATS

    return FORMATS[form](value) if form else None
