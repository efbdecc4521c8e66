"""A network explained: its volumes, its layers one by one, and why they are so."""

from __future__ import annotations

import html

import streamlit as st

from mnist_cnn.figures.kernels import kernels_picture
from mnist_cnn.nn.layers import Layer, LayeredArchitecture
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.summary import summary
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.text import _


def totals(architecture: LayeredArchitecture) -> None:
    """Parameters, multiply-adds and the share of the dense layers, as metrics."""
    layers = architecture.layers()
    parameters = architecture.parameters
    dense = sum(layer.parameters for layer in layers if layer.kind == "dense")
    with st.container(horizontal=True):
        st.metric(_("Parameters"), f"{parameters:,}", width="content")
        st.metric(
            _("of them in dense layers"), f"{dense / parameters:.1%}", width="content"
        )
        st.metric(
            _("Multiply-adds a digit"),
            f"{sum(layer.multiply_adds for layer in layers):,}",
            width="content",
        )


def layer_table(architecture: LayeredArchitecture) -> None:
    """Every layer with its shape and its parameters, the formula's numbers put in."""
    st.dataframe(
        [_row(layer) for layer in architecture.layers()],
        hide_index=True,
        column_config={
            _("Multiply-adds"): st.column_config.NumberColumn(format="localized"),
        },
    )
    st.caption(
        _(
            "Parameters of a convolution: (kernel height · kernel width · input "
            "channels + 1 bias) · filters. Of a dense layer: (inputs + 1 bias) · "
            "units. “Sees” is the receptive field: the part of the image, in pixels, "
            "that one unit can see."
        )
    )


def _row(layer: Layer) -> dict[str, object]:
    nothing = "–"
    kernel = "×".join(map(str, layer.kernel)) if layer.kernel else nothing
    return {
        _("Layer"): layer.name,
        _("Kind"): layer.keras_class,
        _("Kernel"): kernel,
        _("Stride"): str(layer.stride or nothing),
        _("Padding"): layer.padding or nothing,
        _("Activation"): layer.activation or nothing,
        _("Output shape"): "×".join(map(str, layer.output_shape)),
        _("Sees"): f"{layer.receptive_field}×{layer.receptive_field}",
        _("Parameters"): layer.formula,
        _("Multiply-adds"): layer.multiply_adds,
    }


def summary_text(architecture: LayeredArchitecture) -> None:
    """What ``model.summary()`` prints."""
    # Not st.code, which the keyboard cannot scroll where a telephone is too narrow.
    st.html(
        '<pre tabindex="0" role="region" aria-label="model.summary()" '
        f'style="overflow-x: auto">{html.escape(summary(architecture))}</pre>'
    )


def first_kernels(network: Network) -> None:
    """The learned kernels of the first convolution, if there is one."""
    kernels = network.weights.get("conv_1/kernel")
    if kernels is None:
        st.info(_("This network has no convolution, so it has no kernels to show."))
        return
    size, count = kernels.shape[0], kernels.shape[-1]
    live_chart(
        kernels_picture(kernels),
        key="architecture-kernels",
        label=_("{count} kernels of {size}×{size} weights").format(
            count=count, size=size
        ),
        height=340,
    )
    st.caption(
        _(
            "Each of the {count} kernels is a little picture of {size}×{size} weights. "
            "It answers where the image looks like it: edges, ends, corners. Nobody "
            "designed them; they began as noise."
        ).format(count=count, size=size)
    )


def layer_kinds(architecture: LayeredArchitecture) -> None:
    """A short text on each kind of layer that the network has."""
    texts = {
        "conv": (
            _("Convolution"),
            _(
                "A small kernel slides over the whole image and multiplies what it "
                "covers. The same few weights are used everywhere, so a stroke is "
                "found wherever it is, with very few parameters. Padding “same” puts "
                "zeros around the image so that its size stays."
            ),
        ),
        "batch_norm": (
            _("Batch normalization"),
            _(
                "Shifts and scales each channel to mean 0 and deviation 1 over the "
                "batch, then to values it learns. Training gets steadier and faster. "
                "Of its four numbers a channel, two are learned by gradients and two "
                "are running statistics."
            ),
        ),
        "relu": (_("ReLU"), _("Negative values become 0.")),
        "pool": (
            _("Max pooling"),
            _(
                "Keeps the largest of each window and forgets where in the window it "
                "was. The image gets smaller, the next layer sees further, and a "
                "digit moved by a pixel looks almost the same. It has no parameters."
            ),
        ),
        "dropout": (
            _("Dropout"),
            _(
                "While training, switches off a random share of the values at each "
                "step, so that no feature can rely on another one alone. When the "
                "network is used, it does nothing."
            ),
        ),
        "flatten": (
            _("Flatten"),
            _("Lines up all values in one row, for the dense layers. Nothing changes."),
        ),
        "dense": (
            _("Dense"),
            _(
                "Every input is connected with every unit: here the features are "
                "weighed against each other. This is where most parameters are. The "
                "last one has ten units, and softmax turns their scores into ten "
                "probabilities that add up to 1."
            ),
        ),
    }
    present = {layer.kind for layer in architecture.layers()}
    for kind, (title, text) in texts.items():
        if kind in present:
            with st.expander(title):
                st.markdown(text)
