"""A small root file system, a real registry, and the script as users start it."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import tarfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.full import needs
from tests.images.script import CHECKOUT, Script, until

if TYPE_CHECKING:
    from collections.abc import Iterator

REGISTRY_SOURCE = CHECKOUT / "tests" / "cluster" / "kubernetes"
PROGRAMS = ("sh", "cat", "chmod", "id", "ln", "ls", "mkdir", "mv", "rm", "sleep", "stat", "touch")


@pytest.fixture
def script(tmp_path: Path, base: Path) -> Script:
    return Script(tmp_path, base)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a root file system with a shell and a few programs of this machine's."""
    needs.root("a build without an engine mounts an overlay")
    file = tmp_path_factory.mktemp("base") / "root.tar"
    with tarfile.open(file, "w") as archive:
        for folder in ("bin", "dev", "etc", "proc", "tmp", "usr"):
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            archive.addfile(info)
        for name in PROGRAMS:
            _add(archive, Path(needs.program(name)), f"bin/{name}")
        for library in _libraries():
            _add(archive, library, str(library).lstrip("/"))
        _write(archive, "etc/passwd", "root:x:0:0::/root:/bin/sh\nflow:x:1000:1000::/tmp:/bin/sh\n")
        _write(archive, "etc/group", "root:x:0:\nflow:x:1000:\nvideo:x:44:flow\n")
        _write(archive, "etc/old/one", "1\n")
        _write(archive, "etc/old/two", "2\n")
    return file


def _libraries() -> list[Path]:
    """Return the shared libraries of the programs, by the names that programs know them by."""
    found = set()
    for name in PROGRAMS:
        said = subprocess.run(
            ["ldd", needs.program(name)], capture_output=True, text=True, check=True
        )
        words = (word for line in said.stdout.splitlines() for word in line.split())
        found |= {word for word in words if word.startswith("/")}
    return [Path(name) for name in sorted(found)]


def _add(archive: tarfile.TarFile, source: Path, name: str) -> None:
    info = archive.gettarinfo(str(source.resolve()), arcname=name)
    info.type, info.linkname, info.size = tarfile.REGTYPE, "", source.resolve().stat().st_size
    with source.resolve().open("rb") as content:
        archive.addfile(info, content)


def _write(archive: tarfile.TarFile, name: str, text: str) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(text), 0o644
    archive.addfile(info, io.BytesIO(text.encode()))


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a real registry: the one of the test bed, on a port of its own."""
    folder = tmp_path_factory.mktemp("registry")
    program = folder / "registry"
    subprocess.run(
        [needs.program("go"), "build", "-o", str(program), "./registry"],
        cwd=REGISTRY_SOURCE,
        env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"},
        timeout=600,
        check=True,
    )
    for name in ("layers", "manifests"):
        (folder / name).mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    folders = (str(folder / "layers"), str(folder / "manifests"))
    process = subprocess.Popen([str(program), host, *folders])
    try:
        until(lambda: _answers(f"http://{host}/v2/"), "the registry answers")
        yield host
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
