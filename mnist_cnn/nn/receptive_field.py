"""Which pixels of the image a unit can see (Araujo, Norris, Sim 2019).

Walking back from a unit, each window widens what is seen: a unit that sees rows a to b
of a layer's result sees rows a·stride - padding to b·stride - padding + kernel - 1 of
its input, as far as there are such rows. Images and windows are square.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.nn.layers import IMAGE_SHAPE, Layer, LayeredArchitecture


@dataclass(frozen=True)
class Region:
    """Rows ``top`` to ``bottom`` and columns ``left`` to ``right``, all included."""

    top: int
    bottom: int
    left: int
    right: int


def receptive_field(
    architecture: LayeredArchitecture,
    name: str,
    row: int | None = None,
    column: int = 0,
) -> Region:
    """The pixels that a unit of a layer can see.

    Args:
        name: of the layer.
        row, column: of the unit in the layer's feature maps. None for all its units
            together, and for units after flattening, which see all that is left.

    Raises:
        KeyError: if there is no such layer.
    """
    layers = _layers_with_maps(architecture, name)
    if row is None:
        last = layers[-1].output_shape[0] - 1 if layers else IMAGE_SHAPE[0] - 1
        return Region(*_seen(layers, 0, last) * 2)
    return Region(*_seen(layers, row, row), *_seen(layers, column, column))


def to_image(
    architecture: LayeredArchitecture, name: str, values: np.ndarray
) -> np.ndarray:
    """A feature map as a map of pixels.

    Each pixel takes the value of the unit whose receptive field has its center
    nearest, so that a map without padding lands where it belongs.

    Args:
        name: of a layer with feature maps, or of "flatten" for those before it.
        values: (H, W).

    Returns:
        (28, 28).
    """
    centers = np.arange(len(values), dtype=float)
    for layer in reversed(_layers_with_maps(architecture, name)):
        if layer.kernel:
            half = (layer.kernel[0] - 1) / 2
            centers = centers * layer.stride - layer.zero_padding[0] + half
    pixels = np.arange(IMAGE_SHAPE[0])
    nearest = np.abs(pixels[:, None] - centers).argmin(axis=1)
    return values[np.ix_(nearest, nearest)]


def _layers_with_maps(
    architecture: LayeredArchitecture, name: str
) -> tuple[Layer, ...]:
    layers = architecture.layers()
    up_to = layers[: layers.index(architecture.layer(name)) + 1]
    return tuple(layer for layer in up_to if len(layer.output_shape) == 3)


def _seen(layers: tuple[Layer, ...], first: int, last: int) -> tuple[int, int]:
    for layer in reversed(layers):
        if layer.kernel:
            before = layer.zero_padding[0]
            first = max(first * layer.stride - before, 0)
            last = last * layer.stride - before + layer.kernel[0] - 1
            last = min(last, layer.input_shape[0] - 1)
    return first, last
