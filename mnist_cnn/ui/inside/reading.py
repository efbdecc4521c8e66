"""One digit read by one network, with every number, shared by all parts of the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from mnist_cnn.figures.activations import Picture, heat_strip, layer_picture
from mnist_cnn.nn.architecture import Layer
from mnist_cnn.nn.network import Forward, Network
from mnist_cnn.ui.components.clickable_picture import Shown
from mnist_cnn.ui.text import _

READINGS_KEPT = 24
IMAGE = "image"
FLAT_COLUMNS = 24


@dataclass(frozen=True)
class Reading:
    """A digit, the network, and all values of the forward pass.

    Attributes:
        pixels: float32 (28, 28) in [0, 1].
        trace: of ``network.forward(pixels)``.
    """

    network: Network
    pixels: np.ndarray
    trace: Forward

    @property
    def probabilities(self) -> np.ndarray:
        """(10,)."""
        return self.trace.after["output"][0]

    @property
    def answer(self) -> int:
        """The likeliest digit."""
        return int(self.probabilities.argmax())

    def layer(self, name: str) -> Layer | None:
        """The layer of that name; None if there is none, as for the image."""
        return next((each for each in self.network.layers if each.name == name), None)

    def strongest(self, name: str) -> int:
        """The map or unit with the largest value in a layer."""
        values = np.abs(self.trace.after[name][0])
        return int(values.reshape(-1, values.shape[-1]).max(axis=0).argmax())

    @cached_property
    def overview(self) -> tuple[Shown, ...]:
        """The image and every layer's result as a row of pictures."""
        return (
            _image(self.pixels),
            *(_shown(self, layer) for layer in self.network.layers),
        )


def read(network: Network, pixels: np.ndarray) -> Reading:
    """Read a digit, or take the reading from memory if it is the same once more."""
    return _read(network, np.asarray(pixels, np.float32).tobytes())


@lru_cache(maxsize=READINGS_KEPT)
def _read(network: Network, content: bytes) -> Reading:
    pixels = np.frombuffer(content, np.float32).reshape(28, 28)
    return Reading(network, pixels, network.forward(pixels))


def _image(pixels: np.ndarray) -> Shown:
    return Shown(
        IMAGE,
        _("Digit"),
        "28×28×1",
        _("0 to {high}").format(high=number(pixels.max())),
        _("The digit that the network reads, 28×28 gray values."),
        layer_picture(pixels[..., None]),
        tile_name=_("the digit"),
        share=0.5,
    )


def _shown(reading: Reading, layer: Layer) -> Shown:
    shape = "×".join(str(size) for size in layer.output_shape)
    if layer.name == "output":
        percent = [
            _("{digit}: {share:.1%}").format(digit=digit, share=share)
            for digit, share in enumerate(reading.probabilities)
        ]
        return Shown(
            layer.name,
            layer.name,
            shape,
            _("probabilities"),
            bars=reading.probabilities.tolist(),
            bar_labels=percent,
        )
    if layer.kind == "dropout":
        # The same numbers again; a picture of them would say there is a change.
        return Shown(layer.name, layer.name, shape, _("off outside\ntraining"))
    values = reading.trace.after[layer.name][0]
    picture = _picture(layer, values)
    words = _("from {low} to {high}").format(
        low=number(picture.low), high=number(picture.high)
    )
    flat = values.ndim == 1
    return Shown(
        layer.name,
        layer.name,
        shape,
        f"{number(picture.low)} … {number(picture.high)}",
        (
            _("{layer}: {count} values {range}.")
            if flat
            else _("{layer}: {count} feature maps, values {range}.")
        ).format(layer=layer.name, count=picture.tiles, range=words),
        picture,
        tile_name=f"{layer.name}, " + (_("unit {n}") if flat else _("map {n}")),
    )


def _picture(layer: Layer, values: np.ndarray) -> Picture:
    if layer.kind == "flatten":
        return heat_strip(values, max(FLAT_COLUMNS, len(values) // 150))
    return layer_picture(values)


def number(value: float) -> str:
    """With as many decimals as one can use, and a real minus sign."""
    size = abs(float(value))
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2
    text = f"{float(value):.{decimals}f}"
    if not float(text):
        text = text.lstrip("-")
    return text.replace("-", "−")


def exact(value: float, decimals: int = 4) -> str:
    """With four decimals, and a real minus sign."""
    text = f"{float(value):.{decimals}f}"
    if not float(text):
        text = text.lstrip("-")
    return text.replace("-", "−")
