"""The project folder of a flow, and which of its files belong to the code."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from qhub.flows import git
from qhub.flows.errors import ArchiveError
from qhub.flows.plan_archives import is_plan_archive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Selection", "find", "package_top", "select"]

CONFIGS = ("qhub-config.yaml", "qhub-config.yml")
MARKERS = (".git", "pyproject.toml", *CONFIGS)
IGNORE_FILES: tuple[str, ...] = (".prefectignore", ".qhubignore")
NEVER = frozenset(
    {
        *(".git", ".hg", ".svn", "__pycache__", ".venv", "venv", ".qhub", "node_modules"),
        *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints", ".tox", ".nox"),
        *(".aws", ".ssh", ".gnupg", ".kube", ".docker", ".terraform"),
    }
)
"""Folders that are no code, wherever they are."""
RENDERED = "stages"
"""At the top, beside .qhub: what `qhub render` wrote."""
SECRET = (
    *(".env", ".env.*", "*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.kdbx"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".pypirc", ".pgpass"),
    *("credentials", "credentials.json", "client_secret*.json", "*service?account*.json"),
    *(".git-credentials", ".htpasswd", "kubeconfig", "*.tfstate", "*.tfvars"),
    *("secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml", "secrets.ini", "secrets.txt"),
)
_KEYS_OF_CONFIGS = [
    re.compile(rf"^{key}\s*:", re.MULTILINE) for key in ("project_name", "provider")
]
PRODUCTS = ("qhub-report-*.txt", "qhub-config.schema.json", "*.log")
"""What qhub leaves where it is called, saved logs too: no code, and each would be a version."""
HARMLESS = (".env.example", ".env.sample", ".env.template")


@dataclass(frozen=True, slots=True)
class Selection:
    """Names of files relative to the folder, sorted; `secrets` look like secrets: left out.

    `absent` are submodules whose files are not here.
    """

    names: tuple[str, ...]
    secrets: tuple[str, ...]
    notes: tuple[str, ...]
    absent: tuple[str, ...] = ()


def find(file: Path) -> Path:
    """Return the project folder of a file: the nearest one upwards with a marker in it.

    Without one it is the folder of the file, or of the topmost package that the file is in.
    """
    for folder in file.parents:
        if any((folder / marker).exists() for marker in MARKERS):
            return _sensible(folder, file)
    return _sensible(package_top(file).parent, file)


def package_top(file: Path) -> Path:
    """Return the topmost package folder of a file; the file itself where it is in none."""
    top = file
    while (top.parent / "__init__.py").exists():
        top = top.parent
    return top


def select(folder: Path) -> Selection:
    """Return the files of a project that a run gets: not the ignored, built or secret ones.

    In a git repository what git ignores is left out; .prefectignore and .qhubignore count
    everywhere, and where git is not in use .gitignore, too. Untracked files that look like
    secrets are left out, and every file that the config file reads a secret from; so are
    untracked logs, plans that were kept, and what else qhub itself writes.
    """
    if git.repository(folder):
        listed = git.files(folder)
        tracked, new, absent = listed.tracked, listed.new, listed.absent
        ignores = IGNORE_FILES
    else:
        tracked, new, absent = (), tuple(_walk(folder)), ()
        ignores = (*IGNORE_FILES, ".gitignore")
    kept = _Ignoring(folder, ignores)
    configs = _configs(folder, (*tracked, *new))
    secrets = {name for name in new if _looks_secret(name)}
    secrets |= _read_by_configs(folder, configs).intersection((*tracked, *new))
    products = {name for name in new if _is_product(folder, name)}
    names = {name for name in (*tracked, *new) if _is_code(folder, name)}
    names -= secrets | configs | products
    told = {name for name in tracked if _looks_secret(name)} & names
    return Selection(
        tuple(sorted(kept(names))),
        tuple(sorted(kept(name for name in secrets if _is_code(folder, name)))),
        tuple(
            f"{name} looks like a secret, but git has it: it is deployed" for name in sorted(told)
        ),
        tuple(name.rstrip("/") for name in kept(f"{name}/" for name in absent)),
    )


def _sensible(folder: Path, file: Path) -> Path:
    if folder in (Path.home(), Path(folder.anchor)):
        raise ArchiveError(
            f"the project folder of {file} would be {folder}, with everything in it",
            hint="move the flow into a folder of its own, or name one: project='…'",
        )
    return folder


def _walk(folder: Path) -> Iterator[str]:
    for path, folders, files in os.walk(folder):
        here = Path(path)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = sorted(set(folders) - NEVER - set(links))
        yield from ((here / name).relative_to(folder).as_posix() for name in (*files, *links))


def _is_code(folder: Path, name: str) -> bool:
    parts = name.split("/")
    if NEVER.intersection(parts[:-1]) or name.endswith((".pyc", ".pyo")):
        return False
    return not (parts[0] == RENDERED and (folder / ".qhub").is_dir())


def _configs(folder: Path, names: Iterable[str]) -> set[str]:
    """Return which of the files are configs of QHub, whatever they are called.

    They may hold literal secrets, and no flow reads them.
    """
    found = {name for name in names if name in CONFIGS}
    for name in names:
        if name.endswith((".yaml", ".yml")):
            with suppress(OSError, UnicodeDecodeError):
                text = (folder / name).read_text(encoding="utf-8")
                if all(key.search(text) for key in _KEYS_OF_CONFIGS):
                    found.add(name)
    return found


def _read_by_configs(folder: Path, configs: Iterable[str]) -> set[str]:
    """Return the files below a folder that a config in it names in a `from_file`."""
    import yaml

    found: set[str] = set()
    for path in (folder / name for name in configs):
        with suppress(OSError, yaml.YAMLError, UnicodeDecodeError):  # qhub validate tells
            read = yaml.safe_load(path.read_text(encoding="utf-8"))
            found.update(os.path.relpath(path.parent / name, folder) for name in _from_files(read))
    return found


def _from_files(value: object) -> Iterator[str]:
    """Yield the text of every key `from_file`, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from _from_files(one)
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "from_file" and isinstance(one, str):
                yield one
            yield from _from_files(one)


def _looks_secret(name: str) -> bool:
    return _is_called(name, SECRET) and not _is_called(name, HARMLESS)


def _is_product(folder: Path, name: str) -> bool:
    return _is_called(name, PRODUCTS) or (_is_code(folder, name) and is_plan_archive(folder / name))


def _is_called(name: str, patterns: Iterable[str]) -> bool:
    base = name.rpartition("/")[2].lower()
    return any(fnmatch(base, pattern) for pattern in patterns)


class _Ignoring:
    """Filters names by the ignore files at the top of a folder, in the way of .gitignore."""

    def __init__(self, folder: Path, ignore_files: Iterable[str]) -> None:
        from pathspec import GitIgnoreSpec

        lines: list[str] = []
        for path in (folder / name for name in ignore_files):
            if path.is_file():
                lines += path.read_text(encoding="utf-8").splitlines()
        self._spec = GitIgnoreSpec.from_lines(lines)

    def __call__(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if not self._spec.match_file(name)]
