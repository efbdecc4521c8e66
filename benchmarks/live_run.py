"""A real training for benchmarks to look at: a run of the worker, and its file."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.processes import end_processes_of
from mnist_cnn import runs
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.jobs import worker
from mnist_cnn.runs import Run

STARTS_WITHIN_SECONDS = 120


@contextlib.contextmanager
def training(folder: Path, preset: str = "seed", **settings: object) -> Iterator[Run]:
    """Trains in this runs folder by a worker until the block ends; it has begun."""
    os.environ["MNIST_CNN_RUNS"] = str(folder)
    config = replace(PRESETS[preset].config, **settings)
    try:
        run = runs.submit(config, preset=preset)
        worker.ensure()
        wait_for_line(run)
        yield run
    finally:
        end_processes_of(folder)


def wait_for_line(run: Run) -> None:
    """Returns when the first batch has been measured.

    Raises:
        TimeoutError: after two minutes.
    """
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while not (run.metrics_path.is_file() and run.metrics_path.stat().st_size):
        if time.monotonic() > until:
            raise TimeoutError(f"Run {run.id}: {run.status()}")
        time.sleep(0.02)
