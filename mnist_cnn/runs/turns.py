"""Whose turn it is: the queue is the runs that wait, and a pause gives a place up."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

from mnist_cnn.runs.run import Run
from mnist_cnn.runs.schema import RunError
from mnist_cnn.runs.status import Status
from mnist_cnn.runs.store import list_runs

YIELD = "MNIST_CNN_YIELD_SECONDS"
YIELD_SECONDS = 20.0


def queue() -> list[Run]:
    """The runs that wait, in the order in which they will be trained."""
    found = []
    for run in list_runs():
        with contextlib.suppress(RunError):
            found.append((run, run.status()))
    return in_turn(found)


def in_turn(found: Iterable[tuple[Run, Status]]) -> list[Run]:
    """Those of the runs that wait, in the order in which they will be trained."""
    waiting = [each for each in found if each[1].state == "queued"]
    waiting.sort(key=lambda each: (each[1].queued or each[0].created, each[0].id))
    return [run for run, _status in waiting]


def yield_seconds() -> float:
    """How long a run may be paused, with nothing asked of it, while others wait."""
    try:
        chosen = float(os.environ.get(YIELD, YIELD_SECONDS))
    except ValueError:
        return YIELD_SECONDS
    return chosen if chosen >= 0 else YIELD_SECONDS
