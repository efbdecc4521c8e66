"""What each kind of layer computes, on arrays whose first axis counts the images.

This is what a CNN computes once it is trained. Convolution is a window that slides
over the image and a matrix product; pooling keeps the largest of each window; a
dense layer is a matrix product; softmax turns ten scores into probabilities.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

# Keras' BatchNormalization default.
BATCH_NORM_EPSILON = 1e-3


def convolution(
    images: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray,
    zero_padding: tuple[int, int] = (0, 0),
) -> np.ndarray:
    """Convolution with stride 1, as in every deep-learning library: no flipping.

    Each output pixel is the sum over the window of pixel times weight, plus bias.

    Args:
        images: (N, H, W, C).
        kernel: (k, k, C, filters).
        bias: (filters,).
        zero_padding: rows (and columns) of zeros before and after the image.

    Returns:
        (N, H + zeros - k + 1, W + zeros - k + 1, filters).
    """
    height, width, channels, filters = kernel.shape
    if any(zero_padding):
        images = np.pad(images, ((0, 0), zero_padding, zero_padding, (0, 0)))
    windows = sliding_window_view(images, (height, width), axis=(1, 2))
    # (N, rows, columns, C, k, k) -> (N, rows, columns, k, k, C): the kernel's order
    windows = windows.transpose(0, 1, 2, 4, 5, 3)
    patches = windows.reshape(-1, height * width * channels)
    sums = patches @ kernel.reshape(-1, filters) + bias
    return sums.reshape(*windows.shape[:3], filters)


def max_pooling(images: np.ndarray, size: int) -> np.ndarray:
    """The largest value of each size × size window; a rest at the edge is dropped.

    Args:
        images: (N, H, W, C).

    Returns:
        (N, H // size, W // size, C).
    """
    rows, columns = images.shape[1] // size, images.shape[2] // size
    pooled = images[:, : rows * size : size, : columns * size : size]
    for row in range(size):
        for column in range(size):
            shifted = images[
                :, row : rows * size : size, column : columns * size : size
            ]
            pooled = np.maximum(pooled, shifted)
    return pooled


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


def softmax(scores: np.ndarray) -> np.ndarray:
    """exp(score) / sum of exp(scores); the largest is subtracted against overflow."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
