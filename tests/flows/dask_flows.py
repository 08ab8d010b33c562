"""Programs of the tests: flows whose tasks run on a cluster that their runs share."""

FLOW = """\
import json, logging, os, sys, time
from pathlib import Path
from prefect import flow, task
from qhub.flows import dask_task_runner
from beside import doubled

requests = logging.getLogger("httpx")
requests.addHandler(logging.StreamHandler(sys.stdout))
requests.setLevel("INFO")

@task
def double(number):
    return doubled(number), os.environ.get("S3_KEY"), os.environ.get("FLAVOUR")

@task
def meet(folder, name):
    "Return where it ran, as soon as the other one runs, too: a worker has one thread."
    Path(folder, name).touch()
    deadline = time.monotonic() + 90
    while len(list(Path(folder).glob("met-*"))) < 2:
        assert time.monotonic() < deadline, "nobody came"
        time.sleep(0.1)
    return os.getpid()

@flow(name="one")
def main(folder):
    if folder is None:
        return double.map([1, 2]).result()
    futures = [meet.submit(folder, name) for name in ("met-1", "met-2")]
    return [future.result() for future in futures]

for line in sys.stdin:
    asked = json.loads(line)
    os.environ["QHUB_AGENT"] = asked["agent"]
    run = main.with_options(task_runner=dask_task_runner(**asked["wish"]))
    print("RESULT", json.dumps(run(asked["folder"])), flush=True)
"""
"""Runs as often as it is asked to, by a line of its input."""
HUNGRY = """\
import time
from prefect import flow, task
from qhub.flows import dask_task_runner

@task
def fill(count):
    "Hold it until it is seen, too: who ends the worker looks now and then."
    held = bytearray(1) * count
    time.sleep(count / 100_000_000)
    return len(held)

@flow(name="one", task_runner=dask_task_runner(workers=1))
def main():
    lost = fill.submit(3_000_000_000)
    lost.wait()
    print("RESULT", fill.submit(3).result(), flush=True)
    return lost.result()

if __name__ == "__main__":
    main()
"""
