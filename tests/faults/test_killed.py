"""kill -9, SIGSTOP and restarts: the training, the worker, the server, all at once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.server import Server
from benchmarks.session import Session
from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs import worker
from mnist_cnn.nn.architecture import Architecture, ConvBlock
from mnist_cnn.runs import Run, resume
from mnist_cnn.runs.metrics_reader import MetricsReader

pytestmark = pytest.mark.usefixtures("runs_folder", "few_digits")

SMALL = Architecture((ConvBlock(4, 3, pool=4),), 0.3, (200,))
SAID_WITHIN_SECONDS = 5.0
MOMENTS = ("saving", "mid-epoch", "start", "mid-epoch", "saving", "mid-epoch", "end")


def submit(epochs: int = 8, **settings) -> Run:
    known = {"network": SMALL, "examples": 500, "batch_size": 16}
    return runs.submit(TrainingConfig(**known | {"epochs": epochs} | settings))


def wait_for(wait_until, moment: str, run: Run, chance: random.Random) -> None:
    """Returns at about that moment of the training."""
    wait_until(lambda: run.recorded_status().is_active)
    if moment == "start":
        time.sleep(chance.uniform(0, 0.5))
        return
    wait_until(lambda: run.recorded_status().state != "preparing")
    if moment == "mid-epoch":
        time.sleep(chance.uniform(0, 1))
    elif moment == "saving":
        # No sleep: the file is there for some milliseconds only.
        seen = run.model_path.stat().st_mtime_ns if run.model_path.exists() else 0
        temporary, until = run.path / ".saving.keras", time.monotonic() + 60
        while not temporary.exists() and time.monotonic() < until:
            changed = run.model_path.exists() and run.model_path.stat().st_mtime_ns
            if (changed and changed != seen) or run.recorded_status().is_final:
                return
    elif moment == "end":
        last = run.config.epochs
        wait_until(lambda: run.recorded_status().epochs_done >= last - 1)


def assert_nothing_is_lost(run: Run) -> None:
    """The curve is whole, and the network is that of the epoch that pages name."""
    status = run.status()
    measured = MetricsReader(run.metrics_path).read()
    assert measured.step.tolist() == list(range(1, len(measured) + 1))
    assert len(measured.epochs) >= status.epochs_done
    if not status.epochs_done:
        assert "No epoch was complete" in " ".join(status.sentences)
        return
    assert f"The network of epoch {status.epochs_done} is kept." in " ".join(
        status.sentences
    )
    digits = mnist.load()
    read = runs.load_network(run.id).probabilities(digits.x_test / np.float32(255))
    share = (read.argmax(1) == digits.y_test).mean()
    assert status.test_accuracy == pytest.approx(share, abs=0.0051)


def test_a_training_killed_at_any_moment_loses_nothing_and_goes_on(
    start_worker, wait_until, all_faults
):
    chance = random.Random(8)
    kills = 20 if all_faults else 1
    undisturbed = submit()
    process = start_worker(idle_seconds=60)
    wait_until(lambda: undisturbed.status().state == "done")
    made = 0
    while made < kills:
        run = submit()
        # Several of them hit one run, until one hits its end.
        for moment in MOMENTS[made % len(MOMENTS) :]:
            if made == kills or not kill_at(wait_until, moment, run, chance):
                break
            made += 1
            if moment == "end":
                break
        wait_until(lambda run=run: run.status().state == "done")
        assert_same_end(run, undisturbed)
    process.terminate()
    process.wait()


def kill_at(wait_until, moment: str, run: Run, chance: random.Random) -> bool:
    """Kills the training, looks at what is left, and resumes; False if it had ended."""
    wait_for(wait_until, moment, run, chance)
    if run.recorded_status().is_final:
        return False
    os.kill(run.recorded_status().pid, signal.SIGKILL)
    began = time.monotonic()
    wait_until(lambda: run.status().state == "failed", SAID_WITHIN_SECONDS)
    said = time.monotonic() - began
    assert_nothing_is_lost(run)
    done = run.status().epochs_done
    print(f"{moment}: said after {said:.2f} s, epoch {done} is kept")
    resume.resume(run)
    wait_until(lambda: run.recorded_status().is_active or run.status().state == "done")
    assert run.recorded_status().epochs_done >= done
    return True


def assert_same_end(run: Run, undisturbed: Run) -> None:
    """Kills and all, it is the training that nobody disturbed."""
    ours = MetricsReader(run.metrics_path).read()
    theirs = MetricsReader(undisturbed.metrics_path).read()
    assert ours.batches[:, :5].tolist() == theirs.batches[:, :5].tolist()
    assert [p.val_loss for p in ours.epochs] == [p.val_loss for p in theirs.epochs]
    one, other = runs.load_network(run.id), runs.load_network(undisturbed.id)
    for name, array in other.weights.items():
        np.testing.assert_array_equal(one.weights[name], array)


def test_the_process_that_waits_for_work_ends_with_its_worker(
    processes_of, start_worker, wait_until, all_faults
):
    for _ in range(5 if all_faults else 1):
        process = start_worker(idle_seconds=60)
        wait_until(lambda: len(processes_of(runs.folder())) == 2)
        process.kill()
        process.wait()
        wait_until(lambda: processes_of(runs.folder()) == [], 60)


def test_server_worker_and_training_killed_at_once_lose_nothing(
    processes_of, wait_until, all_faults
):
    for _ in range(4 if all_faults else 1):
        killed = everything_is_killed(submit(epochs=50), processes_of, wait_until)
        asyncio.run(killed)
    for process in processes_of(runs.folder()):
        os.kill(process, signal.SIGKILL)


async def everything_is_killed(run: Run, processes_of, wait_until) -> None:
    with Server(runs.folder()) as server:
        tab = Session(server.port, "Train", query=f"run={run.id}")
        await tab.open()
        wait_until(lambda: run.recorded_status().epochs_done > 0)
        alive = {*processes_of(runs.folder()), server.process.pid}
        assert len(alive) >= 3
        for process in alive:
            os.kill(process, signal.SIGKILL)
        server.process.wait()
    wait_until(lambda: run.status().state == "failed", SAID_WITHIN_SECONDS)
    assert_nothing_is_lost(run)
    done = run.status().epochs_done
    with Server(runs.folder()) as server:
        tab = Session(server.port, "Train", query=f"run={run.id}")
        await tab.open()
        await tab.until(f"The network of epoch {done} is kept.", SAID_WITHIN_SECONDS)
        await tab.press("Resume")
        wait_until(lambda: run.recorded_status().epochs_done > done)
        assert tab.exceptions == []
        run.send("stop")
        wait_until(lambda: run.status().state == "stopped")


@pytest.mark.thorough
def test_a_training_goes_on_without_its_server_and_leaves_no_process(
    is_worker, processes_of, wait_until
):
    run = submit(epochs=20)

    async def open_tab(port: int) -> Session:
        tab = Session(port, "Train", query=f"run={run.id}")
        await tab.open()
        return tab

    with Server(runs.folder()) as server:
        asyncio.run(open_tab(server.port))  # it starts a worker
        wait_until(lambda: run.recorded_status().epochs_done > 0)
    done = run.status().epochs_done
    wait_until(lambda: run.status().state == "done")
    assert run.status().epochs_done == 20 > done
    (worker_pid,) = [pid for pid in processes_of(runs.folder()) if is_worker(pid)]
    os.kill(worker_pid, signal.SIGKILL)
    wait_until(lambda: processes_of(runs.folder()) == [], 60)


def test_a_laptop_that_sleeps_is_not_taken_for_a_death(
    processes_of, start_worker, wait_until, all_faults
):
    run = submit(epochs=50)
    process = start_worker(idle_seconds=60)
    wait_until(lambda: run.status().state == "running")
    for asleep in (1, 20, 40) if all_faults else (2,):
        sleeping = processes_of(runs.folder())
        for pid in sleeping:
            os.kill(pid, signal.SIGSTOP)
        until = time.monotonic() + asleep
        while time.monotonic() < until:
            assert run.status().state == "running"
            time.sleep(0.1)
        step = len(MetricsReader(run.metrics_path).read())
        for pid in sleeping:
            os.kill(pid, signal.SIGCONT)
        wait_until(lambda step=step: len(MetricsReader(run.metrics_path).read()) > step)
        assert run.status().state == "running"
        assert worker.is_alive()
    run.send("stop")
    wait_until(lambda: run.status().state == "stopped")
    process.terminate()
    process.wait()


@pytest.mark.thorough
def test_out_of_memory_is_said_and_the_next_run_is_trained(start_worker, wait_until):
    import resource

    large = Architecture((ConvBlock(128, 7, pool=1), ConvBlock(64, 7)), 0, (64,))
    run = submit(network=large, batch_size=1024, epochs=1, examples=1000)
    following = submit(epochs=1)
    process = start_worker(idle_seconds=60)
    wait_until(lambda: run.recorded_status().state == "running")
    pid = run.recorded_status().pid
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + 50_000_000
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))
    wait_until(lambda: run.status().state == "failed")
    assert "out of memory" in run.status().reason
    wait_until(lambda: following.status().state == "done")
    process.terminate()
    process.wait()
