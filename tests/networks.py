"""Networks of every kind with random weights, and digits to read, for the tests."""

from __future__ import annotations

import numpy as np

from mnist_cnn.nn.architecture import LECTURE_NETWORK, Architecture, ConvBlock
from mnist_cnn.nn.network import Network, weight_shapes

ARCHITECTURES = {
    "seed": LECTURE_NETWORK,
    "valid, no pooling": Architecture(
        (ConvBlock(5, 4, "valid", 1), ConvBlock(6, 3, "valid", 2)), 0, (20,)
    ),
    "batch norm, pool 3": Architecture(
        (ConvBlock(4, 3, "same", 3), ConvBlock(7, 2, "same", 3)), 0.1, (30,), True
    ),
    "three blocks, no hidden dense": Architecture(
        (ConvBlock(3, 5), ConvBlock(4, 4), ConvBlock(5, 3, "valid", 1)), 0.5, ()
    ),
    "dense only": Architecture((), 0, (40, 20)),
    "batch norm, valid, rest dropped": Architecture(
        (ConvBlock(3, 2, "valid", 4),), 0.2, (16,), True
    ),
}


def random_network(architecture: Architecture, seed: int = 0) -> Network:
    """Weights such that about half of the units are active everywhere."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in weight_shapes(architecture).items():
        fan_in = max(1, int(np.prod(shape[:-1])))
        weights[name] = rng.normal(0, np.sqrt(2 / fan_in), shape)
        if name.endswith(("bias", "beta", "moving_mean")):
            weights[name] = rng.normal(0, 0.1, shape)
        if name.endswith(("gamma", "moving_variance")):
            weights[name] = rng.uniform(0.5, 1.5, shape)
    return Network(architecture, weights)


def random_digits(count: int, seed: int = 1) -> np.ndarray:
    """Noise rather than ink: borders and corners count as much as the middle."""
    return np.random.default_rng(seed).random((count, 28, 28)).astype(np.float32)


def a_seven() -> np.ndarray:
    """A drawn 7 of the size and place that MNIST's digits have."""
    pixels = np.zeros((28, 28), np.float32)
    pixels[5:8, 7:21] = 1
    for row in range(8, 24):
        left = round(18 - (row - 8) * 0.5)
        pixels[row, left : left + 3] = 1
    return pixels
