"""Who trains a run: a file lock on one machine, a heartbeat across several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import filelock

from mnist_cnn.runs.files import RunFiles
from mnist_cnn.runs.liveness import heartbeat
from mnist_cnn.runs.schema import RunError
from mnist_cnn.storage.files import is_held as is_lock_held

_observer = heartbeat.Observer()


def is_held(files: RunFiles) -> bool:
    """Whether a training process holds the run, on this or another machine."""
    if _is_of_this_machine(files):
        return is_lock_held(files.lock_path)
    return _observer.lives(files)


@contextmanager
def held(files: RunFiles) -> Iterator[None]:
    """Holds the run while it is trained, and lets its heart beat.

    Raises:
        RunError: if another process holds it.
    """
    lock = filelock.FileLock(files.lock_path)
    machine = heartbeat.this_machine()
    try:
        # A page looking whether it is held holds it for a moment.
        lock.acquire(timeout=2)
    except filelock.Timeout as error:
        if not _is_left_over(files):
            raise RunError(
                "Run {run} is being trained already.", run=files.id
            ) from error
        machine = ""
    except (OSError, NotImplementedError):
        # No locks in this file system: the heartbeat has to do.
        machine = ""
    try:
        with heartbeat.beating(files, machine):
            yield
    finally:
        lock.release()


def _is_left_over(files: RunFiles) -> bool:
    """Whether a machine that was lost holds the lock: a file server may keep it."""
    return not _is_of_this_machine(files) and heartbeat.has_stopped(files)


def _is_of_this_machine(files: RunFiles) -> bool:
    return heartbeat.machine_of(files) in (None, heartbeat.this_machine())
