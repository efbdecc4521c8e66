"""Backpropagation in numpy: how much a score changes with every value before it.

The other half of training, in the textbook's form (Rumelhart, Hinton, Williams 1986):
walk through the layers from last to first, and at each multiply by how its result
depends on its input.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat

import numpy as np

from mnist_cnn.nn.layers import OUTPUT, Layer
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.nn.operations import BATCH_NORM_EPSILON, windows_by_offset

IMAGE = "image"


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
        if layer.name != name:
            gradient = gradient * _slope(forward, layer)
            # What is silent passes nothing on, whatever it is.
            gradient[..., forward.network.silent.get(layer.name, [])] = 0
        gradient = _through(forward, layer, gradient)
    found[IMAGE] = gradient
    return found


def _slope(forward: ForwardPass, layer: Layer) -> np.ndarray | float:
    """How the activation function changes with what enters it."""
    pre_activation = forward.pre_activations[layer.name]
    activation = forward.activations[layer.name]
    match layer.activation:
        case "relu":  # lets through what is above 0, and nothing else
            return pre_activation > 0
        case "leaky_relu":
            return np.where(pre_activation > 0, np.float32(1), np.float32(layer.slope))
        case "tanh":
            return 1 - activation**2
        case "sigmoid":
            return activation * (1 - activation)
        case _:
            return 1.0


def _through(forward: ForwardPass, layer: Layer, gradient: np.ndarray) -> np.ndarray:
    """From the layer's result (before its activation) to its input."""
    inputs, weights = forward.inputs[layer.name], forward.network.weights_of(layer)
    match layer.kind:
        case "rescaling":
            return gradient * np.float32(layer.scale)
        case "conv":
            return _through_convolution(layer, weights["kernel"], gradient)
        case "batch_norm":
            deviation = np.sqrt(weights["moving_variance"] + BATCH_NORM_EPSILON)
            return gradient * (weights["gamma"] / deviation)
        case "pool":
            return _through_max_pooling(layer, inputs, gradient)
        case "average_pool":
            return _through_average_pooling(layer, inputs, gradient)
        case "flatten":
            return gradient.reshape(inputs.shape)
        case "global_average_pool":
            rows, columns = inputs.shape[1:3]
            each = gradient[:, None, None, :] / np.float32(rows * columns)
            return np.broadcast_to(each, inputs.shape)
        case "dense":
            return gradient @ weights["kernel"].T
        case _:
            return gradient


def _through_convolution(
    layer: Layer, kernel: np.ndarray, gradient: np.ndarray
) -> np.ndarray:
    """Each weight hands the gradient back to the pixels it was multiplied with."""
    parts = (gradient @ each.T for row in kernel for each in row)
    return _back_to_windows(layer, parts, len(gradient))


def _through_max_pooling(
    layer: Layer, inputs: np.ndarray, gradient: np.ndarray
) -> np.ndarray:
    """Only the largest value of each window (the first, if several) has a part."""
    values = np.stack(
        list(
            windows_by_offset(
                inputs, layer.kernel[0], layer.stride, layer.zero_padding, -np.inf
            )
        )
    )
    largest = values.argmax(axis=0)
    parts = (gradient * (largest == index) for index in range(len(values)))
    return _back_to_windows(layer, parts, len(gradient))


def _through_average_pooling(
    layer: Layer, inputs: np.ndarray, gradient: np.ndarray
) -> np.ndarray:
    """Each value of a window has the same part."""
    size = layer.kernel[0]
    inside = np.ones((1, *inputs.shape[1:3], 1), np.float32)
    counts = sum(windows_by_offset(inside, size, layer.stride, layer.zero_padding))
    return _back_to_windows(layer, repeat(gradient / counts, size**2), len(gradient))


def _back_to_windows(
    layer: Layer, parts: Iterable[np.ndarray], count: int
) -> np.ndarray:
    """Adds up what each offset of the windows gets: (N, H, W, C), as the layer's input.

    Args:
        parts: for each offset in a window, in rows: (N, rows, columns, C).
    """
    height, width, channels = layer.input_shape
    before, after = layer.zero_padding
    padded = np.zeros(
        (count, height + before + after, width + before + after, channels), np.float32
    )
    targets = windows_by_offset(padded, layer.kernel[0], layer.stride)
    for target, part in zip(targets, parts, strict=True):
        np.add(target, part, out=target)  # a view of what is padded
    return padded[:, before : before + height, before : before + width]
