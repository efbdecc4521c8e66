"""The picture of a network's volumes, for Home and Architecture."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.figures.volumes import volumes
from mnist_cnn.nn.layers import LayeredArchitecture
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.text import _


def volume_picture(architecture: LayeredArchitecture) -> None:
    """The volumes from the image to the ten probabilities."""
    shapes = ["×".join(map(str, layer.output_shape)) for layer in architecture.layers()]
    live_chart(
        volumes(architecture),
        key="volumes",
        label=_("From 28×28×1 through {shapes}").format(shapes=", ".join(shapes)),
        height=300,
    )
    st.caption(
        _(
            "Blue: after a convolution. Green: after pooling. Orange: dense layers. "
            "The picture gets smaller and deeper: less of *where*, more of *what*."
        )
    )
