"""The Keras callback that ends a training whose numbers are none any more."""

from __future__ import annotations

import math

import keras
import numpy as np


class DivergedError(ArithmeticError):
    """The loss or a weight is not finite."""


class TerminateOnDivergence(keras.callbacks.Callback):
    """Ends a training that has diverged, before its network replaces a good one.

    Keras' ``TerminateOnNaN`` looks at the batches alone: when the last step of an epoch
    breaks the weights, only the validation shows it.

    Raises:
        DivergedError: after a batch, or an epoch.
    """

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if not math.isfinite(logs["loss"]):
            raise DivergedError

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        weights = self.model.get_weights()
        if not math.isfinite(logs["val_loss"]) or not all(
            np.isfinite(array).all() for array in weights
        ):
            raise DivergedError
