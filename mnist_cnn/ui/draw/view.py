"""The Draw page: a digit comes in, and beside it stands what networks make of it."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.ui.board.drawing_canvas import BRUSH
from mnist_cnn.ui.board.live_board import live_board, look_inside_this_digit
from mnist_cnn.ui.draw.drawing_input import choose_way
from mnist_cnn.ui.moments import choose_moment, moment_titles
from mnist_cnn.ui.networks import Chosen, choose_network, choose_other_network
from mnist_cnn.ui.text import _


def draw() -> None:
    """Canvas, answer and the network, and below them what can be set."""
    with st.container(key="live"), st.container(key="live_board"):
        board = st.container()
        with st.container(key="live_settings"):
            networks, resized, asks_when = _settings()
        with board:
            if networks:
                live_board(
                    [(each.run, each.step) for each in networks],
                    "canvas",
                    choose_way,
                    resized=resized,
                    asks_when=asks_when,
                )


def _settings() -> tuple[list[Chosen], bool, bool]:
    """The networks that can be used, and what else is asked of them.

    Returns:
        The networks; whether they read the drawing only resized, too; whether it is
        asked when the first one began to read it.
    """
    look_inside_this_digit()
    chosen = choose_network(_("Network"))
    networks = [chosen and choose_moment(chosen)]
    asks_when = bool(
        chosen
        and moment_titles(chosen.run)
        and st.toggle(
            _("When did it begin to read my digit?"),
            key="asks_when",
            persist_state="session",
        )
    )
    resized = st.toggle(
        _("Just resize"),
        help=_(
            "Most demos only shrink the drawing to 28 × 28. MNIST's digits were "
            "cropped, scaled and centered. Draw small, in a corner, and see both."
        ),
    )
    if st.toggle(_("Compare with another network")):
        networks.append(choose_other_network(_("Other network")))
    st.slider(_("Brush"), 6, 40, BRUSH, key="brush", persist_state="session")
    return [each for each in networks if each is not None], resized, asks_when
