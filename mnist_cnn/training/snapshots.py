"""The Keras callbacks that keep what people look at: kernels, readings, movement."""

from __future__ import annotations

import time

import keras
import numpy as np

from mnist_cnn.runs import Run
from mnist_cnn.storage.files import replacing
from mnist_cnn.training.batches import Batches
from mnist_cnn.training.report import Report

KERNEL_SNAPSHOTS = 60
# A file takes longer to be replaced than some batches to be trained.
WRITES_EVERY_SECONDS = 1.0
FIRST_CONVOLUTION = "conv_1"


class KeepKernels(keras.callbacks.Callback):
    """Keeps the first layer's kernels as they change, some 60 times over the run.

    Writes ``kernels.npz``: ``steps`` int (S,) and ``kernels`` float32
    (S, k, k, channels, filters), at most once a second and after each epoch. Nothing
    for a network without convolution. A resumed training goes on with those it finds.

    Args:
        run: where to write.
        report: for the step.
        total_steps: of the whole training.
    """

    def __init__(self, run: Run, report: Report, total_steps: int) -> None:
        super().__init__()
        self._path = run.kernels_path
        self._report = report
        self._every = max(1, total_steps // KERNEL_SNAPSHOTS)
        self._steps: list[int] = []
        self._kernels: list[np.ndarray] = []
        self._layer = None
        self._next_write = 0.0

    def on_train_begin(self, logs: dict | None = None) -> None:
        names = [layer.name for layer in self.model.layers]
        if FIRST_CONVOLUTION in names:
            self._layer = self.model.get_layer(FIRST_CONVOLUTION)
            self._take_earlier()
            self._keep()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self._layer is not None and self._report.step % self._every == 0:
            self._keep()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        if self._layer is not None:
            self._write()

    def _take_earlier(self) -> None:
        try:
            with np.load(self._path) as kept:
                steps, kernels = kept["steps"].tolist(), list(kept["kernels"])
        except Exception:  # missing or damaged: zipfile and numpy raise their own
            return
        if kernels and kernels[0].shape == tuple(self._layer.kernel.shape):
            count = sum(step < self._report.step for step in steps)
            self._steps, self._kernels = steps[:count], kernels[:count]

    def _keep(self) -> None:
        self._steps.append(self._report.step)
        self._kernels.append(np.asarray(self._layer.kernel).copy())
        if time.monotonic() >= self._next_write:
            self._write()

    def _write(self) -> None:
        self._next_write = time.monotonic() + WRITES_EVERY_SECONDS
        with replacing(self._path) as file:
            np.savez(file, steps=self._steps, kernels=self._kernels)


class ReadAgain(keras.callbacks.Callback):
    """Reads the same few digits after every epoch, so that one sees opinions form.

    Adds ``readings`` to the epoch's line: ten probabilities for each of the digits.

    Args:
        report: takes the readings.
        pixels: float32 (N, 28, 28, 1).
    """

    def __init__(self, report: Report, pixels: np.ndarray) -> None:
        super().__init__()
        self._report = report
        self._pixels = pixels

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        readings = np.asarray(self.model(self._pixels, training=False))
        self._report.extra["readings"] = readings.round(4).tolist()


class Movement(keras.callbacks.Callback):
    """How far each layer's weights moved in the epoch, relative to their length.

    Adds ``moved`` to the epoch's line: by layer, the length of the change of its kernel
    over the length of the kernel before (both as Euclidean norms).

    Args:
        report: takes the values.
    """

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._before = self._kernels()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._report.extra["moved"] = {
            name: round(
                float(
                    np.linalg.norm(kernel - self._before[name])
                    / max(np.linalg.norm(self._before[name]), 1e-12)
                ),
                5,
            )
            for name, kernel in self._kernels().items()
        }

    def _kernels(self) -> dict[str, np.ndarray]:
        return {
            layer.name: np.asarray(layer.kernel).copy()
            for layer in self.model.layers
            if hasattr(layer, "kernel")
        }


def show_batch(model: keras.Model, batches: Batches, index: int, run: Run) -> None:
    """Writes ``last_batch.npz``: a batch as the network reads it now.

    ``pixels`` float32 (B, 28, 28), ``labels`` int (B,), ``probabilities`` float32
    (B, 10) and ``losses`` float32 (B,), after the step that was made with this batch.
    """
    pixels, labels = batches[index]
    probabilities = np.asarray(model(pixels, training=False))
    right = probabilities[np.arange(len(labels)), labels]
    with replacing(run.last_batch_path) as file:
        np.savez(
            file,
            pixels=pixels[..., 0],
            labels=labels,
            probabilities=probabilities,
            losses=-np.log(np.maximum(right, 1e-7)),
        )
