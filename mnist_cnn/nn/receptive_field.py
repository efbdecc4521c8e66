"""Which pixels of the image a unit can see (Araujo, Norris, Sim 2019)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.nn.layers import (
    IMAGE_SHAPE,
    Layer,
    LayeredArchitecture,
    rows_seen,
)


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
        return Region(*rows_seen(layers, 0, last) * 2)
    return Region(*rows_seen(layers, row, row), *rows_seen(layers, column, column))


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
    up_to = architecture.layers()[: architecture.index(name) + 1]
    return tuple(layer for layer in up_to if len(layer.output_shape) == 3)
