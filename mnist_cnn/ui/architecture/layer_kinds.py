"""What each kind of layer does, and why it is there: for those a network has."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.nn.layers import Layer, LayeredArchitecture
from mnist_cnn.ui.text import _

STRIDES = "strides"


def layer_kinds(architecture: LayeredArchitecture) -> None:
    """A short text on each kind of layer and activation that the network has."""
    present = set().union(*map(_kinds, architecture.layers()))
    for kind, (title, text) in _texts().items():
        if kind in present:
            with st.expander(title):
                st.markdown(text)


def _kinds(layer: Layer) -> set[str | None]:
    has_strides = layer.kind == "conv" and layer.stride > 1
    return {layer.kind, layer.activation, STRIDES if has_strides else None}


def _texts() -> dict[str, tuple[str, str]]:
    return {
        "rescaling": (
            _("Rescaling"),
            _(
                "Multiplies every pixel by a fixed number and adds another, so that "
                "pixels come in the range the network was trained on. It learns "
                "nothing."
            ),
        ),
        "conv": (
            _("Convolution"),
            _(
                "A small kernel slides over the whole image and multiplies what it "
                "covers. The same few weights are used everywhere, so a stroke is "
                "found wherever it is, with very few parameters. Padding “same” puts "
                "zeros around the image so that its size stays."
            ),
        ),
        STRIDES: (
            _("Strides"),
            _(
                "The window moves on by more than one pixel, so the image gets smaller "
                "without pooling. A stride of 2 halves both sides: a quarter of the "
                "arithmetic, and the next layer sees further."
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
        "relu": (
            _("ReLU"),
            _(
                "Negative values become 0, all others stay. Without a step that is not "
                "linear, several layers could do no more than one."
            ),
        ),
        "leaky_relu": (
            _("Leaky ReLU"),
            _(
                "Negative values are not cut to 0 but made small, by a fixed factor: "
                "so a unit whose inputs are all negative still gets a gradient and can "
                "go on learning."
            ),
        ),
        "tanh": (
            _("tanh"),
            _(
                "Squeezes every value into −1 to 1, as LeCun's network of 1998 did. "
                "Large values all come out near the ends, where the curve is flat: "
                "hardly any gradient gets through, and deep networks learn slowly."
            ),
        ),
        "sigmoid": (
            _("Sigmoid"),
            _(
                "Squeezes every value into 0 to 1. As with tanh, the curve is flat for "
                "large values, so hardly any gradient gets through: one reason why "
                "ReLU took its place."
            ),
        ),
        "pool": (
            _("Max pooling"),
            _(
                "Keeps the largest of each window and forgets where in the window it "
                "was. The image gets smaller, the next layer sees further, and a "
                "digit moved by a pixel looks almost the same. It has no parameters."
            ),
        ),
        "average_pool": (
            _("Average pooling"),
            _(
                "Keeps the mean of each window: weak answers count, too, where max "
                "pooling would keep the strongest alone. The image gets smaller. It "
                "has no parameters."
            ),
        ),
        "global_average_pool": (
            _("Global average pooling"),
            _(
                "Takes the mean of each whole map: how much of a feature there is, "
                "wherever it is. The dense layer after it needs a weight for each map "
                "and not for each place in it, so such networks have few parameters."
            ),
        ),
        "dropout": (
            _("Dropout"),
            _(
                "While training, switches off a random fraction of the values at each "
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
                "weighed against each other. This is often where most parameters are. "
                "The last one has ten units, and softmax turns their scores into ten "
                "probabilities that add up to 1."
            ),
        ),
    }
