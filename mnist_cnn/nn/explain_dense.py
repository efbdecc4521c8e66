"""Dense layers and the softmax taken apart, in sums that add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_cnn.nn.explain import ExplainError, layer_of_kind
from mnist_cnn.nn.network import Forward, Network


@dataclass(frozen=True)
class DenseStep:
    """One unit of a dense layer: ``result = activation(sum of products + bias)``.

    Attributes:
        inputs, weights, products: (inputs,).
        total: sum of all products.
        bias: of the unit.
        before, result: before and after the activation function; for a unit of the
            last layer its score and its probability.
    """

    inputs: np.ndarray
    weights: np.ndarray
    products: np.ndarray
    total: float
    bias: float
    before: float
    result: float


@dataclass(frozen=True)
class SoftmaxStep:
    """Ten scores become ten probabilities: ``exp(score) / sum of exp(scores)``.

    Attributes:
        scores: (10,).
        shifted: (10,), less the largest score, which changes no probability and keeps
            the exponentials from overflowing.
        exponentials: (10,), of the shifted scores.
        total: their sum.
        probabilities: (10,).
    """

    scores: np.ndarray
    shifted: np.ndarray
    exponentials: np.ndarray
    total: float
    probabilities: np.ndarray


def dense(network: Network, trace: Forward, name: str, unit: int) -> DenseStep:
    """How one unit of a dense layer came about, for the first digit of the trace.

    Raises:
        ExplainError: if the layer is not dense or has no such unit.
    """
    layer = layer_of_kind(network, name, "dense")
    if not 0 <= unit < layer.output_shape[0]:
        raise ExplainError(
            f"{name} has the units 0 to {layer.output_shape[0] - 1}, not {unit}."
        )
    inputs = trace.inputs[name][0]
    weights = network.weights[f"{name}/kernel"][:, unit]
    products = inputs * weights
    return DenseStep(
        inputs=inputs,
        weights=weights,
        products=products,
        total=float(products.sum()),
        bias=float(network.weights[f"{name}/bias"][unit]),
        before=float(trace.before[name][0, unit]),
        result=float(trace.after[name][0, unit]),
    )


def softmax(scores: np.ndarray) -> SoftmaxStep:
    """The table of the softmax for scores of shape (10,), in float64."""
    scores = np.asarray(scores, np.float64)
    shifted = scores - scores.max()
    exponentials = np.exp(shifted)
    total = float(exponentials.sum())
    return SoftmaxStep(scores, shifted, exponentials, total, exponentials / total)


def round_to_add_up(parts: np.ndarray, decimals: int) -> np.ndarray:
    """Parts rounded so that they add up to their rounded total, digit for digit.

    Each is at most one unit of the last decimal away (the largest-remainder method).
    """
    unit = 10.0**decimals
    scaled = np.asarray(parts, np.float64) * unit
    floor = np.floor(scaled)
    missing = round(float(scaled.sum())) - int(floor.sum())
    up = np.argsort(floor - scaled, kind="stable")[:missing]
    floor[up] += 1
    return floor / unit
