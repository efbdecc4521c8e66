"""The training digits, batch by batch, in an order that only the seed decides."""

from __future__ import annotations

import keras
import numpy as np

from mnist_cnn.digits.augmentation import augment
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.training.model import as_input


class Batches(keras.utils.PyDataset):
    """Shuffles before each epoch, and varies the digits if the config asks for it.

    Order and variation depend on seed, epoch and batch alone, so that a run can be
    repeated, resumed, and any of its batches shown again.

    Args:
        images: uint8 (N, 28, 28).
        labels: integers (N,).
        config: its ``batch_size``, ``seed`` and ``augmentation``.
    """

    def __init__(
        self, images: np.ndarray, labels: np.ndarray, config: TrainingConfig
    ) -> None:
        super().__init__(workers=1)
        self._images = images
        self._labels = labels.astype(np.int32)
        self._config = config
        self.start_epoch(0)

    def __len__(self) -> int:
        return self._config.steps_per_epoch(len(self._images))

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Batch ``index``: float32 (B, 28, 28, 1) in [0, 1], int32 (B,)."""
        places = self.places(index)
        pixels = as_input(self._images[places])
        if self._config.augmentation:
            rng = np.random.default_rng((self._config.seed, self._epoch, index))
            pixels = augment(pixels[..., 0], self._config.augmentation, rng)[..., None]
        return pixels, self._labels[places]

    def places(self, index: int) -> np.ndarray:
        """Where the digits of batch ``index`` stand in the training set."""
        size = self._config.batch_size
        return self._order[index * size : (index + 1) * size]

    def sizes(self) -> list[int]:
        """Digits in each batch."""
        return [len(self.places(index)) for index in range(len(self))]

    def start_epoch(self, epoch: int) -> None:
        """Shuffles for that epoch, counted from 0."""
        rng = np.random.default_rng((self._config.seed, epoch))
        self._epoch = epoch
        self._order = rng.permutation(len(self._images))


class StartEpoch(keras.callbacks.Callback):
    """Tells the batches which epoch begins; Keras draws from them before the first.

    Sets the random numbers of dropout too, so that they depend on seed and epoch alone:
    Keras does not save them.

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
        for place, layer in enumerate(self.model.layers):
            if isinstance(layer, keras.layers.Dropout):
                seeds = np.random.SeedSequence((self._seed, epoch, place))
                first, second = seeds.generate_state(2) >> 1
                layer.seed_generator.state.assign([first, second])
