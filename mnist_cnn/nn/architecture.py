"""A network as data, described layer by layer without TensorFlow.

An ``Architecture`` is a row of convolution blocks, a row of dense layers, and a
softmax over the ten digits. ``Architecture.layers()`` spells it out; the forward pass
in numpy and the Keras model are both built from that list.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from mnist_cnn.digits import CLASSES, SIDE

IMAGE_SHAPE = (SIDE, SIDE, 1)
# Beyond this a training of 2 cores takes minutes a step, and Adam gigabytes.
MAX_PARAMETERS = 20_000_000


class ArchitectureError(ValueError):
    """A network that cannot be built; its text is a sentence for the person asking."""


@dataclass(frozen=True)
class ConvBlock:
    """Convolution with stride 1, ReLU, and max pooling.

    Attributes:
        filters: number of kernels, 1 to 256.
        kernel: height and width of each kernel in pixels, 1 to 11.
        padding: "same" (zeros around the image keep its size) or "valid" (none).
        pool: height, width and stride of the pooling window; 1 means no pooling.
    """

    filters: int
    kernel: int
    padding: str = "same"
    pool: int = 2


@dataclass(frozen=True)
class Layer:
    """One layer as it stands in the network.

    Attributes:
        name: unique in the network, e.g. ``conv_1``; also the name in Keras.
        kind: conv, batch_norm, relu, pool, dropout, flatten or dense.
        kernel: height and width of the window in pixels; None where there is none.
        stride: pixels from one window to the next; None where there is no window.
        padding: "same" or "valid" for windows, else None.
        activation: "relu", "softmax", or None for linear.
        rate: fraction of values set to 0 while training (dropout), else None.
        input_shape, output_shape: without the batch axis, e.g. ``(28, 28, 1)``.
        parameters: numbers that belong to the layer (weights, biases, statistics).
        trainable_parameters: those of them that training changes by gradients.
        formula: how ``parameters`` comes about, with this layer's numbers put in.
        multiply_adds: multiplications with additions for one image.
        receptive_field: height and width, in pixels of the image, of what one unit
            can see (Araujo, Norris, Sim 2019, "Computing receptive fields of
            convolutional neural networks"), less what no unit reads, as pooling
            drops a rest at the edge; all that is left after flattening.
        jump: distance in pixels of the image between two neighboring units.
    """

    name: str
    kind: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    receptive_field: int = 0
    jump: int = 0
    kernel: tuple[int, int] | None = None
    stride: int | None = None
    padding: str | None = None
    activation: str | None = None
    rate: float | None = None
    parameters: int = 0
    trainable_parameters: int = 0
    formula: str = "0"
    multiply_adds: int = 0

    @property
    def keras_class(self) -> str:
        """Name of the Keras class, as ``model.summary()`` prints it."""
        return {
            "conv": "Conv2D",
            "batch_norm": "BatchNormalization",
            "relu": "ReLU",
            "pool": "MaxPooling2D",
            "dropout": "Dropout",
            "flatten": "Flatten",
            "dense": "Dense",
        }[self.kind]

    @property
    def zero_padding(self) -> tuple[int, int]:
        """Rows of zeros above and below (columns left and right of) the image.

        TensorFlow's "same" with stride 1 puts the smaller half of the k - 1 zeros
        before the image and the larger half after it.
        """
        if self.padding != "same":
            return 0, 0
        zeros = self.kernel[0] - 1
        return zeros // 2, zeros - zeros // 2


@dataclass(frozen=True)
class Architecture:
    """Convolution blocks, then dense layers, then a softmax over ten digits.

    Attributes:
        blocks: none to three convolution blocks.
        dropout: fraction of features switched off at random while training, 0 to 0.9;
            0 leaves the layer out.
        dense: units of each hidden dense layer (ReLU); may be empty.
        batch_norm: batch normalization between each convolution and its ReLU.

    Raises:
        ArchitectureError: naming the value that is out of its range, or saying why
            the network cannot be built.
    """

    blocks: tuple[ConvBlock, ...] = (ConvBlock(32, 5), ConvBlock(64, 2))
    dropout: float = 0.25
    dense: tuple[int, ...] = (1000,)
    batch_norm: bool = False

    def __post_init__(self) -> None:
        _check_values(self)
        total = self.parameters
        if total > MAX_PARAMETERS:
            raise ArchitectureError(
                f"This network would have {total:,} parameters. The lab trains up to "
                f"{MAX_PARAMETERS:,}: pool more, or use fewer filters or dense units."
            )

    def layers(self) -> tuple[Layer, ...]:
        """Every layer from the image to the ten probabilities, in order."""
        return _layers(self)

    @property
    def parameters(self) -> int:
        """Numbers in the network, those of batch normalization's statistics too."""
        return sum(layer.parameters for layer in self.layers())

    def layer(self, name: str) -> Layer:
        """The layer of that name; KeyError if there is none."""
        for layer in self.layers():
            if layer.name == name:
                return layer
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any) -> Architecture:
        """The inverse of ``to_dict``; ArchitectureError for anything else."""
        try:
            blocks = tuple(ConvBlock(**block) for block in values["blocks"])
            rest = {key: value for key, value in values.items() if key != "blocks"}
            return cls(**rest | {"blocks": blocks, "dense": tuple(values["dense"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise ArchitectureError(
                f"This is not a network the lab knows how to read ({error})."
            ) from error


@lru_cache(maxsize=256)
def _layers(architecture: Architecture) -> tuple[Layer, ...]:
    return _with_receptive_fields(_Builder(architecture).layers())


class _Builder:
    """Walks through the network, carrying the shape along."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture
        self.shape: tuple[int, ...] = IMAGE_SHAPE
        self.made: list[Layer] = []

    def layers(self) -> list[Layer]:
        for number, block in enumerate(self.architecture.blocks, start=1):
            self._convolution(number, block)
            if block.pool > 1:
                self._pooling(number, block.pool)
        if self.architecture.dropout > 0:
            self._add("dropout", "dropout", self.shape, rate=self.architecture.dropout)
        self._add("flatten", "flatten", (math.prod(self.shape),))
        for number, units in enumerate(self.architecture.dense, start=1):
            self._dense(f"dense_{number}", units, "relu")
        self._dense("output", CLASSES, "softmax")
        return self.made

    def _add(
        self, name: str, kind: str, output_shape: tuple[int, ...], **values: Any
    ) -> None:
        self.made.append(Layer(name, kind, self.shape, output_shape, **values))
        self.shape = output_shape

    def _convolution(self, number: int, block: ConvBlock) -> None:
        height, width, channels = self.shape
        k, filters = block.kernel, block.filters
        if block.padding == "valid":
            height, width = height - k + 1, width - k + 1
        if height < 1 or width < 1:
            raise ArchitectureError(
                f"Block {number}: a {k}×{k} kernel without padding does not fit into "
                f"the {self.shape[0]}×{self.shape[1]} image that reaches it. Use a "
                'smaller kernel, padding "same", or less pooling before it.'
            )
        parameters = (k * k * channels + 1) * filters
        normalized = self.architecture.batch_norm
        self._add(
            f"conv_{number}",
            "conv",
            (height, width, filters),
            kernel=(k, k),
            stride=1,
            padding=block.padding,
            activation=None if normalized else "relu",
            parameters=parameters,
            trainable_parameters=parameters,
            formula=f"({k}·{k}·{channels} + 1)·{filters} = {parameters:,}",
            multiply_adds=height * width * k * k * channels * filters,
        )
        if normalized:
            self._add(
                f"batch_norm_{number}",
                "batch_norm",
                self.shape,
                parameters=4 * filters,
                trainable_parameters=2 * filters,
                formula=f"4·{filters} = {4 * filters:,}",
                multiply_adds=math.prod(self.shape),
            )
            self._add(f"relu_{number}", "relu", self.shape, activation="relu")

    def _pooling(self, number: int, size: int) -> None:
        height, width, channels = self.shape
        if min(height, width) < size:
            raise ArchitectureError(
                f"Block {number}: the image is {height}×{width} there, too small for "
                f"pooling {size}×{size}. Pool less, or use fewer blocks."
            )
        self._add(
            f"pool_{number}",
            "pool",
            (height // size, width // size, channels),
            kernel=(size, size),
            stride=size,
            padding="valid",
        )

    def _dense(self, name: str, units: int, activation: str) -> None:
        inputs = self.shape[0]
        parameters = (inputs + 1) * units
        self._add(
            name,
            "dense",
            (units,),
            activation=activation,
            parameters=parameters,
            trainable_parameters=parameters,
            formula=f"({inputs} + 1)·{units} = {parameters:,}",
            multiply_adds=inputs * units,
        )


def _with_receptive_fields(layers: list[Layer]) -> tuple[Layer, ...]:
    size, jump, rows_read = 1, 1, IMAGE_SHAPE[0]
    found = []
    for index, layer in enumerate(layers):
        if layer.kernel:
            size += (layer.kernel[0] - 1) * jump
            jump *= layer.stride
            rows_read = _rows_read(layers[: index + 1])
        elif layer.kind == "flatten":
            size, jump = IMAGE_SHAPE[0], 0
        found.append(replace(layer, receptive_field=min(size, rows_read), jump=jump))
    return tuple(found)


def _rows_read(layers: list[Layer]) -> int:
    """Rows of the image, from the first, that the last layer's units see together."""
    rows = layers[-1].output_shape[0]
    for layer in reversed(layers):
        if layer.kernel:
            rows = (rows - 1) * layer.stride - layer.zero_padding[0] + layer.kernel[0]
            rows = min(rows, layer.input_shape[0])
    return rows


def _check_values(architecture: Architecture) -> None:
    _check_whole("Number of convolution blocks", len(architecture.blocks), 0, 3)
    for number, block in enumerate(architecture.blocks, start=1):
        _check_whole(f"Block {number}: filters", block.filters, 1, 256)
        _check_whole(f"Block {number}: kernel", block.kernel, 1, 11)
        _check_whole(f"Block {number}: pooling", block.pool, 1, 4)
        if block.padding not in ("same", "valid"):
            raise ArchitectureError(
                f'Block {number}: padding must be "same" or "valid", '
                f"not {block.padding!r}."
            )
    _check_whole("Number of dense layers", len(architecture.dense), 0, 3)
    for units in architecture.dense:
        _check_whole("Dense units", units, 1, 4096)
    rate = architecture.dropout
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        raise ArchitectureError(f"Dropout must be a number, not {rate!r}.")
    if not 0 <= rate <= 0.9:
        raise ArchitectureError(f"Dropout must be from 0 to 0.9, not {rate:g}.")
    if not isinstance(architecture.batch_norm, bool):
        value = architecture.batch_norm
        raise ArchitectureError(
            f"Batch normalization must be true or false, not {value!r}."
        )


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ArchitectureError(f"{name} must be a whole number, not {value!r}.")
    if not low <= value <= high:
        raise ArchitectureError(f"{name} must be from {low} to {high}, not {value}.")


LECTURE_NETWORK = Architecture()
