"""The Keras callback that predicts the same few digits after every epoch."""

from __future__ import annotations

import keras
import numpy as np


class DigitPredictions(keras.callbacks.Callback):
    """Adds ``readings`` to an epoch's logs: ten probabilities for each of the digits.

    To the logs of the training's begin as well, if the network is untrained.

    Args:
        pixels: float32 (N, 28, 28, 1).
    """

    def __init__(self, pixels: np.ndarray) -> None:
        super().__init__()
        self._pixels = pixels

    def on_train_begin(self, logs: dict | None = None) -> None:
        if not int(self.model.optimizer.iterations):
            logs["readings"] = self._predict()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs["readings"] = self._predict()

    def _predict(self) -> list[list[float]]:
        return np.asarray(self.model(self._pixels, training=False)).round(4).tolist()
