"""One layer with maps taken apart: the numbers that make one value of its result.

Every step here is one value out of the forward pass (``network.py``), with all that
went into it. The ``row`` and ``column`` are always those of the value in the layer's
result, counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.nn.architecture import Layer
from mnist_cnn.nn.network import BATCH_NORM_EPSILON, Forward, Network, pad


class ExplainError(ValueError):
    """Asked for something that is not there; a sentence for the person."""


@dataclass(frozen=True)
class ConvolutionStep:
    """One pixel of a feature map: ``result = activation(sum of products + bias)``.

    Attributes:
        patch: (k, k, C), what the window covers; 0 where it hangs over the edge.
        kernel: (k, k, C), the weights of the filter.
        products: (k, k, C), patch times kernel, value by value.
        is_padding: bool (k, k), where the window hangs over the edge.
        top, left: the window's first row and column in the layer's input; below 0 when
            it hangs over the edge.
        channel_sums: (C,), what each input channel contributes.
        order: (C,), the channels by the size of their contribution, largest first.
        total: sum of all products.
        bias: of the filter.
        before, result: before and after the activation function.
    """

    patch: np.ndarray
    kernel: np.ndarray
    products: np.ndarray
    is_padding: np.ndarray
    top: int
    left: int
    channel_sums: np.ndarray
    order: np.ndarray
    total: float
    bias: float
    before: float
    result: float


@dataclass(frozen=True)
class PoolingStep:
    """One pixel after max pooling: ``result = max(window)``.

    Attributes:
        window: (k, k), the values compared.
        winner: row and column in the window of the largest (the first, if several).
        top, left: the window's first row and column in the layer's input.
        result: the largest value.
    """

    window: np.ndarray
    winner: tuple[int, int]
    top: int
    left: int
    result: float


@dataclass(frozen=True)
class BatchNormStep:
    """One value normalized (Ioffe, Szegedy 2015), with the statistics learned.

    ``result = gamma · (value - mean) / deviation + beta``, where
    ``deviation = sqrt(variance + epsilon)``.
    """

    value: float
    mean: float
    variance: float
    epsilon: float
    deviation: float
    gamma: float
    beta: float
    result: float


def convolution(
    network: Network, trace: Forward, name: str, filter_: int, row: int, column: int
) -> ConvolutionStep:
    """How one pixel of one feature map came about, for the first digit of the trace.

    Raises:
        ExplainError: if the layer is no convolution or has no such pixel.
    """
    layer = layer_of_kind(network, name, "conv")
    _check_place(layer, row, column, filter_)
    size = layer.kernel[0]
    padded = pad(layer, trace.inputs[name][:1])[0]
    patch = padded[row : row + size, column : column + size]
    kernel = network.weights[f"{name}/kernel"][..., filter_]
    products = patch * kernel
    top, left = row - layer.padding_before, column - layer.padding_before
    height, width, _ = layer.input_shape
    rows, columns = np.arange(top, top + size), np.arange(left, left + size)
    outside = np.logical_or.outer(
        (rows < 0) | (rows >= height), (columns < 0) | (columns >= width)
    )
    channel_sums = products.sum(axis=(0, 1))
    return ConvolutionStep(
        patch=patch,
        kernel=kernel,
        products=products,
        is_padding=outside,
        top=top,
        left=left,
        channel_sums=channel_sums,
        order=np.argsort(-np.abs(channel_sums), kind="stable"),
        total=float(products.sum()),
        bias=float(network.weights[f"{name}/bias"][filter_]),
        before=float(trace.before[name][0, row, column, filter_]),
        result=float(trace.after[name][0, row, column, filter_]),
    )


def pooling(
    network: Network, trace: Forward, name: str, channel: int, row: int, column: int
) -> PoolingStep:
    """Which value won, for the first digit of the trace.

    Raises:
        ExplainError: if the layer does not pool or has no such pixel.
    """
    layer = layer_of_kind(network, name, "pool")
    _check_place(layer, row, column, channel)
    size = layer.kernel[0]
    top, left = row * layer.stride, column * layer.stride
    window = trace.inputs[name][0, top : top + size, left : left + size, channel]
    winner = np.unravel_index(window.argmax(), window.shape)
    return PoolingStep(
        window=window,
        winner=(int(winner[0]), int(winner[1])),
        top=top,
        left=left,
        result=float(trace.after[name][0, row, column, channel]),
    )


def batch_norm(
    network: Network, trace: Forward, name: str, channel: int, row: int, column: int
) -> BatchNormStep:
    """How one value was normalized, for the first digit of the trace.

    Raises:
        ExplainError: if the layer does not normalize or has no such value.
    """
    layer = layer_of_kind(network, name, "batch_norm")
    _check_place(layer, row, column, channel)
    learned = {
        what: float(network.weights[f"{name}/{what}"][channel])
        for what in ("gamma", "beta", "moving_mean", "moving_variance")
    }
    return BatchNormStep(
        value=float(trace.inputs[name][0, row, column, channel]),
        mean=learned["moving_mean"],
        variance=learned["moving_variance"],
        epsilon=BATCH_NORM_EPSILON,
        deviation=float(np.sqrt(learned["moving_variance"] + BATCH_NORM_EPSILON)),
        gamma=learned["gamma"],
        beta=learned["beta"],
        result=float(trace.after[name][0, row, column, channel]),
    )


def layer_of_kind(network: Network, name: str, kind: str) -> Layer:
    """The layer of that name; ExplainError if there is none of that kind."""
    for layer in network.layers:
        if layer.name == name and layer.kind == kind:
            return layer
    raise ExplainError(f"This network has no {kind} layer named {name!r}.")


def _check_place(layer: Layer, row: int, column: int, channel: int) -> None:
    height, width, channels = layer.output_shape
    if not (0 <= row < height and 0 <= column < width and 0 <= channel < channels):
        raise ExplainError(
            f"{layer.name} has {height}×{width} pixels in {channels} maps; there is "
            f"no row {row}, column {column} in map {channel}."
        )
