"""A network explained: where its parameters are, and its layers one by one."""

from __future__ import annotations

import html

import streamlit as st

from mnist_cnn.figures.kernels import kernels_picture
from mnist_cnn.nn.layers import Layer, LayeredArchitecture
from mnist_cnn.nn.network import Network
from mnist_cnn.nn.summary import summary
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.wide_table import NOTHING, wide_table


def finding(architecture: LayeredArchitecture, name: str = "") -> None:
    """Where the parameters are, and where the arithmetic.

    Args:
        architecture: of the network.
        name: the network's, if it has one.
    """
    layers = architecture.layers()
    largest = max(layers, key=lambda layer: layer.parameters)
    busiest = max(layers, key=lambda layer: layer.multiply_adds)
    total = architecture.parameters
    work = sum(layer.multiply_adds for layer in layers)
    said = (
        _(
            "“{name}” has **{part:,}** of its {total:,} parameters ({fraction:.0%}) in "
            "**{layer}**."
        )
        if name
        else _(
            "**{part:,}** of {total:,} parameters ({fraction:.0%}) are in **{layer}**."
        )
    ).format(
        name=escape(name),
        part=largest.parameters,
        total=total,
        fraction=largest.parameters / total,
        layer=escape(largest.name),
    )
    work_said = (
        _("A digit takes {total:,} multiply-adds, {fraction:.0%} of them there.")
        if busiest is largest
        else _("A digit takes {total:,} multiply-adds, {fraction:.0%} in **{layer}**.")
    ).format(
        total=work, fraction=busiest.multiply_adds / work, layer=escape(busiest.name)
    )
    st.markdown(f"{said} {work_said}")


def layer_table(architecture: LayeredArchitecture) -> None:
    """Every layer with its shape and its parameters, the formula's numbers put in."""
    wide_table([_row(layer) for layer in architecture.layers()])
    st.caption(
        _(
            "Parameters of a convolution: (kernel height · kernel width · input "
            "channels + 1 bias) · filters. Of a dense layer: (inputs + 1 bias) · "
            "units. “Sees” is the receptive field: the part of the image, in pixels, "
            "that one unit can see."
        )
    )


def _row(layer: Layer) -> dict[str, str]:
    window = NOTHING
    if layer.kernel:
        window = _("{kernel}, stride {stride}, {padding}").format(
            kernel="×".join(map(str, layer.kernel)),
            stride=layer.stride,
            padding=layer.padding,
        )
    is_activation = layer.keras_class == "Activation"
    return {
        _("Layer"): layer.name,
        _("Parameters"): layer.formula,
        _("Output shape"): "×".join(map(str, layer.output_shape)),
        _("Multiply-adds"): f"{layer.multiply_adds:,}",
        _("Kind"): layer.keras_class,
        _("Window"): window,
        _("Activation"): layer.activation or (layer.kind if is_activation else NOTHING),
        _("Sees"): f"{layer.receptive_field}×{layer.receptive_field}",
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
        kernels_picture(kernels, _=_),
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
