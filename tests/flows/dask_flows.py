"""Programs of the tests: flows whose tasks run on a cluster that their runs share."""

FLOW = """\
import json, logging, os, sys
from prefect import flow, task
from qhub.flows import dask_task_runner
from beside import doubled

@task
def double(number):
    return doubled(number), os.environ.get("S3_KEY"), os.environ.get("FLAVOUR")

@flow(name="one", task_runner=dask_task_runner(**json.loads(os.environ["WISH"])))
def main():
    requests = logging.getLogger("httpx")
    requests.addHandler(logging.StreamHandler(sys.stdout))
    requests.setLevel("INFO")
    return double.map([1, 2]).result()

if __name__ == "__main__":
    print("RESULT", json.dumps(main()))
"""
MEETING = """\
import json, os, time
from pathlib import Path
from prefect import flow, task
from qhub.flows import dask_task_runner

@task
def meet(folder, name):
    "Return where it ran, as soon as the other one runs, too: a worker has one thread."
    Path(folder, name).touch()
    deadline = time.monotonic() + 90
    while len(list(Path(folder).glob("met-*"))) < 2:
        assert time.monotonic() < deadline, "nobody came"
        time.sleep(0.1)
    return os.getpid()

@flow(name="adaptive", task_runner=dask_task_runner(adaptive=(1, 2), idle_timeout=15))
def main(folder):
    futures = [meet.submit(folder, name) for name in ("met-1", "met-2")]
    return [future.result() for future in futures]

if __name__ == "__main__":
    print("RESULT", json.dumps(main(str(Path(__file__).parent))))
"""
HUNGRY = """\
from prefect import flow, task
from qhub.flows import dask_task_runner

@task
def fill(count):
    return len(bytearray(1) * count)

@flow(name="one", task_runner=dask_task_runner(workers=1))
def main():
    lost = fill.submit(3_000_000_000)
    lost.wait()
    print("RESULT", fill.submit(3).result(), flush=True)
    return lost.result()

if __name__ == "__main__":
    main()
"""
