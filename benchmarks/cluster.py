"""Trainings a minute with 1 and with 2 Dask workers.

``python -m benchmarks.cluster [--turns 3]``: a scheduler and workers on this machine,
each worker held to one thread. One worker and two take turns, so that a busy minute
does not fall on one of them alone.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs import worker

ROOT = Path(__file__).parents[1]
TRAININGS = 4
CONFIG = TrainingConfig(epochs=2, examples=4_000, batch_size=64)
THREADS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)


class Cluster:
    """A scheduler, that many workers, and the lab's own worker; ends with the block."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._temporary = tempfile.TemporaryDirectory()
        self._started: list[subprocess.Popen] = []

    def __enter__(self) -> Cluster:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        address = f"tcp://127.0.0.1:{port}"
        os.environ["MNIST_CNN_RUNS"] = str(Path(self._temporary.name) / "runs")
        os.environ["MNIST_CNN_SCHEDULER"] = address
        quiet = ("--no-dashboard",)
        self._start(
            *("dask", "scheduler", "--host", "127.0.0.1", "--port", port, *quiet)
        )
        for number in range(self._workers):
            folder = ("--local-directory", f"{self._temporary.name}/worker-{number}")
            options = ("--nthreads", "1", "--resources", "training=1", *quiet, *folder)
            self._start("dask", "worker", address, *options)
        self._start("mnist_cnn", "worker")
        # A first run, so that everything has been read from disk once.
        self.seconds_for(1)
        while worker.slots() < self._workers or worker.problem():
            time.sleep(0.1)
        return self

    def __exit__(self, *error: object) -> None:
        for process in reversed(self._started):
            process.send_signal(signal.SIGTERM)
        for process in self._started:
            process.wait(60)
        self._temporary.cleanup()

    def seconds_for(self, trainings: int) -> float:
        """From the first submission until the last training is done."""
        began = time.perf_counter()
        submitted = [runs.submit(CONFIG) for _ in range(trainings)]
        for run in submitted:
            while not run.status().is_final:
                time.sleep(0.05)
            if run.status().state != "done":
                sys.exit(f"A training run failed: {run.status().reason}")
        return time.perf_counter() - began

    def _start(self, *module: str) -> None:
        self._started.append(
            subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=ROOT,
                env=os.environ | dict.fromkeys(THREADS, "1"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )


def main() -> None:
    """Prints trainings a minute for each turn, and the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    measured: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(options.turns):
        for workers, rates in measured.items():
            with Cluster(workers) as cluster:
                seconds = cluster.seconds_for(TRAININGS)
            rates.append(60 * TRAININGS / seconds)
            print(
                f"{workers} worker(s): {TRAININGS} trainings in {seconds:.1f} s, "
                f"{rates[-1]:.1f} a minute",
                flush=True,
            )
    one, two = (statistics.median(rates) for rates in measured.values())
    print(f"medians: {one:.1f} and {two:.1f} a minute; {two / one:.2f} times as many")


if __name__ == "__main__":
    main()
