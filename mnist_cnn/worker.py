"""The worker takes queued runs, oldest first, and trains them one after the other.

One a runs folder, in a session of its own so that it outlives the server that started
it. Each training is a process: it can be killed for sure, and gives its memory back.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import filelock

from mnist_cnn import runs
from mnist_cnn.control import CommandReader
from mnist_cnn.files import is_held
from mnist_cnn.runs import Run, RunError

POLL_SECONDS = 0.1
LOOK_SECONDS = 1.0
SETTLE_SECONDS = 2.0
IDLE_SECONDS = 600.0
NICENESS = 10
LOG_BYTES = 1_000_000

_ROOT = Path(__file__).parent.parent


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
            subprocess.Popen(
                [sys.executable, "-m", "mnist_cnn", "worker"],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **_detached(),
            )
    except OSError as error:
        raise RunError(f"The training worker could not be started: {error}.") from error


def work(idle_seconds: float = IDLE_SECONDS) -> bool:
    """Trains queued runs until none has come for ``idle_seconds``.

    Returns:
        False, at once, if another worker serves this folder.
    """
    runs.folder().mkdir(parents=True, exist_ok=True)
    while True:
        try:
            with filelock.FileLock(_lock_path(), timeout=1):
                _Worker(idle_seconds).work()
        except filelock.Timeout:
            return False
        # A run submitted as this worker was leaving still found it alive.
        if not runs.queue():
            return True


class _Worker:
    """The loop of one worker; keeps a training process ready for the next run."""

    def __init__(self, idle_seconds: float) -> None:
        self._idle_seconds = idle_seconds
        self._ready: subprocess.Popen | None = None
        self._folder_changed = 0
        self._look_until = 0.0
        self._next_look = 0.0

    def work(self) -> None:
        _lower_priority()
        _shorten_log()
        idle_since = time.monotonic()
        try:
            while time.monotonic() - idle_since < self._idle_seconds:
                self._keep_one_ready()
                if self._must_look() and self._train_next():
                    idle_since = time.monotonic()
                else:
                    time.sleep(POLL_SECONDS)
        finally:
            self._dismiss()

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

    def _train_next(self) -> bool:
        """Trains the oldest run that waits; False if there is none."""
        _note_deaths()
        if any(_is_training(run) for run in runs.list_runs()):
            # Another's: started in a terminal, or by a worker that was killed.
            self._next_look = 0.0
            return False
        waiting = _drop_stopped(runs.queue())
        if not waiting:
            return False
        self._train(waiting[0])
        return True

    def _train(self, run: Run) -> None:
        process, self._ready = self._ready, None
        with contextlib.suppress(OSError):  # it died while it waited; seen below
            process.stdin.write(f"{run.id}\n".encode())
            process.stdin.close()
        while True:
            try:
                code = process.wait(LOOK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                _drop_stopped(runs.queue())
        with contextlib.suppress(RunError):
            if not run.recorded_status().is_final:
                _note_death(run, code)

    def _keep_one_ready(self) -> None:
        if self._ready is not None and self._ready.poll() is None:
            return
        self._ready = subprocess.Popen(
            [sys.executable, "-m", "mnist_cnn.training.process"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
        )

    def _dismiss(self) -> None:
        if self._ready is not None:
            with contextlib.suppress(OSError):
                self._ready.stdin.close()
            self._ready.wait()


def _is_training(run: Run) -> bool:
    with contextlib.suppress(RunError):
        return run.status().is_active
    return False


def _note_deaths() -> None:
    """Writes down what died without a word while no worker watched."""
    for run in runs.list_runs():
        with contextlib.suppress(RunError, OSError):
            if run.recorded_status().is_active and run.status().is_final:
                _note_death(run, None)


def _note_death(run: Run, code: int | None) -> None:
    status = run.status()
    reason = runs.died_reason(status)
    if code is not None and code < 0:
        reason = f"{reason} (Signal {-code}.)"
    run.write_status(replace(status, state="failed", reason=reason, ended=time.time()))


def _drop_stopped(waiting: list[Run]) -> list[Run]:
    """Ends the runs that were stopped while they waited; the rest still waits."""
    kept = []
    for run in waiting:
        commands = CommandReader(run.control_path).new()
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


def _lock_path() -> Path:
    return runs.folder() / "worker.lock"


def _log() -> Path:
    return runs.folder() / "worker.log"


def _shorten_log() -> None:
    with contextlib.suppress(OSError):
        if _log().stat().st_size > LOG_BYTES:
            os.truncate(_log(), 0)


def _lower_priority() -> None:
    # The pages come first; a training takes what they leave.
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(max(0, NICENESS - os.nice(0)))


def _detached() -> dict[str, object]:
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags}
    return {"start_new_session": True}
