"""The training digits, batch by batch, in an order that only the seed decides."""

from __future__ import annotations

from enum import IntEnum

import keras
import numpy as np

from mnist_cnn.digits.augmentation import augment
from mnist_cnn.experiments.config import TrainingConfig
from mnist_cnn.training.model import as_input


class Stream(IntEnum):
    """What a seed decides, beside the labels: each has random numbers of its own.

    numpy takes ``(seed,)`` and ``(seed, 0)`` for the same seed; the labels have the
    first.
    """

    ORDER = 1
    AUGMENTATION = 2
    DROPOUT = 3


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
        indices = self.indices(index)
        pixels = as_input(self._images[indices])
        if self._config.augmentation:
            rng = self._rng(Stream.AUGMENTATION, self._epoch, index)
            pixels = augment(pixels[..., 0], self._config.augmentation, rng)[..., None]
        return pixels, self._labels[indices]

    def indices(self, index: int) -> np.ndarray:
        """Which digits of the training set batch ``index`` has."""
        size = self._config.batch_size
        return self._order[index * size : (index + 1) * size]

    def sizes(self) -> list[int]:
        """Digits in each batch."""
        return [len(self.indices(index)) for index in range(len(self))]

    def start_epoch(self, epoch: int) -> None:
        """Shuffles for that epoch, counted from 0."""
        self._epoch = epoch
        self._order = self._rng(Stream.ORDER, epoch).permutation(len(self._images))

    def _rng(self, *which: int) -> np.random.Generator:
        return np.random.default_rng((self._config.seed, *which))
