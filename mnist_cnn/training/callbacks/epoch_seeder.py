"""The Keras callback that makes each epoch's chance depend on seed and epoch alone."""

from __future__ import annotations

import keras
import numpy as np

from mnist_cnn.training.batches import Batches, Stream


class EpochSeeder(keras.callbacks.Callback):
    """Tells the batches which epoch begins, and seeds dropout for it.

    Keras draws batches before an epoch begins, and does not save the random numbers of
    dropout; with this, a resumed training is the one that was never interrupted.

    Args:
        batches: of this training.
        seed: of this training.
    """

    def __init__(self, batches: Batches, seed: int) -> None:
        super().__init__()
        self._batches = batches
        self._seed = seed

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._batches.start_epoch(epoch)
        for index, layer in enumerate(self.model.layers):
            if isinstance(layer, keras.layers.Dropout):
                seeds = np.random.SeedSequence(
                    (self._seed, Stream.DROPOUT, epoch, index)
                )
                first, second = seeds.generate_state(2) >> 1
                layer.seed_generator.state.assign([first, second])
