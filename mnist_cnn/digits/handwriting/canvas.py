"""Digits written with a pen: drawn on the canvas, then prepared as any drawing is.

How large, where and with which brush a person draws is chance here, decided by a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from mnist_cnn.digits import SIDE
from mnist_cnn.digits.preprocessing import prepare

CANVAS = 280  # pixels along each side, as on the Draw page
ZOOM = 3  # drawn larger and reduced, since a browser's canvas is antialiased
BRUSHES = (12, 30)  # pixels; the Draw page begins with 20
SIZES = (0.35, 0.9)  # the digit's longer side, as a fraction of the canvas

# A stroke is an array (points, 2) of x and y, y upward, in any unit.
Strokes = Sequence[np.ndarray]


def draw(
    strokes: Strokes,
    rng: np.random.Generator,
    brushes: tuple[float, float] = BRUSHES,
    sizes: tuple[float, float] = SIZES,
) -> np.ndarray:
    """White round strokes on black, at a random size and place, with a random brush.

    Returns:
        uint8 (280, 280).
    """
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    # A dot is a dot, in whatever unit.
    scale = rng.uniform(*sizes) * CANVAS / (float((high - low).max()) or 1.0)
    brush = rng.uniform(*brushes)
    extent = (high - low) * scale
    corner = brush / 2 + rng.uniform(0, 1, 2) * np.maximum(CANVAS - brush - extent, 0)
    image = Image.new("L", (CANVAS * ZOOM, CANVAS * ZOOM), 0)
    pen = ImageDraw.Draw(image)
    radius = brush * ZOOM / 2
    for stroke in strokes:
        place = (stroke - low) * scale
        place[:, 1] = extent[1] - place[:, 1]
        path = [tuple(point) for point in (place + corner) * ZOOM]
        if len(path) > 1:
            pen.line(path, fill=255, width=round(brush * ZOOM))
        for x, y in path:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(ZOOM))


def images(
    digits: Sequence[Strokes],
    seed: int,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """Each digit drawn once and prepared.

    Args:
        digits: the strokes of each.
        seed: another one gives other sizes, places and brushes.
        report: called after each, with those done and all.

    Returns:
        uint8 (N, 28, 28), 0 is black and 255 white.
    """
    prepared = np.zeros((len(digits), SIDE, SIDE), np.uint8)
    for index, strokes in enumerate(digits):
        rng = np.random.default_rng((seed, index))
        prepared[index] = np.round(255 * prepare(draw(strokes, rng)).pixels)
        report(index + 1, len(digits))
    return prepared
