"""Which cluster is meant: contexts of one kubeconfig or several, and what is wrong with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from qhub.cluster import contexts, target
from qhub.cluster.errors import ContextError, KubeconfigError
from tests.kube.kubeconfigs import SERVER, write

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "t0p-s3cret-t0ken"  # noqa: S105 planted
TOKEN = {"token": SECRET}


def test_a_context_leads_to_a_server_and_a_user(tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"team": TOKEN, "other": TOKEN}, current="other")
    found = target("team", "dev", {"KUBECONFIG": str(path)})
    assert (found.context, found.namespace, found.server) == ("team", "dev", SERVER)
    assert (found.user, found.user_kind, found.is_current) == ("team-user", "token", False)
    assert found.files == (path,)
    assert SECRET not in repr(found)


def test_without_a_name_the_current_context_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"team": TOKEN, "other": TOKEN}, current="other")
    found = target(None, "dev", {"KUBECONFIG": str(path)})
    assert (found.context, found.is_current) == ("other", True)


def test_the_file_in_the_home_folder_is_found(tmp_path: Path) -> None:
    path = write(tmp_path / ".kube" / "config", {"team": TOKEN}, current="team")
    found = contexts({"HOME": str(tmp_path)})
    assert (found.known, found.current, found.files) == (("team",), "team", (path,))
    assert contexts({"HOME": str(tmp_path), "KUBECONFIG": ""}) == found


def test_files_that_are_named_for_terraform_are_ours_too(tmp_path: Path) -> None:
    ours, theirs = (
        write(tmp_path / name, {name: TOKEN}, current=name) for name in ("ours", "theirs")
    )
    both = f"{theirs}{os.pathsep}{ours}"
    assert contexts({"KUBE_CONFIG_PATHS": both}).files == (theirs, ours)
    assert contexts({"KUBE_CONFIG_PATH": str(theirs)}).current == "theirs"
    environ = {"KUBECONFIG": str(ours), "KUBE_CONFIG_PATHS": both, "KUBE_CONFIG_PATH": str(theirs)}
    assert contexts(environ).files == (ours,)


def test_several_files_are_one_and_the_first_to_say_something_wins(tmp_path: Path) -> None:
    first = write(tmp_path / "a", {"team": {"tokenFile": "token"}}, current="team")
    second = write(
        tmp_path / "b", {"team": None, "prod": TOKEN}, current="prod", server=f"{SERVER}9"
    )
    absent = tmp_path / "absent"
    environ = {"KUBECONFIG": f"{first}:{absent}:{second}:"}
    found = contexts(environ)
    assert (found.known, found.current, found.files) == (("prod", "team"), "team", (first, second))
    assert target(None, "dev", environ).user_kind == "token file"
    assert target("prod", "dev", environ).server == f"{SERVER}9"


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        ({"token": "x"}, "token"),
        ({"tokenFile": "x"}, "token file"),
        ({"exec": {"command": "aws"}}, "command"),
        ({"token": "x", "exec": {"command": "aws"}}, "token"),
        ({"client-certificate-data": "x", "client-key-data": "y"}, "certificate"),
        ({"client-certificate": "x", "client-key": "y"}, "certificate"),
        ({"username": "x", "password": "y"}, "password"),
        ({"auth-provider": {"name": "oidc"}}, "provider"),
        ({"token": ""}, "none"),
        (None, "none"),
    ],
    ids=str,
)
def test_how_a_user_logs_in_is_known(user: Any, kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"team": user}, current="team")
    assert target("team", "dev", {"KUBECONFIG": str(path)}).user_kind == kind


def test_a_context_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    names = [f"cluster-{number}" for number in range(12)]
    path = write(tmp_path / "config", {"production": TOKEN, **dict.fromkeys(names, TOKEN)})
    with pytest.raises(ContextError, match="has no context 'produktion'") as raised:
        target("produktion", "dev", {"KUBECONFIG": str(path)})
    assert raised.value.hint == "did you mean 'production'?"
    assert raised.value.status == 3
    with pytest.raises(ContextError) as raised:
        target("xyz", "dev", {"KUBECONFIG": str(path)})
    assert raised.value.hint.startswith("known here: cluster-0, cluster-1, cluster-10")
    assert raised.value.hint.endswith(" and 3 more")
    assert len(raised.value.known) == 13


def test_no_current_context_is_told_with_the_ones_there_are(tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"b": TOKEN, "a": TOKEN})
    with pytest.raises(ContextError) as raised:
        target(None, "dev", {"KUBECONFIG": str(path)})
    assert str(raised.value) == f"the kubeconfig {path} has no current context"
    assert "kube_context" in raised.value.hint
    assert raised.value.hint.endswith("known here: a, b")
    assert contexts({"KUBECONFIG": str(path)}).current is None


def test_a_current_context_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "config", {"staging": TOKEN}, current="stagging")
    with pytest.raises(ContextError, match="current context 'stagging' is not in it") as raised:
        target(None, "dev", {"KUBECONFIG": str(path)})
    assert raised.value.hint == "did you mean 'staging'?"


def test_no_kubeconfig_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError) as raised:
        target("team", "dev", {"HOME": str(tmp_path)})
    assert str(raised.value) == (f"there is no kubeconfig: {tmp_path}/.kube/config does not exist")
    assert "KUBECONFIG" in raised.value.hint
    with pytest.raises(KubeconfigError, match=f"none of {tmp_path}/a, {tmp_path}/b exists"):
        target("team", "dev", {"KUBECONFIG": f"{tmp_path}/a:{tmp_path}/b"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(f"users: [{{token: {SECRET}", " is not YAML", id="no YAML"),
        pytest.param(f"- {SECRET}", " is no mapping", id="a list"),
        pytest.param(f"users: {SECRET}", " has 'users' that is no list", id="users is a text"),
        pytest.param(f"users: [{SECRET}]", " has an entry of 'users' without a name", id="no name"),
        pytest.param(
            f"users: [{{name: me, user: {SECRET}}}]",
            " has 'user' of 'me' that is no mapping",
            id="a user is a text",
        ),
        pytest.param("a: \t\x00", " is not YAML", id="bytes that are no text"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_without_what_is_in_it(
    content: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "config"
    path.write_text(content)
    with pytest.raises(KubeconfigError) as raised:
        target("team", "dev", {"KUBECONFIG": str(path)})
    assert str(raised.value).startswith(f"the kubeconfig {path}")
    assert str(raised.value).endswith(message)
    assert raised.value.hint
    assert SECRET not in f"{raised.value} {raised.value.hint}"


def test_a_folder_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match=r"cannot read the kubeconfig .*: Is a directory"):
        contexts({"KUBECONFIG": str(tmp_path)})


def test_an_empty_file_has_no_contexts(tmp_path: Path) -> None:
    (tmp_path / "config").touch()
    assert contexts({"KUBECONFIG": str(tmp_path / "config")}).known == ()
    with pytest.raises(ContextError) as raised:
        target("team", "dev", {"KUBECONFIG": str(tmp_path / "config")})
    assert raised.value.hint.endswith("has no context at all")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"contexts": [{"name": "team", "context": {"cluster": "x"}}]},
            "its cluster 'x' is not there",
        ),
        (
            {"contexts": [{"name": "team", "context": {"cluster": "c", "user": "x"}}]},
            "its user 'x' is not there",
        ),
        ({"clusters": [{"name": "c", "cluster": {}}]}, "its cluster 'c' has no server"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_context_that_leads_nowhere_is_told(
    change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    import json

    document = {
        "clusters": [{"name": "c", "cluster": {"server": SERVER}}],
        "contexts": [{"name": "team", "context": {"cluster": "c"}}],
    }
    path = tmp_path / "config"
    path.write_text(json.dumps(document | change))
    with pytest.raises(KubeconfigError) as raised:
        target("team", "dev", {"KUBECONFIG": str(path)})
    assert str(raised.value) == f"context 'team' of {path} leads nowhere: {message}"
