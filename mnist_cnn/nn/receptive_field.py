"""Which pixels of the image a unit can see (Araujo, Norris, Sim 2019).

Walking back from a unit, each window widens what is seen: a unit that sees rows a to b
of a layer's result sees rows a·stride - padding to b·stride - padding + kernel - 1 of
its input.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.nn.architecture import IMAGE_SHAPE, Architecture, Layer


@dataclass(frozen=True)
class Region:
    """Rows ``top`` to ``bottom`` and columns ``left`` to ``right``, both included."""

    top: int
    bottom: int
    left: int
    right: int

    def inside(
        self, height: int = IMAGE_SHAPE[0], width: int = IMAGE_SHAPE[1]
    ) -> Region:
        """The part of it that lies in the image."""
        return Region(
            max(self.top, 0),
            min(self.bottom, IMAGE_SHAPE[0] - 1),
            max(self.left, 0),
            min(self.right, IMAGE_SHAPE[1] - 1),
        )

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        return self.right - self.left + 1


def seen(
    architecture: Architecture, name: str, row: int | None = None, column: int = 0
) -> Region:
    """The pixels that a unit of a layer can see; may reach into the padding.

    Args:
        name: of the layer.
        row, column: of the unit in the layer's result. None for all its units
            together, and for units after flattening, which see all that is left.

    Raises:
        KeyError: if there is no such layer.
    """
    layers = architecture.layers()
    names = [layer.name for layer in layers]
    if name not in names:
        raise KeyError(name)
    before = layers[: names.index(name) + 1]
    maps = [layer for layer in before if len(layer.output_shape) == 3]
    flat = len(maps) < len(before)
    if not maps:
        return Region(0, IMAGE_SHAPE[0] - 1, 0, IMAGE_SHAPE[1] - 1)
    if row is None or flat:
        height, width, _ = maps[-1].output_shape
        region = Region(0, height - 1, 0, width - 1)
    else:
        region = Region(row, row, column, column)
    for layer in reversed(maps):
        region = _back(layer, region)
    return region


def over_image(architecture: Architecture, name: str, values: np.ndarray) -> np.ndarray:
    """A map of a layer's places as a map of pixels.

    Each pixel takes the value of the place whose receptive field has its center
    nearest, so that a map without padding lands where it belongs.

    Args:
        name: of a layer with places, or of "flatten" for the places before it.
        values: (H, W).

    Returns:
        (28, 28).
    """
    layers = architecture.layers()
    names = [layer.name for layer in layers]
    shaped = [
        layer.name
        for layer in layers[: names.index(name) + 1]
        if len(layer.output_shape) == 3
    ]
    pixels = np.arange(IMAGE_SHAPE[0])
    nearest = []
    for axis, count in enumerate(values.shape):
        if not shaped:
            nearest.append(pixels)
            continue
        fields = [
            seen(architecture, shaped[-1], *((place, 0), (0, place))[axis])
            for place in range(count)
        ]
        centers = np.array(
            [(f.top + f.bottom, f.left + f.right)[axis] / 2 for f in fields]
        )
        nearest.append(np.abs(pixels[:, None] - centers).argmin(axis=1))
    return values[np.ix_(*nearest)]


def place_of_feature(shape: tuple[int, int, int], feature: int) -> tuple[int, int, int]:
    """Row, column and channel, before flattening, of a feature after it."""
    _, width, channels = shape
    return (
        feature // (width * channels),
        feature // channels % width,
        feature % channels,
    )


def _back(layer: Layer, region: Region) -> Region:
    if layer.kernel is None:
        return region
    stride, size, padding = layer.stride, layer.kernel[0], layer.padding_before
    return Region(
        region.top * stride - padding,
        region.bottom * stride - padding + size - 1,
        region.left * stride - padding,
        region.right * stride - padding + size - 1,
    )
