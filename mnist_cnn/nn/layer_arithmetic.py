"""One map or unit of a layer taken apart: the numbers that make its values.

For layers with feature maps the browser does the arithmetic at each position, from
what is gathered here (``ui/components/layer_scrubber/window_arithmetic.js``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.nn.layers import Layer
from mnist_cnn.nn.network import ForwardPass, Network
from mnist_cnn.nn.operations import BATCH_NORM_EPSILON
from mnist_cnn.nn.receptive_field import Region, receptive_field
from mnist_cnn.nn.saliency import Contributions, contributions

LARGEST_TERMS = 6


@dataclass(frozen=True)
class MapArithmetic:
    """One feature map, and what a window over the layer's input needs to make it.

    Attributes:
        layer: whose feature map.
        channel: which one, counted from 0.
        inputs: (H, W, C), the layer's input; with one channel where each map is made
            of the same one (all but convolutions).
        kernel: (k, k, C) of a convolution; else None.
        bias: of a convolution; else 0.
        statistics: gamma, beta, mean and deviation of a batch normalization.
        output: (rows, columns), the feature map after its activation.
        input_limit, output_limit: the largest size of value in the layer's whole
            input and result, which are drawn on one color scale each.
        rows_seen: for each row of the map the first and the last row of the digit
            that it sees; for columns the same.
        is_first: whether the layer's input is the digit itself.
    """

    layer: Layer
    channel: int
    inputs: np.ndarray
    kernel: np.ndarray | None
    bias: float
    statistics: dict[str, float]
    output: np.ndarray
    input_limit: float
    output_limit: float
    rows_seen: list[tuple[int, int]]
    is_first: bool

    @property
    def brightest(self) -> tuple[int, int]:
        """Row and column of the largest size of value; the middle if all are 0."""
        if not self.output.any():
            return self.output.shape[0] // 2, self.output.shape[1] // 2
        row, column = np.unravel_index(np.abs(self.output).argmax(), self.output.shape)
        return int(row), int(column)


@dataclass(frozen=True)
class FlattenedValue:
    """One value after flattening: where it was before, and what it sees."""

    value: float
    row: int
    column: int
    channel: int
    sees: Region


@dataclass(frozen=True)
class Term:
    """One product in a dense unit's sum; of an input, counted from 0."""

    input: int
    value: float
    weight: float
    product: float


@dataclass(frozen=True)
class DenseUnit:
    """One unit of a dense layer: ``activation(sum of products + bias)``.

    All terms, ``rest``, ``bias_term`` and ``sum_of_terms`` are rounded to four
    decimals such that they add up, digit for digit.

    Attributes:
        positive, negative: the largest products of either sign, the largest first.
        rest: sum of all other products, of which there are ``rest_count``.
        bias_term, sum_of_terms: the bias, and the sum of everything.
        count: of all products.
        total: their exact sum.
        bias, pre_activation, activation: not rounded; of the last layer the score
            and its probability.
        from_flattened: for each input that is named, where it comes from, if the
            layer comes right after flattening.
        contributions: of the features before the dense layers.
    """

    positive: tuple[Term, ...]
    negative: tuple[Term, ...]
    rest: float
    rest_count: int
    bias_term: float
    sum_of_terms: float
    count: int
    total: float
    bias: float
    pre_activation: float
    activation: float
    from_flattened: dict[int, FlattenedValue]
    contributions: Contributions


@dataclass(frozen=True)
class Softmax:
    """Ten scores become ten probabilities: ``exp(score) / sum of exp(scores)``.

    Attributes:
        scores: (10,), float64.
        shifted: (10,), less the largest score, which changes no probability and keeps
            the exponentials from overflowing.
        exponentials: (10,), of the shifted scores, rounded to six decimals.
        percent: (10,), rounded to four decimals; both such that they add up.
    """

    scores: np.ndarray
    shifted: np.ndarray
    exponentials: np.ndarray
    percent: np.ndarray


def map_arithmetic(forward: ForwardPass, name: str, channel: int) -> MapArithmetic:
    """What makes one feature map of the pass's first digit."""
    network = forward.network
    layer = network.architecture.layer(name)
    inputs, output = forward.inputs[name][0], forward.activations[name][0]
    weights = network.weights_of(layer)
    kernel, bias = None, 0.0
    if layer.kind == "conv":
        kernel, bias = weights["kernel"][..., channel], float(weights["bias"][channel])
    fields = [
        receptive_field(network.architecture, name, row) for row in range(len(output))
    ]
    return MapArithmetic(
        layer,
        channel,
        inputs if layer.kind == "conv" else inputs[..., channel : channel + 1],
        kernel,
        bias,
        statistics_of(network, layer, channel),
        output[..., channel],
        float(np.abs(inputs).max()),
        float(np.abs(output).max()),
        [(field.top, field.bottom) for field in fields],
        layer == network.layers[0],
    )


def statistics_of(network: Network, layer: Layer, channel: int) -> dict[str, float]:
    """A batch normalization's gamma, beta, mean and deviation; of others nothing."""
    if layer.kind != "batch_norm":
        return {}
    weights = network.weights_of(layer)
    deviation = np.sqrt(weights["moving_variance"] + BATCH_NORM_EPSILON)
    return {
        "mean": float(weights["moving_mean"][channel]),
        "deviation": float(deviation[channel]),
        "gamma": float(weights["gamma"][channel]),
        "beta": float(weights["beta"][channel]),
    }


def flattened_value(forward: ForwardPass, feature: int) -> FlattenedValue:
    """Where a value after flattening comes from, for the pass's first digit."""
    architecture = forward.network.architecture
    layer = architecture.features
    row, column, channel = map(int, np.unravel_index(feature, layer.input_shape))
    return FlattenedValue(
        float(forward.activations[layer.name][0, feature]),
        row,
        column,
        channel,
        receptive_field(architecture, layer.name, row, column),
    )


def dense_unit(forward: ForwardPass, name: str, unit: int) -> DenseUnit:
    """How one unit of a dense layer came about, for the pass's first digit."""
    network = forward.network
    layer = network.architecture.layer(name)
    weights = network.weights_of(layer)
    inputs, column = forward.inputs[name][0], weights["kernel"][:, unit]
    bias = float(weights["bias"][unit])
    products = inputs * column
    order = np.argsort(-products, kind="stable")
    up = [i for i in order[:LARGEST_TERMS] if products[i] > 0]
    down = [i for i in order[::-1][:LARGEST_TERMS] if products[i] < 0]
    rest = products.sum() - products[up].sum() - products[down].sum()
    rounded = round_to_add_up(
        np.array([*products[up], *products[down], rest, bias], np.float64), 4
    )
    terms = [
        Term(int(i), float(inputs[i]), float(column[i]), float(product))
        for i, product in zip([*up, *down], rounded, strict=False)
    ]
    first = network.layers[network.layers.index(layer) - 1].kind == "flatten"
    return DenseUnit(
        positive=tuple(terms[: len(up)]),
        negative=tuple(terms[len(up) :]),
        rest=float(rounded[-2]),
        rest_count=len(products) - len(terms),
        bias_term=float(rounded[-1]),
        sum_of_terms=float(rounded.sum()),
        count=len(products),
        total=float(products.sum()),
        bias=bias,
        pre_activation=float(forward.pre_activations[name][0, unit]),
        activation=float(forward.activations[name][0, unit]),
        from_flattened={
            term.input: flattened_value(forward, term.input) for term in terms if first
        },
        contributions=contributions(forward, unit, name),
    )


def softmax(scores: np.ndarray) -> Softmax:
    """The steps of the softmax for scores of shape (10,)."""
    scores = np.asarray(scores, np.float64)
    shifted = scores - scores.max()
    exponentials = np.exp(shifted)
    return Softmax(
        scores,
        shifted,
        round_to_add_up(exponentials, 6),
        round_to_add_up(100 * exponentials / exponentials.sum(), 4),
    )


def round_to_add_up(parts: np.ndarray, decimals: int) -> np.ndarray:
    """Parts rounded so that they add up to their rounded total, digit for digit.

    Each is at most one unit of the last decimal away (the largest-remainder method).
    """
    unit = 10.0**decimals
    scaled = np.asarray(parts, np.float64) * unit
    floor = np.floor(scaled)
    missing = round(float(scaled.sum())) - int(floor.sum())
    floor[np.argsort(floor - scaled, kind="stable")[:missing]] += 1
    return floor / unit
