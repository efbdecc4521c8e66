"""The Keras callback that measures how far the weights move."""

from __future__ import annotations

import keras
import numpy as np


class WeightChange(keras.callbacks.Callback):
    """Adds ``moved`` to an epoch's logs: by layer, how far its kernel has moved.

    That is the length of its change in the epoch over its length before, both as
    Euclidean norms.
    """

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._before = self._kernels()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        moved = {}
        for name, kernel in self._kernels().items():
            length = max(np.linalg.norm(self._before[name]), 1e-12)
            change = np.linalg.norm(kernel - self._before[name])
            moved[name] = round(float(change / length), 5)
        logs["moved"] = moved

    def _kernels(self) -> dict[str, np.ndarray]:
        return {
            layer.name: np.asarray(layer.kernel).copy()
            for layer in self.model.layers
            if hasattr(layer, "kernel")
        }
