"""All runs at a glance, and whose turn comes when; looked up once for all viewers."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.expected_time import Speed, expected_wait, speed
from mnist_cnn.analysis.pace import Pace, pace
from mnist_cnn.jobs import worker
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.runs.turns import yield_seconds

LOOK_SECONDS = 1.0
CARE_SECONDS = 2.0


@dataclass(frozen=True)
class Overview:
    """Every readable run with its status, newest first, and the waiting ones.

    `waits` has the waiting runs' ids, oldest first, and the seconds until their turn.
    `problem` says why none can begin now, if so. `speeds` are those of the runs that
    were trained here, for `expected_seconds`; `paused` the runs that keep a place, but
    not for long.
    """

    runs: list[tuple[Run, Status]]
    waits: dict[str, float]
    problem: str = ""
    speeds: Sequence[Speed] = ()
    paused: Sequence[Run] = ()

    def position(self, run_id: str) -> int | None:
        """1 for the next one; None for a run that does not wait."""
        return list(self.waits).index(run_id) + 1 if run_id in self.waits else None


def overview() -> Overview:
    """What runs there are and who waits; looked up once a second for all viewers."""
    return _seen(str(runs.folder()), int(time.monotonic() / LOOK_SECONDS))


def look_again() -> None:
    """After a run was started, renamed or deleted: the next overview is new."""
    _seen.clear()


def care_for_worker() -> bool:
    """Starts a worker if runs wait and none is alive; True if it has just done so.

    Raises:
        RunError: if it cannot be started.
    """
    return _cared(str(runs.folder()))


@st.cache_data(ttl=CARE_SECONDS, max_entries=2, show_spinner=False)
def _cared(folder: str) -> bool:
    if worker.is_alive():
        return False
    worker.ensure()
    return True


def expect_training() -> None:
    """A worker gets a training process ready while its settings are being chosen.

    Importing Keras takes seconds, which so are over when Start is pressed.
    """
    # What is wrong with the folder is said when Start is pressed.
    with contextlib.suppress(RunError):
        worker.ensure()


def pace_of(run: Run, status: Status) -> Pace:
    """How far this run is."""
    return pace(run.metrics(), status, run.config)


# A resource: all see the same objects, which nobody changes. Without a ttl, for which
# Streamlit looks at its clock twice: what expires in between is a KeyError on the page.
@st.cache_resource(max_entries=2, show_spinner=False)
def _seen(folder: str, look: int) -> Overview:
    found: list[tuple[Run, Status]] = []
    paused: list[Run] = []
    training: list[float | None] = []
    speeds: list[Speed] = []
    for run in runs.list_runs():
        try:
            status = run.status()
        except RunError:
            continue
        found.append((run, status))
        if status.state == "paused":
            paused.append(run)
            training.append(yield_seconds())
        elif status.is_active:
            training.append(pace_of(run, status).seconds_left)
        if measured := speed(run.config, status):
            speeds.append(measured)
    slots, waiting = worker.slots(), runs.in_turn(found)
    waits = {
        run.id: expected_wait(
            training, [before.config for before in waiting[:before_it]], speeds, slots
        )
        for before_it, run in enumerate(waiting)
    }
    return Overview(found, waits, worker.problem(), speeds, paused)
