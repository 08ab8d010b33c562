"""Reads kubeconfig files as kubectl and Terraform do: several are one, and the first one wins.

The package `kubernetes` merges them otherwise (there the last `current-context` wins), so that
QHub would look into another cluster than Terraform deploys to.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from qhub.cluster.errors import KubeconfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Kubeconfig", "files", "read"]

_PATHS = {
    "clusters": ("cluster", ("certificate-authority",)),
    "users": ("user", ("client-certificate", "client-key", "tokenFile")),
    "contexts": ("context", ()),
}
"""Kind → what an entry holds, and which of it are paths, relative to their file."""
_NAMED = ("KUBECONFIG", "KUBE_CONFIG_PATHS", "KUBE_CONFIG_PATH")
"""Variables that name files, the first that is set; Terraform by hand reads the other two."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """What all files say together; entries by name. Never shown: credentials are in it.

    `folders` are those of the files that users were read from, for their commands.
    """

    files: tuple[Path, ...]
    current: str | None
    contexts: Mapping[str, Mapping[str, Any]] = field(repr=False)
    clusters: Mapping[str, Mapping[str, Any]] = field(repr=False)
    users: Mapping[str, Mapping[str, Any]] = field(repr=False)
    folders: Mapping[str, Path] = field(repr=False)


def files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the files that the environment names, or ~/.kube/config; whether they exist or not."""
    value = next(filter(None, map(environ.get, _NAMED)), "")
    named = [part for part in value.split(os.pathsep) if part]
    if named:
        return tuple(dict.fromkeys(Path(part) for part in named))
    home = environ.get("HOME")
    return ((Path(home) if home else Path.home()) / ".kube" / "config",)


def read(named: Sequence[Path]) -> Kubeconfig:
    """Return what the files say together; raises `KubeconfigError`.

    Files that are not there are passed over, as kubectl does, as long as one is.
    """
    there = tuple(path for path in named if path.exists())
    if not there:
        listed = ", ".join(map(str, named))
        raise KubeconfigError(
            f"there is no kubeconfig: {listed} does not exist"
            if len(named) == 1
            else f"there is no kubeconfig: none of {listed} exists",
            hint="set KUBECONFIG to the file that tells how to reach the cluster",
        )
    found: dict[str, dict[str, Mapping[str, Any]]] = {kind: {} for kind in _PATHS}
    folders: dict[str, Path] = {}
    current = None
    for path in there:
        document = _document(path)
        said = document.get("current-context")
        current = current or (str(said) if said else None)
        for kind, entries in found.items():
            for name, entry in _entries(document, kind, path).items():
                if name not in entries and kind == "users":
                    folders[name] = path.absolute().parent
                entries.setdefault(name, entry)
    return Kubeconfig(there, current, folders=folders, **found)


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 a safe loader
    except OSError as error:
        raise KubeconfigError(
            f"cannot read the kubeconfig {path}: {error.strerror or error}",
            hint="check its permissions, or set KUBECONFIG to another one",
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}" if mark else ""
        # What is there could be a credential: only its place is told.
        raise KubeconfigError(
            f"the kubeconfig {path}{where} is not YAML", hint="mend it, or have it written again"
        ) from None
    if document is None:
        return {}
    if not isinstance(document, Mapping):
        raise _malformed(path, "is no mapping")
    return document


def _entries(document: Mapping[str, Any], kind: str, path: Path) -> dict[str, Mapping[str, Any]]:
    """Return the entries of a list by their names, with absolute paths; the first one counts."""
    inside, paths = _PATHS[kind]
    listed = document.get(kind) or []
    if not isinstance(listed, list):
        raise _malformed(path, f"has '{kind}' that is no list")
    found: dict[str, Mapping[str, Any]] = {}
    for item in listed:
        name = item.get("name") if isinstance(item, Mapping) else None
        if name is None:
            raise _malformed(path, f"has an entry of '{kind}' without a name")
        entry = item.get(inside) or {}
        if not isinstance(entry, Mapping):
            raise _malformed(path, f"has '{inside}' of '{name}' that is no mapping")
        folder = path.absolute().parent
        absolute = {key: str(folder / str(entry[key])) for key in paths if entry.get(key)}
        found.setdefault(str(name), {**entry, **absolute})
    return found


def _malformed(path: Path, what: str) -> KubeconfigError:
    return KubeconfigError(
        f"the kubeconfig {path} {what}", hint="`kubectl config view` shows what it should look like"
    )
