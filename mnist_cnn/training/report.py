"""The Keras callbacks that set the learning rate and report each batch and epoch."""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from pathlib import Path
from typing import Any

import keras

from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.experiments.schedule import learning_rate
from mnist_cnn.runs.measurements import RESUME


class Clock:
    """Seconds of training; stands still during a pause.

    Args:
        before: seconds trained before this run was resumed.
    """

    def __init__(self, before: float = 0.0) -> None:
        self._start = time.perf_counter() - before
        self._paused = 0.0

    def seconds(self) -> float:
        """Seconds trained since the start, pauses left out."""
        return time.perf_counter() - self._start - self._paused

    def leave_out(self, seconds: float) -> None:
        """Takes a pause out of the count."""
        self._paused += seconds


class Schedule(keras.callbacks.Callback):
    """Sets the learning rate before each batch.

    A Keras ``LearningRateSchedule`` refuses a new rate while it runs; here a rate set
    by hand becomes the new peak.

    Args:
        config: its ``schedule``, ``learning_rate`` and ``epochs``.
        steps_per_epoch: batches in an epoch.
        peak: the rate that was set by hand before the training was resumed.
    """

    def __init__(
        self,
        config: TrainingConfig,
        steps_per_epoch: int,
        peak: float | None = None,
    ) -> None:
        super().__init__()
        self.peak = config.learning_rate if peak is None else peak
        self.rate = math.nan
        self._kind = config.schedule
        self._total = config.epochs * steps_per_epoch
        self._steps = steps_per_epoch
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        step = self._epoch * self._steps + batch
        rate = learning_rate(self._kind, self.peak, step, self._total)
        if rate != self.rate:
            self.rate = rate
            self.model.optimizer.learning_rate.assign(rate)


class Report(keras.callbacks.Callback):
    """Appends a line to ``metrics.jsonl`` for each batch and each epoch.

    Keras gives a callback the mean over the epoch so far; the value of the batch alone
    follows from two such means, so that reporting costs no second look at the model.

    Args:
        path: the ``metrics.jsonl`` to append to.
        schedule: for the learning rate.
        clock: for the time, without pauses.
        batch_sizes: digits in each batch of an epoch.
        epochs_done: complete epochs, after which the training goes on.

    Attributes:
        step: batches trained so far.
        extra: more values for the next epoch's line; callbacks before this one in the
            list fill it.
    """

    def __init__(
        self,
        path: Path,
        schedule: Schedule,
        clock: Clock,
        batch_sizes: list[int],
        epochs_done: int = 0,
    ) -> None:
        super().__init__()
        self.step = epochs_done * len(batch_sizes)
        self.extra: dict[str, Any] = {}
        self._path = path
        self._schedule = schedule
        self._clock = clock
        self._sizes = batch_sizes
        self._epochs_done = epochs_done
        self._file = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        end = _end_of(self._path)
        self._file = self._path.open("a", encoding="utf-8")
        if not end:
            return
        if end != b"\n":
            # Whoever died in the middle of a line left it without an end.
            self._file.write("\n")
        done = self._epochs_done
        self._write(
            kind=RESUME,
            step=self.step,
            epoch=done,
            what="resumed",
            reason=f"Resumed after epoch {done}" if done else "Begun again",
        )

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch + 1
        self._epoch_start = self._clock.seconds()
        self._digits = 0
        self._sums = {"loss": 0.0, "accuracy": 0.0}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        size = self._sizes[batch]
        self._digits += size
        self.step += 1
        alone = {}
        for name, sum_before in self._sums.items():
            sum_now = float(logs[name]) * self._digits
            alone[name] = (sum_now - sum_before) / size
            self._sums[name] = sum_now
        hits = round(alone["accuracy"] * size) if alone["accuracy"] >= 0 else 0
        self._write(
            kind="batch",
            step=self.step,
            epoch=self._epoch,
            loss=_rounded(max(alone["loss"], 0.0), 6),
            accuracy=_rounded(hits / size, 5),
            learning_rate=_rounded(self._schedule.rate, 9),
            time=_rounded(self._clock.seconds(), 3),
        )

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        seconds = self._clock.seconds()
        self._write(
            kind="epoch",
            epoch=epoch + 1,
            step=self.step,
            **{name: _rounded(float(value), 6) for name, value in logs.items()},
            learning_rate=_rounded(self._schedule.rate, 9),
            peak=self._schedule.peak,
            time=_rounded(seconds, 3),
            seconds=_rounded(seconds - self._epoch_start, 3),
            **self.extra,
        )
        self.extra = {}

    def mark(self, what: str, reason: str) -> None:
        """Notes on the curve that something was done, and why."""
        if self._file is not None:
            self._write(kind="mark", step=self.step, what=what, reason=reason)

    def close(self) -> None:
        """Closes the file; also after a training that was cut short."""
        if self._file is not None:
            # On a full disk what could not be written fails once more here.
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def _write(self, **values: Any) -> None:
        self._file.write(json.dumps(values, separators=(",", ":")) + "\n")
        self._file.flush()


def _end_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read()
    except OSError:  # missing, or empty
        return b""


def _rounded(value: float, digits: int) -> float | None:
    return round(value, digits) if math.isfinite(value) else None
