"""What commands of a build get to know of this machine's way to packages."""

from __future__ import annotations

import configparser
import stat
from typing import TYPE_CHECKING

from images.builder import packages

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://user:pass%word@index.example.org/simple"


def options(file: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    parser.read(file)
    return dict(parser.items("global"))


def test_files_and_variables_of_pip(tmp_path: Path) -> None:
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".config" / "pip" / "pip.conf").write_text(
        "[global]\nindex-url = https://other.example.org\nfind-links = /opt/wheels\n"
        "extra-index-url =\n    https://one.example.org\n    https://two.example.org\n"
    )
    authorities = tmp_path / "ca.crt"
    authorities.touch()
    environ = {"HOME": str(tmp_path), "PIP_INDEX_URL": URL, "PIP_CERT": str(authorities)}
    found = packages.secrets(tmp_path, environ)
    assert found == {"ca": authorities, "pip": tmp_path / "pip.conf"}
    assert stat.S_IMODE(found["pip"].stat().st_mode) == 0o600
    said = options(found["pip"])
    assert said["index-url"] == URL
    assert said["cert"] == packages.CA_IN_BUILD
    assert said["extra-index-url"].split() == ["https://one.example.org", "https://two.example.org"]
    assert "find-links" not in said  # a folder of this machine


def test_a_file_that_is_damaged_does_not_stop_a_build(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("no section\n")
    environ = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    (tmp_path / "made").mkdir()
    packages.secrets(tmp_path / "made", environ)


def test_proxies() -> None:
    environ = {"https_proxy": "http://p:1", "NO_PROXY": "localhost", "HTTP_PROXY": "", "OTHER": "x"}
    assert packages.proxies(environ) == {"https_proxy": "http://p:1", "NO_PROXY": "localhost"}
