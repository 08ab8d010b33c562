"""Killed at, or failed by, any one call that changes files: old or new, and the next one heals."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from qhub.errors import WriteError
from qhub.render.write import write
from tests.render import faults
from tests.render.faults import Trace, trace

pytestmark = pytest.mark.skipif(not faults.CAN_KILL, reason="traces Linux system calls")

OLD = {
    ".ci/deploy.yaml": b"old pipeline\n",
    ".old/pipeline.yaml": b"of another CI\n",
    "stages/03/main.tf": b"same\n",
    "stages/03/values/agent.yaml": b"old\n",
    "stages/03/charts/gone/Chart.yaml": b"gone\n",
}
NEW = {
    ".ci/deploy.yaml": b"new pipeline\n",
    ".new/pipeline.yaml": b"of a third CI\n",
    "stages/03/main.tf": b"same\n",
    "stages/03/values/agent.yaml": b"new\n",
    "stages/04/more/main.tf": b"more\n",
}
USERS = {"stages/03/.terraform.lock.hcl": "locked\n", "stages/notes/todo.md": "todo\n"}
SWAPS = pytest.mark.parametrize("exchanges", [True, False], ids=["exchange", "two renames"])


@SWAPS
@pytest.mark.parametrize("start", [{}, OLD], ids=["first render", "changed config"])
def test_a_kill_at_any_change_leaves_the_old_tree_or_the_new_one(
    memory: Path, *, exchanges: bool, start: dict[str, bytes]
) -> None:
    template = _template(memory, start)
    whole = _render(template, memory / "whole", exchanges=exchanges)
    assert whole.status == 0
    stopped = []
    for number in range(len(whole.calls)):
        folder = memory / str(number)
        killed = _render(template, folder, exchanges=exchanges, strike_at=number)
        assert killed.status == -9
        assert killed.calls == whole.calls[: number + 1]
        stopped.append(killed.calls[-1])
        _assert_whole(folder, start, may_lack_tree=not exchanges)
        _assert_healed_by_next(folder, OLD if number % 2 else NEW)
    assert tuple(stopped) == whole.calls
    _assert_sees_everything(whole.calls, start, exchanges=exchanges)


def test_a_kill_at_any_change_of_the_very_first_render_leaves_nothing_or_all(
    memory: Path,
) -> None:
    whole = trace(lambda: write(NEW, memory / "whole"))
    for number in range(len(whole.calls)):
        folder = memory / "new" / str(number)
        killed = trace(lambda: write(NEW, folder), strike_at=number)  # noqa: B023 - runs at once
        assert killed.calls == whole.calls[: number + 1]
        tree = {path for path in NEW if path.startswith("stages/")} | {"stages/manifest.json"}
        assert _files(folder / "stages") in (set(), tree)
        write(OLD, folder)
        assert _files(folder) == {*OLD, "stages/manifest.json", ".qhub/lock", ".qhub/.gitignore"}
    assert len(whole.calls) >= 30


@SWAPS
@pytest.mark.skipif(not faults.CAN_FAIL, reason="fails system calls of x86-64")
def test_a_full_disk_at_any_change_loses_nothing(memory: Path, *, exchanges: bool) -> None:
    template = _template(memory, OLD)
    count = len(_render(template, memory / "whole", exchanges=exchanges).calls)
    refused = 0
    for number in range(count):
        folder = memory / str(number)
        failed = _render(template, folder, exchanges=exchanges, strike_at=number, fail=True)
        assert failed.status in {0, 3}  # a folder that cannot be removed may be no failure
        refused += failed.status == 3
        _assert_whole(folder, OLD, may_lack_tree=False)
        _assert_healed_by_next(folder, OLD if number % 2 else NEW)
    assert refused > count * 0.9


def _template(memory: Path, start: dict[str, bytes]) -> Path:
    """Return a folder with `start` as rendered and with what users have beside it."""
    folder = memory / "template"
    folder.mkdir()
    if start:
        write(start, folder)
    for path, text in USERS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "stages/notes/link").symlink_to("nowhere")
    (folder / "stages/empty").mkdir()
    return folder


def _render(
    template: Path,
    folder: Path,
    *,
    exchanges: bool,
    strike_at: int | None = None,
    fail: bool = False,
) -> Trace:
    shutil.copytree(template, folder, symlinks=True)

    def work() -> None:
        if not exchanges:
            faults.refuse_exchange()
        try:
            write(NEW, folder)
        except WriteError:
            os._exit(3)

    return trace(work, strike_at=strike_at, fail=fail)


def _assert_whole(folder: Path, start: dict[str, bytes], *, may_lack_tree: bool) -> None:
    """Hold that the tree is `start` or NEW and has the user's; other files are each old or new."""
    if not (may_lack_tree and not (folder / "stages").exists()):
        generated = _files(folder / "stages") - USERS.keys() - {"stages/manifest.json"}
        trees = [{p: c for p, c in b.items() if p.startswith("stages/")} for b in (start, NEW)]
        assert {p: (folder / p).read_bytes() for p in generated} in trees
        _assert_users_are_there(folder)
    for path in (".ci/deploy.yaml", ".old/pipeline.yaml", ".new/pipeline.yaml"):
        content = (folder / path).read_bytes() if (folder / path).exists() else None
        assert content in {start.get(path), NEW.get(path)}


def _assert_healed_by_next(folder: Path, bundle: dict[str, bytes]) -> None:
    write(bundle, folder)
    assert _files(folder) == {
        *bundle,
        *USERS,
        "stages/manifest.json",
        ".qhub/lock",
        ".qhub/.gitignore",
    }
    assert {path: (folder / path).read_bytes() for path in bundle} == bundle
    assert sorted(path.name for path in (folder / ".qhub").iterdir()) == [".gitignore", "lock"]
    _assert_users_are_there(folder)
    assert write(bundle, folder).is_unchanged


def _assert_users_are_there(folder: Path) -> None:
    assert {path: (folder / path).read_text() for path in USERS} == USERS
    assert (folder / "stages/notes/link").readlink() == Path("nowhere")
    assert (folder / "stages/empty").is_dir()


def _assert_sees_everything(
    calls: tuple[str, ...], start: dict[str, bytes], *, exchanges: bool
) -> None:
    """Hold that the count is that of the phase: as many calls of a kind as there are changes."""
    kinds = Counter(call.removesuffix("at") for call in calls)
    tree = 3 if start else 4  # what is new in it: of NEW main.tf may be there; and the manifest
    links = len(USERS) + 1 + (1 if start else 0)  # the user's, and main.tf
    assert kinds["renameat2"] == (1 if exchanges else 0)
    assert kinds["rename"] == 1 + 2 + 1 + (0 if exchanges else 2)  # journal, .ci and .new, tree
    assert kinds["link"] == links
    assert kinds["open"] == tree + 2 + 1 + (1 if start else 2)  # outside, journal, lock, .gitignore
    assert kinds["unlink"] == links + (4 if start else 0) + 1  # all that was old; the journal
    assert len(calls) >= 50


def _files(folder: Path) -> set[str]:
    """Return the paths of the regular files in `folder`, relative to the template's root."""
    root = folder.parent if folder.name == "stages" else folder
    found = (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    return {str(path.relative_to(root)) for path in found}
