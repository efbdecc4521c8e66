"""The batch that people look at while a training run is paused."""

from __future__ import annotations

import keras
import numpy as np

from mnist_cnn.runs import Run
from mnist_cnn.storage.files import replacing
from mnist_cnn.training.batches import Batches


def save_batch(model: keras.Model, batches: Batches, index: int, run: Run) -> None:
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
