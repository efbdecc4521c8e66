"""The Draw page: a picture comes in, and beside it stands what networks make of it."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.digits.preprocessing import Preparation
from mnist_cnn.ui.draw.drawing_input import CANVAS_SIDE, Picture, picture_input
from mnist_cnn.ui.draw.reading import pixels_of, show_answer, show_number, show_steps
from mnist_cnn.ui.networks import Chosen, choose_network, choose_other_network
from mnist_cnn.ui.text import _

# The narrowest screens are as wide as the canvas, without a margin beside it.
NARROW = """<style>
@media (max-width: 312px) {
  [data-testid="stMainBlockContainer"] { padding-left: 0; padding-right: 0; }
}
</style>"""


@st.fragment
def draw() -> None:
    """Everything that a stroke changes."""
    st.html(NARROW)
    # Side by side where there is room: a column would cut the canvas off.
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=CANVAS_SIDE):
            picture = picture_input()
        with st.container(width="stretch"):
            networks, only_resize = _controls()
            preparation = _answer(picture, networks, only_resize) if networks else None
    if preparation is not None:
        st.header(_("From the drawing to the network"), anchor=False)
        show_steps(preparation)


def _controls() -> tuple[list[Chosen], bool]:
    """The networks that can be used, and whether the picture is only resized."""
    networks = [choose_network(_("Network"))]
    with st.container(horizontal=True):
        only_resize = st.toggle(
            _("Just resize"),
            help=_(
                "Most demos only shrink the drawing to 28 × 28. MNIST's digits "
                "were cropped, scaled and centered: see what a network makes of a "
                "digit that was not."
            ),
        )
        compare = st.toggle(_("Compare with another network"))
    if compare:
        networks.append(choose_other_network(_("Other network")))
    return [each for each in networks if each is not None], only_resize


def _answer(
    picture: Picture | None, networks: list[Chosen], only_resize: bool
) -> Preparation | None:
    """Shows the prediction, and remembers the digit for the other pages.

    Returns:
        How the one digit was prepared; None if there is none or it needed nothing.
    """
    state = st.session_state
    if picture is None:
        st.info(_("Nothing is drawn yet: the network waits for your digit."))
        return None
    pixels, preparation = pixels_of(picture, only_resize=only_resize)
    is_test_digit = picture.pixels is not None
    if preparation.is_empty and not is_test_digit:
        state.pop("drawing_pixels", None)
        st.info(_(preparation.message))
        return None
    if preparation.message:
        st.warning(_(preparation.message))
    if picture.note:
        st.caption(picture.note)
    if not (is_test_digit or only_resize) and show_number(picture, networks):
        state.pop("drawing_pixels", None)  # a number is no digit to look into
        return None
    state["drawing_pixels"] = pixels
    show_answer(pixels, networks)
    return None if is_test_digit else preparation
