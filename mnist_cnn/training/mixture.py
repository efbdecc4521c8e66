"""The digits that a run is trained on: a data set, or several mixed by shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mnist_cnn.digits import datasets, mnist
from mnist_cnn.digits.dataset import DataError, Dataset
from mnist_cnn.experiments.config import TrainingConfig


def load(
    config: TrainingConfig, report: datasets.Report = datasets.no_report
) -> list[Dataset]:
    """The config's data sets, MNIST without the offline digits if it says so.

    Args:
        config: names them.
        report: called with what is drawn and what there is to draw.

    Raises:
        DataError: in a sentence, if one of them is not to be had.
    """
    found = [
        datasets.load(name, download_missing=True, report=report)
        for name in config.data
    ]
    if config.leave_out_offline_digits and "mnist" in config.data:
        index = config.data.index("mnist")
        found[index] = mnist.without_offline_digits(found[index])
    for digits in found:
        if not len(digits.x_train):
            raise DataError(
                "{title} has no digits to train on.", title=digits.about.title
            )
    return found


def keep_aside(
    dataset: Dataset, count: int
) -> tuple[Dataset, tuple[np.ndarray, np.ndarray]]:
    """Keeps the last training digits aside to validate on, half of them at most.

    Returns:
        The rest, and the images and labels to validate on: with a count of 0 those of
        the test set.
    """
    x, y = dataset.x_train, dataset.y_train
    if not count:
        return dataset, (dataset.x_test, dataset.y_test)
    rest = len(x) - min(count, len(x) // 2)
    return replace(dataset, x_train=x[:rest], y_train=y[:rest]), (x[rest:], y[rest:])


def training_digits(
    sets: Sequence[Dataset], config: TrainingConfig
) -> tuple[np.ndarray, np.ndarray]:
    """The images uint8 (N, 28, 28) and labels (N,) that this config trains on.

    In a mixture no digit is left out: the set that is largest for its share is taken
    once, digits of the others several times (in an epoch, each varied anew).
    ``examples`` bounds the whole.
    """
    shares = np.array(config.shares or [1.0] * len(sets))
    sizes = np.array([len(digits.x_train) for digits in sets])
    total = int(np.max(sizes * shares.sum() / shares))
    if config.examples:
        total = min(total, config.examples)
    counts = np.maximum(1, np.round(total * shares / shares.sum())).astype(int)
    pairs = list(zip(sets, counts, strict=True))
    images = np.concatenate([_first(digits.x_train, n) for digits, n in pairs])
    labels = np.concatenate([_first(digits.y_train, n) for digits, n in pairs])
    if config.shuffle_labels:
        labels = np.random.default_rng(config.seed).permutation(labels)
    return images, labels


def _first(values: np.ndarray, count: int) -> np.ndarray:
    """The first so many, from the beginning again where there are too few."""
    if count <= len(values):
        return values[:count]
    return np.resize(values, (count, *values.shape[1:]))
