"""From the files of a project to the folder of a run: archives, storage, the pull step."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from qhub.flows import archive, project, storage
from qhub.flows.errors import ArchiveError, GitError
from qhub.flows.steps import pull_archive, use_folder
from tests.flows.projects import committed, git, process_environment, with_submodule, write

FILES = {"etl.py": "x = 1\n", "data/cities.csv": "a,b\n", "run.sh": "#!/bin/sh\n"}


def _packed(folder: Path) -> archive.Archive:
    return archive.pack(folder, project.select(folder).names)


def _names(content: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return tar.getnames()


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    first = write(tmp_path / "a", FILES)
    second = write(tmp_path / "b", dict(reversed(FILES.items())))
    os.utime(second / "etl.py", (0, 0))
    (second / "etl.py").chmod(0o600)
    assert _packed(first) == _packed(second)
    (second / "run.sh").chmod(0o755)
    assert _packed(first).digest != _packed(second).digest


def test_a_run_gets_the_files_and_imports_them(tmp_path: Path) -> None:
    folder = write(tmp_path / "a", {**FILES, "src/own/__init__.py": "y = 2\n", "é.txt": "é"})
    (folder / "run.sh").chmod(0o755)
    (folder / "link.csv").symlink_to("data/cities.csv")
    packed = _packed(folder)
    url = storage.put(tmp_path.as_uri(), packed)
    program = f"""
import json, os, sys
from qhub.flows.steps import pull_archive
told = pull_archive({url!r}, {packed.digest!r}, ["src", "."])
import etl, own
print(json.dumps([told, os.getcwd(), [etl.x, own.y], open("link.csv").read(), dict(os.environ)]))
"""
    cwd = tmp_path / "run"
    cwd.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=cwd,
        env=process_environment({}),
        capture_output=True,
        check=True,
        text=True,
    )
    told, now, values, link, environment = json.loads(done.stdout)
    assert told["directory"] == now
    assert now.startswith(f"{cwd}/code-{packed.digest[:12]}-")
    assert (values, link) == ([1, 2], "a,b\n")
    assert environment["QHUB_CODE"] == url
    assert environment["QHUB_CODE_DIGEST"] == packed.digest
    assert environment["QHUB_CODE_PATH"] == f"{now}/src{os.pathsep}{now}"
    unpacked = cwd / now
    assert stat.S_IMODE((unpacked / "run.sh").stat().st_mode) == 0o755
    assert (unpacked / "é.txt").read_text() == "é"


def test_an_archive_that_was_changed_is_refused(tmp_path: Path) -> None:
    packed = _packed(write(tmp_path / "a", FILES))
    url = storage.put(str(tmp_path), packed)
    path = tmp_path / f"{packed.digest}.tar.gz"
    path.write_bytes(_packed(write(tmp_path / "b", {"evil.py": ""})).content)
    with pytest.raises(ArchiveError, match=r"is not what was deployed: its digest is"):
        pull_archive(url, packed.digest)
    path.write_bytes(packed.content[:-20])
    with pytest.raises(ArchiveError, match=r"is damaged"):
        pull_archive(url, packed.digest)
    path.unlink()
    with pytest.raises(ArchiveError, match=r"cannot be read: No such file or directory"):
        pull_archive(url, packed.digest)


def test_a_submodule_that_cannot_be_got_is_told_without_its_password(tmp_path: Path) -> None:
    top = write(tmp_path / "top", {"etl.py": ""})
    with_submodule(top, write(tmp_path / "library", {"a.py": ""}), "vendored")
    url = "http://ada:hunter2@127.0.0.1:9/x.git"
    git(top, "config", "--file", ".gitmodules", "submodule.v.url", url)
    git(top, "commit", "-qam", "another address")
    git(tmp_path, "clone", "-q", top.as_uri(), "clone")
    with pytest.raises(GitError) as raised:
        use_folder(str(tmp_path / "clone"), "url", "commit", submodules=True)
    assert str(raised.value).startswith("a submodule cannot be fetched: fatal: ")
    assert "127.0.0.1:9/x.git" in str(raised.value)
    assert "hunter2" not in str(raised.value) + raised.value.hint


@pytest.mark.parametrize("name", ["../out.py", "/tmp/out.py"])  # noqa: S108 must not be written
def test_an_archive_cannot_write_outside_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    for variable in ("QHUB_CODE", "QHUB_CODE_DIGEST", "QHUB_CODE_PATH"):
        monkeypatch.setenv(variable, "")  # what the step sets is undone
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    digest = hashlib.sha256(packed.getvalue()).hexdigest()
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(packed.getvalue()))
    if name.startswith("/") and hasattr(tarfile, "data_filter"):  # made relative by it, so inside
        pull_archive("x.tar.gz", digest)
    else:
        with pytest.raises(ArchiveError, match="cannot be unpacked: it leads out of the code"):
            pull_archive("x.tar.gz", digest)
    assert not (tmp_path.parent / "out.py").exists()
    assert not Path("/tmp/out.py").exists()  # noqa: S108


def test_stored_code_is_for_its_owner_alone_and_written_once(tmp_path: Path) -> None:
    packed = _packed(write(tmp_path / "a", FILES))
    url = storage.put(f"{tmp_path.as_uri()}/flows/", packed, make=True)
    (path,) = (tmp_path / "flows").iterdir()
    assert url == path.as_uri()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    before = path.stat()
    assert storage.put(f"{tmp_path.as_uri()}/flows", packed) == url
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize(
    "damage",
    [b"", b"no gzip", gzip.compress(b"another tar", mtime=0)],
    ids=["empty", "no gzip", "another tar"],
)
def test_a_damaged_archive_is_mended_by_the_next_deploy(tmp_path: Path, damage: bytes) -> None:
    packed = _packed(write(tmp_path / "a", FILES))
    storage.put(str(tmp_path), packed)
    path = tmp_path / f"{packed.digest}.tar.gz"
    for content in (damage, packed.content[:-9]):
        path.write_bytes(content)
        storage.put(str(tmp_path), packed)
        assert path.read_bytes() == packed.content
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(["a", path.name])


def test_the_same_code_that_another_zlib_compressed_stays(tmp_path: Path) -> None:
    packed = _packed(write(tmp_path / "a", FILES))
    path = tmp_path / f"{packed.digest}.tar.gz"
    path.write_bytes(other := gzip.compress(gzip.decompress(packed.content), compresslevel=1))
    assert other != packed.content
    storage.put(str(tmp_path), packed)
    assert path.read_bytes() == other


def test_storage_of_any_kind_that_fsspec_knows(tmp_path: Path) -> None:
    packed = _packed(write(tmp_path / "a", FILES))
    url = storage.put("memory://flows", packed)
    assert storage.fetch(url) == packed.content
    storage.put("memory://flows", archive.Archive(packed.content[:-9], packed.digest))
    assert len(storage.fetch(url)) == len(packed.content) - 9
    assert storage.put("memory://flows", packed) == url
    assert storage.fetch(url) == packed.content
    with pytest.raises(ArchiveError, match=r"^memory://flows/none cannot be reached: FileNotFound"):
        storage.fetch("memory://flows/none")
    with pytest.raises(ArchiveError, match=r"^gs:// needs a package that is not installed"):
        storage.put("gs://bucket/flows", packed)
    with pytest.raises(ArchiveError, match=r"which this machine does not have"):
        storage.put((tmp_path / "elsewhere").as_uri(), packed)


def test_git_says_what_belongs_to_the_code(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            **FILES,
            ".gitignore": "*.csv\nbuild/\n",
            ".qhubignore": "notes/\n",
            "build/x.py": "",
            "notes/y.md": "",
            "gone.py": "",
            "credentials.json": "",
            "__pycache__/etl.pyc": "",
        },
    )
    committed(folder)
    (folder / "gone.py").unlink()
    write(folder, {"new.py": "", "id_rsa": "", ".env.example": "", "qhub-config.yaml": ""})
    write(folder, {"inner/own.py": "", "inner/.env": ""})
    committed(folder / "inner")
    found = project.select(folder)
    assert found.names == (
        *(".env.example", ".gitignore", ".qhubignore", "credentials.json", "etl.py"),
        *("inner/own.py", "new.py", "run.sh"),
    )
    assert found.secrets == ("id_rsa", "inner/.env")
    assert found.notes == ("credentials.json looks like a secret, but git has it: it is deployed",)


def test_a_config_of_any_name_and_the_files_of_its_secrets_stay_here(tmp_path: Path) -> None:
    config = "project_name: p\nprovider: embedded\nsecrets: {K: {from_file: ../token.txt}}\n"
    folder = write(
        tmp_path / "p",
        {**FILES, "ci/prod.yaml": config, "token.txt": "t", "parameters.yaml": "provider: a bank"},
    )
    found = project.select(folder)
    assert found.names == ("data/cities.csv", "etl.py", "parameters.yaml", "run.sh")
    assert found.secrets == ("token.txt",)


def test_what_qhub_itself_writes_is_no_code(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {**FILES, "tracked.log": ""})
    products = {"etl.log": "", "qhub-report-x1.txt": "", "qhub-config.schema.json": "{}"}
    write(folder, products)
    code = ("data/cities.csv", "etl.py", "run.sh")
    assert project.select(folder).names == code
    for name in products:
        (folder / name).unlink()
    committed(folder)
    write(folder, products)
    assert project.select(folder).names == (*code, "tracked.log")


def test_without_git_the_folder_is_the_code(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "p",
        {
            **FILES,
            ".gitignore": "*.csv\n",
            ".venv/lib/x.py": "",
            "__pycache__/etl.pyc": "",
            "stages/embedded/supervisord.conf": "",
            ".qhub/manifest.json": "",
            "key.pem": "",
        },
    )
    found = project.select(folder)
    assert found.names == (".gitignore", "etl.py", "run.sh")
    assert found.secrets == ("key.pem",)


def test_code_that_is_too_large_names_its_largest_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "p", {"etl.py": "", "a.bin": "a" * 900_000, "b.bin": "b" * 500_000})
    monkeypatch.setenv("QHUB_ARCHIVE_LIMIT_MB", "1")
    with pytest.raises(ArchiveError) as raised:
        _packed(folder)
    assert str(raised.value) == (
        f"the code in {folder} is 1.4 MB, more than 1.0 MB; "
        "the largest files: a.bin (0.9 MB), b.bin (0.5 MB), etl.py (0.0 MB)"
    )
    monkeypatch.setenv("QHUB_ARCHIVE_LIMIT_MB", "2")
    assert _names(gzip.decompress(_packed(folder).content)) == ["a.bin", "b.bin", "etl.py"]


def test_a_link_may_not_leave_the_project(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", FILES)
    (tmp_path / "secret.txt").write_text("")
    (folder / "out").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ArchiveError, match=r"^the link .*/p/out leads out of the project folder"):
        _packed(folder)


def test_the_project_is_the_nearest_folder_with_a_sign_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = write(tmp_path, {"flow.py": "", "a/b/pkg/__init__.py": "", "a/b/pkg/flow.py": ""})
    assert project.find(home / "a/b/pkg/flow.py") == home / "a/b"
    write(home, {"a/pyproject.toml": ""})
    assert project.find(home / "a/b/pkg/flow.py") == home / "a"
    monkeypatch.setenv("HOME", str(home))
    with pytest.raises(ArchiveError, match=r"with everything in it"):
        project.find(home / "flow.py")
