"""What in the drawing mattered for a digit's score: three answers, each with limits.

Occlusion covers a part and looks what changes. Grad-CAM weighs feature maps by their
gradient. Contributions split the score, exactly, into what each feature adds to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.nn.architecture import IMAGE_SHAPE, Layer
from mnist_cnn.nn.backward import OUTPUT, gradients
from mnist_cnn.nn.network import Forward, Network

SIDE = IMAGE_SHAPE[0]
CELLS = (2, 4, 7, 14)
# About 300 ms at the 13 billion multiply-adds a second of one thread (measured).
AFFORDABLE = 4_000_000_000
# Every result of 32 digits is some 13 MB in the lecture's network.
CHUNK = 32


class SaliencyError(ValueError):
    """This network cannot answer; a sentence for the person."""


@dataclass(frozen=True)
class Occlusion:
    """What covering each part of the drawing does (Zeiler, Fergus 2014, section 4.2).

    Attributes:
        probability_drop: (28 / cell, 28 / cell), the digit's probability less its
            probability with the window around that cell covered; above 0 where the
            part speaks for the digit.
        score_drop: the same of the score's lead over the best other digit, which
            still changes where the probability is all but 1.
        probability, lead: without anything covered.
        digit: whose.
        size: height and width of the window in pixels.
        cell: height and width of a cell in pixels, which is also the window's step.
    """

    probability_drop: np.ndarray
    score_drop: np.ndarray
    probability: float
    lead: float
    digit: int
    size: int
    cell: int


@dataclass(frozen=True)
class ActivationMap:
    """Grad-CAM (Selvaraju et al. 2017, equations 1 and 2).

    Attributes:
        values: (H, W), at least 0: ReLU of the weighted sum of the feature maps.
        weights: (C,), each map's mean gradient of the digit's score.
        layer: whose feature maps.
        digit: whose score.
    """

    values: np.ndarray
    weights: np.ndarray
    layer: str
    digit: int


@dataclass(frozen=True)
class Contributions:
    """A unit's value, before its activation, split into what each feature adds to it.

    For the digit at hand the layers after flattening are a sum of value times weight
    (a ReLU either passes a value on or not), so ``features.sum() + constant`` is the
    value, exactly.

    Attributes:
        features: (features,), value times gradient, in the order after flattening.
        values: (features,), the features themselves.
        places: (H, W), the sum over the channels at each place before flattening.
        constant: what the biases add.
        total: the unit's value before its activation; of the last layer, the score.
    """

    features: np.ndarray
    values: np.ndarray
    places: np.ndarray
    constant: float
    total: float


def occlusion(
    network: Network, pixels: np.ndarray, digit: int, *, size: int = 4, cell: int = 2
) -> Occlusion:
    """Covers the drawing, window by window, with background.

    Args:
        pixels: (28, 28) in [0, 1].
        digit: whose probability, 0 to 9.
        size: of the window, in pixels; even if ``cell`` is.
        cell: 28 must be a multiple of it.

    Raises:
        ValueError: if the sizes do not fit.
    """
    if SIDE % cell or (size - cell) % 2 or size < cell:
        raise ValueError(f"Windows of {size} do not fit around cells of {cell} pixels.")
    pixels = np.asarray(pixels, np.float32)
    cells, overlap = SIDE // cell, (size - cell) // 2
    covered, places = [pixels], []
    for row in range(cells):
        for column in range(cells):
            top, left = row * cell - overlap, column * cell - overlap
            window = (
                slice(max(top, 0), top + size),
                slice(max(left, 0), left + size),
            )
            # Covering background with background changes nothing.
            if pixels[window].any():
                image = pixels.copy()
                image[window] = 0
                covered.append(image)
                places.append((row, column))
    probabilities, leads = _read(network, np.stack(covered), digit)
    probability_drop = np.zeros((cells, cells), np.float32)
    score_drop = np.zeros((cells, cells), np.float32)
    if places:
        index = tuple(np.array(places).T)
        probability_drop[index] = probabilities[0] - probabilities[1:]
        score_drop[index] = leads[0] - leads[1:]
    return Occlusion(
        probability_drop,
        score_drop,
        float(probabilities[0]),
        float(leads[0]),
        digit,
        size,
        cell,
    )


def affordable_cell(network: Network) -> int:
    """The finest cell whose windows a large network, too, reads in about 300 ms."""
    each = sum(layer.multiply_adds for layer in network.layers)
    for cell in CELLS:
        if (SIDE // cell) ** 2 * each <= AFFORDABLE:
            return cell
    return CELLS[-1]


def fitting_size(size: int, cell: int) -> int:
    """The window nearest to a size that fits around cells of that many pixels."""
    return max(cell, size + (size - cell) % 2)


def feature_layers(network: Network) -> tuple[Layer, ...]:
    """The layers with feature maps that Grad-CAM can use: after each ReLU."""
    return tuple(
        layer
        for layer in network.layers
        if layer.activation == "relu" and len(layer.output_shape) == 3
    )


def grad_cam(
    network: Network, trace: Forward, digit: int, name: str | None = None
) -> ActivationMap:
    """Where the feature maps that speak for a digit are active.

    Args:
        trace: of ``network.forward``; its first digit is used.
        digit: whose score, 0 to 9.
        name: of one of ``feature_layers``; None for the last.

    Raises:
        SaliencyError: if the network has no such layer.
    """
    layers = feature_layers(network)
    if not layers:
        raise SaliencyError(
            "A class activation map needs feature maps, and this network has no "
            "convolution."
        )
    name = name or layers[-1].name
    if name not in [layer.name for layer in layers]:
        raise SaliencyError(f"There are no feature maps after ReLU in {name!r}.")
    maps = trace.after[name][0]
    gradient = gradients(network, _first(trace), digit, until=name)[name][0]
    weights = gradient.mean(axis=(0, 1))
    values = np.maximum(maps @ weights, 0)
    return ActivationMap(values, weights, name, digit)


def contributions(
    network: Network, trace: Forward, unit: int, name: str = OUTPUT
) -> Contributions:
    """What each feature adds to a unit of a dense layer, for the trace's first digit.

    Args:
        unit: for the last layer, a digit.
        name: of the dense layer.
    """
    flatten = next(layer for layer in network.layers if layer.kind == "flatten")
    gradient = gradients(network, _first(trace), unit, name, until=flatten.name)
    gradient = gradient[flatten.name][0]
    values = trace.after[flatten.name][0]
    features = values * gradient
    total = float(trace.before[name][0, unit])
    return Contributions(
        features=features,
        values=values,
        places=features.reshape(flatten.input_shape).sum(axis=-1),
        constant=total - float(features.sum(dtype=np.float64)),
        total=total,
    )


def _first(trace: Forward) -> Forward:
    return Forward(
        *(
            {name: values[:1] for name, values in part.items()}
            for part in (trace.inputs, trace.before, trace.after)
        )
    )


def _read(
    network: Network, images: np.ndarray, digit: int
) -> tuple[np.ndarray, np.ndarray]:
    """The digit's probability, and its score's lead over the best other; each (N,)."""
    probabilities, leads = [], []
    last = network.layers[-1].name
    others = np.arange(10) != digit
    for start in range(0, len(images), CHUNK):
        trace = network.forward(images[start : start + CHUNK])
        scores = trace.before[last]
        probabilities.append(trace.after[last][:, digit])
        leads.append(scores[:, digit] - scores[:, others].max(axis=1))
    return np.concatenate(probabilities), np.concatenate(leads)
