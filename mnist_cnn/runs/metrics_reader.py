"""metrics.jsonl, read as it grows.

One reader a file serves every viewer of a run, in any thread, and parses only what
was appended since it last looked.
"""

from __future__ import annotations

import math
import os
import threading
import time
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mnist_cnn.runs.files import RunFiles
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.runs.schema import Batch, EpochPoint, Mark, Resumed, Untrained, records

# One call of the parser holds the interpreter lock, so it gets one such block at most.
BLOCK_BYTES = 1 << 17
# The longest training writes some 30 MB; an epoch's line has less than 1 kB.
MAX_BYTES = 100_000_000
LONGEST_LINE = 1_000_000

_COLUMNS = Batch.__struct_fields__
_values = attrgetter(*_COLUMNS)


class MetricsReader:
    """Reads one metrics.jsonl, from where it stopped the last time.

    A last line without its line break waits until it is complete; a line that is not
    a measurement is skipped; a file that is missing holds nothing yet; a file that was
    replaced is read from its start. Where a run was resumed, what it had measured
    after its last complete epoch is forgotten. Safe to share between threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._generation = 0
        self._read_at = -math.inf
        self._forget(identity=None)

    def read(self, max_age: float = 0.0) -> Metrics:
        """Everything measured until now.

        Args:
            max_age: seconds. What was read not longer ago will do, so that many viewers
                see the same version, and its figures are drawn once for all of them.
        """
        with self._lock:
            now = time.monotonic()
            if now - self._read_at < max_age:
                return self._metrics
            self._read_at = now
            try:
                with self.path.open("rb") as file:
                    self._catch_up(file)
            except OSError:
                if self._identity is not None:
                    self._forget(identity=None)
            return self._metrics

    def _forget(self, identity: tuple[int, int] | None) -> None:
        self._generation += 1
        self._identity = identity
        self._offset = 0
        self._rows = np.empty((256, len(_COLUMNS)))
        self._count = 0
        self._epochs: list[EpochPoint] = []
        self._marks: list[Mark] = []
        self._untrained: Untrained | None = None
        self._metrics = self._snapshot()

    def _catch_up(self, file: BinaryIO) -> None:
        status = os.fstat(file.fileno())
        identity = (status.st_dev, status.st_ino)
        if identity != self._identity or status.st_size < self._offset:
            self._forget(identity)
        if status.st_size == self._offset or self._offset > MAX_BYTES:
            return
        file.seek(self._offset)
        torn = b""
        while block := file.read(BLOCK_BYTES):
            complete, line_break, rest = (torn + block).rpartition(b"\n")
            if line_break:
                self._offset += len(complete) + 1
                self._take(complete)
            torn = rest
            if self._offset > MAX_BYTES:
                break
            if len(torn) > LONGEST_LINE:
                # No measurement is so long: it is not kept, and its end is no line.
                self._offset += len(torn)
                torn = b""
        self._metrics = self._snapshot()

    def _snapshot(self) -> Metrics:
        batches = self._rows[: self._count]
        batches.flags.writeable = False
        return Metrics(
            batches,
            tuple(self._epochs),
            tuple(self._marks),
            (self._generation, self._offset),
            self._untrained,
        )

    def _take(self, lines: bytes) -> None:
        batches: list[Batch] = []
        for record in records(lines):
            match record:
                case Batch():
                    batches.append(record)
                case EpochPoint():
                    self._epochs.append(record)
                case Resumed():
                    self._append(batches)
                    batches = []
                    self._go_back(record)
                case Mark():
                    self._marks.append(record)
                case Untrained():
                    self._untrained = record
        self._append(batches)

    def _go_back(self, resumed: Resumed) -> None:
        self._generation += 1
        rows = self._rows[: self._count]
        kept = rows[rows[:, 0] <= resumed.step]
        # Earlier snapshots keep the old array, which nobody writes to any more.
        self._rows, self._count = kept, len(kept)
        self._epochs = [each for each in self._epochs if each.epoch <= resumed.epoch]
        self._marks = [each for each in self._marks if each.step <= resumed.step]
        self._marks.append(resumed)

    def _append(self, batches: list[Batch]) -> None:
        needed = self._count + len(batches)
        if needed > len(self._rows):
            # Earlier snapshots keep the old array, which nobody writes to any more.
            grown = np.empty((max(needed, 2 * len(self._rows)), len(_COLUMNS)))
            grown[: self._count] = self._rows[: self._count]
            self._rows = grown
        if batches:
            # None becomes NaN.
            rows = np.array([_values(each) for each in batches], np.float64)
            self._rows[self._count : needed] = rows
            self._count = needed


def read_metrics(run: RunFiles) -> Metrics:
    """What a run has measured until now: each batch, each epoch, each command."""
    return reader(run.metrics_path).read()


@lru_cache(maxsize=64)
def reader(path: Path) -> MetricsReader:
    """The reader of this file that the whole process shares."""
    return MetricsReader(path)
