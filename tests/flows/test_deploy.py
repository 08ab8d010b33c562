"""`deploy()`: what it registers, that the same again changes nothing, what it refuses before."""

from __future__ import annotations

import importlib
import sys
import types
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from qhub.flows import cron, deploy, interval, rrule
from qhub.flows.errors import (
    ArchiveError,
    CodeError,
    FlowsError,
    FlowSourceError,
    NotFoundError,
    ParameterError,
)
from tests.flows.projects import committed, git, python, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flows.conftest import Published

pytestmark = pytest.mark.usefixtures("modules")

ETL = """
    from prefect import flow

    from helper import RATE

    @flow
    def etl(rows: int = 3, name: str = "taxi"):
        "Loads trips."
        return rows * RATE
"""


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project whose flow nobody else has deployed."""
    text = ETL.replace("@flow\n", f'@flow(name="{request.node.originalname}")\n')
    files = {"pyproject.toml": "", "etl.py": text, "helper.py": "RATE = 2\n"}
    return write(tmp_path / "project", files)


def _one(folder: Path, **options: Any) -> Any:
    (done,) = deploy(folder / "etl.py", **options)
    return done


def _stored(platform: Published, done: Any) -> dict[str, Any]:
    found: dict[str, Any] = platform.get(f"/deployments/{done.id}")
    return found


def test_the_same_call_again_changes_nothing(platform: Published, project: Path) -> None:
    options: dict[str, Any] = {
        "schedule": [cron("0 6 * * *", "Europe/Berlin"), interval(minutes=10), rrule("FREQ=DAILY")],
        "profile": "large",
        "queue": "nightly",
        "tags": ["taxi"],
        "parameters": {"rows": 5},
        "job_variables": {"cpu_limit": "2"},
        "retries_on_crash": 2,
        "concurrency": (1, "cancel"),
    }
    first = _one(project, **options)
    assert first.action == "created"
    assert first.name.endswith("/default")
    stored = _stored(platform, first)
    second = _one(project, **options)
    assert (second.id, second.action, second.changed) == (first.id, "unchanged", ())
    assert _stored(platform, second) == stored
    assert stored["job_variables"] == {
        "cpu_limit": "2",  # the caller's own wins over the profile's
        "memory_limit": "8Gi",
        "retries_on_crash": 2,
    }
    assert (stored["work_pool_name"], stored["work_queue_name"]) == ("gpu", "nightly")
    assert stored["parameters"] == {"rows": 5}
    assert stored["global_concurrency_limit"]["limit"] == 1
    assert stored["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert stored["description"] == "Loads trips."
    assert stored["version"] == first.version
    assert sorted(stored["tags"]) == sorted(["taxi", f"code:{first.version}"])


def test_what_differs_is_told_and_a_vanished_schedule_is_gone(
    platform: Published, project: Path
) -> None:
    _one(project, schedule=["0 6 * * *", interval(hours=1)], tags=["a"], concurrency=1)
    done = _one(project, schedule="0 6 * * *", tags=["b"])
    assert (done.action, done.changed) == ("updated", ("concurrency", "tags", "schedule"))
    stored = _stored(platform, done)
    assert [item["schedule"]["cron"] for item in stored["schedules"]] == ["0 6 * * *"]
    assert stored["global_concurrency_limit"] is None
    last = _one(project, tags=["b"])
    assert last.changed == ("schedule",)
    assert _stored(platform, last)["schedules"] == []


@pytest.mark.full
def test_a_schedule_that_somebody_stopped_stays_stopped(platform: Published, project: Path) -> None:
    done = _one(project, schedule=["0 6 * * *", "0 7 * * *"])
    off = next(
        item
        for item in _stored(platform, done)["schedules"]
        if item["schedule"]["cron"] == "0 7 * * *"
    )
    platform.patch(f"/deployments/{done.id}/schedules/{off['id']}", {"active": False})
    platform.patch(f"/deployments/{done.id}", {"paused": True})
    assert _one(project, schedule=["0 6 * * *", "0 7 * * *"]).action == "unchanged"
    done = _one(project, schedule=["0 6 * * *", "0 7 * * *"], tags=["new"])
    stored = _stored(platform, done)
    active = {item["schedule"]["cron"]: item["active"] for item in stored["schedules"]}
    assert active == {"0 6 * * *": True, "0 7 * * *": False}
    assert stored["paused"] is True
    assert _one(project, schedule="0 6 * * *", tags=["new"], paused=False).changed == (
        "paused",
        "schedule",
    )


def test_a_change_of_code_or_image_is_a_new_version_of_the_same_deployment(
    platform: Published, project: Path
) -> None:
    sha = committed(project)
    first = _one(project, image="registry.example/etl:1")
    assert first.version.startswith(f"{sha[:12]}+image.")
    assert f"git:{sha}" in _stored(platform, first)["tags"]
    assert first.notes == (
        "the image registry.example/etl:1 is recorded; runs of this platform use none",
    )
    other = _one(project, image="registry.example/etl:2")
    (project / "helper.py").write_text("RATE = 3\n")
    dirty = _one(project, image="registry.example/etl:2")
    assert dirty.version.startswith(f"{sha[:12]}-dirty.")
    assert len({first.version, other.version, dirty.version}) == 3
    assert {first.id} == {other.id, dirty.id}
    tags = _stored(platform, dirty)["tags"]
    assert [tag for tag in tags if tag.startswith("image:")] == ["image:registry.example/etl:2"]
    assert len([tag for tag in tags if tag.startswith("code:")]) == 1
    git(project, "commit", "-qam", "faster")
    assert _one(project).version == git(project, "rev-parse", "HEAD")[:12]


def test_flows_of_a_file_share_one_archive(platform: Published, project: Path) -> None:
    two = "from prefect import flow\n@flow\ndef a_file():\n  pass\n@flow\ndef b_file():\n  pass\n"
    write(
        project, {"two.py": two, "three.py": "from two import a_file\n" + two.replace("_f", "_g")}
    )
    done = deploy(project / "two.py")
    assert [item.name for item in done] == ["a-file/default", "b-file/default"]
    steps = [_stored(platform, item)["pull_steps"] for item in done]
    assert steps[0] == steps[1]
    assert [item.action for item in deploy(project / "two.py")] == ["unchanged"] * 2
    # what a file imports is not its own
    assert [item.name for item in deploy(project / "three.py")] == [
        "a-gile/default",
        "b-gile/default",
    ]


@pytest.mark.full
def test_flows_of_a_package_are_those_of_its_modules(platform: Published, tmp_path: Path) -> None:
    flow = "from prefect import flow\n@flow\ndef {}():\n  pass\n"
    write(
        tmp_path,
        {
            "pyproject.toml": "",
            "src/shop/__init__.py": "",
            "src/shop/orders.py": flow.format("orders"),
            "src/shop/deep/__init__.py": flow.format("stock"),
        },
    )
    done = deploy(tmp_path / "src" / "shop")
    found = {item.name: _stored(platform, item) for item in done}
    assert {name: item["entrypoint"] for name, item in found.items()} == {
        "orders/default": "shop.orders.orders",
        "stock/default": "shop.deep.stock",
    }
    step = found["orders/default"]["pull_steps"][0]["qhub.flows.steps.pull_archive"]
    assert step["paths"] == ["src", "."]
    again = deploy(importlib.import_module("shop"))
    assert {item.action for item in again} == {"unchanged"}


@pytest.mark.full
def test_a_script_deploys_its_own_flow(platform: Published, project: Path) -> None:
    main = """
        from prefect import flow
        from qhub.flows import deploy
        import helper

        @flow
        def of_script(): ...

        if __name__ == "__main__":
            print(deploy(of_script).action, deploy([of_script])[0].action)
    """
    write(project, {"jobs/main.py": main, "jobs/helper.py": ""})
    told = python(project / "jobs" / "main.py", platform.environment, project)
    assert (told.stdout, told.returncode) == ("created unchanged\n", 0), told.stderr
    found = platform.post("/deployments/filter", {"flows": {"name": {"any_": ["of-script"]}}})
    assert found[0]["entrypoint"] == "jobs/main.py:of_script"


def _flow_without_a_file() -> Any:
    """What a notebook has."""
    from prefect import flow

    module = types.ModuleType("notebook")
    sys.modules["notebook"] = module
    exec("def f(): ...\nf.__module__ = 'notebook'", vars(module))  # noqa: S102 as a notebook does
    module.f = flow(module.f)  # type: ignore[attr-defined] # just made
    return module.f


@pytest.mark.usefixtures("platform")
def test_a_flow_that_a_run_could_not_find_is_refused(project: Path) -> None:
    with pytest.raises(FlowSourceError, match=r"^the flow 'f' is in no file \(a notebook"):
        deploy(_flow_without_a_file())
    sys.path.insert(0, str(project))
    etl = importlib.import_module("etl").etl
    with pytest.raises(FlowSourceError, match=r"has no name at the top of .*etl\.py") as raised:
        deploy(etl.with_options(retries=2))
    assert raised.value.hint.startswith("assign it to one: etl_deployed = etl.with_options(")
    with pytest.raises(FlowSourceError, match=r"^the flow '.*' is named twice: .*etl\.py:6$"):
        deploy([etl, etl])
    with pytest.raises(FlowSourceError, match=r"^_one is no flow"):
        deploy([_one])  # type: ignore[list-item] # that is the mistake


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (
            {"profile": "lareg"},
            "there is no profile of flow runs 'lareg'",
            "did you mean 'large'? the profiles of flow runs are large, small",
        ),
        (
            {"profile": "Small Worker"},
            "there is no profile of flow runs 'Small Worker'",
            "the profiles of flow runs are large, small; 'Small Worker' is one of Dask workers: "
            "cluster(profile='Small Worker')",
        ),
        (
            {"queue": "nihgtly"},
            "there is no work queue 'nihgtly'",
            "did you mean 'nightly'? the work queues are default, gpu, nightly",
        ),
        (
            {"queue": "gpu", "pool": "pipelines"},
            "there is no work queue 'gpu' in the pool 'pipelines'",
            "the work queues are default",
        ),
        (
            {"pool": "gpus"},
            "there is no work pool 'gpus'",
            "did you mean 'gpu'? the work pools are gpu, pipelines",
        ),
        (
            {"job_variables": {"cpu_limits": "1"}},
            "there is no job variable 'cpu_limits' in the pool 'pipelines'",
            "did you mean 'cpu_limit'? the job variables are command, cpu_limit, env, image, "
            "memory_limit, retries_on_crash",
        ),
        (
            {"job_variables": {"retries_on_crash": "often"}},
            "job variables of the pool 'pipelines': retries_on_crash: 'often' is not a whole "
            "number",
            "",
        ),
        (
            {"parameters": {"row": 1}},
            "there is no parameter 'row' of the flow",
            "did you mean 'rows'? the parameters are name, rows",
        ),
        ({"parameters": {"rows": "many"}}, "rows: 'many' is not a whole number", ""),
        (
            {"job_variables": {"memry": "1Gi"}},
            "there is no job variable 'memry' in the pool 'pipelines'",
            "did you mean 'memory_limit'?",
        ),
        (
            {"job_variables": {"memory_limit": "lots"}},
            "memory_limit: 'lots' is not a memory quantity: 512Mi or 2G",
            "",
        ),
        (
            {"job_variables": {"cpu_limit": "many"}},
            "cpu_limit: 'many' is not a CPU quantity: 500m, 1.5 or 2",
            "",
        ),
        ({"name": ""}, "deploy(): name has to be a text that is not empty", ""),
        ({"schedule": "0 6 * *"}, "'0 6 * *' is not a cron text", "five fields"),
        ({"concurrency": 0}, "concurrency is 0; it counts from 1", ""),
        ({"concurrency": (1, "drop")}, "concurrency knows no 'drop'", "(1, 'enqueue')"),
        ({"retries_on_crash": -1}, "retries_on_crash is -1; it counts from 0", ""),
        ({"name": "a/b"}, "'a/b' cannot be the name of a deployment", "it may not hold / % & > <"),
        ({"tags": ["git:mine"]}, "the tag 'git:mine' begins as those that deploy() sets", ""),
        (
            {"storage": "s3://key:word@bucket/flows"},
            "the storage URL of s3://bucket holds credentials, and Prefect would show them",
            "leave them out",
        ),
        ({"storage": "git"}, "has no git commit", "git init"),
        ({"project": "/nowhere"}, "there is no project folder /nowhere", ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_what_the_platform_does_not_know_is_refused(
    project: Path, options: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(FlowsError) as raised:
        _one(project, **options)
    assert message in str(raised.value)
    assert raised.value.hint.startswith(hint)
    assert "word" not in str(raised.value) + raised.value.hint


@pytest.mark.parametrize(
    ("options", "wanted", "given"),
    [
        ({"name": 5}, "a text that is not empty", "of the type int"),
        ({"profile": 3}, "a text that is not empty", "of the type int"),
        ({"parameters": [1]}, "a mapping with texts as keys", "a list of int"),
        ({"job_variables": "x"}, "a mapping with texts as keys", "of the type str"),
        ({"concurrency": "1"}, "a whole number or such a number", "of the type str"),
        ({"concurrency": (1, 2)}, "a whole number or such a number", "a tuple of int"),
        ({"concurrency": True}, "a whole number or such a number", "True"),
        ({"retries_on_crash": "1"}, "a whole number", "of the type str"),
        ({"tags": "abc"}, "a list of texts", "of the type str"),
        ({"tags": None}, "a list of texts", "None"),
        ({"tags": ["a", 1]}, "a list of texts", "a list of int, str"),
        ({"paused": "yes"}, "True or False", "of the type str"),
        ({"project": 1}, "a path", "of the type int"),
        ({"tell": "loud"}, "a function", "of the type str"),
    ],
    ids=str,
)
def test_an_option_of_a_wrong_kind_is_told_by_its_name(
    options: dict[str, Any], wanted: str, given: str
) -> None:
    (name,) = options
    with pytest.raises(ParameterError) as raised:
        deploy("nowhere.py", **options)
    assert str(raised.value).startswith(f"deploy(): {name} has to be {wanted}")
    assert str(raised.value).endswith(f", and is {given}")


@pytest.mark.usefixtures("platform")
def test_two_flows_of_one_name_are_told_with_their_places(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    twin = "from prefect import flow\n\n@flow(name='twins')\ndef {}(): ...\n"
    write(project, {"a.py": twin.format("a"), "b.py": twin.format("b")})
    write(project, {"c.py": twin.format("a") + twin.format("b")})
    for name in ("a", "b"):
        sys.path.insert(0, str(project))
        importlib.import_module(name)
    with pytest.raises(FlowSourceError) as raised:
        deploy([sys.modules["a"].a, sys.modules["b"].b])
    assert str(raised.value) == "two flows are called 'twins': a.py:3 and b.py:3"
    with pytest.raises(FlowSourceError) as raised:
        deploy("c.py")
    assert str(raised.value) == "two flows are called 'twins': c.py:3 and c.py:7"


@pytest.mark.usefixtures("platform")
def test_python_is_told_what_was_deployed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = _one(project)
    assert capsys.readouterr().err == f"{done}\n"
    assert str(done).startswith(f"created    {done.name}  {done.version}\n  http://")
    _one(project, tell=lambda _: None)
    assert capsys.readouterr().err == ""


def test_a_refused_flow_leaves_nothing_behind(platform: Published, project: Path) -> None:
    before = sorted(platform.storage.iterdir())
    with pytest.raises(NotFoundError):
        _one(project, parameters={"row": 1})
    assert sorted(platform.storage.iterdir()) == before
    name = "test_a_refused_flow_leaves_nothing_behind"
    assert platform.post("/flows/filter", {"flows": {"name": {"any_": [name]}}}) == []


@pytest.mark.usefixtures("platform")
def test_a_schedule_needs_every_parameter(project: Path) -> None:
    text = "from prefect import flow\n@flow\ndef needs(day: str, rows: int = 1): ...\n"
    write(project, {"needs.py": text})
    deploy(project / "needs.py")  # a run may still give it
    with pytest.raises(ParameterError, match=r"^the flow 'needs' needs 'day'"):
        deploy(project / "needs.py", schedule="0 6 * * *")


@pytest.mark.usefixtures("platform")
def test_secrets_beside_a_flow_are_left_out_and_told(project: Path) -> None:
    write(project, {".env": "PASSWORD=hunter2"})
    told: list[str] = []
    done = _one(project, tell=told.append)
    assert told == [
        ".env looks like a secret and is left out; secrets belong into the platform's config"
    ]
    assert list(done.notes) == told


def test_code_may_go_to_a_place_of_ones_own(
    platform: Published, project: Path, tmp_path: Path
) -> None:
    done = _one(project, storage=str(tmp_path / "mine"))
    (stored,) = (tmp_path / "mine").iterdir()
    step = _stored(platform, done)["pull_steps"][0]["qhub.flows.steps.pull_archive"]
    assert step["url"] == stored.as_uri()
    assert stored.name == f"{step['sha256']}.tar.gz"


@pytest.mark.usefixtures("platform")
def test_a_flow_that_is_ignored_is_refused(project: Path) -> None:
    write(project, {".qhubignore": "etl.py\n"})
    with pytest.raises(ArchiveError, match=r"^etl\.py, which holds the flow"):
        _one(project)


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import prefect\nimport nowhere_at_all\n", "ModuleNotFoundError: No module named"),
        ("def broken(:\n", "SyntaxError: invalid syntax"),
        ("\n\nraise SystemExit(4)\n", "SystemExit: 4"),
        ("x = 1\nx.y.z\n", "AttributeError: 'int' object has no attribute 'y'"),
    ],
)
def test_a_file_that_fails_to_load_is_told_by_its_own_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(project)
    write(project, {"bad.py": text})
    line = text.rstrip("\n").count("\n") + 1
    with pytest.raises(CodeError) as raised:
        deploy("bad.py")
    assert str(raised.value).startswith(f"bad.py:{line}: {message}")
    assert "bad" not in sys.modules


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("nowhere.py", "there is no file nowhere.py", "a path starts in {project}, where you are"),
        ("helper.py", "helper.py has no flow", "a flow is a function below @flow"),
        ("etl.py:elt", "there is no flow 'elt' in etl.py", "did you mean 'etl'? the flows are etl"),
        ("folder", "folder is a folder, but no package", "name its files: folder/*.py"),
        ("data.csv", "data.csv is no Python file", "name a file that ends in .py, or the folder"),
    ],
)
def test_a_path_without_that_flow_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, path: str, message: str, hint: str
) -> None:
    monkeypatch.chdir(project)
    write(project, {"folder/a.py": "", "data.csv": ""})
    with pytest.raises(FlowsError) as raised:
        deploy(path)
    assert str(raised.value) == message
    assert raised.value.hint.startswith(hint.format(project=project))


@pytest.mark.full
def test_two_deploys_at_once_make_one_deployment(platform: Published, project: Path) -> None:
    program = f"""
from qhub.flows import deploy
print(deploy({str(project / "etl.py")!r}, schedule="0 6 * * *")[0].id)
"""
    (project / "both.py").write_text(program)
    with ThreadPoolExecutor(2) as pool:
        call = partial(python, project / "both.py", platform.environment, project)
        told = [done.result() for done in (pool.submit(call), pool.submit(call))]
    assert [done.returncode for done in told] == [0, 0], told
    assert len({done.stdout for done in told}) == 1
    stored = platform.get(f"/deployments/{told[0].stdout.strip()}")
    assert len(stored["schedules"]) == 1


@pytest.mark.usefixtures("platform")
def test_code_whose_git_refuses_is_deployed_without_a_commit(project: Path) -> None:
    (project / ".git").write_text("gitdir: nowhere\n")
    done = _one(project, tell=lambda _: None)
    assert done.notes == (
        f"git does not answer for {project}: the version has no commit, and what it ignores "
        "is taken from .gitignore alone",
    )


@pytest.mark.usefixtures("platform")
def test_a_file_does_not_deploy_itself_while_a_run_loads_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QHUB_CODE_PATH", str(project))
    with pytest.raises(FlowSourceError, match=r"^etl\.py deploys itself while a run loads it"):
        _one(project)
