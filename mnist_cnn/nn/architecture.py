"""A network as data, described layer by layer without TensorFlow.

An ``Architecture`` is a row of convolution blocks, a row of dense layers, and a
softmax over the ten digits. ``Architecture.layers()`` spells it out; the forward pass
in numpy and the Keras model are both built from that list.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from mnist_cnn.digits import CLASSES
from mnist_cnn.locale.message import Message
from mnist_cnn.nn.layers import (
    ACTIVATIONS,
    OUTPUT,
    ArchitectureError,
    Layer,
    LayerBuilder,
    LayeredArchitecture,
)

# What a block's pooling keeps of each window, and the kind of layer that does.
POOLINGS = {"max": "pool", "average": "average_pool"}
# Keras' default.
LEAKY_SLOPE = 0.3
# Fields that the first version did not have, with what it did.
_ADDED = {"stride": 1, "pooling": "max", "activation": "relu", "global_average": False}


@dataclass(frozen=True)
class ConvBlock:
    """Convolution, activation, and pooling.

    Attributes:
        filters: number of kernels, 1 to 256.
        kernel: height and width of each kernel in pixels, 1 to 11.
        padding: "same" (zeros around the image keep its size) or "valid" (none).
        pool: height, width and stride of the pooling window; 1 means no pooling.
        stride: pixels from one window of the convolution to the next, 1 to 4.
        pooling: "max" or "average".
    """

    filters: int
    kernel: int
    padding: str = "same"
    pool: int = 2
    stride: int = 1
    pooling: str = "max"


@dataclass(frozen=True)
class Architecture(LayeredArchitecture):
    """Convolution blocks, then dense layers, then a softmax over ten digits.

    Attributes:
        blocks: none to three convolution blocks.
        dropout: fraction of features switched off at random while training, 0 to 0.9;
            0 leaves the layer out.
        dense: units of each hidden dense layer; may be empty.
        batch_norm: batch normalization between each convolution and its activation.
        activation: of all hidden layers, one of ``layers.ACTIVATIONS``.
        global_average: the mean of each map goes on, instead of all its values.

    Raises:
        ArchitectureError: naming the value that is out of its range, or saying why
            the network cannot be built.
    """

    blocks: tuple[ConvBlock, ...] = (ConvBlock(32, 5), ConvBlock(64, 2))
    dropout: float = 0.25
    dense: tuple[int, ...] = (1000,)
    batch_norm: bool = False
    activation: str = "relu"
    global_average: bool = False

    def __post_init__(self) -> None:
        _check_values(self)
        self.check_size()

    def layers(self) -> tuple[Layer, ...]:
        """Every layer from the image to the ten probabilities, in order."""
        return _layers(self)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values; an earlier lab reads them if it can."""
        values = asdict(self)
        values["blocks"] = tuple(map(_without_usual, values["blocks"]))
        return _without_usual(values)

    @classmethod
    def from_dict(cls, values: Any) -> Architecture:
        """The inverse of ``to_dict``; ArchitectureError for anything else."""
        try:
            blocks = tuple(ConvBlock(**block) for block in values["blocks"])
            rest = {key: value for key, value in values.items() if key != "blocks"}
            return cls(**rest | {"blocks": blocks, "dense": tuple(values["dense"])})
        except (TypeError, KeyError, AttributeError) as error:
            raise ArchitectureError(
                "This is not a network the lab knows how to read ({reason}).",
                reason=error,
            ) from error


def _without_usual(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if name not in _ADDED or value != _ADDED[name]
    }


@lru_cache(maxsize=256)
def _layers(architecture: Architecture) -> tuple[Layer, ...]:
    builder = LayerBuilder()
    normalized, activation = architecture.batch_norm, architecture.activation
    slope = LEAKY_SLOPE if activation == "leaky_relu" else 0.0
    for number, block in enumerate(architecture.blocks, start=1):
        builder.convolution(
            f"conv_{number}",
            block.filters,
            block.kernel,
            stride=block.stride,
            padding=block.padding,
            activation=None if normalized else activation,
            slope=0.0 if normalized else slope,
        )
        if normalized:
            builder.batch_normalization(f"batch_norm_{number}")
            name = f"{activation}_{number}"
            builder.add(name, activation, activation=activation, slope=slope)
        if block.pool > 1:
            kind = POOLINGS[block.pooling]
            builder.pooling(f"{kind}_{number}", block.pool, kind=kind)
    if architecture.dropout > 0:
        builder.add("dropout", "dropout", rate=architecture.dropout)
    if architecture.global_average:
        kind = "global_average_pool"
        builder.add(kind, kind, builder.shape[-1:])
    else:
        builder.flatten()
    for number, units in enumerate(architecture.dense, start=1):
        builder.dense(f"dense_{number}", units, activation, slope)
    builder.dense(OUTPUT, CLASSES, "softmax")
    return builder.layers()


def _check_values(architecture: Architecture) -> None:
    _check_whole(
        Message("Number of convolution blocks"), len(architecture.blocks), 0, 3
    )
    for number, block in enumerate(architecture.blocks, start=1):
        named = {"number": number}
        _check_whole(Message("Block {number}: filters", **named), block.filters, 1, 256)
        _check_whole(Message("Block {number}: kernel", **named), block.kernel, 1, 11)
        _check_whole(Message("Block {number}: pooling", **named), block.pool, 1, 4)
        _check_whole(Message("Block {number}: stride", **named), block.stride, 1, 4)
        if block.pooling not in POOLINGS:
            raise ArchitectureError(
                "Block {number}: pooling keeps the max or the average, not {value!r}.",
                number=number,
                value=block.pooling,
            )
        if block.padding not in ("same", "valid"):
            raise ArchitectureError(
                'Block {number}: padding must be "same" or "valid", not {value!r}.',
                number=number,
                value=block.padding,
            )
    _check_whole(Message("Number of dense layers"), len(architecture.dense), 0, 3)
    for units in architecture.dense:
        _check_whole(Message("Dense units"), units, 1, 4096)
    rate = architecture.dropout
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        raise ArchitectureError("Dropout must be a number, not {rate!r}.", rate=rate)
    if not 0 <= rate <= 0.9:
        raise ArchitectureError("Dropout must be from 0 to 0.9, not {rate}.", rate=rate)
    for name, value in (
        (Message("Batch normalization"), architecture.batch_norm),
        (Message("Global average pooling"), architecture.global_average),
    ):
        if not isinstance(value, bool):
            raise ArchitectureError(
                "{name} must be true or false, not {value!r}.", name=name, value=value
            )
    if architecture.activation not in ACTIVATIONS:
        raise ArchitectureError(
            "The lab does not know the activation {value!r}; it knows {known}.",
            value=architecture.activation,
            known=", ".join(ACTIVATIONS),
        )
    if architecture.global_average and not architecture.blocks:
        raise ArchitectureError(
            "Global average pooling needs a convolution block before it: the mean of "
            "the digit itself says only how much ink there is."
        )


def _check_whole(name: Message, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ArchitectureError(
            "{name} must be a whole number, not {value!r}.", name=name, value=value
        )
    if not low <= value <= high:
        raise ArchitectureError(
            "{name} must be from {low} to {high}, not {value}.",
            name=name,
            low=low,
            high=high,
            value=value,
        )


LECTURE_NETWORK = Architecture()
