"""The worker takes queued runs, oldest first, and has them trained.

One a runs folder, in a session of its own so that it outlives the server that started
it. Where trainings run is a thing of its own: one at a time on this machine, or as many
as a cluster takes. Each is a process: it can be killed for sure, and gives its memory
back.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import filelock

from mnist_cnn import runs
from mnist_cnn.jobs.cluster import Cluster, scheduler_address
from mnist_cnn.jobs.local_process import LocalProcess
from mnist_cnn.runs import Run, RunError, Status, retention
from mnist_cnn.runs.commands import Command, CommandReader
from mnist_cnn.runs.status import died_reason
from mnist_cnn.storage import child_process
from mnist_cnn.storage.files import is_held, read_json, write_json

POLL_SECONDS = 0.1
LOOK_SECONDS = 1.0
SETTLE_SECONDS = 2.0
IDLE_SECONDS = 600.0
NICENESS = 10
LOG_BYTES = 1_000_000


def is_alive() -> bool:
    """Whether a worker serves the runs folder."""
    return is_held(_lock_path())


def ensure() -> None:
    """Starts a worker in the background unless one is alive.

    Raises:
        RunError: if it cannot be started.
    """
    if is_alive():
        return
    try:
        runs.folder().mkdir(parents=True, exist_ok=True)
        with _log().open("ab") as log:
            child_process.start(
                "mnist_cnn", "worker", detached=True, stdout=log, stderr=log
            )
    except OSError as error:
        raise RunError(f"The training worker could not be started: {error}.") from error


class Place(Protocol):
    """Where trainings run.

    Attributes:
        attempts: how often a run is begun before it has failed, if its machine or its
            process is lost; 0 where that is for a person to decide.
    """

    attempts: int

    def places(self) -> int:
        """How many trainings may run at once; RunError says why none can now."""

    def begun(self) -> set[str]:
        """The ids of the runs that were begun and whose end has not been told yet."""

    def begin(self, run: Run) -> None:
        """Begins a training; RunError says why that cannot be now."""

    def forget(self, run: Run) -> None:
        """A run that has died and waits again may be begun anew."""

    def ended(self) -> list[tuple[Run, str]]:
        """The runs that have ended since the last call, and a note on each end."""

    def close(self) -> None:
        """The worker leaves; trainings may go on."""


def problem() -> str:
    """Why the worker that is alive can begin no training now; empty if it can."""
    return str(_report().get("problem") or "") if is_alive() else ""


def places() -> int:
    """How many trainings run at once, as the worker last saw it; at least 1."""
    number = _report().get("places")
    return number if isinstance(number, int) and number > 1 else 1


def work(idle_seconds: float = IDLE_SECONDS) -> bool:
    """Trains queued runs until none has come for ``idle_seconds``.

    Returns:
        False, at once, if another worker serves this folder.
    """
    runs.folder().mkdir(parents=True, exist_ok=True)
    address = scheduler_address()
    while True:
        try:
            with filelock.FileLock(_lock_path(), timeout=1):
                place = Cluster(address) if address else LocalProcess()
                _Worker(place, idle_seconds).work()
        except filelock.Timeout:
            return False
        # A run submitted as this worker was leaving still found it alive.
        if not runs.queue():
            return True


class _Worker:
    """The loop of one worker."""

    def __init__(self, place: Place, idle_seconds: float) -> None:
        self._place = place
        self._idle_seconds = idle_seconds
        self._folder_changed = 0
        self._look_until = 0.0
        self._next_look = 0.0
        self._told: dict[str, object] = {}
        self._begun_at: dict[str, float] = {}

    def work(self) -> None:
        child_process.lower_priority(NICENESS)
        _shorten_log()
        idle_since = time.monotonic()
        try:
            while time.monotonic() - idle_since < self._idle_seconds:
                ended = self._place.ended()
                for run, note in ended:
                    self._settle(run, note)
                if ended:
                    retention.make_room()
                if (ended or self._must_look()) and self._look():
                    idle_since = time.monotonic()
                time.sleep(POLL_SECONDS)
        finally:
            self._place.close()

    def _must_look(self) -> bool:
        """Whether to read the run folders: now and then, and when one is new."""
        now = time.monotonic()
        changed = runs.folder().stat().st_mtime_ns
        if changed != self._folder_changed:
            self._folder_changed = changed
            # A new folder gets its settings a moment after it is made.
            self._look_until = now + SETTLE_SECONDS
        if now < self._look_until or now >= self._next_look:
            self._next_look = now + LOOK_SECONDS
            return True
        return False

    def _look(self) -> bool:
        """Begins what waits and has a place; whether any run waits or is trained."""
        self._see_to_the_dead()
        waiting = _drop_stopped(runs.queue())
        begun = self._place.begun()
        # Others count: started in a terminal, or by a worker that was killed.
        training = begun | {run.id for run in runs.list_runs() if _is_training(run)}
        try:
            offered = self._place.places()
            free = max(0, offered - len(training))
            for run in [run for run in waiting if run.id not in begun][:free]:
                self._begin(run)
            self._tell(problem="", places=offered)
        except RunError as error:
            self._tell(problem=str(error), places=0)
        except OSError as error:
            self._tell(problem=f"A run cannot be begun: {error}.", places=0)
        return bool(waiting or training)

    def _begin(self, run: Run) -> None:
        status = run.recorded_status()
        if self._place.attempts and not status.attempts_left:
            run.write_status(replace(status, attempts_left=self._place.attempts))
        self._begun_at[run.id] = time.time()
        self._place.begin(run)

    def _settle(self, run: Run, note: str) -> None:
        """Sees to a run whose process has ended before it could write anything down."""
        with contextlib.suppress(RunError, OSError):
            status = run.recorded_status()
            if status.state == "queued" and status.attempts_left > 1:
                left = status.attempts_left - 1
                run.write_status(replace(status, attempts_left=left))
            elif status.state == "queued" and self._has_started(run, status):
                # It has died, and somebody has resumed it since.
                return
            elif status.state == "queued" or (
                status.is_active and not self._place.attempts
            ):
                _note_death(run, status, note)

    def _has_started(self, run: Run, status: Status) -> bool:
        """Whether the training that was begun last got as far as to say so."""
        begun = self._begun_at.get(run.id)
        return begun is not None and (status.started or 0) >= begun

    def _see_to_the_dead(self) -> None:
        """Writes down what died without a word, and lets it wait again if it may."""
        for run in runs.list_runs():
            with contextlib.suppress(RunError, OSError):
                recorded = run.recorded_status()
                if not recorded.is_active:
                    continue
                status = run.status()
                if status.state == "queued":
                    left = status.attempts_left - 1
                    run.write_status(replace(status, attempts_left=left))
                    self._place.forget(run)
                elif status.is_final and run.id not in self._place.begun():
                    _note_death(run, recorded, "")

    def _tell(self, **report: object) -> None:
        if report != self._told:
            with contextlib.suppress(OSError):
                write_json(_report_path(), report)
                self._told = report


def _is_training(run: Run) -> bool:
    with contextlib.suppress(RunError):
        return run.status().is_active
    return False


def _note_death(run: Run, seen: Status, note: str) -> None:
    status = run.status()
    if run.recorded_status().state != seen.state:
        # Somebody has resumed it since.
        return
    reason = f"{died_reason(status)} ({note})" if note else died_reason(status)
    run.write_status(replace(status, state="failed", reason=reason, ended=time.time()))


def _drop_stopped(waiting: list[Run]) -> list[Run]:
    """Ends the runs that were stopped while they waited; the rest still waits."""
    kept = []
    for run in waiting:
        commands = _new_commands(run)
        if not any(command.what == "stop" for command in commands):
            kept.append(run)
            continue
        with contextlib.suppress(RunError, OSError):
            run.write_status(
                replace(
                    run.recorded_status(),
                    state="stopped",
                    reason="Stopped before it began.",
                    ended=time.time(),
                )
            )
    return kept


def _new_commands(run: Run) -> list[Command]:
    with contextlib.suppress(RunError):
        read = run.recorded_status().commands_read
        return CommandReader(run.control_path, read).new()
    return []


def _lock_path() -> Path:
    return runs.folder() / "worker.lock"


def _report_path() -> Path:
    return runs.folder() / "worker.json"


def _report() -> dict[str, object]:
    try:
        return read_json(_report_path())
    except (OSError, ValueError, RecursionError):
        return {}


def _log() -> Path:
    return runs.folder() / "worker.log"


def _shorten_log() -> None:
    with contextlib.suppress(OSError):
        if _log().stat().st_size > LOG_BYTES:
            os.truncate(_log(), 0)
