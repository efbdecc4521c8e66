"""Trainings on this machine: one at a time, each a process of its own."""

from __future__ import annotations

import contextlib
import subprocess

from mnist_cnn.runs import Run
from mnist_cnn.storage import child_process


class LocalProcess:
    """Keeps a training process ready, so that a run starts without waiting for imports.

    A training is not bound to this object: it goes on when the worker is killed.
    """

    attempts = 0

    def __init__(self) -> None:
        self._ready: subprocess.Popen | None = None
        self._training: tuple[Run, subprocess.Popen] | None = None

    def places(self) -> int:
        """How many trainings may run at once: 1."""
        is_ready = self._ready is not None and self._ready.poll() is None
        if not is_ready and self._training is None:
            self._ready = child_process.start(
                "mnist_cnn.training.process", stdin=subprocess.PIPE
            )
        return 1

    def begun(self) -> set[str]:
        """The ids of the runs that were begun and whose end has not been told yet."""
        return set() if self._training is None else {self._training[0].id}

    def begin(self, run: Run) -> None:
        """Begins a training; call ``places`` before."""
        process, self._ready = self._ready, None
        with contextlib.suppress(OSError):  # it died while it waited; told by `ended`
            process.stdin.write(f"{run.id}\n".encode())
            process.stdin.close()
        self._training = (run, process)

    def forget(self, run: Run) -> None:
        """A run that has died and waits again is no longer one that was begun here."""
        if run.id in self.begun():
            self._training = None

    def ended(self) -> list[tuple[Run, str]]:
        """The runs whose process has ended since the last call; a note on each end."""
        if self._training is None:
            return []
        run, process = self._training
        code = process.poll()
        if code is None:
            return []
        self._training = None
        return [(run, f"Signal {-code}." if code < 0 else "")]

    def close(self) -> None:
        """Sends the process that waits away; a training goes on."""
        if self._ready is not None:
            with contextlib.suppress(OSError):
                self._ready.stdin.close()
            self._ready.wait()
