"""What if the digit were turned, moved, larger, or written with another pen?

A network has learned from upright, centered digits. Here the drawing is changed step by
step, to find where the network lets go of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy import ndimage

from mnist_cnn.nn.network import Network


@dataclass(frozen=True)
class Change:
    """How the drawing is changed, around its center of mass.

    Attributes:
        angle: degrees, anticlockwise if above 0; -180 to 180.
        right, down: pixels that it moves; -28 to 28.
        scale: 1 leaves its size; 0.2 to 3.
        thicken: pixels that each edge of a stroke moves outwards (inwards if below 0);
            -3 to 3.
    """

    angle: float = 0.0
    right: float = 0.0
    down: float = 0.0
    scale: float = 1.0
    thicken: float = 0.0


RANGES: dict[str, tuple[float, float]] = {
    "angle": (-180, 180),
    "right": (-28, 28),
    "down": (-28, 28),
    "scale": (0.2, 3),
    "thicken": (-3, 3),
}
MAX_POINTS = 64
NEIGHBORS = ndimage.generate_binary_structure(2, 1)  # a pixel and the four beside it
AFFORDABLE = 2_000_000_000  # multiply-adds, some 150 ms on one thread (measured)
# What the curves run over.
CURVES: dict[str, np.ndarray] = {
    "angle": np.arange(-90, 91, 5.0),
    "right": np.arange(-12, 13, 1.0),
    "down": np.arange(-12, 13, 1.0),
    "scale": np.round(np.arange(0.4, 1.61, 0.05), 2),
    "thicken": np.round(np.arange(-1.5, 2.01, 0.25), 2),
}


@dataclass(frozen=True)
class Curve:
    """Probabilities over one kind of change, the others staying as they are.

    Attributes:
        name: a field of ``Change``.
        values: (N,), ascending.
        probabilities: (N, 10).
        digit: the network's answer for the drawing without this change.
        holds: the first and last value, around no change, up to which the network
            stays with that answer without a break.
    """

    name: str
    values: np.ndarray
    probabilities: np.ndarray
    digit: int
    holds: tuple[float, float]


def changed(pixels: np.ndarray, change: Change) -> np.ndarray:
    """The drawing, changed.

    Args:
        pixels: (28, 28) in [0, 1].

    Returns:
        float32 (28, 28) in [0, 1]; ink that leaves the image is lost.

    Raises:
        ValueError: naming the value that is out of its range.
    """
    for name, (low, high) in RANGES.items():
        value = getattr(change, name)
        if not low <= value <= high:
            raise ValueError(f"{name} must be from {low:g} to {high:g}, not {value:g}.")
    pixels = np.asarray(pixels, np.float32)
    moved = _move(pixels, change)
    return np.clip(_thicken(moved, change.thicken), 0, 1)


def curve(
    network: Network,
    pixels: np.ndarray,
    name: str,
    change: Change | None = None,
    *,
    max_points: int = MAX_POINTS,
) -> Curve:
    """How the probabilities follow one kind of change.

    Args:
        pixels: (28, 28) in [0, 1].
        name: of a field of ``Change``.
        change: the other changes, which stay.
        max_points: besides the ends.
    """
    change = change or Change()
    values = _thinned(CURVES[name], getattr(Change(), name), max_points)
    images = [changed(pixels, replace(change, **{name: value})) for value in values]
    probabilities = network.probabilities(np.stack(images))
    answers = probabilities.argmax(axis=1)
    neutral = int(np.abs(values - getattr(Change(), name)).argmin())
    digit = int(answers[neutral])
    wrong = np.flatnonzero(answers != digit)
    first = wrong[wrong < neutral].max(initial=-1) + 1
    last = wrong[wrong > neutral].min(initial=len(values)) - 1
    return Curve(
        name, values, probabilities, digit, (float(values[first]), float(values[last]))
    )


def affordable_points(network: Network) -> int:
    """Points that a large network, too, reads in about 150 ms."""
    each = sum(layer.multiply_adds for layer in network.layers)
    return int(np.clip(AFFORDABLE // max(1, each), 6, MAX_POINTS))


def _thinned(values: np.ndarray, neutral: float, max_points: int) -> np.ndarray:
    """Every so-manieth value, those of no change and both ends among them."""
    step = math.ceil(len(values) / max_points)
    places = np.arange(len(values))
    middle = int(np.abs(values - neutral).argmin())
    kept = ((places - middle) % step == 0) | (places == 0) | (places == len(values) - 1)
    return values[kept]


def _move(pixels: np.ndarray, change: Change) -> np.ndarray:
    """Scaled, turned and shifted, bilinear, 0 outside."""
    if replace(change, thicken=0) == Change() or not pixels.any():
        return pixels
    center = np.array(ndimage.center_of_mass(pixels))
    angle = np.deg2rad(change.angle)
    cos, sin = np.cos(angle), np.sin(angle)
    # From a new pixel to where it comes from.
    inverse = np.array([[cos, sin], [-sin, cos]]) / change.scale
    target = center + np.array([change.down, change.right])
    # A smaller digit keeps all its ink only if each new pixel is a mean of several.
    parts = (-1 / 3, 0, 1 / 3) if change.scale < 1 else (0,)
    samples = [
        ndimage.affine_transform(
            pixels,
            inverse,
            center - inverse @ (target - part),
            order=1,
            mode="grid-constant",
        )
        for part in product(parts, parts)
    ]
    return np.mean(samples, axis=0)


def _thicken(pixels: np.ndarray, amount: float) -> np.ndarray:
    """Toward the brightest (or darkest) neighbor, a pixel at a time."""
    reach = ndimage.grey_dilation if amount > 0 else ndimage.grey_erosion
    rest = abs(amount)
    while rest > 0:
        reached = reach(pixels, footprint=NEIGHBORS, mode="constant")
        pixels = pixels + np.float32(min(rest, 1)) * (reached - pixels)
        rest -= 1
    return pixels
