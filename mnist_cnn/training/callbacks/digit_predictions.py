"""The Keras callback that reads the same few digits after every epoch."""

from __future__ import annotations

import keras
import numpy as np

from mnist_cnn.digits.dataset import Dataset


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
            logs["readings"] = self._read()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs["readings"] = self._read()

    def _read(self) -> list[list[float]]:
        return np.asarray(self.model(self._pixels, training=False)).round(4).tolist()


def watched_digits(dataset: Dataset, drawing: np.ndarray | None) -> np.ndarray:
    """The first test image of each digit, 0 to 9, and somebody's drawing if any.

    Args:
        dataset: of the run.
        drawing: uint8 (28, 28), or None.

    Returns:
        uint8 (10, 28, 28), or (11, 28, 28) with the drawing at the end.
    """
    first = [int(np.argmax(dataset.y_test == digit)) for digit in range(10)]
    images = dataset.x_test[first]
    return images if drawing is None else np.concatenate([images, drawing[None]])
