"""A run's status file while the run is trained, and its clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from mnist_cnn.runs import Run, Status


class RunRecord:
    """The status of a run that this process trains, and how long it has been trained.

    Args:
        run: held by this process.

    Attributes:
        run: the same.
        status: as it was written last.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.status = run.recorded_status()
        self.start_clock()

    def update(self, **values: object) -> None:
        """Writes the status with these fields changed.

        Raises:
            OSError: if it cannot be written.
        """
        self.write(replace(self.status, **values))

    def write(self, status: Status) -> None:
        """Writes another status.

        Raises:
            OSError: if it cannot be written.
        """
        self.status = status
        self.run.write_status(status)

    def start_clock(self) -> None:
        """From now on time counts, after the seconds that the status has."""
        self._start = time.perf_counter() - self.status.seconds

    @property
    def seconds(self) -> float:
        """Seconds of training so far, without pauses."""
        return time.perf_counter() - self._start

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The run is paused, and its clock stands still, while the block runs."""
        began = time.perf_counter()
        self.update(state="paused")
        try:
            yield
        finally:
            self._start += time.perf_counter() - began
        self.update(state="running")
