"""A training run from Python: begun, waited for, given back as its run."""

from __future__ import annotations

import time

from mnist_cnn import runs
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.jobs import worker
from mnist_cnn.runs import Run

LOOK_SECONDS = 0.2


def train(config: TrainingConfig, *, name: str = "") -> Run:
    """Trains as if somebody had pressed Start, and waits for the end.

    The run takes its turn in the queue and is trained in a process of its own; every
    page shows it and can steer it. Ctrl-C (a notebook's Interrupt) stops the training
    and keeps its network.

    Args:
        config: what to train.
        name: of the run, for people.

    Returns:
        The run; ``run.status()`` has its state, "done", "stopped" or "failed", the
        reason, and its accuracy on the test set.

    Raises:
        RunError: if the run cannot be written or no worker can be started.
    """
    run = runs.submit(config, name=name)
    try:
        _wait(run)
    except KeyboardInterrupt:
        run.send("stop")
        _wait(run)
    return run


def _wait(run: Run) -> None:
    while not run.status().is_final:
        worker.ensure()
        time.sleep(LOOK_SECONDS)
