"""What each kind of layer computes, on arrays whose first axis counts the images.

This is what a CNN computes once it is trained. Convolution is a window that slides
over the image and a matrix product; pooling keeps the largest of each window, or
their mean; a dense layer is a matrix product; softmax turns ten scores into
probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# Keras' BatchNormalization default.
BATCH_NORM_EPSILON = 1e-3


def convolution(
    images: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray,
    stride: int = 1,
    zero_padding: tuple[int, int] = (0, 0),
) -> np.ndarray:
    """Convolution as in every deep-learning library: no flipping.

    Each output pixel is the sum over the window of pixel times weight, plus bias.

    Args:
        images: (N, H, W, C).
        kernel: (k, k, C, filters).
        bias: (filters,).
        stride: pixels from one window to the next.
        zero_padding: rows (and columns) of zeros before and after the image.

    Returns:
        (N, rows, columns, filters) with
        rows = (H + zeros - k) // stride + 1.
    """
    height, width, channels, filters = kernel.shape
    if any(zero_padding):
        images = np.pad(images, ((0, 0), zero_padding, zero_padding, (0, 0)))
    windows = sliding_window_view(images, (height, width), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    # (N, rows, columns, C, k, k) -> (N, rows, columns, k, k, C): the kernel's order
    windows = windows.transpose(0, 1, 2, 4, 5, 3)
    patches = windows.reshape(-1, height * width * channels)
    sums = patches @ kernel.reshape(-1, filters) + bias
    return sums.reshape(*windows.shape[:3], filters)


def windows_by_offset(
    images: np.ndarray,
    size: int,
    stride: int,
    padding: tuple[int, int] = (0, 0),
    value: float = 0.0,
) -> Iterator[np.ndarray]:
    """For each offset in a window, in rows: that value of every window.

    Args:
        images: (N, H, W, C).
        size: height and width of the window.
        padding: rows (and columns) of ``value`` before and after the image.

    Yields:
        size · size arrays (N, rows, columns, C); a rest at the edge is dropped.
    """
    if any(padding):
        around = ((0, 0), padding, padding, (0, 0))
        images = np.pad(images, around, constant_values=value)
    rows = (images.shape[1] - size) // stride * stride + 1
    columns = (images.shape[2] - size) // stride * stride + 1
    for row in range(size):
        for column in range(size):
            yield images[
                :, row : row + rows : stride, column : column + columns : stride
            ]


def max_pooling(
    images: np.ndarray, size: int, stride: int, padding: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """The largest value of each size × size window; see ``windows_by_offset``."""
    shifted = windows_by_offset(images, size, stride, padding, -np.inf)
    return reduce(np.maximum, shifted)


def average_pooling(
    images: np.ndarray, size: int, stride: int, padding: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """The mean of each window; what lies outside of the image does not count."""
    inside = np.ones((1, *images.shape[1:3], 1), images.dtype)
    counts = sum(windows_by_offset(inside, size, stride, padding))
    return sum(windows_by_offset(images, size, stride, padding)) / counts


def global_average_pooling(images: np.ndarray) -> np.ndarray:
    """(N, H, W, C) -> (N, C): the mean of each map."""
    return images.mean(axis=(1, 2))


def batch_normalization(
    values: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    moving_mean: np.ndarray,
    moving_variance: np.ndarray,
) -> np.ndarray:
    """Batch normalization with the statistics learned (Ioffe, Szegedy 2015)."""
    scale = gamma / np.sqrt(moving_variance + np.float32(BATCH_NORM_EPSILON))
    return values * scale + (beta - moving_mean * scale)


def flatten(images: np.ndarray) -> np.ndarray:
    """(N, H, W, C) -> (N, H·W·C): row by row, all channels at each pixel."""
    return images.reshape(len(images), -1)


def dense(values: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """(N, inputs) -> (N, units): each unit weighs all inputs and adds its bias."""
    return values @ kernel + bias


def relu(values: np.ndarray) -> np.ndarray:
    """What is below 0 becomes 0."""
    return np.maximum(values, np.float32(0))


def leaky_relu(values: np.ndarray, slope: float) -> np.ndarray:
    """What is below 0 is multiplied by the slope."""
    return np.where(values > 0, values, values * np.float32(slope))


def sigmoid(values: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-value)), by the hyperbolic tangent, which cannot overflow."""
    return np.float32(0.5) * (np.tanh(values * np.float32(0.5)) + np.float32(1))


def softmax(scores: np.ndarray) -> np.ndarray:
    """exp(score) / sum of exp(scores); the largest is subtracted against overflow."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
