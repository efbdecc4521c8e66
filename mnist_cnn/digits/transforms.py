"""A digit turned, moved, resized, thickened or thinned.

What if shows the network these, and the data set *MNIST, corrupted* is made of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

# A pixel and the four beside it.
NEIGHBORS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)


@dataclass(frozen=True)
class Change:
    """How the drawing is changed, around its center of mass.

    Attributes:
        angle: degrees, counterclockwise if above 0; -180 to 180.
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


def _move(pixels: np.ndarray, change: Change) -> np.ndarray:
    """Scaled, turned and shifted, bilinear, 0 outside."""
    if replace(change, thicken=0) == Change() or not pixels.any():
        return pixels
    from scipy import ndimage  # 0.3 s to import: not before somebody needs it

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
    from scipy import ndimage

    reach = ndimage.grey_dilation if amount > 0 else ndimage.grey_erosion
    rest = abs(amount)
    while rest > 0:
        reached = reach(pixels, footprint=NEIGHBORS, mode="constant")
        pixels = pixels + np.float32(min(rest, 1)) * (reached - pixels)
        rest -= 1
    return pixels
