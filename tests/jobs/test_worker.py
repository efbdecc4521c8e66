"""The worker: real processes that train real, tiny runs."""

import itertools
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs import worker
from mnist_cnn.jobs.dispatcher import Dispatcher
from mnist_cnn.nn.architecture import Architecture
from mnist_cnn.storage import child_process

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits")

ROOT = Path(__file__).parents[2]
TINY = Architecture((), 0, (8,))
# Importing TensorFlow takes long where others compute too.
PATIENCE = 300.0


def submit(epochs: int = 1) -> runs.Run:
    config = TrainingConfig(network=TINY, epochs=epochs, examples=500, batch_size=16)
    return runs.submit(config)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A paused run keeps its place, however long a test looks at it."""
    monkeypatch.setenv("MNIST_CNN_YIELD_SECONDS", "3600")


@pytest.fixture
def begin_and_pause(wait_until):
    """Has a training begun that surely still goes on while a test looks at it."""

    def wait_for(run: runs.Run) -> None:
        run.send("pause")
        wait_until(lambda: run.status().state == "paused")

    return wait_for


def test_runs_are_trained_oldest_first_one_at_a_time_then_the_worker_leaves(
    processes_of, start_worker, wait_until
):
    waiting = [submit() for _ in range(3)]
    process = start_worker()
    # Each has all the patience: trainings take what other programs leave, and each is a
    # process that imports TensorFlow.
    for run in waiting:
        wait_until(lambda run=run: run.recorded_status().is_final)
    assert process.wait(PATIENCE) == 0
    stati = [run.status() for run in waiting]
    assert [status.state for status in stati] == ["done"] * 3
    for earlier, later in itertools.pairwise(stati):
        assert earlier.ended <= later.started
    assert not worker.is_alive()
    assert processes_of(runs.folder()) == []


def test_the_worker_and_its_training_outlive_the_one_who_asked(wait_until):
    script = (
        "from mnist_cnn import runs\n"
        "from mnist_cnn.jobs import worker\n"
        "from mnist_cnn.nn.architecture import Architecture\n"
        "from mnist_cnn.experiments.config import TrainingConfig\n"
        "network = Architecture((), 0, (8,))\n"
        "print(runs.submit(TrainingConfig(network=network, examples=500)).id)\n"
        "worker.ensure()\n"
        "import os, signal\n"
        "os.killpg(0, signal.SIGKILL)\n"
    )
    asked = subprocess.run(
        [sys.executable, "-u", "-c", script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert asked.returncode == -signal.SIGKILL
    run = runs.find(asked.stdout.strip())
    wait_until(lambda: run.status().state == "done")
    assert worker.is_alive()


def test_dispatcher_that_is_alive_is_enough(start_worker, wait_until, monkeypatch):
    process = start_worker(idle_seconds=60)
    wait_until(worker.is_alive)
    began = time.monotonic()
    second = start_worker()
    _, said = second.communicate(timeout=PATIENCE)
    assert second.returncode == 0
    assert "A worker serves this runs folder already." in said
    assert worker.work(idle_seconds=60) is False
    monkeypatch.setattr(child_process, "start", lambda *_, **__: pytest.fail())
    worker.ensure()
    assert process.poll() is None
    assert time.monotonic() - began < 60


def test_a_killed_worker_takes_no_training_along_and_the_next_one_goes_on(
    begin_and_pause, start_worker, wait_until
):
    first, second = submit(), submit()
    process = start_worker()
    begin_and_pause(first)
    process.kill()
    process.wait()
    wait_until(lambda: not worker.is_alive())
    another = start_worker()
    wait_until(worker.is_alive)
    # One at a time, though the first is no longer this worker's.
    time.sleep(1.5)
    assert (first.status().state, second.status().state) == ("paused", "queued")
    first.send("resume")
    assert another.wait(PATIENCE) == 0
    assert (first.status().state, second.status().state) == ("done", "done")
    assert first.status().ended <= second.status().started


def test_a_paused_run_yields_when_others_wait_and_goes_on_by_itself(
    monkeypatch, begin_and_pause, start_worker
):
    monkeypatch.setenv("MNIST_CNN_YIELD_SECONDS", "0.5")
    first = submit(epochs=2)
    process = start_worker()
    begin_and_pause(first)
    # Alone it keeps its place.
    time.sleep(2)
    assert first.status().state == "paused"
    second = submit()
    assert process.wait(PATIENCE) == 0
    assert (first.status().state, second.status().state) == ("done", "done")
    # The other one was trained in between.
    assert second.status().ended <= first.status().started
    assert first.status().reason == ""


def test_a_killed_training_is_reported_and_the_next_run_is_trained(
    begin_and_pause, start_worker, wait_until
):
    first, second = submit(epochs=2), submit()
    process = start_worker()
    wait_until(lambda: first.status().pid is not None)
    begin_and_pause(first)
    os.kill(first.status().pid, signal.SIGKILL)
    assert process.wait(PATIENCE) == 0
    recorded = first.recorded_status()
    assert recorded.state == "failed"
    assert "was killed" in recorded.reason
    assert "Signal 9" in recorded.reason
    assert recorded.ended
    assert second.status().state == "done"


def test_a_run_stopped_while_it_waits_is_never_begun(
    begin_and_pause, start_worker, wait_until
):
    first, second = submit(), submit()
    process = start_worker()
    begin_and_pause(first)
    second.send("stop")
    wait_until(lambda: second.status().state == "stopped", patience=10)
    assert second.status().reason == "Stopped before it began."
    assert second.status().started is None
    first.send("stop")
    assert process.wait(PATIENCE) == 0
    assert first.status().state == "stopped"


def test_a_training_that_died_unwatched_is_written_down():
    run = submit()
    run.write_status(runs.Status("running", epochs_done=1))
    Dispatcher(Nowhere()).look()
    recorded = run.recorded_status()
    assert recorded.state == "failed"
    assert "The network of epoch 1 is kept." in " ".join(recorded.sentences)


def test_a_worker_that_is_loading_is_not_started_again(monkeypatch):
    started = []

    def start(*_arguments, **_options):
        started.append(subprocess.Popen(["sleep", "60"]))
        return started[-1]

    monkeypatch.setattr(child_process, "start", start)
    for _press in range(3):
        worker.ensure()
    assert len(started) == 1
    started[0].kill()
    started[0].wait()
    worker.ensure()
    started[-1].kill()
    assert len(started) == 2


def test_dispatcher_that_cannot_be_started_is_a_sentence(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(runs.RunError, match="worker could not be started"):
        worker.ensure()


@pytest.mark.skipif(not hasattr(os, "nice"), reason="no nice here")
def test_trainings_are_nice_to_the_pages(begin_and_pause, start_worker):
    run = submit()
    process = start_worker()
    begin_and_pause(run)
    assert os.getpriority(os.PRIO_PROCESS, run.status().pid) == worker.NICENESS
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == worker.NICENESS
    run.send("stop")
    process.wait(PATIENCE)


def test_a_log_that_has_grown_is_begun_anew():
    log = runs.folder() / "worker.log"
    log.write_bytes(b"x" * (worker.LOG_BYTES + 1))
    worker._shorten_log()
    assert log.stat().st_size == 0
    log.write_bytes(b"short")
    worker._shorten_log()
    assert log.read_bytes() == b"short"


class Nowhere:
    """An executor whose trainings end at once: before they begin, if nothing else."""

    def __init__(self, attempts: int = 0, before_the_end=lambda _run: None) -> None:
        self.attempts = attempts
        self.began: list[int] = []
        self._before_the_end = before_the_end
        self._ended: list[tuple[runs.Run, str]] = []

    def slots(self) -> int:
        return 1

    def begun(self) -> set[str]:
        return set()

    def begin(self, run: runs.Run) -> None:
        self.began.append(run.recorded_status().attempts_left)
        self._before_the_end(run)
        self._ended.append((run, "Exit code 1 on pc7."))

    def forget(self, run: runs.Run) -> None:
        pass

    def ended(self) -> list[tuple[runs.Run, str]]:
        ended, self._ended = self._ended, []
        return ended

    def close(self) -> None:
        pass


def test_a_run_whose_process_died_before_it_began_has_failed():
    run, executor = submit(), Nowhere()
    run.write_status(runs.Status("queued", started=time.time() - 100))
    Dispatcher(executor).work(idle_seconds=0)
    assert executor.began == [0]
    assert run.status().state == "failed"
    assert "Exit code 1 on pc7." in run.status().reason


def test_a_run_resumed_before_its_death_was_noticed_keeps_waiting_however_often():
    clock = itertools.count(1.0)

    def begin_die_and_be_resumed(run):
        run.write_status(runs.Status("queued", started=next(clock)))
        if len(executor.began) == 3:
            run.send("stop")

    run, executor = submit(), Nowhere(0, begin_die_and_be_resumed)
    Dispatcher(executor).work(idle_seconds=0)
    assert executor.began == [0, 0, 0]
    assert run.status().state == "stopped"


@pytest.mark.parametrize("idle_seconds", [0, 0.3])
def test_dispatcher_looks_at_least_once_and_leaves_when_nothing_waits(idle_seconds):
    run, executor = submit(), Nowhere()
    Dispatcher(executor).work(idle_seconds)
    assert (run.status().state, executor.began) == ("failed", [0])


def test_a_run_that_no_machine_can_begin_fails_with_a_sentence():
    run, executor = submit(), Nowhere(attempts=3)
    Dispatcher(executor).work(idle_seconds=0.5)
    assert executor.began == [3, 2, 1]
    status = run.recorded_status()
    assert status.state == "failed"
    assert "It was begun 3 times on the cluster" in status.reason
    assert "Exit code 1 on pc7." in status.reason


def test_a_run_that_every_machine_is_lost_with_fails_with_a_sentence():
    run, executor = submit(), Nowhere(attempts=3)
    dispatcher = Dispatcher(executor)
    for left in (3, 2, 1):
        dispatcher.look()
        assert executor.began[-1] == left
        # A heart that beat on this machine, and a lock that nobody holds.
        run.write_status(replace(run.recorded_status(), state="running"))
        executor.ended()
    dispatcher.look()
    assert executor.began == [3, 2, 1]
    assert run.recorded_status().state == "failed"
    assert "its process or its machine was lost" in run.recorded_status().reason


def test_a_run_deleted_before_its_turn_is_no_problem_of_the_others():
    gone, _next = submit(), submit()
    executor = Nowhere()

    def slots() -> int:
        if gone.path.is_dir():
            runs.delete(gone)
        return 2

    executor.slots = slots
    Dispatcher(executor).look()
    assert len(executor.began) == 1
    assert worker._report()["problem"] == ""


def test_the_worker_says_why_nothing_can_begin(monkeypatch):
    run, executor = submit(), Nowhere(attempts=3)
    dispatcher = Dispatcher(executor)
    monkeypatch.setattr(worker, "is_alive", lambda: True)

    def away() -> int:
        raise runs.RunError("The scheduler is away.")

    with monkeypatch.context() as without:
        without.setattr(executor, "slots", away)
        dispatcher.look()
        assert worker.problem() == "The scheduler is away."
        assert (run.status().state, executor.began) == ("queued", [])
    dispatcher.look()
    assert (worker.problem(), executor.began) == ("", [3])
    monkeypatch.setattr(worker, "is_alive", lambda: False)
    (runs.folder() / "worker.json").write_text("{broken")
    assert (worker.problem(), worker.slots()) == ("", 1)
