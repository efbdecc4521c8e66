"""The Keras callback that sets the learning rate."""

from __future__ import annotations

import math

import keras

from mnist_cnn.experiments.schedule import learning_rate


class LearningRateScheduler(keras.callbacks.Callback):
    """Sets the learning rate before each batch, as the lab's schedules say.

    Keras' own sets it once an epoch, and a Keras ``LearningRateSchedule`` refuses a new
    rate while it runs; here a rate set by hand becomes the new peak.

    Args:
        schedule: its name, as in a config.
        peak: the highest rate.

    Attributes:
        peak: the same; may be changed at any time.
        rate: of the batch that is trained.
    """

    def __init__(self, schedule: str, peak: float) -> None:
        super().__init__()
        self.peak = peak
        self.rate = math.nan
        self._schedule = schedule

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        steps = self.params["steps"]
        rate = learning_rate(
            self._schedule,
            self.peak,
            self._epoch * steps + batch,
            self.params["epochs"] * steps,
        )
        if rate != self.rate:
            self.rate = rate
            self.model.optimizer.learning_rate.assign(rate)
