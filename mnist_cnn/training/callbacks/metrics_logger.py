"""The Keras callback that writes what a training run measures."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Self

import keras
import msgspec

from mnist_cnn.runs.schema import Batch, EpochPoint, Mark, Record, Resumed, Untrained
from mnist_cnn.training.callbacks.learning_rate import LearningRateScheduler
from mnist_cnn.training.run_record import RunRecord


class MetricsLogger(keras.callbacks.Callback):
    """Appends a line to ``metrics.jsonl`` for each batch and each epoch.

    Keras gives a callback the mean over the epoch so far; the value of the batch alone
    follows from two such means, so that it costs no second look at the model. From
    ``DigitPredictions`` and ``WeightChange``, before it, comes the rest of an epoch.

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
        self._file = path.open("ab")
        return self

    def __exit__(self, *_error: object) -> None:
        # On a full disk what could not be written fails once more here.
        with contextlib.suppress(OSError):
            self._file.close()

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._step = int(self.model.optimizer.iterations)
        if self._end:
            if self._end != b"\n":
                # Whoever died in the middle of a line left it without an end.
                self._file.write(b"\n")
            done = self._step // len(self._sizes)
            if done:
                self._write(Resumed(self._step, "resumed", done, epoch=done))
            else:
                self._write(Resumed(self._step, "begun_again", epoch=0))
        if readings := logs.get("readings"):
            self._write(Untrained(readings=readings))

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch + 1
        self._epoch_start = self._record.seconds
        self._digits = 0
        self._sums = {"loss": 0.0, "accuracy": 0.0}

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
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
            Batch(
                self._step,
                self._epoch,
                loss=round(max(alone["loss"], 0.0), 6),
                accuracy=round(hits / size, 5),
                learning_rate=round(self._scheduler.rate, 9),
                time=round(self._record.seconds, 3),
            )
        )

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        seconds = self._record.seconds
        means = ("loss", "accuracy", "val_loss", "val_accuracy")
        self._write(
            EpochPoint(
                epoch + 1,
                self._step,
                **{name: round(float(logs[name]), 6) for name in means},
                learning_rate=round(self._scheduler.rate, 9),
                time=round(seconds, 3),
                seconds=round(seconds - self._epoch_start, 3),
                peak=self._scheduler.peak,
                readings=logs["readings"],
                moved=logs["moved"],
            )
        )

    def mark(self, what: str, value: float | None = None) -> None:
        """Notes on the curve that something was done."""
        self._write(Mark(self._step, what, value))

    def _write(self, record: Record) -> None:
        self._file.write(msgspec.json.encode(record) + b"\n")
        self._file.flush()


def _last_byte(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read()
    except OSError:  # missing, or empty
        return b""
