"""One layer taken apart: what it is, and the arithmetic of the chosen map or unit."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.figures.activations import digit_png, framed_digit
from mnist_cnn.nn.gradients import IMAGE
from mnist_cnn.nn.layer_arithmetic import flattened_value, map_arithmetic
from mnist_cnn.nn.layers import IMAGE_SHAPE, Layer
from mnist_cnn.nn.network import ForwardPass
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
        case "conv" | "pool" | "batch_norm" | "relu":
            found = map_arithmetic(forward, name, unit)
            layer_scrubber(found, forward.pixels, key="inside-scrubber")
        case "flatten":
            _show_feature(forward, unit)
        case "dense":
            show_dense(forward, layer, unit)
    st.markdown(_what_it_is(layer))


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


def _what_it_is(layer: Layer) -> str:
    size = "×".join(str(each) for each in layer.kernel or ())
    match layer.kind, layer.padding:
        case "conv", "same":
            text = _(
                "**Convolution** {size}, zeros around the image keep its size (padding "
                "“same”). One kernel slides over the image; at each position, "
                "multiply, add up, add the bias. Parameters: {formula}. Each unit sees "
                "{field}×{field} pixels of the digit."
            )
        case "conv", _valid:
            text = _(
                "**Convolution** {size}, only windows that fit, so the image shrinks "
                "(padding “valid”). One kernel slides over the image; at each "
                "position, multiply, add up, add the bias. Parameters: {formula}. Each "
                "unit sees {field}×{field} pixels of the digit."
            )
        case "pool", _padding:
            text = _(
                "**Max pooling** {size}: of each {size} values only the largest goes "
                "on. The image gets smaller, and where exactly something was matters "
                "less. No parameters. Each unit sees {field}×{field} pixels of the "
                "digit."
            )
        case "batch_norm", _padding:
            text = _(
                "**Batch normalization**: each map is shifted and stretched so that "
                "over the training digits its values had mean 0 and deviation 1, then "
                "by γ and β, which are learned. Parameters: {formula}."
            )
        case "relu", _padding:
            text = _("**ReLU**: what is below 0 becomes 0, the rest stays.")
        case "dropout", _padding:
            text = _(
                "**Dropout**: while training, {rate:.0%} of the values, at random, "
                "become 0, so that no unit can rely on a single other one. Reading a "
                "digit, all pass through unchanged."
            )
        case "flatten", _padding:
            text = _(
                "**Flatten**: {shape} values in one row of {units:,}. No number "
                "changes; each keeps its place, map by map at every pixel."
            )
        case _dense if layer.receptive_field == IMAGE_SHAPE[0]:
            text = _(
                "**Fully connected**: each of the {units:,} units weighs all "
                "{inputs:,} inputs. Parameters: {formula}. Each unit sees the whole "
                "digit."
            )
        case _dense:
            text = _(
                "**Fully connected**: each of the {units:,} units weighs all "
                "{inputs:,} inputs. Parameters: {formula}. Each unit sees the digit's "
                "first {field} rows and columns: pooling has dropped the rest."
            )
    return text.format(
        size=size,
        formula=layer.formula,
        field=layer.receptive_field,
        rate=layer.rate or 0,
        shape="×".join(str(each) for each in layer.input_shape),
        units=layer.output_shape[0],
        inputs=layer.input_shape[0],
    )
