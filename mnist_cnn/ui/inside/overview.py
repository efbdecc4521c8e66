"""The digit and every layer's result as a row of pictures, each with its words."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_cnn.figures.activations import Picture
from mnist_cnn.nn.gradients import IMAGE
from mnist_cnn.nn.layers import OUTPUT, Layer
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.ui.components.clickable_picture import ClickablePicture
from mnist_cnn.ui.inside.numbers import short
from mnist_cnn.ui.text import _


def overview(
    forward: ForwardPass, pictures: Mapping[str, Picture]
) -> list[ClickablePicture]:
    """From left to right.

    Args:
        pictures: of ``figures.activations.layer_pictures``.
    """
    digit = ClickablePicture(
        IMAGE,
        _("Digit"),
        "28×28×1",
        _("0 to {high}").format(high=short(forward.pixels.max())),
        _("The digit that the network reads, 28×28 gray values."),
        pictures[IMAGE],
        tile_name=_("the digit"),
        relative_height=0.5,
    )
    return [
        digit,
        *(
            _of_layer(layer, pictures.get(layer.name), forward.probabilities.tolist())
            for layer in forward.network.layers
        ),
    ]


def _of_layer(
    layer: Layer, picture: Picture | None, probabilities: list[float]
) -> ClickablePicture:
    shape = "×".join(str(size) for size in layer.output_shape)
    if layer.name == OUTPUT:
        return ClickablePicture(
            layer.name,
            layer.name,
            shape,
            _("probabilities"),
            bars=probabilities,
        )
    if picture is None:
        # The same numbers again; a picture of them would say there is a change.
        return ClickablePicture(
            layer.name, layer.name, shape, _("off outside\ntraining")
        )
    flat = len(layer.output_shape) == 1
    low, high = short(picture.low), short(picture.high)
    return ClickablePicture(
        layer.name,
        layer.name,
        shape,
        f"{low} … {high}",
        (
            _("{layer}: {count} values from {low} to {high}.")
            if flat
            else _("{layer}: {count} feature maps, values from {low} to {high}.")
        ).format(layer=layer.name, count=picture.tiles, low=low, high=high),
        picture,
        # The browser puts the number in.
        tile_name=(_("{layer}, unit {n}") if flat else _("{layer}, map {n}")).replace(
            "{layer}", layer.name
        ),
    )
