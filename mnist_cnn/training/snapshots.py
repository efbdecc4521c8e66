"""The Keras callbacks that keep what people look at: network, kernels, readings."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from mnist_cnn.files import replacing
from mnist_cnn.runs import Run
from mnist_cnn.training.batches import Batches
from mnist_cnn.training.model import weights_of
from mnist_cnn.training.report import Report

KERNEL_SNAPSHOTS = 60
FIRST_CONVOLUTION = "conv_1"


class KeepNetwork(keras.callbacks.Callback):
    """Saves the network at the end of each epoch, and notes it in the status.

    Args:
        run: where to write ``weights.npz`` and ``model.keras``.
        note_epoch: called with the epoch (from 1) and Keras' logs.
    """

    def __init__(self, run: Run, note_epoch: Callable[[int, dict], None]) -> None:
        super().__init__()
        self._run = run
        self._note_epoch = note_epoch

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        with replacing(self._run.weights_path) as file:
            np.savez(file, **weights_of(self.model))
        save_model(self.model, self._run)
        self._note_epoch(epoch + 1, logs or {})


def save_model(model: keras.Model, run: Run) -> None:
    """Replaces ``model.keras`` in one step, with the optimizer's state."""
    # Keras looks at the ending, so the temporary name ends in it too.
    temporary = run.path / ".saving.keras"
    try:
        model.save(temporary)
        temporary.replace(run.model_path)
    finally:
        temporary.unlink(missing_ok=True)


class KeepKernels(keras.callbacks.Callback):
    """Keeps the first layer's kernels as they change, some 60 times over the run.

    Writes ``kernels.npz``: ``steps`` int (S,) and ``kernels`` float32
    (S, k, k, channels, filters). Nothing for a network without convolution.

    Args:
        run: where to write.
        report: for the step.
        total_steps: of the whole training.
    """

    def __init__(self, run: Run, report: Report, total_steps: int) -> None:
        super().__init__()
        self._run = run
        self._report = report
        self._every = max(1, total_steps // KERNEL_SNAPSHOTS)
        self._steps: list[int] = []
        self._kernels: list[np.ndarray] = []
        self._layer = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        names = [layer.name for layer in self.model.layers]
        if FIRST_CONVOLUTION in names:
            self._layer = self.model.get_layer(FIRST_CONVOLUTION)
            self._keep()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        if self._layer is not None and self._report.step % self._every == 0:
            self._keep()

    def _keep(self) -> None:
        self._steps.append(self._report.step)
        self._kernels.append(np.asarray(self._layer.kernel).copy())
        with replacing(self._run.path / "kernels.npz") as file:
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
    with replacing(run.path / "last_batch.npz") as file:
        np.savez(
            file,
            pixels=pixels[..., 0],
            labels=labels,
            probabilities=probabilities,
            losses=-np.log(np.maximum(right, 1e-7)),
        )
