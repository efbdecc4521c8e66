"""The forward pass in numpy: every number on the way from pixels to digit.

This is what a CNN computes once it is trained. Convolution is a window that slides
over the image and a matrix product; pooling keeps the largest of each window; a
dense layer is a matrix product; softmax turns ten scores into probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mnist_cnn.nn.architecture import Architecture, Layer
from mnist_cnn.storage.arrays import arrays

# Keras' BatchNormalization default.
BATCH_NORM_EPSILON = 1e-3
# Digits at a time: the windows of 128 digits take some 40 MB in the lecture's network.
CHUNK = 128


class NetworkError(ValueError):
    """Weights or pixels that do not fit; its text is a sentence for the person."""


@dataclass(frozen=True)
class Forward:
    """All values of one forward pass, by layer name, each with a first axis of N.

    Attributes:
        inputs: what enters the layer.
        before: the layer's result before its activation function (for "output":
            the ten scores, also called logits). The same as ``after`` for layers
            that have no activation function.
        after: the layer's result, which enters the next layer.
    """

    inputs: dict[str, np.ndarray]
    before: dict[str, np.ndarray]
    after: dict[str, np.ndarray]


class Network:
    """An architecture with weights.

    Args:
        architecture: the network as data.
        weights: float32 arrays named ``layer/weight``, as in ``weight_shapes``.

    Raises:
        NetworkError: if an array is missing or its shape does not fit.
    """

    def __init__(
        self, architecture: Architecture, weights: Mapping[str, np.ndarray]
    ) -> None:
        self.architecture = architecture
        self.layers = architecture.layers()
        self.weights: dict[str, np.ndarray] = {}
        for name, shape in weight_shapes(architecture).items():
            if name not in weights:
                raise NetworkError(f"The weights have no array {name!r}.")
            array = np.ascontiguousarray(weights[name], dtype=np.float32)
            if array.shape != shape:
                raise NetworkError(
                    f"The array {name!r} has shape {array.shape}; this network needs "
                    f"{shape}."
                )
            self.weights[name] = array

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """Probabilities of the ten digits.

        Args:
            pixels: (28, 28) for one digit or (N, 28, 28), in [0, 1].

        Returns:
            float32 (N, 10), N = 1 for one digit; each row sums to 1.
        """
        images = _as_images(pixels)
        rows = [
            self._run(images[start : start + CHUNK])
            for start in range(0, len(images), CHUNK)
        ]
        return np.concatenate(rows) if rows else np.empty((0, 10), np.float32)

    def activations(self, pixels: np.ndarray) -> dict[str, np.ndarray]:
        """Every layer's result by layer name, each float32 with a first axis of N."""
        return self.forward(pixels).after

    def forward(self, pixels: np.ndarray) -> Forward:
        """Every layer's input, and its result before and after the activation.

        Args:
            pixels: (28, 28) or (N, 28, 28), in [0, 1]; a few hundred at most, since
                everything is kept (0.4 MB a digit in the lecture's network).
        """
        trace = Forward({}, {}, {})
        self._run(_as_images(pixels), trace)
        return trace

    def _run(self, values: np.ndarray, trace: Forward | None = None) -> np.ndarray:
        for layer in self.layers:
            before = self.linear(layer, values)
            after = activate(layer, before)
            if trace is not None:
                trace.inputs[layer.name] = values
                trace.before[layer.name] = before
                trace.after[layer.name] = after
            values = after
        return values

    def linear(self, layer: Layer, values: np.ndarray) -> np.ndarray:
        """A layer's result before its activation function.

        Args:
            layer: one of ``self.layers``.
            values: float32 (N, *layer.input_shape).

        Returns:
            float32 (N, *layer.output_shape).
        """
        match layer.kind:
            case "conv":
                return convolve(
                    pad(layer, values),
                    self.weights[f"{layer.name}/kernel"],
                    self.weights[f"{layer.name}/bias"],
                )
            case "batch_norm":
                return batch_normalize(
                    values,
                    *(
                        self.weights[f"{layer.name}/{name}"]
                        for name in ("gamma", "beta", "moving_mean", "moving_variance")
                    ),
                )
            case "pool":
                return max_pool(values, layer.kernel[0])
            case "flatten":
                return values.reshape(len(values), -1)
            case "dense":
                kernel = self.weights[f"{layer.name}/kernel"]
                return values @ kernel + self.weights[f"{layer.name}/bias"]
            case _:  # ReLU is an activation only; dropout is off once trained
                return values


def pad(layer: Layer, values: np.ndarray) -> np.ndarray:
    """Zeros around (N, H, W, C) as the convolution's padding asks."""
    if layer.padding == "valid":
        return values
    before, after = layer.padding_before, layer.kernel[0] - 1 - layer.padding_before
    return np.pad(values, ((0, 0), (before, after), (before, after), (0, 0)))


def convolve(images: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Convolution with stride 1, as in every deep-learning library: no flipping.

    Each output pixel is the sum over the window of pixel times weight, plus bias.

    Args:
        images: (N, H, W, C), padded already.
        kernel: (k, k, C, filters).
        bias: (filters,).

    Returns:
        (N, H - k + 1, W - k + 1, filters).
    """
    height, width, channels, filters = kernel.shape
    windows = sliding_window_view(images, (height, width), axis=(1, 2))
    # (N, rows, columns, C, k, k) -> (N, rows, columns, k, k, C): the kernel's order
    windows = windows.transpose(0, 1, 2, 4, 5, 3)
    patches = windows.reshape(-1, height * width * channels)
    sums = patches @ kernel.reshape(-1, filters) + bias
    return sums.reshape(*windows.shape[:3], filters)


def max_pool(images: np.ndarray, size: int) -> np.ndarray:
    """The largest value of each size x size window; a rest at the edge is dropped.

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


def batch_normalize(
    values: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
) -> np.ndarray:
    """Batch normalization with the statistics learned (Ioffe, Szegedy 2015)."""
    scale = gamma / np.sqrt(variance + np.float32(BATCH_NORM_EPSILON))
    return values * scale + (beta - mean * scale)


def activate(layer: Layer, values: np.ndarray) -> np.ndarray:
    """The layer's activation function: ReLU, softmax over the last axis, or none."""
    if layer.activation == "relu":
        return np.maximum(values, np.float32(0))
    if layer.activation == "softmax":
        return softmax(values)
    return values


def softmax(scores: np.ndarray) -> np.ndarray:
    """exp(score) / sum of exp(scores); the largest is subtracted against overflow."""
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def weight_shapes(architecture: Architecture) -> dict[str, tuple[int, ...]]:
    """Name and shape of every array in ``weights.npz``, in the order of the layers."""
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in architecture.layers():
        outputs = layer.output_shape[-1]
        if layer.kind == "conv":
            shapes[f"{layer.name}/kernel"] = (
                *layer.kernel,
                layer.input_shape[-1],
                outputs,
            )
            shapes[f"{layer.name}/bias"] = (outputs,)
        elif layer.kind == "dense":
            shapes[f"{layer.name}/kernel"] = (layer.input_shape[0], outputs)
            shapes[f"{layer.name}/bias"] = (outputs,)
        elif layer.kind == "batch_norm":
            for name in ("gamma", "beta", "moving_mean", "moving_variance"):
                shapes[f"{layer.name}/{name}"] = (outputs,)
    return shapes


def load_weights(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a ``weights.npz``; pickled objects in it are refused.

    Raises:
        NetworkError: if the file is missing, damaged or not such an archive.
    """
    try:
        with arrays(path) as archive:
            # Beside them stands the epoch.
            return {name: archive[name] for name in archive.files if "/" in name}
    except FileNotFoundError as error:
        raise NetworkError(
            f"There are no weights yet ({path.name} is missing): the first epoch has "
            "to be complete."
        ) from error
    except Exception as error:  # zipfile, zlib and numpy each raise their own
        raise NetworkError(
            f"The weights in {path.name} cannot be read ({error}). The file is damaged."
        ) from error


def _as_images(pixels: np.ndarray) -> np.ndarray:
    array = np.asarray(pixels, dtype=np.float32)
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.shape[1:] != (28, 28):
        raise NetworkError(
            "A network reads pixels of shape (28, 28) or (N, 28, 28), not "
            f"{array.shape}."
        )
    return array[..., None]
