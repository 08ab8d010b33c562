"""What a recipe comes down to: steps to carry out, and the settings of the image."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from images.builder.errors import RecipeError
from images.builder.words import WordError, split

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from images.builder.recipe import Instruction, Recipe

__all__ = [
    "Copy",
    "Folder",
    "Mount",
    "Program",
    "Run",
    "Step",
    "base_name",
    "check_arguments",
    "evaluate",
    "from_json",
    "to_json",
]

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOUNT_KEYS = {
    "bind": {"type", "source", "src", "target", "dst", "destination", "readonly", "ro"},
    "cache": {"type", "id", "target", "dst", "destination", "sharing"},
    "secret": {"type", "id", "target", "dst", "destination", "required"},
}


@dataclass(frozen=True, slots=True)
class Mount:
    """Something of outside that one command sees: a folder, a secret file, or a kept cache."""

    kind: Literal["bind", "cache", "secret"]
    target: str
    source: str = "."
    """Of a bind the path in the context, else the id."""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A command; `user` is as in the recipe, empty is root."""

    title: str
    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    folder: str
    user: str
    mounts: tuple[Mount, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """Files of the context and where they go."""

    title: str
    sources: tuple[str, ...]
    target: str
    owner: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is there from here on."""

    title: str
    path: str


Step = Run | Copy | Folder


@dataclass(frozen=True, slots=True)
class Program:
    """The steps of a recipe, and what its image says of itself."""

    steps: tuple[Step, ...]
    environment: Mapping[str, str]
    folder: str
    user: str


def to_json(step: Step) -> str:
    """Return a step as text, for the process that carries it out."""
    return json.dumps({"step": type(step).__name__, **asdict(step)})


def from_json(text: str) -> Step:
    """Read what `to_json` wrote."""
    item: dict[str, Any] = json.loads(text)
    kind = item.pop("step")
    if kind == "Copy":
        return Copy(item["title"], tuple(item["sources"]), item["target"], item["owner"])
    if kind == "Folder":
        return Folder(**item)
    return Run(
        item["title"],
        tuple(item["argv"]),
        tuple((name, value) for name, value in item["environment"]),
        item["folder"],
        item["user"],
        tuple(Mount(**mount) for mount in item["mounts"]),
    )


def base_name(recipe: Recipe, build_args: Mapping[str, str]) -> str:
    """Return what `FROM` names, with the arguments of this build put in."""
    (found,) = _split(recipe.base, recipe.base.text, _outer(recipe, build_args)) or [""]
    if not found:
        raise recipe.base.error("no base image is named", hint="name one: --base REGISTRY/IMAGE")
    return found


def check_arguments(recipe: Recipe, given: Collection[str]) -> None:
    """Raise for an argument that the recipe does not declare: it would have no effect."""
    items = (*recipe.global_args, *recipe.steps)
    words = [word for item in items if item.word == "ARG" for word in item.text.split()]
    declared = {word.partition("=")[0] for word in words}
    if unknown := sorted(set(given) - declared - {"SOURCE_DATE_EPOCH", *_proxy_names()}):
        raise RecipeError(
            f"{recipe.file} takes no argument {', '.join(unknown)}",
            hint=f"it takes {', '.join(sorted(declared)) or 'none'}",
        )


def evaluate(recipe: Recipe, settings: Mapping[str, Any], build_args: Mapping[str, str]) -> Program:
    """Turn a recipe into steps; `settings` is the `config` of its base image."""
    return _Evaluation(recipe, settings, build_args).program()


class _Evaluation:
    """What holds at a line of a recipe while it is read from top to bottom."""

    def __init__(
        self, recipe: Recipe, settings: Mapping[str, Any], build_args: Mapping[str, str]
    ) -> None:
        pairs = (entry.partition("=") for entry in settings.get("Env") or ())
        self.environment = {name: value for name, _, value in pairs}
        self.environment.setdefault("PATH", DEFAULT_PATH)
        self.folder = settings.get("WorkingDir") or "/"
        self.user = settings.get("User") or ""
        self.recipe = recipe
        self.build_args = build_args
        self.arguments: dict[str, str] = {}
        self.outer = _outer(recipe, build_args)
        self.steps: list[Step] = []

    def program(self) -> Program:
        do = {
            "ARG": self._arg,
            "ENV": self._env,
            "COPY": self._copy,
            "RUN": self._run,
            "USER": self._user,
            "WORKDIR": self._workdir,
        }
        for item in self.recipe.steps:
            do[item.word](item)
        return Program(tuple(self.steps), self.environment, self.folder, self.user)

    @property
    def variables(self) -> dict[str, str]:
        """What `$NAME` means here: the environment of the image goes before arguments."""
        return {**self.arguments, **self.environment}

    def _arg(self, item: Instruction) -> None:
        for name, default in _argument(item, self.variables):
            value = self.build_args.get(name, default)
            value = self.outer.get(name) if value is None else value
            if value is not None:
                self.arguments[name] = value

    def _env(self, item: Instruction) -> None:
        words = _split(item, item.text, self.variables)
        for word in words:
            name, equals, value = word.partition("=")
            if not equals or not _NAME.fullmatch(name):
                raise item.error(f"'{word}' is no NAME=VALUE")
            self.environment[name] = value

    def _user(self, item: Instruction) -> None:
        self.user = _one(item, self.variables)

    def _workdir(self, item: Instruction) -> None:
        self.folder = _joined(self.folder, _one(item, self.variables))
        self.steps.append(Folder(_title(item), self.folder))

    def _copy(self, item: Instruction) -> None:
        *sources, target = _split(item, item.text, self.variables)
        if not sources:
            raise item.error("needs a source and a target")
        if item.text.startswith("["):
            raise item.error("a JSON list is not understood by every builder; quote the names")
        owner = "".join(_split(item, dict(item.flags).get("--chown", ""), self.variables))
        for source in sources:
            if ".." in source.split("/"):
                raise item.error(f"'{source}' leaves the folder of the recipe")
        slash = "/" if target.endswith("/") else ""
        place = _joined(self.folder, target).rstrip("/") + slash
        if len(sources) > 1 and not slash:
            raise item.error(f"several sources need a folder: {target}/")
        self.steps.append(Copy(_title(item), tuple(sources), place or "/", owner))

    def _run(self, item: Instruction) -> None:
        argv: Sequence[str] = ("/bin/sh", "-c", item.text)
        if item.text.startswith("["):
            try:
                argv = json.loads(item.text)
            except ValueError as error:
                raise item.error(f"is no JSON list: {error}") from error
        environment = {**_proxies(self.build_args), **self.variables}
        mounts = tuple(_mount(item, value) for _, value in item.flags)
        self.steps.append(
            Run(
                _title(item),
                tuple(argv),
                tuple(sorted(environment.items())),
                self.folder,
                self.user,
                mounts,
            )
        )


def _outer(recipe: Recipe, build_args: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments that `FROM` sees, and later lines that declare them again."""
    found: dict[str, str] = {}
    for item in recipe.global_args:
        for name, default in _argument(item, found):
            found[name] = build_args.get(name, default or "")
    return found


def _proxy_names() -> tuple[str, ...]:
    return (*PROXIES, *(name.lower() for name in PROXIES))


def _proxies(build_args: Mapping[str, str]) -> dict[str, str]:
    """Every builder hands these to commands without a declaration, and forgets them after."""
    return {name: build_args[name] for name in _proxy_names() if name in build_args}


def _argument(item: Instruction, variables: Mapping[str, str]) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    for word in _split(item, item.text, variables):
        name, equals, value = word.partition("=")
        if not _NAME.fullmatch(name):
            raise item.error(f"'{name}' is no name of a variable")
        found.append((name, value if equals else None))
    return found


def _mount(item: Instruction, text: str) -> Mount:
    entries = dict(_pair(part) for part in text.split(","))
    kind = entries.get("type", "bind")
    if kind not in _MOUNT_KEYS:
        raise item.error(f"mounts of type {kind} are not understood by every builder")
    if unknown := sorted(entries.keys() - _MOUNT_KEYS[kind]):
        raise item.error(f"{unknown[0]} of a mount is not understood by every builder")
    target = entries.get("target") or entries.get("dst") or entries.get("destination") or ""
    if not target.startswith("/"):
        raise item.error("a mount needs an absolute target")
    required = entries.get("required", "false") == "true"
    if kind == "bind":
        source = entries.get("source") or entries.get("src") or "."
        if ".." in source.split("/"):
            raise item.error(f"'{source}' leaves the folder of the recipe")
        return Mount("bind", target, source)
    name = entries.get("id") or target.strip("/").replace("/", "-")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise item.error(f"'{name}' is no id of a mount")
    return Mount("cache" if kind == "cache" else "secret", target, name, required)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    return name, value if equals else "true"


def _title(item: Instruction) -> str:
    text = " ".join(item.text.split())
    return f"{item.word} {text if len(text) < 100 else text[:99] + '…'}"


def _one(item: Instruction, variables: Mapping[str, str]) -> str:
    words = _split(item, item.text, variables)
    if len(words) != 1:
        raise item.error(f"takes one word, not {len(words)}: {shlex.join(words)}")
    return words[0]


def _joined(folder: str, path: str) -> str:
    """Return an absolute path without `.` and `..`."""
    parts: list[str] = []
    for part in [*(() if path.startswith("/") else folder.split("/")), *path.split("/")]:
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/" + "/".join(parts)


def _split(item: Instruction, text: str, variables: Mapping[str, str]) -> list[str]:
    try:
        return split(text, variables)
    except WordError as error:
        raise item.error(str(error)) from error
