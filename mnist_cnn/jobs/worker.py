"""The worker: the process that has queued runs trained, one a runs folder.

In a session of its own, so that it outlives the server that started it. Where runs
are trained is a thing of its own: one at a time on this machine, or as many as a
cluster takes.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from pathlib import Path

import filelock

from mnist_cnn import runs
from mnist_cnn.jobs.cluster import Cluster, scheduler_address
from mnist_cnn.jobs.dispatcher import Dispatcher, report_path
from mnist_cnn.jobs.local_process import LocalProcess
from mnist_cnn.runs import RunError
from mnist_cnn.storage import child_process
from mnist_cnn.storage.files import is_held, read_json

IDLE_SECONDS = 600.0
NICENESS = 10
LOG_BYTES = 1_000_000

# By its lock, the worker that was started here last: it has that only when it has
# loaded Python, and a class presses Start within a second.
_started: dict[Path, subprocess.Popen] = {}
_starting = threading.Lock()


def is_alive() -> bool:
    """Whether a worker serves the runs folder."""
    return is_held(_lock_path())


def ensure() -> None:
    """Starts a worker in the background unless one is alive.

    Raises:
        RunError: if it cannot be started.
    """
    with _starting:
        lock = _lock_path()
        if is_alive() or (lock in _started and _started[lock].poll() is None):
            return
        try:
            runs.folder().mkdir(parents=True, exist_ok=True)
            with _log().open("ab") as log:
                _started[lock] = child_process.start(
                    "mnist_cnn.jobs.worker", detached=True, stdout=log, stderr=log
                )
        except OSError as error:
            raise RunError(
                "The training worker could not be started: {reason}.", reason=error
            ) from error


def problem() -> str:
    """Why the worker that is alive can begin no training now; empty if it can."""
    return str(_report().get("problem") or "") if is_alive() else ""


def slots() -> int:
    """How many runs are trained at once, as the worker last saw it; at least 1."""
    number = _report().get("slots")
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
                child_process.lower_priority(NICENESS)
                _shorten_log()
                executor = Cluster(address) if address else LocalProcess()
                try:
                    Dispatcher(executor).work(idle_seconds)
                finally:
                    executor.close()
        except filelock.Timeout:
            return False
        # A run submitted as this worker was leaving still found it alive.
        if not runs.queue():
            return True


def _lock_path() -> Path:
    return runs.folder() / "worker.lock"


def _report() -> dict[str, object]:
    try:
        return read_json(report_path())
    except (OSError, ValueError, RecursionError):
        return {}


def _log() -> Path:
    return runs.folder() / "worker.log"


def _shorten_log() -> None:
    with contextlib.suppress(OSError):
        if _log().stat().st_size > LOG_BYTES:
            os.truncate(_log(), 0)


if __name__ == "__main__":
    work()
