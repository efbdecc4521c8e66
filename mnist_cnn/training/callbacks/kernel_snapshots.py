"""The Keras callback that keeps the kernels as they change."""

from __future__ import annotations

import time
from pathlib import Path

import keras
import numpy as np

from mnist_cnn.runs.schema import KERNELS
from mnist_cnn.storage.arrays import read_arrays
from mnist_cnn.storage.files import replacing

SNAPSHOTS = 60
# A file takes longer to be replaced than some batches to be trained.
WRITES_EVERY_SECONDS = 1.0
FIRST_CONVOLUTION = "conv_1"


class KernelSnapshots(keras.callbacks.Callback):
    """Keeps the first layer's kernels, some 60 times over the training.

    The file holds ``steps`` int (S,) and ``kernels`` float32
    (S, k, k, channels, filters). It is written at most once a second and after each
    epoch; a resumed training goes on with what it finds. Nothing is kept of a network
    without convolution.

    Args:
        path: of the ``kernels.npz``.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._steps: list[int] = []
        self._kernels: list[np.ndarray] = []
        self._layer = None
        self._next_write = 0.0

    def on_train_begin(self, logs: dict | None = None) -> None:
        total = self.params["epochs"] * self.params["steps"]
        self._every = max(1, total // SNAPSHOTS)
        self._step = int(self.model.optimizer.iterations)
        for layer in self.model.layers:
            if layer.name == FIRST_CONVOLUTION:
                self._layer = layer
                self._take_earlier()
                self._keep()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._step += 1
        if self._layer is not None and self._step % self._every == 0:
            self._keep()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if self._layer is not None:
            self._write()

    def _take_earlier(self) -> None:
        try:
            kept = read_arrays(self._path, KERNELS)
        except (OSError, ValueError):  # missing or damaged
            return
        if kept["kernels"].shape[1:] == tuple(self._layer.kernel.shape):
            is_earlier = kept["steps"] < self._step
            self._steps = kept["steps"][is_earlier].tolist()
            self._kernels = list(kept["kernels"][is_earlier])

    def _keep(self) -> None:
        self._steps.append(self._step)
        self._kernels.append(np.asarray(self._layer.kernel).copy())
        if time.monotonic() >= self._next_write:
            self._write()

    def _write(self) -> None:
        self._next_write = time.monotonic() + WRITES_EVERY_SECONDS
        with replacing(self._path) as file:
            np.savez(file, steps=self._steps, kernels=self._kernels)
