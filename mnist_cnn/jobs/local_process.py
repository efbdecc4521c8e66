"""Runs trained on this machine: one at a time, each a process of its own."""

from __future__ import annotations

import contextlib
import subprocess

from mnist_cnn.jobs.dispatcher import Executor
from mnist_cnn.locale.message import Message
from mnist_cnn.runs import Run
from mnist_cnn.storage import child_process


class LocalProcess(Executor):
    """Keeps a training process ready, so that a run starts without waiting for imports.

    A training run is not bound to this object: it goes on when the worker is killed.
    """

    attempts = 0

    def __init__(self) -> None:
        self._training: tuple[Run, subprocess.Popen] | None = None
        self._ready: subprocess.Popen | None = None
        self._warm_up()

    def slots(self) -> int:
        return 1

    def begun(self) -> set[str]:
        return set() if self._training is None else {self._training[0].id}

    def begin(self, run: Run) -> None:
        ready, self._ready = self._ready, None
        if ready is None or ready.poll() is not None:
            ready = _start()
        with contextlib.suppress(OSError):  # it dies right now; told by `ended`
            ready.stdin.write(f"{run.id}\n".encode())
            ready.stdin.close()
        self._training = (run, ready)

    def forget(self, run: Run) -> None:
        if run.id in self.begun():
            self._training = None

    def ended(self) -> list[tuple[Run, str]]:
        if self._training is None:
            return []
        run, process = self._training
        code = process.poll()
        if code is None:
            return []
        self._training = None
        self._warm_up()
        note = Message("Signal {code}.", code=-code) if code < 0 else ""
        return [(run, note)]

    def close(self) -> None:
        """Ends the process that waits for a run; a training run goes on."""
        if self._ready is not None:
            # It may be in the middle of its imports, with nothing to lose.
            self._ready.kill()
            self._ready.communicate()

    def _warm_up(self) -> None:
        with contextlib.suppress(OSError):  # `begin` says why it cannot be started
            self._ready = _start()


def _start() -> subprocess.Popen:
    return child_process.start("mnist_cnn.training.process", stdin=subprocess.PIPE)
