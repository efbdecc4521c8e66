"""Who trains a run: a file lock on one machine, a heartbeat across several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from mnist_cnn.runs import heartbeat
from mnist_cnn.runs.schema import RunError
from mnist_cnn.storage import files

_observer = heartbeat.Observer()


def is_held(folder: Path) -> bool:
    """Whether a training process holds the run, on this or another machine."""
    if _is_of_this_machine(folder):
        return files.is_held(folder / "lock")
    return _observer.lives(folder)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds the run while it is trained, and lets its heart beat.

    Raises:
        RunError: if another process holds it.
    """
    lock = filelock.FileLock(folder / "lock")
    machine = heartbeat.this_machine()
    try:
        # A page looking whether it is held holds it for a moment.
        lock.acquire(timeout=2)
    except filelock.Timeout as error:
        if not _is_left_over(folder):
            raise RunError(f"Run {folder.name} is being trained already.") from error
        machine = ""
    except (OSError, NotImplementedError):
        # No locks in this file system: the heartbeat has to do.
        machine = ""
    try:
        with heartbeat.beating(folder, machine):
            yield
    finally:
        lock.release()


def _is_left_over(folder: Path) -> bool:
    """Whether a machine that was lost holds the lock: a file server may keep it."""
    return not _is_of_this_machine(folder) and heartbeat.has_stopped(folder)


def _is_of_this_machine(folder: Path) -> bool:
    return heartbeat.machine_of(folder) in (None, heartbeat.this_machine())
