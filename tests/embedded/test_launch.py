from __future__ import annotations

import os
from typing import TYPE_CHECKING

from qhub.embedded.launch import environment
from qhub.embedded.layout import Layout
from tests.platform.planned import planned

if TYPE_CHECKING:
    from pathlib import Path

PORTS = {"server": 1, "gateway": 2, "gateway_proxy": 3, "gateway_tls": 4}


def test_supervisor_gets_of_the_shell_only_what_a_process_needs(tmp_path: Path) -> None:
    shell = {"LANG": "C.UTF-8", "TZ": "", "SECRET": "planted", "http_proxy": "http://u:p@proxy"}
    found = environment(Layout(tmp_path), planned(prefect=None), PORTS, shell)
    assert found["LANG"] == "C.UTF-8"
    assert found["PATH"] == os.defpath
    assert {name for name in found if not name.startswith("QHUB_")} == {"LANG", "PATH", "HOME"}
    assert "planted" not in found.values()
