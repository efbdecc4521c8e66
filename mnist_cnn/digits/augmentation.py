"""Vary training digits the way people's handwriting varies.

Each variation is chosen by name. Turn, slant, proportions, size, place and elastic bend
together move every pixel once, so that the picture is interpolated once; a changed
pen width comes last. A turned or slanted digit is fitted into MNIST's 20x20 box again
and centered by mass, because ``preprocessing.prepare`` does that to every drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mnist_cnn.digits import SIDE

BOX = 20
CENTER = 14.0  # MNIST's centers of mass, counted from 0


@dataclass(frozen=True)
class Augmentation:
    """A way to vary digits: its title, and a sentence on why it helps."""

    title: str
    reason: str


AUGMENTATIONS: dict[str, Augmentation] = {
    "turn": Augmentation(
        "Turn",
        "People turn the paper or write uphill: each digit is turned by up to 13°.",
    ),
    "shear": Augmentation(
        "Slant",
        "Some hands lean right, some stand straight: each digit is sheared by up to "
        "0.3 pixels a row.",
    ),
    "scale": Augmentation(
        "Proportions",
        "Narrow or wide writing: width against height varies by up to a fifth.",
    ),
    "stroke": Augmentation(
        "Pen width",
        "A pencil or a marker: strokes become up to one pixel thinner or wider.",
    ),
    "shift": Augmentation(
        "Shift",
        "A stray mark moves the center of mass: each digit moves by up to a pixel.",
    ),
    "parts": Augmentation(
        "Parts",
        "A small head with a long tail, or the other way round: rows and columns are "
        "stretched in one part of the digit and squeezed in another, by about 2 "
        "pixels. Straight bars stay straight.",
    ),
    "elastic": Augmentation(
        "Elastic",
        "No hand draws the same curve twice: parts of the digit are pushed sideways by "
        "about a pixel, smoothly (after Simard, Steinkraus, Platt 2003). Level bars "
        "stay level, since they tell a seven from a one.",
    ),
}

TURN_DEGREES = 13.0
SHEAR = 0.3
PROPORTION = 0.2
STROKE = 0.7
SHIFT = 1.0
PARTS_PIXELS = 2.0
ELASTIC_KNOTS = 5
ELASTIC_PIXELS = 1.2


def augment(
    images: np.ndarray, names: Iterable[str], rng: np.random.Generator
) -> np.ndarray:
    """Varied copies of `images`, each digit in its own random way.

    Args:
        images: (N, 28, 28) in [0, 1].
        names: of `AUGMENTATIONS`; none of them gives the images as they are.
        rng: decides everything; the same state gives the same digits.

    Returns:
        float32 (N, 28, 28) in [0, 1].

    Raises:
        ValueError: for an unknown name or another shape.
    """
    images = np.asarray(images, np.float32)
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(f"Digits have the shape (N, 28, 28), not {images.shape}.")
    chosen = set(names)
    if unknown := chosen - set(AUGMENTATIONS):
        raise ValueError(f"Unknown augmentation: {', '.join(sorted(unknown))}.")
    if not chosen or not len(images):
        return images.copy()
    if chosen - {"stroke"}:
        images = _resample(images, *_sources(images, chosen, rng))
    if "stroke" in chosen:
        images = _change_stroke(images, rng)
    return np.clip(images, 0, 1)


def _sources(
    images: np.ndarray, chosen: set[str], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Row and column, each (N, 28, 28), where every new pixel takes its value from."""
    count = len(images)
    forward = _affine(count, chosen, rng)
    rows, columns = centers_of_mass(images)
    if chosen & {"turn", "shear", "scale"}:
        forward *= _fit(images, forward, rows, columns)[:, None, None]
    inverse = np.linalg.inv(forward)
    target_row = np.full(count, CENTER) + (rows - np.round(rows))
    target_column = np.full(count, CENTER) + (columns - np.round(columns))
    if "shift" in chosen:
        target_row += rng.uniform(-SHIFT, SHIFT, count)
        target_column += rng.uniform(-SHIFT, SHIFT, count)
    grid = np.arange(SIDE, dtype=np.float32)
    y = grid[None, :] - target_row[:, None]
    x = grid[None, :] - target_column[:, None]
    inverse = inverse.astype(np.float32)[:, :, :, None, None]
    y, x = y.astype(np.float32)[:, :, None], x.astype(np.float32)[:, None, :]
    source_row = inverse[:, 0, 0] * y + inverse[:, 0, 1] * x
    source_column = inverse[:, 1, 0] * y + inverse[:, 1, 1] * x
    source_row += rows.astype(np.float32)[:, None, None]
    source_column += columns.astype(np.float32)[:, None, None]
    if "parts" in chosen:
        source_row += _stretch_parts(count, rng)[:, :, None]
        source_column += _stretch_parts(count, rng)[:, None, :]
    if "elastic" in chosen:
        # Sideways only: pushed up and down as well, the flag of a one turns into the
        # bar of a seven (pen ones read as sevens: 32; without any bend: 18).
        source_column += _bend(count, rng)
    return source_row, source_column


def _affine(count: int, chosen: set[str], rng: np.random.Generator) -> np.ndarray:
    """(N, 2, 2) matrices that act on (row, column) seen from the center of mass."""
    matrix = np.broadcast_to(np.eye(2), (count, 2, 2)).copy()
    if "scale" in chosen:
        stretch = np.exp(rng.uniform(-PROPORTION, PROPORTION, count) / 2)
        matrix[:, 0, 0], matrix[:, 1, 1] = stretch, 1 / stretch
    if "shear" in chosen:
        shear = np.broadcast_to(np.eye(2), (count, 2, 2)).copy()
        shear[:, 1, 0] = rng.uniform(-SHEAR, SHEAR, count)
        matrix = shear @ matrix
    if "turn" in chosen:
        angle = np.deg2rad(rng.uniform(-TURN_DEGREES, TURN_DEGREES, count))
        cos, sin = np.cos(angle), np.sin(angle)
        turn = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
        matrix = turn @ matrix
    return matrix


def centers_of_mass(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and column, each (N,); the middle for an empty image."""
    grid = np.arange(SIDE)
    mass = images.sum((1, 2), dtype=np.float64)
    empty = mass <= 0
    mass = np.where(empty, 1, mass)
    rows = images.sum(2) @ grid / mass
    columns = images.sum(1) @ grid / mass
    return np.where(empty, CENTER, rows), np.where(empty, CENTER, columns)


def _fit(
    images: np.ndarray, forward: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """(N,) factors that bring the longer side of the changed digit back to 20."""
    grid = np.arange(SIDE)
    y = (grid - rows[:, None])[:, :, None]
    x = (grid - columns[:, None])[:, None, :]
    ink = images > 0.3
    sides = []
    for axis in (0, 1):
        position = (
            forward[:, axis, 0, None, None] * y + forward[:, axis, 1, None, None] * x
        )
        high = np.where(ink, position, -np.inf).max((1, 2))
        low = np.where(ink, position, np.inf).min((1, 2))
        sides.append(high - low)
    longest = np.maximum(*sides) + 1.0
    return np.where(np.isfinite(longest), BOX / np.clip(longest, 8, 40), 1.0)


def _stretch_parts(count: int, rng: np.random.Generator) -> np.ndarray:
    """float32 (N, 28): where each row comes from, moved; nothing moves at the ends.

    Half a sine wave across the box moves its middle, a whole one its halves.
    """
    position = np.clip((np.arange(SIDE) - (SIDE - BOX) / 2) / BOX, 0, 1)
    waves = np.sin(np.pi * np.outer([1, 2], position))
    heights = rng.uniform(-PARTS_PIXELS, PARTS_PIXELS, (count, 2)) * [1.0, 0.5]
    return (heights @ waves).astype(np.float32)


def _bend(count: int, rng: np.random.Generator) -> np.ndarray:
    """float32 (N, 28, 28): a smooth random displacement in pixels."""
    knots = rng.normal(0, ELASTIC_PIXELS, (count, ELASTIC_KNOTS, ELASTIC_KNOTS))
    return (_SPREAD @ knots.astype(np.float32)) @ _SPREAD.T


def _spread() -> np.ndarray:
    """(28, knots): how much each knot of the bend counts at each pixel."""
    knots = np.linspace(0, SIDE - 1, ELASTIC_KNOTS)
    gap = knots[1] - knots[0]
    weight = np.exp(-0.5 * ((np.arange(SIDE)[:, None] - knots) / (0.6 * gap)) ** 2)
    return (weight / weight.sum(1, keepdims=True)).astype(np.float32)


_SPREAD = _spread()


def _resample(images: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Bilinear: the value of `images` at (row, column), 0 outside.

    By hand, since scipy.ndimage takes 2.6 times as long for a batch (measured).
    """
    padded = np.zeros((len(images), SIDE + 3, SIDE + 3), np.float32)
    padded[:, 1 : SIDE + 1, 1 : SIDE + 1] = images
    row = np.clip(row + 1, 0, SIDE + 1)
    column = np.clip(column + 1, 0, SIDE + 1)
    top, left = row.astype(np.int32), column.astype(np.int32)
    down, right = row - np.floor(row), column - np.floor(column)
    first = np.arange(len(images), dtype=np.int32)[:, None, None] * (SIDE + 3) ** 2
    position = first + top * (SIDE + 3) + left
    flat = padded.ravel()
    upper = flat[position] * (1 - right) + flat[position + 1] * right
    position += SIDE + 3
    lower = flat[position] * (1 - right) + flat[position + 1] * right
    return upper * (1 - down) + lower * down


def _change_stroke(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Toward the brightest or the darkest of the four neighbors and itself."""
    amount = rng.uniform(-STROKE, STROKE, len(images)).astype(np.float32)
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    parts = (
        padded[:, :-2, 1:-1],
        padded[:, 2:, 1:-1],
        padded[:, 1:-1, :-2],
        padded[:, 1:-1, 2:],
    )
    widest, thinnest = images, images
    for part in parts:
        widest = np.maximum(widest, part)
        thinnest = np.minimum(thinnest, part)
    wider = np.clip(amount, 0, None)[:, None, None]
    thinner = np.clip(-amount, 0, None)[:, None, None]
    return images + wider * (widest - images) + thinner * (thinnest - images)
