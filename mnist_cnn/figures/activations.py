"""Digits and maps over them as pictures, on the one color scale of all activations.

One rule holds for every picture: black is 0, orange to white is above 0, blue to white
is below 0, and the same brightness means the same size, up to the largest in the layer.
Blue and orange are told apart with every kind of color vision (Okabe, Ito 2008).
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from mnist_cnn.nn.receptive_field import Region

_OUTLINE_INDEX = 255
_OUTLINE_COLOR = (235, 235, 235)
# Brightness grows evenly along both halves.
_ABOVE = ((0, 0, 0), (96, 40, 0), (200, 90, 0), (250, 165, 40), (255, 248, 215))
_BELOW = ((0, 0, 0), (0, 42, 100), (0, 96, 190), (70, 170, 245), (222, 243, 255))
ZOOM = 12


def map_over_digit(pixels: np.ndarray, values: np.ndarray) -> bytes:
    """A map over the digit as a PNG of 28·12 pixels a side.

    The map keeps its own colors, so that its scale stays honest; the digit is the
    light outline on it.

    Args:
        pixels: (28, 28) in [0, 1].
        values: (H, W), any size; its pixels are stretched over the image.
    """
    side = pixels.shape[0] * ZOOM
    limit = float(np.abs(values).max(initial=0))
    index = Image.fromarray(color_index(values, limit)).resize(
        (side, side), Image.Resampling.NEAREST
    )
    index = np.array(index)
    index[outline(pixels, ZOOM)] = _OUTLINE_INDEX
    image = Image.fromarray(index)
    image.putpalette(palette().tobytes())
    return _png(image)


def digit_png(pixels: np.ndarray, zoom: int = 1) -> bytes:
    """A digit (28, 28) in [0, 1] as a gray PNG, each pixel ``zoom`` wide."""
    return _png(_digit(pixels, zoom))


def framed_digit(pixels: np.ndarray, region: Region, zoom: int = ZOOM) -> bytes:
    """A digit (28, 28) in [0, 1] as a PNG, a frame around the pixels of a region."""
    image = _digit(pixels, zoom).convert("RGB")
    box = (
        region.left * zoom,
        region.top * zoom,
        (region.right + 1) * zoom - 1,
        (region.bottom + 1) * zoom - 1,
    )
    pen = ImageDraw.Draw(image)
    pen.rectangle(box, outline="#0072B2", width=4)
    pen.rectangle(box, outline="#FFFFFF", width=2)
    return _png(image)


def outline(pixels: np.ndarray, zoom: int) -> np.ndarray:
    """Bool (28·zoom, 28·zoom): the line where the drawing is half as bright as ink."""
    side = pixels.shape[0] * zoom
    image = Image.fromarray(np.asarray(pixels, np.float32))
    smooth = np.asarray(image.resize((side, side), Image.Resampling.BILINEAR))
    ink = np.pad(smooth >= 0.5, 2)
    inner = ink.copy()
    for axis in (0, 1):
        for step in (-2, -1, 1, 2):
            inner &= np.roll(ink, step, axis)
    return (ink & ~inner)[2:-2, 2:-2]


def color_index(values: np.ndarray, limit: float) -> np.ndarray:
    """uint8 0 to 254 for values from -limit to limit; 127 is 0."""
    if limit <= 0:
        return np.full(values.shape, 127, np.uint8)
    scaled = np.clip(values / np.float32(limit), -1, 1)
    return np.round(127 + 127 * scaled).astype(np.uint8)


def palette() -> np.ndarray:
    """uint8 (256, 3): the colors of the indices; the last is that of outlines."""
    positions = np.linspace(0, 127, len(_ABOVE))
    steps = np.arange(128)
    above, below = (
        np.stack([np.interp(steps, positions, x) for x in np.transpose(anchors)], 1)
        for anchors in (_ABOVE, _BELOW)
    )
    colors = np.concatenate([below[:0:-1], above, [_OUTLINE_COLOR]])
    return np.round(colors).astype(np.uint8)


def _digit(pixels: np.ndarray, zoom: int) -> Image.Image:
    gray = np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(gray.repeat(zoom, 0).repeat(zoom, 1))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
