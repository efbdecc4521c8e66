"""Build your own network: its parts, and its shapes and parameters while you choose."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mnist_cnn.experiments.config import ConfigError
from mnist_cnn.nn.architecture import Architecture
from mnist_cnn.nn.layers import ACTIVATIONS
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.form.experiment import Experiment, units_text

MAX_BLOCKS = 3
POOLS = (1, 2, 3, 4)
PADDINGS = ("same", "valid")


def network_form(experiment: Experiment) -> None:
    """The parts of the network, and what they make of the image."""
    if isinstance(experiment.config.network, Architecture):
        _parts(experiment)
    else:
        st.caption(
            _(
                "This network comes from a Keras model and is trained as it is. Choose "
                "a preset to build another."
            )
        )
    try:
        network = experiment.network()
    except ConfigError as error:
        st.error(_(error.message))
        return
    st.markdown(_("**{count:,} parameters** in all.").format(count=network.parameters))
    rows = [(_("Layer"), _("Output"), _("Parameters")), (":--",) * 3]
    rows += [
        (layer.name, "×".join(map(str, layer.output_shape)), layer.formula or "–")
        for layer in network.layers()
    ]
    st.markdown("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _parts(experiment: Experiment) -> None:
    network, key = experiment.config.network, experiment.key
    blocks = len(network.blocks)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = partial(st.number_input, persist_state="session", width=130)
        blocks = number(
            _("Convolution blocks"), 0, MAX_BLOCKS, blocks, key=key("blocks")
        )
        number(_("Dropout"), 0.0, 0.9, float(network.dropout), 0.05, key=key("dropout"))
        st.text_input(
            _("Dense units"),
            units_text(network),
            key=key("dense"),
            width=130,
            max_chars=30,
            help=_("Of each hidden dense layer, such as 128, 64. Empty: none."),
            persist_state="session",
        )
        st.selectbox(
            _("Activation"),
            ACTIVATIONS,
            ACTIVATIONS.index(network.activation),
            format_func=_activations().get,
            key=key("activation"),
            width=130,
            persist_state="session",
        )
        for name, title in (
            ("batch_norm", _("Batch normalization")),
            ("global_average", _("Global average pooling")),
        ):
            st.toggle(
                title, getattr(network, name), key=key(name), persist_state="session"
            )
    for index in range(blocks):
        _block(experiment, index)


def _activations() -> dict[str, str]:
    return {
        "relu": _("ReLU"),
        "leaky_relu": _("Leaky ReLU"),
        "tanh": _("tanh"),
        "sigmoid": _("Sigmoid"),
    }


def _block(experiment: Experiment, index: int) -> None:
    block = experiment.block(index)
    common = {"persist_state": "session", "width": 140}

    def key(part: str) -> str:
        return experiment.key(f"{part}_{index}")

    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = _("Block {number}: filters").format(number=index + 1)
        st.number_input(title, 1, 256, block.filters, key=key("filters"), **common)
        st.number_input(_("Kernel"), 1, 11, block.kernel, key=key("kernel"), **common)
        st.number_input(_("Stride"), 1, 4, block.stride, key=key("stride"), **common)
        st.selectbox(
            _("Pooling"),
            POOLS,
            POOLS.index(block.pool),
            format_func=lambda size: _("none") if size == 1 else f"{size}×{size}",
            key=key("pool"),
            **common,
        )
        kept = {"max": _("the largest"), "average": _("the average")}
        st.selectbox(
            _("Pooling keeps"),
            list(kept),
            list(kept).index(block.pooling),
            format_func=kept.get,
            key=key("pooling"),
            **common,
        )
        st.selectbox(
            _("Padding"),
            PADDINGS,
            PADDINGS.index(block.padding),
            key=key("padding"),
            **common,
        )
