"""A network's layers as data: their shapes, parameters, costs, and what they see."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mnist_cnn.digits import SIDE
from mnist_cnn.locale.message import MessageError

IMAGE_SHAPE = (SIDE, SIDE, 1)
OUTPUT = "output"
# Of hidden layers.
ACTIVATIONS = ("relu", "leaky_relu", "tanh", "sigmoid")
# Beyond this a training run of 2 cores takes minutes a step, and Adam gigabytes.
MAX_PARAMETERS = 20_000_000


class ArchitectureError(MessageError):
    """A network that cannot be built; its text is a sentence for the person asking."""


@dataclass(frozen=True)
class Layer:
    """One layer as it stands in the network.

    Attributes:
        name: unique in the network, e.g. ``conv_1``; also the name in Keras.
        kind: rescaling, conv, batch_norm, pool, average_pool, dropout, flatten,
            global_average_pool or dense; relu, leaky_relu, tanh or sigmoid where the
            activation is a layer of its own.
        kernel: height and width of the window in pixels; None where there is none.
        stride: pixels from one window to the next; None where there is no window.
        padding: "same" or "valid" for windows, else None.
        activation: "relu", "leaky_relu", "tanh", "sigmoid", "softmax", or None for
            linear.
        slope: of leaky ReLU below 0.
        rate: fraction of values set to 0 while training (dropout), else None.
        scale, offset: of a rescaling: value · scale + offset.
        input_shape, output_shape: without the batch axis, e.g. ``(28, 28, 1)``.
        parameters: numbers that belong to the layer (weights, biases, statistics).
        trainable_parameters: those of them that training changes by gradients.
        formula: how ``parameters`` comes about, with this layer's numbers put in.
        multiply_adds: multiplications with additions for one image.
        receptive_field: height and width, in pixels of the image, of what one unit
            can see (Araujo, Norris, Sim 2019, "Computing receptive fields of
            convolutional neural networks"), less what no unit reads, as pooling
            drops a rest at the edge; all that is left after flattening.
    """

    name: str
    kind: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    receptive_field: int = 0
    kernel: tuple[int, int] | None = None
    stride: int | None = None
    padding: str | None = None
    activation: str | None = None
    slope: float = 0.0
    rate: float | None = None
    scale: float = 1.0
    offset: float = 0.0
    parameters: int = 0
    trainable_parameters: int = 0
    formula: str = "0"
    multiply_adds: int = 0

    @property
    def keras_class(self) -> str:
        """Name of the Keras class, as ``model.summary()`` prints it."""
        return {
            "rescaling": "Rescaling",
            "conv": "Conv2D",
            "batch_norm": "BatchNormalization",
            "relu": "ReLU",
            "leaky_relu": "LeakyReLU",
            "tanh": "Activation",
            "sigmoid": "Activation",
            "pool": "MaxPooling2D",
            "average_pool": "AveragePooling2D",
            "dropout": "Dropout",
            "flatten": "Flatten",
            "global_average_pool": "GlobalAveragePooling2D",
            "dense": "Dense",
        }[self.kind]

    @property
    def zero_padding(self) -> tuple[int, int]:
        """Rows of zeros above and below (columns left and right of) the image.

        TensorFlow's "same" puts the smaller half of the zeros that the last window
        needs before the image and the larger half after it.
        """
        if self.padding != "same":
            return 0, 0
        last = (self.output_shape[0] - 1) * self.stride + self.kernel[0]
        zeros = max(last - self.input_shape[0], 0)
        return zeros // 2, zeros - zeros // 2


class LayeredArchitecture(ABC):
    """A network that is one line of layers, from the image to ten probabilities."""

    @abstractmethod
    def layers(self) -> tuple[Layer, ...]:
        """Every layer from the image to the ten probabilities, in order."""

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""

    @property
    def parameters(self) -> int:
        """Numbers in the network, those of batch normalization's statistics too."""
        return sum(layer.parameters for layer in self.layers())

    def check_size(self) -> None:
        """Raises ArchitectureError if it has more parameters than the lab takes."""
        if self.parameters > MAX_PARAMETERS:
            raise ArchitectureError(
                "This network would have {count:,} parameters. The lab takes up to "
                "{limit:,}: pool more, or use fewer filters or dense units.",
                count=self.parameters,
                limit=MAX_PARAMETERS,
            )

    def layer(self, name: str) -> Layer:
        """The layer of that name; KeyError if there is none."""
        for layer in self.layers():
            if layer.name == name:
                return layer
        raise KeyError(name)

    def index(self, name: str) -> int:
        """The index of the layer of that name; KeyError if there is none."""
        return self.layers().index(self.layer(name))

    @property
    def features(self) -> Layer:
        """The layer that makes one row of features of the maps, for dense layers."""
        return next(each for each in self.layers() if len(each.output_shape) == 1)


class LayerBuilder:
    """Puts layer after layer, carrying the shape along.

    Raises:
        ArchitectureError: by each method, if that layer cannot follow.
    """

    def __init__(self) -> None:
        self.shape: tuple[int, ...] = IMAGE_SHAPE
        self.made: list[Layer] = []

    def layers(self) -> tuple[Layer, ...]:
        """What was put so far."""
        return _with_receptive_fields(self.made)

    def add(
        self, name: str, kind: str, shape: tuple[int, ...] | None = None, **values: Any
    ) -> None:
        """A layer without parameters; one that keeps the shape if none is given."""
        shape = self.shape if shape is None else shape
        self.made.append(Layer(name, kind, self.shape, shape, **values))
        self.shape = shape

    def convolution(
        self,
        name: str,
        filters: int,
        k: int,
        *,
        stride: int = 1,
        padding: str = "same",
        activation: str | None = "relu",
        slope: float = 0.0,
    ) -> None:
        """A convolution with k × k kernels."""
        channels = self.shape[-1]
        rows, columns = self._windows(name, k, stride, padding)
        parameters = (k * k * channels + 1) * filters
        self.add(
            name,
            "conv",
            (rows, columns, filters),
            kernel=(k, k),
            stride=stride,
            padding=padding,
            activation=activation,
            slope=slope,
            parameters=parameters,
            trainable_parameters=parameters,
            formula=f"({k}·{k}·{channels} + 1)·{filters} = {parameters:,}",
            multiply_adds=rows * columns * k * k * channels * filters,
        )

    def pooling(
        self,
        name: str,
        size: int,
        *,
        kind: str = "pool",
        stride: int | None = None,
        padding: str = "valid",
    ) -> None:
        """Max or average pooling of size × size windows, side by side by default."""
        stride = stride or size
        rows, columns = self._windows(name, size, stride, padding)
        shape = (rows, columns, self.shape[-1])
        window = {"kernel": (size, size), "stride": stride, "padding": padding}
        self.add(name, kind, shape, **window)

    def batch_normalization(self, name: str) -> None:
        """Of each channel."""
        channels = self.shape[-1]
        self.add(
            name,
            "batch_norm",
            parameters=4 * channels,
            trainable_parameters=2 * channels,
            formula=f"4·{channels} = {4 * channels:,}",
            multiply_adds=math.prod(self.shape),
        )

    def flatten(self, name: str = "flatten") -> None:
        """The maps as one row."""
        self.add(name, "flatten", (math.prod(self.shape),))

    def dense(
        self, name: str, units: int, activation: str | None, slope: float = 0.0
    ) -> None:
        """A dense layer."""
        inputs = self.shape[0]
        parameters = (inputs + 1) * units
        self.add(
            name,
            "dense",
            (units,),
            activation=activation,
            slope=slope,
            parameters=parameters,
            trainable_parameters=parameters,
            formula=f"({inputs} + 1)·{units} = {parameters:,}",
            multiply_adds=inputs * units,
        )

    def _windows(self, name: str, k: int, stride: int, padding: str) -> list[int]:
        """Rows and columns of windows."""
        height, width = self.shape[:2]
        if padding == "same":
            return [-(-height // stride), -(-width // stride)]
        if min(height, width) < k:
            raise ArchitectureError(
                "{name}: windows of {k}×{k} pixels do not fit into the "
                "{height}×{width} image that reaches it. Use smaller windows, padding "
                '"same", or less pooling before it.',
                name=name,
                k=k,
                height=height,
                width=width,
            )
        return [(height - k) // stride + 1, (width - k) // stride + 1]


def _with_receptive_fields(layers: list[Layer]) -> tuple[Layer, ...]:
    # In pixels of the image: of one unit, and from one unit to the next.
    size, jump, rows_read = 1, 1, IMAGE_SHAPE[0]
    found = []
    for index, layer in enumerate(layers):
        if layer.kernel:
            size += (layer.kernel[0] - 1) * jump
            jump *= layer.stride
            last = layer.output_shape[0] - 1
            rows_read = rows_seen(layers[: index + 1], 0, last)[1] + 1
        elif len(layer.output_shape) == 1:
            size, jump = IMAGE_SHAPE[0], 0
        found.append(replace(layer, receptive_field=min(size, rows_read)))
    return tuple(found)


def rows_seen(layers: Sequence[Layer], first: int, last: int) -> tuple[int, int]:
    """The first and the last row of the image that such rows of the last layer see.

    Each window widens what is seen: rows a to b of a layer's result come from the rows
    a·stride - padding to b·stride - padding + kernel - 1 of its input, as far as there
    are such rows. Images and windows are square, so it is the same with columns.
    """
    for layer in reversed(layers):
        if layer.kernel:
            before = layer.zero_padding[0]
            first = max(first * layer.stride - before, 0)
            last = last * layer.stride - before + layer.kernel[0] - 1
            last = min(last, layer.input_shape[0] - 1)
    return first, last
