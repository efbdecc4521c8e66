"""One layer taken apart: what it is, and the arithmetic of the chosen map or unit."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.figures.activations import digit_png, framed_digit
from mnist_cnn.nn.gradients import IMAGE
from mnist_cnn.nn.layer_arithmetic import (
    flattened_value,
    map_arithmetic,
    statistics_of,
)
from mnist_cnn.nn.layers import Layer
from mnist_cnn.nn.network import ForwardPass
from mnist_cnn.ui.arithmetic_words import about_layer, layer_sentence
from mnist_cnn.ui.components.layer_scrubber import layer_scrubber
from mnist_cnn.ui.inside.dense import show_dense
from mnist_cnn.ui.inside.numbers import exact
from mnist_cnn.ui.text import _


def show_layer(forward: ForwardPass, name: str, unit: int) -> None:
    """The detail of a layer's map or unit, whatever kind of layer it is."""
    if name == IMAGE:
        _show_image(forward)
        return
    layer = forward.network.architecture.layer(name)
    if unit in forward.network.silent.get(name, ()):
        st.info(_("This is silent: 0 goes on from it, whatever its arithmetic gives."))
    match layer.kind:
        case "flatten":
            _show_feature(forward, unit)
        case "dense":
            show_dense(forward, layer, unit)
        case "dropout":
            pass
        case _ if len(layer.output_shape) == 3:
            found = map_arithmetic(forward, name, unit)
            layer_scrubber(found, forward.pixels, key="inside-scrubber")
        case _:
            _show_unit(forward, layer, unit)
    st.markdown(about_layer(layer))


def _show_image(forward: ForwardPass) -> None:
    st.markdown(
        _(
            "The digit as the network gets it: 28×28 numbers, 0 for black and 1 for "
            "white. {ink} of the 784 are above 0. It knows nothing else: not the order "
            "of your strokes, and not that neighboring pixels belong together, except "
            "for the windows of its convolutions."
        ).format(ink=int((forward.pixels > 0).sum()))
    )
    st.image(
        digit_png(forward.pixels, 12),
        alt=_("The digit, each of its 28×28 pixels enlarged."),
    )


def _show_unit(forward: ForwardPass, layer: Layer, unit: int) -> None:
    """What a layer without a kernel makes of one unit, or of one map as a whole."""
    inputs = forward.inputs[layer.name][0]
    statistics = statistics_of(forward.network, layer, unit)
    st.markdown(
        layer_sentence(layer).format(
            value=exact(inputs.reshape(-1)[unit]),
            result=exact(forward.activations[layer.name][0, unit]),
            count=inputs[..., unit].size,
            map=unit,
            slope=f"{layer.slope:g}",
            scale=f"{layer.scale:g}",
            offset=f"{layer.offset:g}",
            **{name: exact(value) for name, value in statistics.items()},
        )
    )


def _show_feature(forward: ForwardPass, feature: int) -> None:
    found = flattened_value(forward, feature)
    st.image(
        framed_digit(forward.pixels, found.sees),
        width=280,
        alt=_("The digit, with a frame around what this value sees of it."),
    )
    st.markdown(
        _(
            "Value {feature} is {value}: row {row}, column {column} of map {map}. It "
            "sees rows {top} to {bottom} and columns {left} to {right} of the digit."
        ).format(
            feature=feature,
            value=exact(found.value),
            row=found.row,
            column=found.column,
            map=found.channel,
            top=found.sees.top,
            bottom=found.sees.bottom,
            left=found.sees.left,
            right=found.sees.right,
        )
    )
