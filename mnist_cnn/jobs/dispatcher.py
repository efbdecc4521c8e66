"""Hands queued runs out to be trained, in their turn, and writes down lost ones."""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from mnist_cnn import runs
from mnist_cnn.locale.message import Message
from mnist_cnn.runs import Run, RunError, retention
from mnist_cnn.runs.commands import CommandReader
from mnist_cnn.runs.liveness.outcome import outcome
from mnist_cnn.storage.files import write_json

POLL_SECONDS = 0.1
LOOK_SECONDS = 1.0


class Executor(Protocol):
    """Where runs are trained.

    Attributes:
        attempts: how often a run is begun before it has failed, if its machine or its
            process is lost; 0 where that is for a person to decide.
    """

    attempts: int

    def slots(self) -> int:
        """How many runs may be trained at once; RunError says why none can now."""

    def begun(self) -> set[str]:
        """The ids of the runs that were begun and whose end has not been told yet."""

    def begin(self, run: Run) -> None:
        """Begins a training run; RunError or OSError says why that cannot be now."""

    def forget(self, run: Run) -> None:
        """A run that has died and waits again may be begun anew."""

    def ended(self) -> list[tuple[Run, str]]:
        """The runs that have ended since the last call, and a note on each end."""

    def close(self) -> None:
        """The worker leaves; runs may go on."""


class Dispatcher:
    """Hands the queued runs to an executor, and writes down how lost ones ended.

    Args:
        executor: where runs are trained.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._folder_changed = 0
        self._next_look = 0.0
        self._told: dict[str, object] = {}
        # When each run was begun the time before: so a start of this time is known.
        self._earlier_starts: dict[str, float | None] = {}

    def work(self, idle_seconds: float) -> None:
        """Trains until no run has waited or been trained for that long."""
        idle_since = math.inf
        while time.monotonic() - idle_since < idle_seconds:
            ended = self._executor.ended()
            for run, note in ended:
                self._write_down(run, note)
            if ended:
                retention.make_room()
            if ended or self._must_look():
                is_idle = not self.look()
                idle_since = min(idle_since, time.monotonic()) if is_idle else math.inf
            time.sleep(POLL_SECONDS)

    def look(self) -> bool:
        """Begins what waits and has a slot; whether any run waits or is trained."""
        found = []
        for run in runs.list_runs():
            self._write_down(run)
            with contextlib.suppress(RunError):
                found.append((run, run.status()))
        waiting = drop_stopped(runs.in_turn(found))
        begun = self._executor.begun()
        # Others count: started in a terminal, or by a worker that was killed.
        training = begun | {run.id for run, status in found if status.is_active}
        try:
            slots = self._executor.slots()
            free = max(0, slots - len(training))
            for run in [run for run in waiting if run.id not in begun][:free]:
                self._begin(run)
            self._tell(problem="", slots=slots)
        except RunError as error:
            self._tell(problem=str(error), slots=0)
        except OSError as error:
            problem = Message("A run cannot be begun: {reason}.", reason=error)
            self._tell(problem=problem, slots=0)
        return bool(waiting or training)

    def _must_look(self) -> bool:
        """Whether to read the run folders: now and then, and when one is new."""
        now = time.monotonic()
        changed = runs.folder().stat().st_mtime_ns
        if changed == self._folder_changed and now < self._next_look:
            return False
        self._folder_changed = changed
        self._next_look = now + LOOK_SECONDS
        return True

    def _begin(self, run: Run) -> None:
        try:
            status = run.recorded_status()
        except RunError:  # somebody has just deleted it
            return
        if self._executor.attempts and not status.attempts_left:
            run.write_status(replace(status, attempts_left=self._executor.attempts))
        self._earlier_starts[run.id] = status.started
        self._executor.begin(run)

    def _write_down(self, run: Run, note: str | None = None) -> None:
        """Writes down what has become of a run, if its process is gone.

        Args:
            note: on the end of its process; None if that has not been told.
        """
        with contextlib.suppress(RunError, OSError):
            status = recorded = run.recorded_status()
            if recorded.is_active:
                status = run.status()
            elif note is not None:
                earlier = self._earlier_starts.get(run.id, recorded.started)
                status = outcome(recorded, has_begun=recorded.started != earlier)
            if status == recorded or run.recorded_status() != recorded:
                # It goes on, or somebody has resumed it since.
                return
            if status.state == "queued":
                self._executor.forget(run)
            elif run.id in self._executor.begun():
                # The note on its end is yet to come.
                return
            elif status.state == "failed":
                told = [each for each in (status.reason, note) if each]
                reason = Message.listed(told, " ")
                status = replace(status, reason=reason, ended=time.time())
            run.write_status(status)

    def _tell(self, **report: object) -> None:
        if report != self._told:
            with contextlib.suppress(OSError):
                write_json(report_path(), report)
                self._told = report


def drop_stopped(waiting: list[Run]) -> list[Run]:
    """Ends the runs that were stopped while they waited; the rest still waits."""
    kept = []
    for run in waiting:
        with contextlib.suppress(RunError, OSError):
            status = run.recorded_status()
            commands = CommandReader(run.control_path, status.commands_read).new()
            if any(command.what == "stop" for command in commands):
                is_new = not (status.epochs_done or status.kept_step)
                reason = (
                    "Stopped before it began." if is_new else "Stopped while it waited."
                )
                run.write_status(
                    replace(status, state="stopped", reason=reason, ended=time.time())
                )
                continue
            kept.append(run)
    return kept


def report_path() -> Path:
    return runs.folder() / "worker.json"
