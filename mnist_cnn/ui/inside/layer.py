"""One layer taken apart: what it is, and the arithmetic of the chosen map or unit."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.figures.activations import digit_png, with_frame
from mnist_cnn.nn import explain
from mnist_cnn.nn.architecture import Layer
from mnist_cnn.nn.receptive_field import place_of_feature, seen
from mnist_cnn.ui.components.layer_scrubber import KINDS, layer_scrubber
from mnist_cnn.ui.inside.dense import show_dense, show_softmax
from mnist_cnn.ui.inside.reading import Reading, exact
from mnist_cnn.ui.text import _


def show_layer(reading: Reading, name: str, unit: int) -> None:
    """The detail of a layer's map or unit, whatever kind of layer it is."""
    layer = reading.layer(name)
    if layer is None:
        _show_image(reading)
        return
    try:
        st.markdown(_what_it_is(layer))
        if layer.kind in KINDS:
            layer_scrubber(
                reading.network, reading.trace, layer, unit, key="inside-scrubber"
            )
        elif layer.name == "output":
            show_softmax(reading)
            show_dense(reading, layer, unit)
        elif layer.kind == "dense":
            show_dense(reading, layer, unit)
        elif layer.kind == "flatten":
            _show_feature(reading, layer, unit)
    except explain.ExplainError as error:
        st.warning(_(str(error)))


def _show_image(reading: Reading) -> None:
    st.markdown(
        _(
            "The digit as the network gets it: 28×28 numbers, 0 for black and 1 for "
            "white. {ink} of the 784 are above 0. It knows nothing else: not the order "
            "of your strokes, and not that neighboring pixels belong together, except "
            "for the windows of its convolutions."
        ).format(ink=int((reading.pixels > 0).sum()))
    )
    st.image(
        digit_png(reading.pixels, 12),
        alt=_("The digit, each of its 28×28 pixels enlarged."),
    )


def _what_it_is(layer: Layer) -> str:
    size = "×".join(str(each) for each in layer.kernel or ())
    sees = _("Each unit sees {field}×{field} pixels of the digit.").format(
        field=layer.receptive_field
    )
    match layer.kind:
        case "conv":
            padding = (
                _("zeros around the image keep its size (padding “same”)")
                if layer.padding == "same"
                else _("only windows that fit, so the image shrinks (padding “valid”)")
            )
            return (
                _(
                    "**Convolution** {size}, {padding}. One kernel slides over the "
                    "image; at each place, multiply, add up, add the bias. "
                    "Parameters: {formula}."
                ).format(size=size, padding=padding, formula=layer.formula)
                + f" {sees}"
            )
        case "pool":
            return (
                _(
                    "**Max pooling** {size}: of each {size} values only the largest "
                    "goes on. The image gets smaller, and where exactly something was "
                    "matters less. No parameters."
                ).format(size=size)
                + f" {sees}"
            )
        case "batch_norm":
            return _(
                "**Batch normalization**: each map is shifted and stretched so that "
                "over the training digits its values had mean 0 and deviation 1, then "
                "by γ and β, which are learned. Parameters: {formula}."
            ).format(formula=layer.formula)
        case "relu":
            return _("**ReLU**: what is below 0 becomes 0, the rest stays.")
        case "dropout":
            return _(
                "**Dropout**: while training, {rate:.0%} of the values, at random, "
                "become 0, so that no unit can rely on a single other one. Reading a "
                "digit, all pass through unchanged."
            ).format(rate=layer.rate)
        case "flatten":
            return _(
                "**Flatten**: {shape} values in one row of {count:,}. No number "
                "changes; each keeps its place, map by map at every pixel."
            ).format(
                shape="×".join(str(each) for each in layer.input_shape),
                count=layer.output_shape[0],
            )
        case _:
            return (
                _(
                    "**Fully connected**: each of the {units:,} units weighs all "
                    "{inputs:,} inputs. Parameters: {formula}."
                ).format(
                    units=layer.output_shape[0],
                    inputs=layer.input_shape[0],
                    formula=layer.formula,
                )
                + " "
                + _("Each unit sees the whole digit.")
            )


def _show_feature(reading: Reading, layer: Layer, feature: int) -> None:
    value = reading.trace.after[layer.name][0, feature]
    row, column, channel = place_of_feature(layer.input_shape, feature)
    field = seen(reading.network.architecture, _last_maps(reading), row, column)
    field = field.inside()
    st.image(
        with_frame(reading.pixels, field),
        width=280,
        alt=_("The digit, with a frame around what this value sees of it."),
    )
    st.markdown(
        _(
            "Value {feature} is {value}: row {row}, column {column} of map {map}. It "
            "sees rows {top} to {bottom} and columns {left} to {right} of the digit."
        ).format(
            feature=feature,
            value=exact(value),
            row=row,
            column=column,
            map=channel,
            top=field.top,
            bottom=field.bottom,
            left=field.left,
            right=field.right,
        )
    )


def _last_maps(reading: Reading) -> str:
    """The layer before flattening; flatten itself if it comes first."""
    names = [
        layer.name for layer in reading.network.layers if len(layer.output_shape) == 3
    ]
    return names[-1] if names else "flatten"
