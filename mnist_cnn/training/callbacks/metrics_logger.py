"""The Keras callback that writes what a training measures."""

from __future__ import annotations

import contextlib
import json
import math
import os
from pathlib import Path
from typing import Any, Self

import keras

from mnist_cnn.runs.schema import RESUME
from mnist_cnn.training.callbacks.learning_rate import LearningRateScheduler
from mnist_cnn.training.run_record import RunRecord


class MetricsLogger(keras.callbacks.Callback):
    """Appends a line to ``metrics.jsonl`` for each batch and each epoch.

    Keras gives a callback the mean over the epoch so far; the value of the batch alone
    follows from two such means, so that it costs no second look at the model. What
    other callbacks add to an epoch's logs before this one is written as it is.

    Use it in a ``with`` statement, which opens and closes the file.

    Args:
        record: of the run, for its folder and its clock.
        scheduler: for the learning rate.
        batch_sizes: digits in each batch of an epoch.
    """

    def __init__(
        self,
        record: RunRecord,
        scheduler: LearningRateScheduler,
        batch_sizes: list[int],
    ) -> None:
        super().__init__()
        self._record = record
        self._scheduler = scheduler
        self._sizes = batch_sizes

    def __enter__(self) -> Self:
        path = self._record.run.metrics_path
        self._end = _last_byte(path)
        self._file = path.open("a", encoding="utf-8")
        return self

    def __exit__(self, *_error: object) -> None:
        # On a full disk what could not be written fails once more here.
        with contextlib.suppress(OSError):
            self._file.close()

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._step = int(self.model.optimizer.iterations)
        if not self._end:
            return
        if self._end != b"\n":
            # Whoever died in the middle of a line left it without an end.
            self._file.write("\n")
        done = self._step // len(self._sizes)
        reason = f"Resumed after epoch {done}" if done else "Begun again"
        self._write(RESUME, epoch=done, what="resumed", reason=reason)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch + 1
        self._epoch_start = self._record.seconds
        self._digits = 0
        self._sums = {"loss": 0.0, "accuracy": 0.0}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        size = self._sizes[batch]
        self._digits += size
        self._step += 1
        alone = {}
        for name, sum_before in self._sums.items():
            sum_now = float(logs[name]) * self._digits
            alone[name] = (sum_now - sum_before) / size
            self._sums[name] = sum_now
        hits = round(alone["accuracy"] * size) if alone["accuracy"] >= 0 else 0
        self._write(
            "batch",
            epoch=self._epoch,
            loss=_rounded(max(alone["loss"], 0.0), 6),
            accuracy=_rounded(hits / size, 5),
            learning_rate=_rounded(self._scheduler.rate, 9),
            time=_rounded(self._record.seconds, 3),
        )

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs = logs or {}
        seconds = self._record.seconds
        self._write(
            "epoch",
            epoch=epoch + 1,
            **{name: _rounded(value, 6) for name, value in logs.items()},
            learning_rate=_rounded(self._scheduler.rate, 9),
            peak=self._scheduler.peak,
            time=_rounded(seconds, 3),
            seconds=_rounded(seconds - self._epoch_start, 3),
        )

    def mark(self, what: str, reason: str) -> None:
        """Notes on the curve that something was done, and why."""
        self._write("mark", what=what, reason=reason)

    def _write(self, kind: str, **values: Any) -> None:
        line = {"kind": kind, "step": self._step, **values}
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._file.flush()


def _last_byte(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read()
    except OSError:  # missing, or empty
        return b""


def _rounded(value: Any, digits: int) -> Any:
    if not isinstance(value, float):
        return value
    return round(value, digits) if math.isfinite(value) else None
