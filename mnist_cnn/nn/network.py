"""An architecture with weights, and its forward pass: every number on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mnist_cnn.nn import operations
from mnist_cnn.nn.damage import Damage, Silent
from mnist_cnn.nn.layers import Layer, LayeredArchitecture
from mnist_cnn.nn.weights import NetworkError, load_weights, weight_shapes

# Digits at a time: the windows of 128 digits take some 40 MB in the lecture's network.
CHUNK = 128


@dataclass(frozen=True)
class ForwardPass:
    """All values of one forward pass, by layer name, each with a first axis of N.

    Attributes:
        network: which computed it.
        inputs: what enters the layer.
        pre_activations: the layer's result before its activation function (for
            "output": the ten scores, also called logits). The same as
            ``activations`` for layers that have no activation function.
        activations: the layer's result, which enters the next layer; 0 in the maps
            and units that are silent.
    """

    network: Network
    inputs: dict[str, np.ndarray]
    pre_activations: dict[str, np.ndarray]
    activations: dict[str, np.ndarray]

    @property
    def pixels(self) -> np.ndarray:
        """(28, 28), the first digit."""
        return self.inputs[self.network.layers[0].name][0, ..., 0]

    @property
    def probabilities(self) -> np.ndarray:
        """(10,), of the first digit."""
        return self.activations["output"][0]

    @property
    def predicted_class(self) -> int:
        """Of the first digit."""
        return int(self.probabilities.argmax())

    def max_channel(self, name: str) -> int:
        """The map or unit of a layer with the largest value for the first digit."""
        values = np.abs(self.activations[name][0])
        return int(values.reshape(-1, values.shape[-1]).max(axis=0).argmax())


class Network:
    """An architecture with weights.

    Args:
        architecture: the network as data.
        weights: float32 arrays named ``layer/weight``, as in ``weight_shapes``.
        silent: maps and units that 0 goes on from; see ``damaged``.

    Raises:
        NetworkError: if an array is missing or its shape does not fit.
    """

    def __init__(
        self,
        architecture: LayeredArchitecture,
        weights: Mapping[str, np.ndarray],
        silent: Silent = (),
    ) -> None:
        self.architecture = architecture
        self.layers = architecture.layers()
        self.silent = {name: list(channels) for name, channels in silent}
        self.weights: dict[str, np.ndarray] = {}
        for name, shape in weight_shapes(architecture).items():
            if name not in weights:
                raise NetworkError("The weights have no array {name!r}.", name=name)
            array = np.ascontiguousarray(weights[name], dtype=np.float32)
            if array.shape != shape:
                raise NetworkError(
                    "The array {name!r} has shape {shape}; this network needs "
                    "{wanted}.",
                    name=name,
                    shape=array.shape,
                    wanted=shape,
                )
            self.weights[name] = array

    def damaged(self, damage: Damage) -> Network:
        """The same network, broken: all that is computed with it follows.

        Raises:
            DamageError: if it has no such layer, map or unit, in a sentence.
        """
        damage.check(self.architecture)
        weights = self.weights
        if damage.changes_weights:
            weights = damage.weights(weights)
        return Network(self.architecture, weights, damage.without)

    def weights_of(self, layer: Layer) -> dict[str, np.ndarray]:
        """One layer's arrays by their names in Keras, such as kernel and bias."""
        return {
            name.removeprefix(f"{layer.name}/"): array
            for name, array in self.weights.items()
            if name.startswith(f"{layer.name}/")
        }

    def probabilities(self, pixels: np.ndarray) -> np.ndarray:
        """Probabilities of the ten digits.

        Args:
            pixels: (28, 28) for one digit, (N, 28, 28) or (N, 28, 28, 1), in [0, 1].

        Returns:
            float32 (N, 10), N = 1 for one digit; each row sums to 1.

        Raises:
            NetworkError: if the shape or the range is another.
        """
        images = _as_images(pixels)
        _check_range(images)
        rows = [
            self._run(images[start : start + CHUNK])
            for start in range(0, len(images), CHUNK)
        ]
        return np.concatenate(rows) if rows else np.empty((0, 10), np.float32)

    def is_finite(self) -> bool:
        """Whether the weights are numbers, and make numbers of digits."""
        digits = np.random.default_rng(0).random((8, 28, 28), np.float32)
        digits[0], digits[1] = 0, 1
        with np.errstate(all="ignore"):
            results = self.probabilities(digits)
        return all(np.isfinite(x).all() for x in (results, *self.weights.values()))

    def activations(self, pixels: np.ndarray) -> dict[str, np.ndarray]:
        """Every layer's result by layer name, each float32 with a first axis of N.

        Takes and raises what ``probabilities`` does; a few hundred digits at most.
        """
        images = _as_images(pixels)
        _check_range(images)
        return self.forward(images).activations

    def forward(self, pixels: np.ndarray) -> ForwardPass:
        """Every layer's input, and its result before and after the activation.

        Args:
            pixels: shaped as for ``probabilities``, of any range; a few hundred at
                most, since everything is kept (0.4 MB a digit in the lecture's
                network).
        """
        forward = ForwardPass(self, {}, {}, {})
        self._run(_as_images(pixels), forward)
        return forward

    def probabilities_after(self, name: str, values: np.ndarray) -> np.ndarray:
        """Probabilities of the ten digits, (N, 10), if a layer's result were these."""
        return self._run(values, after=name)

    def _run(
        self,
        values: np.ndarray,
        forward: ForwardPass | None = None,
        after: str | None = None,
    ) -> np.ndarray:
        start = 0 if after is None else self.architecture.index(after) + 1
        for layer in self.layers[start:]:
            pre_activation = self._operation(layer, values)
            activation = _activation(layer, pre_activation)
            if silent := self.silent.get(layer.name):
                activation = activation.copy()
                activation[..., silent] = 0
            if forward is not None:
                forward.inputs[layer.name] = values
                forward.pre_activations[layer.name] = pre_activation
                forward.activations[layer.name] = activation
            values = activation
        return values

    def _operation(self, layer: Layer, values: np.ndarray) -> np.ndarray:
        weights = self.weights_of(layer)
        window = {"stride": layer.stride, "zero_padding": layer.zero_padding}
        match layer.kind:
            case "rescaling":
                return values * np.float32(layer.scale) + np.float32(layer.offset)
            case "conv":
                return operations.convolution(values, **weights, **window)
            case "batch_norm":
                return operations.batch_normalization(values, **weights)
            case "pool":
                return operations.max_pooling(values, layer.kernel[0], *window.values())
            case "average_pool":
                return operations.average_pooling(
                    values, layer.kernel[0], *window.values()
                )
            case "flatten":
                return operations.flatten(values)
            case "global_average_pool":
                return operations.global_average_pooling(values)
            case "dense":
                return operations.dense(values, **weights)
            case _:  # an activation only; dropout is off once trained
                return values


def _activation(layer: Layer, values: np.ndarray) -> np.ndarray:
    match layer.activation:
        case "relu":
            return operations.relu(values)
        case "leaky_relu":
            return operations.leaky_relu(values, layer.slope)
        case "tanh":
            return np.tanh(values)
        case "sigmoid":
            return operations.sigmoid(values)
        case "softmax":
            return operations.softmax(values)
        case _:
            return values


def read_network(architecture: LayeredArchitecture, path: Path) -> Network:
    """The network in a ``weights.npz``, which may be no larger than it has to be.

    Raises:
        NetworkError: if the file is missing, damaged or of another network.
    """
    sizes = map(math.prod, weight_shapes(architecture).values())
    max_bytes = sum(4 * size + 1000 for size in sizes) + 1000
    return Network(architecture, load_weights(path, max_bytes))


def _as_images(pixels: np.ndarray) -> np.ndarray:
    array = np.asarray(pixels, dtype=np.float32)
    if array.ndim == 2:
        array = array[None]
    if array.ndim == 3:
        array = array[..., None]
    if array.shape[1:] != (28, 28, 1):
        raise NetworkError(
            "A network reads pixels of shape (28, 28), (N, 28, 28) or (N, 28, 28, 1), "
            "not {shape}.",
            shape=np.shape(pixels),
        )
    return array


def _check_range(images: np.ndarray) -> None:
    low, high = images.min(initial=0), images.max(initial=0)
    if low < -0.01 or high > 1.01:
        raise NetworkError(
            "A network reads pixels from 0 to 1; these go from {low:g} to {high:g}. "
            "Divide pixels from 0 to 255 by 255.",
            low=low,
            high=high,
        )
