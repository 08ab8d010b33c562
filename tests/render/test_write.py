"""What a render does to a folder: which files change, and that nobody else's file is lost."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qhub.errors import EditedFilesError, WriteError
from qhub.render import swap
from qhub.render.lock import lock
from qhub.render.manifest import digest
from qhub.render.write import Difference, Written, compare, write
from tests.render.faults import fork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAIN, VALUES, PIPELINE = "stages/03/main.tf", "stages/03/values/agent.yaml", ".ci/deploy.yaml"
MANIFEST = "stages/manifest.json"
BUNDLE = {MAIN: b"main\n", VALUES: b"values\n", PIPELINE: b"pipeline\n"}
_SKIP = 77
OTHER_USER = "run qhub as the user who owns it, or render elsewhere with --dir"
MOVE = "move it away and render again"


def test_a_first_render_makes_every_file_and_the_folder_for_them(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    written = write(BUNDLE, folder)
    assert written == Written(
        created=(PIPELINE, MAIN, VALUES, MANIFEST),
        changed=(),
        removed=(),
        unchanged=(),
        carried=(),
    )
    assert {path: (folder / path).read_bytes() for path in BUNDLE} == BUNDLE


def test_an_unchanged_bundle_touches_nothing(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    (tmp_path / "stages/note").touch()
    before = _states(tmp_path)
    written = write(BUNDLE, tmp_path)
    assert written.is_unchanged
    assert written == Written(
        created=(),
        changed=(),
        removed=(),
        unchanged=(PIPELINE, MAIN, VALUES, MANIFEST),
        carried=("stages/note",),
    )
    after = _states(tmp_path)
    after[".qhub/lock"] = before[".qhub/lock"]  # it says who held it last
    assert after == before


def test_changed_files_are_replaced_and_stale_ones_removed_with_their_folders(
    tmp_path: Path,
) -> None:
    write(BUNDLE, tmp_path)
    before = _states(tmp_path)
    written = write({MAIN: b"other\n", "stages/04/main.tf": b"more\n"}, tmp_path)
    assert written == Written(
        created=("stages/04/main.tf",),
        changed=(MAIN, MANIFEST),
        removed=(PIPELINE, VALUES),
        unchanged=(),
        carried=(),
    )
    left = {path for path in _states(tmp_path) if not path.startswith(".qhub")}
    assert left == {"stages", "stages/03", MAIN, "stages/04", "stages/04/main.tf", MANIFEST}
    write(BUNDLE, tmp_path)
    assert _states(tmp_path).keys() == before.keys()


@pytest.mark.parametrize(
    ("umask", "file", "folder"), [(0, 0o644, 0o755), (0o027, 0o640, 0o750)], ids=["none", "027"]
)
def test_new_files_and_folders_have_plain_modes_less_the_umask(
    tmp_path: Path, umask: int, file: int, folder: int
) -> None:
    before = os.umask(umask)
    try:
        write(BUNDLE, tmp_path)
    finally:
        os.umask(before)
    assert {_mode(tmp_path / path) for path in (PIPELINE, MAIN, MANIFEST)} == {file}
    assert {_mode(tmp_path / path) for path in ("stages", "stages/03", ".ci")} == {folder}
    assert _mode(tmp_path / ".qhub") == 0o700
    assert (tmp_path / ".qhub/.gitignore").read_text() == "*\n"


def test_files_of_users_are_the_same_files_afterwards(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    tree = tmp_path / "stages"
    (tree / "03/.terraform.lock.hcl").write_text("locked\n")
    (tree / "notes/deep").mkdir(parents=True)
    (tree / "notes/deep/todo").write_text("todo\n")
    (tree / "notes/deep/todo").chmod(0o440)
    (tree / "notes/again").hardlink_to(tree / "notes/deep/todo")
    (tree / "03/values/link").symlink_to("../../elsewhere")
    (tree / "empty").mkdir(mode=0o700)
    os.mkfifo(tree / "pipe")
    (tree / "03").chmod(0o2775)
    os.utime(tree / "notes/deep", (1, 2))
    (tree / "notes/deep").chmod(0o555)
    before = _states(tmp_path)
    with (tree / "03/.terraform.lock.hcl").open("a") as open_file:
        written = write({MAIN: b"other\n"}, tmp_path)
        open_file.write("by a process that had it open\n")
    after = _states(tmp_path)
    users = [
        "stages/03/.terraform.lock.hcl",
        "stages/03/values/link",
        "stages/notes/again",
        "stages/notes/deep/todo",
        "stages/pipe",
    ]
    assert list(written.carried) == users
    before["stages/03/.terraform.lock.hcl"] = after["stages/03/.terraform.lock.hcl"]
    assert [after[path] for path in users] == [before[path] for path in users]
    folders = ("stages/empty", "stages/notes", "stages/notes/deep")
    assert [after[path][1:] for path in folders] == [before[path][1:] for path in folders]
    assert _mode(tree / "03") == 0o2775
    text = (tree / "03/.terraform.lock.hcl").read_text()
    assert text == "locked\nby a process that had it open\n"


def test_an_unchanged_generated_file_stays_the_same_file(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    before = _states(tmp_path)
    write({**BUNDLE, MAIN: b"other\n"}, tmp_path)
    after = _states(tmp_path)
    assert (after[VALUES], after[PIPELINE]) == (before[VALUES], before[PIPELINE])


def test_a_deleted_generated_file_is_written_again(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    (tmp_path / MAIN).unlink()
    (tmp_path / PIPELINE).unlink()
    assert write(BUNDLE, tmp_path).created == (PIPELINE, MAIN)
    assert compare(BUNDLE, tmp_path).paths == ()


def _edit(path: Path) -> None:
    path.write_text("edited\n")


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize("path", [MAIN, PIPELINE, MANIFEST])
@pytest.mark.parametrize("edit", [_edit, _link])
@pytest.mark.parametrize(
    "bundle", [BUNDLE, {"stages/other": b""}], ids=["still rendered", "no longer rendered"]
)
def test_an_edited_file_is_kept_and_named_and_nothing_is_written(
    tmp_path: Path, path: str, edit: Callable[[Path], None], bundle: dict[str, bytes]
) -> None:
    write(BUNDLE, tmp_path)
    edit(tmp_path / path)
    if path == MANIFEST:  # without it, nothing tells what else was ours
        bundle = BUNDLE
    before = _states(tmp_path / "stages")
    with pytest.raises(EditedFilesError) as caught:
        write(bundle, tmp_path)
    assert caught.value.paths == (path,)
    assert _states(tmp_path / "stages") == before
    write(bundle, tmp_path, force=True)
    assert compare(bundle, tmp_path).paths == ()
    assert _generated(tmp_path) == {**bundle, MANIFEST: (tmp_path / MANIFEST).read_bytes()}


def test_every_edited_file_is_named_at_once(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    for path in BUNDLE:
        _edit(tmp_path / path)
    with pytest.raises(EditedFilesError) as caught:
        write({}, tmp_path)
    assert str(caught.value) == (
        "nothing was written: these files were edited since QHub wrote them, or are not its own: "
        ".ci/deploy.yaml, stages/03/main.tf, stages/03/values/agent.yaml"
    )


def test_a_users_file_of_the_same_name_is_no_less_safe(tmp_path: Path) -> None:
    for path in (MAIN, PIPELINE):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("mine\n")
    with pytest.raises(EditedFilesError) as caught:
        write(BUNDLE, tmp_path)
    assert caught.value.paths == (PIPELINE, MAIN)
    written = write(BUNDLE, tmp_path, force=True)
    assert (written.changed, written.created) == ((PIPELINE, MAIN), (VALUES, MANIFEST))


def test_force_says_what_it_removed(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    _edit(tmp_path / MAIN)
    written = write({VALUES: b"values\n"}, tmp_path, force=True)
    assert (written.removed, written.changed) == ((PIPELINE, MAIN), (MANIFEST,))
    assert not (tmp_path / MAIN).exists()


def test_files_are_adopted_when_the_manifest_is_lost(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    (tmp_path / MANIFEST).unlink()
    assert write(BUNDLE, tmp_path).created == (MANIFEST,)
    (tmp_path / MANIFEST).unlink()
    with pytest.raises(EditedFilesError) as caught:
        write({**BUNDLE, MAIN: b"other\n"}, tmp_path)
    assert caught.value.paths == (MAIN,)


def test_a_folder_and_a_file_of_ours_change_places(tmp_path: Path) -> None:
    one = {"stages/a/b": b"1", "stages/c": b"2", "x/y": b"3", "z": b"4"}
    other = {"stages/a": b"1", "stages/c/d": b"2", "x": b"3", "z/y": b"4"}
    write(one, tmp_path)
    write(other, tmp_path)
    assert compare(other, tmp_path).paths == ()
    assert _generated(tmp_path).keys() == {*other, MANIFEST}


@pytest.mark.parametrize(
    ("make", "blocked"),
    [
        (lambda folder: _file(folder / "stages/03/main.tf/mine"), MAIN),
        (lambda folder: (folder / MAIN).mkdir(parents=True), MAIN),
        (lambda folder: _file(folder / "stages/03/values"), "stages/03/values"),
        (lambda folder: _file(folder / ".ci"), ".ci"),
        (lambda folder: (folder / ".ci").symlink_to("elsewhere"), ".ci"),
        (lambda folder: _file(folder / ".ci/deploy.yaml/mine"), PIPELINE),
        (lambda folder: _link_folder(folder / "stages/03"), "stages/03"),
    ],
    ids=[
        "folder",
        "empty folder",
        "file",
        "file outside",
        "link",
        "folder outside",
        "linked stage",
    ],
)
@pytest.mark.parametrize("force", [False, True], ids=["", "force"])
def test_what_stands_where_a_folder_or_file_must_be_is_told(
    tmp_path: Path, make: Callable[[Path], None], blocked: str, *, force: bool
) -> None:
    make(tmp_path)
    before = {p: s for p, s in _states(tmp_path).items() if not p.startswith(".qhub")}
    with pytest.raises(WriteError) as caught:
        write(BUNDLE, tmp_path, force=force)
    message = f"cannot write {tmp_path / blocked}: something that QHub did not make is in the way"
    assert (str(caught.value), caught.value.hint) == (message, MOVE)
    after = {p: s for p, s in _states(tmp_path).items() if not p.startswith(".qhub")}
    assert after == before


def _file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n")


def _link_folder(path: Path) -> None:
    path.parent.mkdir()
    (path.parent.parent / "elsewhere").mkdir()
    path.symlink_to("../elsewhere")


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: path.symlink_to("elsewhere"), "a symbolic link"),
        (lambda path: path.write_text("mine"), "no folder"),
    ],
    ids=["link", "file"],
)
def test_stages_that_is_no_folder_is_told(
    tmp_path: Path, make: Callable[[Path], None], what: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    make(tmp_path / "stages")
    for step in (write, compare):
        with pytest.raises(WriteError) as caught:
            step(BUNDLE, tmp_path)
        assert str(caught.value) == (
            f"cannot write {tmp_path}/stages: it is {what}, and QHub makes a folder of that name"
        )
        assert caught.value.hint == "move it away, or render into another folder with --dir"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    _file(tmp_path / "file")
    with pytest.raises(WriteError) as caught:
        write(BUNDLE, tmp_path / "file")
    assert str(caught.value) == f"cannot write {tmp_path}/file: File exists"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder into which other users can look; pytest's own are private."""
    with tempfile.TemporaryDirectory() as above:
        Path(above).chmod(0o755)
        folder = Path(above) / "folder"
        folder.mkdir(mode=0o755)
        yield folder
        folder.chmod(0o755)


def test_a_folder_that_may_not_be_written_is_told(open_folder: Path) -> None:
    open_folder.chmod(0o555)

    def work() -> None:
        _become_nobody()
        with pytest.raises(WriteError) as caught:
            write(BUNDLE, open_folder)
        assert str(caught.value) == f"cannot write {open_folder}/.qhub: Permission denied"
        assert caught.value.hint == OTHER_USER

    _in_child(work)
    assert list(open_folder.iterdir()) == []


def test_a_tree_of_another_user_is_compared_and_not_written(open_folder: Path) -> None:
    write(BUNDLE, open_folder)
    private = open_folder / ".qhub"
    private.chmod(0)

    def work() -> None:
        _become_nobody()
        assert compare(BUNDLE, open_folder).paths == ()
        assert compare({**BUNDLE, MAIN: b"new\n"}, open_folder).different == (MAIN, MANIFEST)
        with pytest.raises(WriteError) as caught:
            write(BUNDLE, open_folder)
        assert str(caught.value) == f"cannot write {private}/.gitignore: Permission denied"
        assert caught.value.hint == OTHER_USER

    _in_child(work)
    private.chmod(0o700)


def test_a_folder_that_may_not_be_read_is_told(open_folder: Path) -> None:
    write(BUNDLE, open_folder)
    open_folder.chmod(0)

    def work() -> None:
        _become_nobody()
        with pytest.raises(WriteError) as caught:
            compare(BUNDLE, open_folder)
        assert str(caught.value).endswith(": Permission denied")

    _in_child(work)


@pytest.mark.skipif(os.geteuid() != 0, reason="makes a file of another user: runs as root")
def test_a_file_that_the_kernel_gives_no_second_name_is_copied(open_folder: Path) -> None:
    write(BUNDLE, open_folder)
    for path in (open_folder, *open_folder.rglob("*")):
        os.chown(path, 65534, 65534)
    of_root = open_folder / "stages/03/of-root"
    of_root.write_text("made in a container\n")
    of_root.chmod(0o644)
    inode = of_root.stat().st_ino

    def work() -> None:
        _become_nobody()
        assert write({MAIN: b"other\n"}, open_folder).carried == ("stages/03/of-root",)

    _in_child(work)
    assert of_root.read_text() == "made in a container\n"
    assert (of_root.stat().st_ino == inode) is not _protects_hard_links()
    assert not (open_folder / ".qhub/render").exists()


def test_a_tree_that_its_file_system_cannot_move_is_told_and_stays(tmp_path: Path) -> None:
    image, folder = tmp_path / "image", tmp_path / "folder"
    write(BUNDLE, image)
    for name in ("folder", "changes", "work"):
        (tmp_path / name).mkdir()

    def work() -> None:
        _mount_over(image, folder, tmp_path)
        with pytest.raises(WriteError) as caught:
            write({MAIN: b"other\n", PIPELINE: b"pipeline\n"}, folder)
        assert str(caught.value) == (
            f"cannot write {folder}/stages: "
            "its file system cannot move it: it is a mount, or of the image of a container"
        )
        hint = "replace it by a copy of itself, or render into another folder with --dir"
        assert caught.value.hint == hint
        assert compare(BUNDLE, folder).paths == ()
        assert write(BUNDLE, folder).is_unchanged

    _in_child(work)


def _mount_over(image: Path, folder: Path, beside: Path) -> None:
    """Let this process alone see `image` at `folder`, as a container sees its image."""
    options = f"lowerdir={image},upperdir={beside}/changes,workdir={beside}/work"
    libc = ctypes.CDLL(None)
    if (
        not hasattr(libc, "unshare")
        or libc.unshare(0x20000)
        or libc.mount(None, b"/", None, 0x44000, None)
        or libc.mount(b"overlay", bytes(folder), b"overlay", 0, options.encode())
    ):
        os._exit(_SKIP)


def test_a_full_disk_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    before = _generated(tmp_path)

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))  # a real refusal of write()
        with pytest.raises(WriteError) as caught:
            write({MAIN: b"x" * 5000}, tmp_path)
        path = tmp_path / ".qhub/render/build" / MAIN
        assert str(caught.value) == f"cannot write {path}: {os.strerror(errno.EFBIG)}"

    _in_child(work)
    assert _generated(tmp_path) == before
    assert list((tmp_path / ".qhub/render").iterdir()) == []
    assert write(BUNDLE, tmp_path).is_unchanged


def test_a_file_saved_into_the_old_tree_meanwhile_moves_to_the_new_one(tmp_path: Path) -> None:
    write(BUNDLE, tmp_path)
    old = _stop_before_cleaning(tmp_path, {MAIN: b"other\n"})
    _file(old / "late/note")
    (old / "03/main.tf").write_text("edited in the moment of writing\n")
    with lock(tmp_path, "render") as held:
        assert held.kept == (".qhub/render/kept-1/03/main.tf",)
    assert (tmp_path / "stages/late/note").read_text() == "mine\n"
    assert (tmp_path / MAIN).read_bytes() == b"other\n"
    assert (tmp_path / held.kept[0]).read_text() == "edited in the moment of writing\n"
    write(BUNDLE, tmp_path)
    assert (tmp_path / held.kept[0]).exists()


def _stop_before_cleaning(folder: Path, bundle: dict[str, bytes]) -> Path:
    """Render as if killed right after the swap; return where the old tree is then."""
    twin = folder / "twin"
    write(BUNDLE, twin)
    write(bundle, twin)
    (swap.room(folder) / "build").mkdir(parents=True)
    ours = {path: [digest(content)] for path, content in {**BUNDLE, **_generated(folder)}.items()}
    swap.write_journal(folder, {"tree": ours, "own": {}})
    (folder / "stages").rename(swap.room(folder) / "next")
    (twin / "stages").rename(folder / "stages")
    return swap.room(folder) / "next"


def test_a_pipeline_half_written_by_a_killed_render_is_not_taken_for_an_edit(
    tmp_path: Path,
) -> None:
    write(BUNDLE, tmp_path)
    (swap.room(tmp_path) / "build").mkdir(parents=True)
    own = {PIPELINE: [digest(b"half way\n")], "new": [digest(b"new\n")]}
    swap.write_journal(tmp_path, {"tree": {}, "own": own})
    (tmp_path / PIPELINE).write_bytes(b"half way\n")
    (tmp_path / "new").write_bytes(b"new\n")
    assert compare(BUNDLE, tmp_path) == Difference((), (PIPELINE,), (), ("new",))
    written = write(BUNDLE, tmp_path)
    assert (written.changed, written.removed) == ((PIPELINE,), ("new",))
    _edit(tmp_path / PIPELINE)
    with pytest.raises(EditedFilesError):
        write(BUNDLE, tmp_path)


def test_compare_names_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    bundle = {f"stages/{name}": name.encode() for name in ("a", "b", "c", "d")}
    write(bundle, tmp_path)
    (tmp_path / "stages/a").unlink()
    _edit(tmp_path / "stages/b")
    before = _states(tmp_path)
    wanted = {**bundle, "stages/c": b"other"}
    del wanted["stages/d"]
    difference = compare(wanted, tmp_path)
    assert difference == Difference(
        missing=("stages/a",),
        different=("stages/c", MANIFEST),
        edited=("stages/b",),
        left_over=("stages/d",),
    )
    assert difference.paths == ("stages/a", "stages/b", "stages/c", "stages/d", MANIFEST)
    assert _states(tmp_path) == before


def test_compare_with_a_folder_that_is_not_there_names_all_and_makes_nothing(
    tmp_path: Path,
) -> None:
    assert compare(BUNDLE, tmp_path / "no").missing == (PIPELINE, MAIN, VALUES, MANIFEST)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    ["/etc/x", "../x", "a/../b", "a//b", "", "a/", "./a", ".qhub/x", "stages", MANIFEST, "a\0"],
)
def test_a_bundle_cannot_write_elsewhere(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="bundle"):
        write({path: b""}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_cannot_have_a_file_in_a_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"not a path of a bundle: 'a/b/c'"):
        write({"a": b"", "a/b/c": b""}, tmp_path)


_BUNDLES = st.dictionaries(
    st.sampled_from(["stages/a", "stages/b/a", "stages/b", "c/a", "c", "d/a/b"]),
    st.binary(max_size=2),
)


def _is_sound(bundle: dict[str, bytes]) -> bool:
    return not any(one.startswith(f"{other}/") for one in bundle for other in bundle)


@settings(max_examples=40, deadline=None)
@given(bundles=st.lists(_BUNDLES.filter(_is_sound), min_size=2, max_size=5))
def test_whatever_was_there_before_the_disk_is_what_the_last_bundle_says(
    tmp_path_factory: pytest.TempPathFactory, bundles: list[dict[str, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("folder")
    for bundle in bundles:
        difference = compare(bundle, folder)
        written = write(bundle, folder)
        assert difference.missing == written.created
        assert difference.different == written.changed
        assert difference.left_over == written.removed
        assert _generated(folder) == {**bundle, MANIFEST: (folder / MANIFEST).read_bytes()}
        assert write(bundle, folder).is_unchanged
    fresh = tmp_path_factory.mktemp("fresh")
    write(bundles[-1], fresh)
    assert _generated(fresh) == _generated(folder)


def _generated(folder: Path) -> dict[str, bytes]:
    """Return every file but those of `.qhub`."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {path: content for path, content in found.items() if not path.startswith(".qhub")}


def _states(folder: Path) -> dict[str, tuple[int, ...]]:
    """Return inode, mode, links' target hash and times of everything, by relative path."""
    return {str(path.relative_to(folder)): _state(path) for path in sorted(folder.rglob("*"))}


def _state(path: Path) -> tuple[int, ...]:
    found = path.lstat()
    target = hash(path.readlink()) if stat.S_ISLNK(found.st_mode) else 0
    return found.st_ino, found.st_mode, target, found.st_mtime_ns


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _become_nobody() -> None:
    if not os.geteuid():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


def _protects_hard_links() -> bool:
    switch = Path("/proc/sys/fs/protected_hardlinks")
    return switch.exists() and switch.read_text().strip() == "1"


def _in_child(work: Callable[[], None]) -> None:
    """Run `work` in a process of its own, which it may spoil; it must end well."""
    _, status = os.waitpid(fork(work), 0)
    code = os.waitstatus_to_exitcode(status)
    if code == _SKIP:
        pytest.skip("this machine lets nobody mount here")
    assert code == 0
