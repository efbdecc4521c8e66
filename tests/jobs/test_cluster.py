"""A real Dask cluster on this machine: a scheduler, two workers, tiny trainings.

The workers have machine names of their own, so that only heartbeats tell of them.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs import cluster, worker
from mnist_cnn.nn.architecture import Architecture
from mnist_cnn.runs import RunError
from mnist_cnn.runs.status import CLUSTER_ATTEMPTS
from mnist_cnn.storage import child_process

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[2]
TINY = Architecture((), 0, (8,))
# A shorter silence than in earnest means death, so that tests need not wait as long.
LAB_WORKER = """
from mnist_cnn.jobs import worker
from mnist_cnn.runs.liveness import heartbeat
heartbeat.SILENCE_SECONDS = 6.0
worker.work(idle_seconds=600)
"""


class Machines:
    """The scheduler and the workers, each a process as on a machine of its own."""

    def __init__(self, folder: Path, digits: Path, end_processes_of) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self._port}"
        self.environment = os.environ | {
            "MNIST_CNN_RUNS": str(folder),
            "MNIST_CNN_DATA": str(digits),
            "MNIST_CNN_SCHEDULER": self.address,
            "MNIST_CNN_YIELD_SECONDS": "3600",
        }
        self._folder = folder
        self._end_processes_of = end_processes_of
        self._started: list[subprocess.Popen] = []

    def scheduler(self) -> subprocess.Popen:
        options = ("--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard")
        return self._start("-m", "dask", "scheduler", *options)

    def worker(self, name: str) -> subprocess.Popen:
        options = ("--nthreads", "1", "--resources", "training=1", "--no-dashboard")
        folder = ("--local-directory", str(self._folder.parent / name))
        return self._start(
            *("-m", "dask", "worker", self.address, "--name", name, *options, *folder),
            MNIST_CNN_MACHINE=name,
        )

    def lab_worker(self) -> subprocess.Popen:
        return self._start("-c", LAB_WORKER)

    def _start(self, *command: str, **environment: str) -> subprocess.Popen:
        started = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._started.append(started)
        return started

    def end(self) -> None:
        self._end_processes_of(self._folder)
        for process in self._started:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def machines(small_mnist, tmp_path_factory, end_processes_of):
    folder = tmp_path_factory.mktemp("cluster") / "runs"
    folder.mkdir()
    machines = Machines(folder, small_mnist, end_processes_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MNIST_CNN_RUNS", str(folder))
        yield machines
        machines.end()


def submit(epochs: int = 1) -> runs.Run:
    config = TrainingConfig(network=TINY, epochs=epochs, examples=500, batch_size=16)
    return runs.submit(config)


def parent_of(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


# In this order: each test goes on with the machines as the one before left them.


def test_while_the_scheduler_is_away_runs_wait_and_a_sentence_says_why(
    wait_until, machines
):
    machines.lab_worker()
    first = submit()
    wait_until(lambda: worker.problem() != "")
    assert "does not answer" in worker.problem()
    assert machines.address in worker.problem()
    assert first.status().state == "queued"
    machines.scheduler()
    wait_until(lambda: "takes training runs" in worker.problem())
    machines.worker("one")
    wait_until(lambda: first.status().state == "done")
    assert worker.problem() == ""


def test_a_run_is_paused_stepped_resumed_and_stopped_over_the_cluster(
    lines, wait_until, machines
):
    run, waiting, stopped = submit(epochs=3), submit(), submit()
    run.send("pause")
    stopped.send("stop")
    wait_until(lambda: run.status().state == "paused")
    assert worker.slots() == 1
    assert [each.id for each in runs.queue()][:1] == [waiting.id]
    wait_until(lambda: stopped.status().state == "stopped")
    assert stopped.status().started is None
    before = len(lines(run, "batch"))
    run.send("one_batch")
    wait_until(lambda: len(lines(run, "batch")) == before + 1)
    run.send("one_epoch")
    wait_until(lambda: run.status().state == "paused" and run.status().epochs_done == 1)
    run.send("stop")
    wait_until(lambda: run.status().state == "stopped")
    assert run.status().epochs_done == 1
    wait_until(lambda: waiting.status().state == "done")


def test_a_killed_worker_loses_no_run_and_none_is_trained_twice(
    lines, wait_until, processes_of, machines
):
    machines.worker("two")
    wait_until(lambda: worker.slots() == 2)
    held, *others = [submit(epochs=2) for _ in range(4)]
    held.send("one_epoch")
    wait_until(lambda: held.status().state == "paused")
    wait_until(lambda: any(run.status().state == "done" for run in others))
    first_epoch = lines(held, "epoch")
    training = held.status().pid
    dask_worker = parent_of(training)
    for process in (parent_of(dask_worker), dask_worker):
        os.kill(process, signal.SIGKILL)
    # The training goes with its worker: nobody is left behind without an owner.
    wait_until(lambda: training not in processes_of(runs.folder()), patience=20)
    wait_until(lambda: {run.status().state for run in (held, *others)} == {"done"})
    for run in (held, *others):
        assert [line["epoch"] for line in lines(run, "epoch")] == [1, 2]
        assert run.status().epochs_done == 2
    assert lines(held, "epoch")[:1] == first_epoch
    assert held.status().pid != training
    assert held.status().attempts_left == CLUSTER_ATTEMPTS - 1


def test_a_missing_package_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RunError, match=r"dask\[distributed\] is missing"):
        cluster.Cluster("tcp://127.0.0.1:1").slots()


def test_an_address_that_is_none_is_a_sentence():
    with pytest.raises(RunError, match="does not answer"):
        cluster.Cluster("nonsense://x").slots()


@pytest.mark.usefixtures("runs_folder")
def test_a_machine_that_does_not_see_the_run_says_so():
    with pytest.raises(RunError, match=r"There is no run abcdefgh.*runs folder is"):
        cluster.train("abcdefgh", 3)


@pytest.mark.usefixtures("runs_folder")
@pytest.mark.parametrize(
    ("state", "left"), [("running", 3), ("done", 3), ("queued", 2), ("queued", 0)]
)
def test_a_task_that_comes_too_late_does_nothing(state, left, monkeypatch):
    run = submit()
    run.write_status(runs.Status(state, attempts_left=left))
    monkeypatch.setattr(child_process, "start", lambda *_, **__: pytest.fail())
    assert cluster.train(run.id, 3) == ""
