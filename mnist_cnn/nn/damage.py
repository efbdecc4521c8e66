"""A network broken on purpose: silent maps, noisy weights, few bits, no biases.

``damage.js`` does the same in the browser, number for number. Neither asks for a
generator of the platform: the noise is mulberry32 (T. Ettinger 2017), whose n-th number
needs none before it; the four bytes of each, added up, are nearly a normal distribution
(Irwin, Hall 1927), in whole numbers and so the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from mnist_cnn.locale.message import Message, MessageError
from mnist_cnn.nn.layers import OUTPUT, Layer, LayeredArchitecture

BITS = (8, 4, 2, 1)
MAX_NOISE = 2.0
# Of a layer in which something can be silent.
MAX_CHANNELS = 4096
MAX_LINK = 10_000
# Layers that pass on the maps or units of the one before them.
PASSED_ON = ("flatten", "dropout", "rescaling")
# Of a sum of four bytes: 4 · 127.5, and the root of 4 · (256² - 1) / 12.
_MEAN, _DEVIATION = 510.0, 147.80054127
_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?", re.ASCII)

Silent = tuple[tuple[str, tuple[int, ...]], ...]


class DamageError(MessageError):
    """Damage that cannot be done to a network; its text is a sentence."""


@dataclass(frozen=True)
class Damage:
    """What is broken in a network; by itself nothing.

    Attributes:
        without: by layer name the maps or units that are silent: 0 goes on from them,
            whatever they are. Given as a mapping; kept in order, so that it can be
            compared and hashed.
        zero_biases: whether all biases are 0 (of batch normalization: beta).
        noise: standard deviation of what is added to each weight, in those of its
            kernel, 0 to 2; kernels only.
        bits: 8, 4, 2 or 1 for each weight of a kernel, after the noise; None for all.

    Raises:
        DamageError: if a value is out of its range, in a sentence.
    """

    without: Mapping[str, Iterable[int]] | Silent = ()
    zero_biases: bool = False
    noise: float = 0.0
    bits: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "without", _in_order(self.without))
        if type(self.zero_biases) is not bool:
            raise DamageError("Whether biases are 0 is true or false.")
        if type(self.noise) not in (int, float) or not 0 <= self.noise <= MAX_NOISE:
            raise DamageError("Noise goes from 0 to {limit:g}.", limit=MAX_NOISE)
        if self.bits is not None and (
            type(self.bits) is not int or self.bits not in BITS
        ):
            raise DamageError("A weight can have 8, 4, 2 or 1 bits.")

    def __bool__(self) -> bool:
        return self != Damage()

    @property
    def silent(self) -> dict[str, tuple[int, ...]]:
        """By layer name the maps or units that are silent."""
        return dict(self.without)

    @property
    def changes_weights(self) -> bool:
        """Whether more is broken than what is silent."""
        return self.zero_biases or self.noise > 0 or self.bits is not None

    def toggled(self, layer: str, channel: int) -> Damage:
        """The same, with one map or unit silent that was not, or the other way."""
        channels = set(self.silent.get(layer, ())) ^ {channel}
        silent = self.silent | {layer: channels}
        return Damage(silent, self.zero_biases, self.noise, self.bits)

    def check(self, architecture: LayeredArchitecture) -> None:
        """Raises DamageError if the network has no such layer, map or unit."""
        counts = silenceable(architecture)
        for name, channels in self.without:
            if name not in counts:
                raise DamageError(
                    "In this network nothing can be silent in {name!r}. Layers in "
                    "which something can: {known}.",
                    name=name,
                    known=", ".join(counts) or Message("none"),
                )
            if channels[-1] >= counts[name]:
                raise DamageError(
                    "{name} has the maps or units 0 to {last}, not {channel}.",
                    name=name,
                    last=counts[name] - 1,
                    channel=channels[-1],
                )

    def fitting(self, architecture: LayeredArchitecture) -> Damage:
        """The same, without what this network does not have."""
        counts = silenceable(architecture)
        silent = {
            name: [each for each in channels if each < counts.get(name, 0)]
            for name, channels in self.without
        }
        return Damage(silent, self.zero_biases, self.noise, self.bits)

    def weights(self, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """A network's arrays as they are then; those left as they were are the same."""
        made, start = dict(weights), 0
        for name, values in weights.items():
            if name.endswith("/kernel"):
                changed = values
                if self.noise > 0:
                    spread = self.noise * values.std(dtype=np.float64)
                    changed = values + spread * noise(values.size, start).reshape(
                        values.shape
                    )
                if self.bits is not None:
                    changed = in_bits(changed, self.bits)
                made[name] = changed.astype(np.float32, copy=False)
                start += values.size
            elif self.zero_biases and name.endswith(("/bias", "/beta")):
                made[name] = np.zeros_like(values)
        return made

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON values, as damage.js knows it."""
        return {
            "without": {name: list(channels) for name, channels in self.without},
            "zeroBiases": self.zero_biases,
            "noise": self.noise,
            "bits": self.bits,
        }

    @classmethod
    def from_dict(cls, values: Any) -> Damage:
        """The inverse of ``to_dict``; DamageError for anything else."""
        try:
            without, noise = dict(values["without"]), values["noise"]
            return cls(without, values["zeroBiases"], noise, values["bits"])
        except DamageError:
            raise
        except (TypeError, KeyError, ValueError) as error:
            raise DamageError("This is no damage that the lab knows.") from error

    def to_link(self) -> str:
        """As text for a link: ``conv_1.0-3.7~noise.50~bits.4~biases``."""
        parts = [".".join([name, *_ranges(each)]) for name, each in self.without]
        if self.noise:
            parts.append(f"noise.{round(100 * self.noise)}")
        if self.bits is not None:
            parts.append(f"bits.{self.bits}")
        if self.zero_biases:
            parts.append("biases")
        return "~".join(parts)

    @classmethod
    def from_link(cls, text: str) -> Damage:
        """The inverse of ``to_link``; DamageError for anything else."""
        if len(text) > MAX_LINK:
            raise DamageError("The link breaks more than a network has.")
        silent: dict[str, set[int]] = {}
        others: dict[str, Any] = {}
        for part in text.split("~") if text else ():
            match part.split("."):
                case ["biases"]:
                    others["zero_biases"] = True
                case ["noise", percent] if re.fullmatch(r"[0-9]{1,3}", percent):
                    others["noise"] = int(percent) / 100
                case ["bits", bits] if re.fullmatch(r"[0-9]", bits):
                    others["bits"] = int(bits)
                case [name, *ranges] if ranges and name != "biases":
                    silent.setdefault(name, set()).update(*map(_channels, ranges))
                case _:
                    raise DamageError(
                        "The link says {part!r}, which breaks nothing.", part=part
                    )
        return cls(silent, **others)


def silenceable(architecture: LayeredArchitecture) -> dict[str, int]:
    """How many maps or units can be silent, by layer name, in order.

    In all layers but the last; what ``dropout`` and ``flatten`` pass on is silent where
    it comes from.
    """
    return {
        layer.name: layer.output_shape[-1]
        for layer in architecture.layers()
        if is_silenceable(layer)
    }


def is_silenceable(layer: Layer) -> bool:
    """Whether maps or units of the layer can be silent."""
    is_countable = layer.output_shape[-1] <= MAX_CHANNELS
    return is_countable and layer.name != OUTPUT and layer.kind not in PASSED_ON


def noise(count: int, start: int = 0) -> np.ndarray:
    """Nearly normal numbers of mean 0 and deviation 1, always the same ones.

    Args:
        count: how many.
        start: which is the first, counted from 0.

    Returns:
        float64 (count,), from -3.5 to 3.5.
    """
    mixed = np.arange(start + 1, start + count + 1, dtype=np.uint32)
    mixed *= np.uint32(0x6D2B79F5)
    mixed = (mixed ^ mixed >> 15) * (mixed | 1)
    mixed ^= mixed + (mixed ^ mixed >> 7) * (mixed | 61)
    mixed ^= mixed >> 14
    return (mixed.view(np.uint8).reshape(-1, 4).sum(axis=1) - _MEAN) / _DEVIATION


def in_bits(values: np.ndarray, bits: int) -> np.ndarray:
    """Weights with so few bits each, and one scale for each output channel.

    8 and 4: whole numbers up to 127 or 7 times the scale. 2: -1, 0 or 1 (ternary
    weights, Li et al. 2016). 1: -1 or 1 (binary weights, Rastegari et al. 2016).

    Args:
        values: the last axis counts the output channels.

    Returns:
        float64, of the same shape.
    """
    channels = values.reshape(-1, values.shape[-1]).astype(np.float64)
    sizes = np.abs(channels)
    if bits == 1:
        numbers, scales = np.where(channels < 0, -1, 1), sizes.mean(axis=0)
    elif bits == 2:
        is_large = sizes > 0.7 * sizes.mean(axis=0)
        numbers = np.sign(channels) * is_large
        counts = np.maximum(is_large.sum(axis=0), 1)
        scales = (sizes * is_large).sum(axis=0) / counts
    else:
        scales = sizes.max(axis=0) / (2 ** (bits - 1) - 1)
        scales[scales == 0] = 1
        # Halves upwards, as in JavaScript.
        numbers = np.floor(channels / scales + 0.5)
    return (numbers * scales).reshape(values.shape)


def _in_order(without: Mapping[str, Iterable[int]] | Silent) -> Silent:
    pairs = without.items() if isinstance(without, Mapping) else without
    found = []
    for name, channels in pairs:
        numbers = sorted(set(channels))
        for each in numbers:
            if not isinstance(each, int | np.integer) or not 0 <= each < MAX_CHANNELS:
                raise DamageError(
                    "{name} has no map or unit {channel!r}.", name=name, channel=each
                )
        if numbers:
            found.append((str(name), tuple(map(int, numbers))))
    return tuple(sorted(found))


def _ranges(channels: tuple[int, ...]) -> list[str]:
    """0, 1, 2, 3, 7 -> "0-3", "7"."""
    found = []
    for _, group in groupby(enumerate(channels), lambda each: each[1] - each[0]):
        first, *rest = (channel for _, channel in group)
        found.append(f"{first}-{rest[-1]}" if rest else f"{first}")
    return found


def _channels(text: str) -> range:
    match = _RANGE.fullmatch(text)
    if not match:
        raise DamageError(
            "The link names a map or unit {text!r}: not a number.", text=text
        )
    first, last = int(match[1]), int(match[2] or match[1])
    if not first <= last < MAX_CHANNELS:
        raise DamageError("No network has the maps or units {text}.", text=text)
    return range(first, last + 1)
