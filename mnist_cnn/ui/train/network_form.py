"""Build your own network: its parts, and its shapes and parameters while you choose."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.experiments.config import ConfigError
from mnist_cnn.experiments.link import dense_units
from mnist_cnn.nn.architecture import Architecture, ArchitectureError, ConvBlock
from mnist_cnn.ui.text import _

MOST_BLOCKS = 3
POOLS = (1, 2, 3, 4)
PADDINGS = ("same", "valid")
_NEW_BLOCK = ConvBlock(32, 3)


def fill_network(network: Architecture) -> None:
    """Puts a network's values into the form."""
    state = st.session_state
    state.form_blocks = len(network.blocks)
    for number in range(MOST_BLOCKS):
        has_it = number < len(network.blocks)
        _fill_block(number, network.blocks[number] if has_it else _NEW_BLOCK)
    state.form_dropout = float(network.dropout)
    state.form_dense = ", ".join(map(str, network.dense))
    state.form_batch_norm = network.batch_norm


def _fill_block(number: int, block: ConvBlock) -> None:
    state = st.session_state
    state[f"form_filters_{number}"] = block.filters
    state[f"form_kernel_{number}"] = block.kernel
    state[f"form_pool_{number}"] = block.pool
    state[f"form_padding_{number}"] = block.padding


def chosen_network() -> Architecture:
    """The network in the form.

    Raises:
        ConfigError: saying why it cannot be built.
    """
    state = st.session_state
    blocks = tuple(
        ConvBlock(
            state[f"form_filters_{number}"],
            state[f"form_kernel_{number}"],
            state[f"form_padding_{number}"],
            state[f"form_pool_{number}"],
        )
        for number in range(state.form_blocks)
    )
    try:
        return Architecture(
            blocks,
            round(state.form_dropout, 4),
            dense_units(state.form_dense),
            state.form_batch_norm,
        )
    except ArchitectureError as error:
        raise ConfigError(str(error)) from error


def network_form() -> None:
    """The parts of the network, and what they make of the image."""
    state = st.session_state
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            _("Convolution blocks"),
            0,
            MOST_BLOCKS,
            state.form_blocks,
            key="form_blocks",
            width=160,
        )
        st.number_input(
            _("Dropout"),
            0.0,
            0.9,
            state.form_dropout,
            step=0.05,
            key="form_dropout",
            width=130,
        )
        st.text_input(
            _("Dense units"),
            state.form_dense,
            key="form_dense",
            width=160,
            max_chars=30,
            help=_("Of each hidden dense layer, such as 128, 64. Empty: none."),
        )
        st.toggle(
            _("Batch normalization"), state.form_batch_norm, key="form_batch_norm"
        )
    for number in range(state.form_blocks):
        _block(number)
    try:
        network = chosen_network()
    except ConfigError as error:
        st.error(_(str(error)))
        return
    st.markdown(_("**{count:,} parameters** in all.").format(count=network.parameters))
    rows = [
        f"| {layer.name} | {'×'.join(map(str, layer.output_shape))} "
        f"| {layer.formula or '–'} |"
        for layer in network.layers()
    ]
    st.markdown(
        "\n".join(
            [
                f"| {_('Layer')} | {_('Output')} | {_('Parameters')} |",
                "|:--|:--|:--|",
                *rows,
            ]
        )
    )


def _block(number: int) -> None:
    state = st.session_state
    if f"form_filters_{number}" not in state:
        # The values of a block that was taken away are gone with its boxes.
        _fill_block(number, _NEW_BLOCK)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            _("Block {number}: filters").format(number=number + 1),
            1,
            256,
            state[f"form_filters_{number}"],
            key=f"form_filters_{number}",
            width=160,
        )
        st.number_input(
            _("Kernel"),
            1,
            11,
            state[f"form_kernel_{number}"],
            key=f"form_kernel_{number}",
            width=130,
        )
        st.selectbox(
            _("Pooling"),
            POOLS,
            POOLS.index(state[f"form_pool_{number}"]),
            format_func=lambda size: _("none") if size == 1 else f"{size}×{size}",
            key=f"form_pool_{number}",
            width=130,
        )
        st.selectbox(
            _("Padding"),
            PADDINGS,
            PADDINGS.index(state[f"form_padding_{number}"]),
            key=f"form_padding_{number}",
            width=130,
        )
