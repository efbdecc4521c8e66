"""A network of somebody's own: any line of layers that the lab knows."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from mnist_cnn.digits import CLASSES
from mnist_cnn.nn.layers import (
    ACTIVATIONS,
    OUTPUT,
    ArchitectureError,
    Layer,
    LayerBuilder,
    LayeredArchitecture,
)

MAX_LAYERS = 60
# Of the fields below: the lowest and the highest value.
_RANGES = {"units": (1, 4096), "size": (1, 28), "stride": (1, 28)}


@dataclass(frozen=True)
class LayerSpec:
    """What a layer is, before it stands in a network; see ``Layer`` for the words.

    Attributes:
        units: filters of a convolution, units of a dense layer.
        size: height and width of the window.
        rate: of dropout.
    """

    kind: str
    units: int = 1
    size: int = 1
    stride: int = 1
    padding: str = "valid"
    activation: str | None = None
    slope: float = 0.0
    rate: float = 0.0
    scale: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise ArchitectureError(
                    "A layer of kind {kind!r} has {name} {value!r}; the lab takes "
                    "whole numbers from {low} to {high}.",
                    kind=self.kind,
                    name=name,
                    value=value,
                    low=low,
                    high=high,
                )
        for name in ("slope", "rate", "scale", "offset"):
            value = getattr(self, name)
            if type(value) not in (int, float) or not abs(value) <= 1e6:
                raise ArchitectureError(
                    "A layer of kind {kind!r} has {name} {value!r}, which is no "
                    "number that the lab can take.",
                    kind=self.kind,
                    name=name,
                    value=value,
                )
        if self.padding not in ("same", "valid"):
            raise ArchitectureError(
                'Padding must be "same" or "valid", not {value!r}.', value=self.padding
            )
        if self.activation not in (None, *ACTIVATIONS, "softmax"):
            raise ArchitectureError(
                "The lab does not know the activation {value!r}; it knows {known} and "
                "softmax.",
                value=self.activation,
                known=", ".join(ACTIVATIONS),
            )


@dataclass(frozen=True)
class Sequential(LayeredArchitecture):
    """A line of layers from a 28 × 28 image to ten probabilities.

    Attributes:
        specs: the layers in order; the last is dense with ten units and softmax.

    Raises:
        ArchitectureError: naming the layer that cannot be, or cannot follow.
    """

    specs: tuple[LayerSpec, ...]

    def __post_init__(self) -> None:
        if len(self.specs) > MAX_LAYERS:
            raise ArchitectureError(
                "This network has {count:,} layers; the lab takes up to {limit}.",
                count=len(self.specs),
                limit=MAX_LAYERS,
            )
        last = self.specs[-1] if self.specs else None
        if last is None or (last.kind, last.units, last.activation) != (
            "dense",
            CLASSES,
            "softmax",
        ):
            raise ArchitectureError(
                "A network for the lab ends with a dense layer of ten units, one for "
                "each digit."
            )
        self.check_size()

    def layers(self) -> tuple[Layer, ...]:
        """Every layer from the image to the ten probabilities, in order."""
        return _layers(self)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values, without what is as by default."""
        defaults = {each.name: each.default for each in fields(LayerSpec)}
        return {
            "layers": [
                {
                    name: value
                    for name, value in asdict(spec).items()
                    if value != defaults[name]
                }
                for spec in self.specs
            ]
        }

    @classmethod
    def from_dict(cls, values: Any) -> Sequential:
        """The inverse of ``to_dict``; ArchitectureError for anything else."""
        try:
            return cls(tuple(LayerSpec(**each) for each in values["layers"]))
        except (TypeError, KeyError) as error:
            raise ArchitectureError(
                "This is not a network the lab knows how to read ({reason}).",
                reason=error,
            ) from error


@lru_cache(maxsize=64)
def _layers(network: Sequential) -> tuple[Layer, ...]:
    builder, counts = LayerBuilder(), Counter[str]()
    for spec in network.specs[:-1]:
        counts[spec.kind] += 1
        name = f"{spec.kind}_{counts[spec.kind]}"
        is_map = len(builder.shape) == 3
        match spec.kind:
            case "rescaling":
                builder.add(name, spec.kind, scale=spec.scale, offset=spec.offset)
            case "conv" if is_map:
                builder.convolution(
                    name,
                    spec.units,
                    spec.size,
                    stride=spec.stride,
                    padding=spec.padding,
                    activation=spec.activation,
                    slope=spec.slope,
                )
            case "pool" | "average_pool" if is_map:
                builder.pooling(
                    name,
                    spec.size,
                    kind=spec.kind,
                    stride=spec.stride,
                    padding=spec.padding,
                )
            case "global_average_pool" if is_map:
                builder.add(name, spec.kind, builder.shape[-1:])
            case "flatten" if is_map:
                builder.flatten()
            case "batch_norm":
                builder.batch_normalization(name)
            case "dropout":
                builder.add(name, spec.kind, rate=spec.rate)
            case "dense" if not is_map:
                builder.dense(name, spec.units, spec.activation, spec.slope)
            case kind if kind in ACTIVATIONS:
                builder.add(name, kind, activation=kind, slope=spec.slope)
            case _:
                raise ArchitectureError(
                    "Layer {number} ({kind}) cannot follow: it would get values of "
                    "the shape {shape}.",
                    number=len(builder.made) + 1,
                    kind=spec.kind,
                    shape=builder.shape,
                )
    if len(builder.shape) == 3:
        raise ArchitectureError(
            "The last dense layer gets images: put Flatten or GlobalAveragePooling2D "
            "before it."
        )
    builder.dense(OUTPUT, CLASSES, "softmax")
    return builder.layers()
