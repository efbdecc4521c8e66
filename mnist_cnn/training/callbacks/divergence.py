"""The Keras callback that ends a training run whose numbers are none any more."""

from __future__ import annotations

import math

import keras

from mnist_cnn.training.model import is_finite


class DivergedError(ArithmeticError):
    """The loss or a weight is not finite."""


class TerminateOnDivergence(keras.callbacks.Callback):
    """Ends a training run that has diverged, before its network replaces a good one.

    Keras' ``TerminateOnNaN`` looks at the batches alone: when the last step of an epoch
    breaks the weights, only the validation shows it.

    Raises:
        DivergedError: after a batch, or an epoch.
    """

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if not math.isfinite(logs["loss"]):
            raise DivergedError

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if not math.isfinite(logs["val_loss"]) or not is_finite(self.model):
            raise DivergedError
