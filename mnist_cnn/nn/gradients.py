"""Backpropagation in numpy: how much a score changes with every value before it.

The other half of training, in the textbook's form (Rumelhart, Hinton, Williams 1986):
walk through the layers from last to first, and at each multiply by how its result
depends on its input.
"""

from __future__ import annotations

import numpy as np

from mnist_cnn.nn.architecture import Layer
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.nn.operations import BATCH_NORM_EPSILON

IMAGE = "image"
OUTPUT = "output"


def gradients(
    forward: ForwardPass, unit: int, name: str = OUTPUT, *, until: str = IMAGE
) -> dict[str, np.ndarray]:
    """The gradient of a unit, before its activation, to every result before it.

    Args:
        unit: of the last layer for a digit's score (the value before softmax), or of
            any other dense layer.
        name: of that dense layer.
        until: the first layer of interest; those before it are left out.

    Returns:
        Gradients by layer name, each of the shape of ``forward.activations[name]``;
        "image" for the pixels; for the layer itself 1 at the unit.
    """
    layers = forward.network.layers
    names = [layer.name for layer in layers]
    gradient = np.zeros_like(forward.pre_activations[name])
    gradient[:, unit] = 1
    found = {}
    for layer in reversed(layers[: names.index(name) + 1]):
        found[layer.name] = gradient
        if layer.name == until:
            return found
        if layer.activation == "relu" and layer.name != name:
            # ReLU lets through where its input was above 0, and nothing elsewhere.
            gradient = gradient * (forward.pre_activations[layer.name] > 0)
        gradient = _through(forward, layer, gradient)
    found[IMAGE] = gradient
    return found


def _through(forward: ForwardPass, layer: Layer, gradient: np.ndarray) -> np.ndarray:
    """From the layer's result (before its activation) to its input."""
    inputs, weights = forward.inputs[layer.name], forward.network.weights_of(layer)
    match layer.kind:
        case "conv":
            return _through_convolution(layer, weights["kernel"], gradient)
        case "batch_norm":
            deviation = np.sqrt(weights["moving_variance"] + BATCH_NORM_EPSILON)
            return gradient * (weights["gamma"] / deviation)
        case "pool":
            return _through_max_pooling(inputs, layer.kernel[0], gradient)
        case "flatten":
            return gradient.reshape(inputs.shape)
        case "dense":
            return gradient @ weights["kernel"].T
        case _:
            return gradient


def _through_convolution(
    layer: Layer, kernel: np.ndarray, gradient: np.ndarray
) -> np.ndarray:
    """Each weight hands the gradient back to the pixels it was multiplied with."""
    size = layer.kernel[0]
    count, rows, columns, _ = gradient.shape
    padded = np.zeros(
        (count, rows + size - 1, columns + size - 1, kernel.shape[2]), np.float32
    )
    for row in range(size):
        for column in range(size):
            padded[:, row : row + rows, column : column + columns] += (
                gradient @ kernel[row, column].T
            )
    start, _ = layer.zero_padding
    height, width, _ = layer.input_shape
    return padded[:, start : start + height, start : start + width]


def _through_max_pooling(
    inputs: np.ndarray, size: int, gradient: np.ndarray
) -> np.ndarray:
    """Only the largest value of each window (the first, if several) has a share."""
    count, rows, columns, channels = gradient.shape
    used = inputs[:, : rows * size, : columns * size]
    windows = used.reshape(count, rows, size, columns, size, channels)
    windows = windows.transpose(0, 1, 3, 5, 2, 4).reshape(-1, size * size)
    shares = np.zeros_like(windows)
    shares[np.arange(len(windows)), windows.argmax(axis=1)] = gradient.reshape(-1)
    shares = shares.reshape(count, rows, columns, channels, size, size)
    found = np.zeros_like(inputs)
    found[:, : rows * size, : columns * size] = shares.transpose(
        0, 1, 4, 2, 5, 3
    ).reshape(used.shape)
    return found
