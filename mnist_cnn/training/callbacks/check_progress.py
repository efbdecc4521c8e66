"""The Keras callback that says how far a check on many digits is."""

from __future__ import annotations

import time

import keras

from mnist_cnn.training.run_record import RunRecord

SAID_EVERY_SECONDS = 0.25


class CheckProgress(keras.callbacks.Callback):
    """Keeps ``checking`` and ``checked`` in the run's status while digits are read.

    For the validation at an epoch's end and for ``predict``.

    Args:
        record: of the run.
        digits: that are read.
        batch_size: of the reading.
    """

    def __init__(self, record: RunRecord, digits: int, batch_size: int) -> None:
        super().__init__()
        self._record = record
        self._digits = digits
        self._batch_size = batch_size

    def on_test_begin(self, logs: dict | None = None) -> None:
        self._say(0)

    def on_test_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if time.monotonic() >= self._next:
            self._say((batch + 1) * self._batch_size)

    def on_test_end(self, logs: dict | None = None) -> None:
        self._record.update(checking=0, checked=0)

    on_predict_begin = on_test_begin
    on_predict_batch_end = on_test_batch_end
    on_predict_end = on_test_end

    def _say(self, checked: int) -> None:
        self._next = time.monotonic() + SAID_EVERY_SECONDS
        self._record.update(checking=self._digits, checked=min(checked, self._digits))
