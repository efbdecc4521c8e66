"""What if the digit were turned, moved, larger, or written with another pen?

A network has learned from upright, centered digits. Here the drawing is changed step by
step, to find where the network lets go of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from mnist_cnn.digits.transforms import Change, changed
from mnist_cnn.nn.network import ForwardPass, Network

MAX_POINTS = 64
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


@dataclass(frozen=True)
class Effect:
    """What a change does to a network's answer.

    Attributes:
        probabilities: (10,), of the changed drawing.
        over_angle, over_other: curves through that change.
    """

    probabilities: np.ndarray
    over_angle: Curve
    over_other: Curve


def effect(forward: ForwardPass, change: Change, other: str) -> Effect:
    """Of a change of the pass's first digit.

    Args:
        other: the field of ``Change`` for the second curve.
    """
    network, pixels = forward.network, forward.pixels
    points = affordable_points(network)
    return Effect(
        network.probabilities(changed(pixels, change))[0],
        curve(network, pixels, "angle", change, max_points=points),
        curve(network, pixels, other, change, max_points=points),
    )


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
    predicted = probabilities.argmax(axis=1)
    neutral = int(np.abs(values - getattr(Change(), name)).argmin())
    digit = int(predicted[neutral])
    wrong = np.flatnonzero(predicted != digit)
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
    index = np.arange(len(values))
    middle = int(np.abs(values - neutral).argmin())
    kept = ((index - middle) % step == 0) | (index == 0) | (index == len(values) - 1)
    return values[kept]
