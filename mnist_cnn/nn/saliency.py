"""What in the drawing spoke for a digit, or for one against another: three answers.

Each has its limits. Occlusion covers a part and looks what changes. Grad-CAM weighs
feature maps by their gradient. Contributions split the score, exactly, into what each
feature adds to it. Of one digit against another it is the difference of their scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.digits import SIDE
from mnist_cnn.nn.gradients import gradients
from mnist_cnn.nn.layers import OUTPUT, Layer, LayeredArchitecture
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.nn.receptive_field import to_image

CELLS = (2, 4, 7, 14)
# About 300 ms at the 13 billion multiply-adds a second of one thread (measured).
AFFORDABLE = 4_000_000_000
# Every result of 32 digits is some 13 MB in the lecture's network.
CHUNK = 32


@dataclass(frozen=True)
class Occlusion:
    """What covering each part of the drawing does (Zeiler, Fergus 2014, section 4.2).

    Attributes:
        probability_drop: (28 / cell, 28 / cell), the digit's probability less its
            probability with the window around that cell covered; above 0 where the
            part speaks for the digit.
        score_drop: the same of the score's lead over the other digit (the best of
            them if none was named), which still changes where the probability is all
            but 1.
        probability, lead: without anything covered.
        size: height and width of the window in pixels.
    """

    probability_drop: np.ndarray
    score_drop: np.ndarray
    probability: float
    lead: float
    size: int


@dataclass(frozen=True)
class GradCam:
    """Grad-CAM (Selvaraju et al. 2017, equations 1 and 2).

    Attributes:
        values: (H, W), at least 0: ReLU of the weighted sum of the feature maps.
        weights: (C,), each map's mean gradient of the digit's score.
        layer: whose feature maps.
        map: (28, 28), the values over the pixels that they belong to.
    """

    values: np.ndarray
    weights: np.ndarray
    layer: str
    map: np.ndarray


@dataclass(frozen=True)
class Contributions:
    """A unit's value, before its activation, split into what each feature adds to it.

    For the digit at hand the layers after flattening are a sum of value times weight
    (a ReLU either passes a value on or not), so ``features.sum() + constant`` is the
    value, exactly. After tanh and sigmoid it is so for small changes only.

    Attributes:
        features: (features,), value times gradient, in the order after flattening.
        positions: (H, W), the sum over the channels at each position before it.
        constant: what the biases add.
        total: the unit's value before its activation; of the last layer, the score.
        map: (28, 28), ``positions`` over the pixels that they belong to.
    """

    features: np.ndarray
    positions: np.ndarray
    constant: float
    total: float
    map: np.ndarray


@dataclass(frozen=True)
class Saliency:
    """All three; no Grad-CAM where there are no feature maps.

    Attributes:
        layers: whose feature maps Grad-CAM can use.
    """

    occlusion: Occlusion
    grad_cam: GradCam | None
    contributions: Contributions
    layers: tuple[str, ...]


def saliency(
    forward: ForwardPass,
    digit: int,
    against: int | None = None,
    *,
    size: int = 4,
    layer: str | None = None,
) -> Saliency:
    """What mattered in the pass's first digit.

    Args:
        digit: whose score, 0 to 9.
        against: the digit whose score is taken from it, if any.
        size: of the window that covers, in pixels.
        layer: of Grad-CAM; if it has none of that name, the last with feature maps.
    """
    layers = feature_layers(forward.network.architecture)
    layer = layer if layer in layers else next(reversed(layers), None)
    return Saliency(
        occlusion(forward, digit, against, size=size),
        None if layer is None else grad_cam(forward, digit, layer, against),
        contributions(forward, digit, against=against),
        layers,
    )


def occlusion(
    forward: ForwardPass, digit: int, against: int | None = None, *, size: int = 4
) -> Occlusion:
    """Covers the pass's first digit, window by window, with background.

    Args:
        digit: whose probability, 0 to 9.
        against: the digit over which its score leads; None for the best other one.
        size: of the window, in pixels; a large network takes larger steps from one
            to the next, and then one pixel more where that is needed to fit.
    """
    pixels = forward.pixels
    cell = affordable_cell(forward.network.architecture)
    size = max(cell, size + (size - cell) % 2)
    cells, overlap = SIDE // cell, (size - cell) // 2
    covered, positions = [pixels], []
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
                positions.append((row, column))
    others = np.arange(10) != digit if against is None else [against]
    probabilities, leads = _probabilities_and_leads(
        forward, np.stack(covered), digit, others
    )
    probability_drop = np.zeros((cells, cells), np.float32)
    score_drop = np.zeros((cells, cells), np.float32)
    for index, position in enumerate(positions, start=1):
        probability_drop[position] = probabilities[0] - probabilities[index]
        score_drop[position] = leads[0] - leads[index]
    return Occlusion(
        probability_drop, score_drop, float(probabilities[0]), float(leads[0]), size
    )


def affordable_cell(architecture: LayeredArchitecture) -> int:
    """The finest step whose windows a large network, too, reads in about 300 ms."""
    each = sum(layer.multiply_adds for layer in architecture.layers())
    for cell in CELLS:
        if (SIDE // cell) ** 2 * each <= AFFORDABLE:
            return cell
    return CELLS[-1]


def feature_layers(architecture: LayeredArchitecture) -> tuple[str, ...]:
    """The layers with feature maps that Grad-CAM can use: after each activation."""
    return tuple(
        layer.name
        for layer in architecture.layers()
        if layer.activation and len(layer.output_shape) == 3
    )


def grad_cam(
    forward: ForwardPass, digit: int, name: str, against: int | None = None
) -> GradCam:
    """Where the feature maps that speak for a digit are active in the first digit.

    Args:
        digit: whose score, 0 to 9.
        name: of one of ``feature_layers``.
        against: the digit whose score is taken from it, if any.
    """
    weights = _gradient(forward, digit, against, OUTPUT, name).mean(axis=(0, 1))
    values = np.maximum(forward.activations[name][0] @ weights, 0)
    shown = to_image(forward.network.architecture, name, values)
    return GradCam(values, weights, name, shown)


def contributions(
    forward: ForwardPass, unit: int, name: str = OUTPUT, against: int | None = None
) -> Contributions:
    """What each feature adds to a unit of a dense layer, for the first digit.

    Args:
        unit: for the last layer, a digit.
        name: of the dense layer.
        against: the unit whose value is taken from it, if any.
    """
    architecture = forward.network.architecture
    layer = architecture.features
    gradient = _gradient(forward, unit, against, name, layer.name)
    features = forward.activations[layer.name][0] * gradient
    positions = _at_positions(layer, forward.inputs[layer.name][0], features)
    values = forward.pre_activations[name][0]
    total = float(values[unit] - (0 if against is None else values[against]))
    return Contributions(
        features,
        positions,
        constant=total - float(features.sum(dtype=np.float64)),
        total=total,
        map=to_image(architecture, layer.name, positions),
    )


def _gradient(
    forward: ForwardPass, unit: int, against: int | None, name: str, until: str
) -> np.ndarray:
    """Of a unit, or of its difference to another, to an earlier layer's result."""
    found = gradients(forward, unit, name, until=until)[until][0]
    if against is None:
        return found
    return found - gradients(forward, against, name, until=until)[until][0]


def _at_positions(layer: Layer, inputs: np.ndarray, features: np.ndarray) -> np.ndarray:
    """What the features add, (H, W), at the positions that they are made of."""
    if layer.kind == "flatten":
        return features.reshape(layer.input_shape).sum(-1)
    # A mean of a map is divided among its values by their size.
    sums = inputs.sum(axis=(0, 1))
    weights = np.divide(features, sums, out=np.zeros_like(sums), where=sums != 0)
    return inputs @ weights


def _probabilities_and_leads(
    forward: ForwardPass, images: np.ndarray, digit: int, others: np.ndarray | list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The digit's probability, and its score's lead over the best other; each (N,)."""
    probabilities, leads = [], []
    for start in range(0, len(images), CHUNK):
        part = forward.network.forward(images[start : start + CHUNK])
        scores = part.pre_activations[OUTPUT]
        probabilities.append(part.activations[OUTPUT][:, digit])
        leads.append(scores[:, digit] - scores[:, others].max(axis=1))
    return np.concatenate(probabilities), np.concatenate(leads)
