"""Draw: sketch a digit, see it become 28x28 pixels, and see it read."""

import streamlit as st

from mnist_cnn.ui.draw.drawing_input import picture_input
from mnist_cnn.ui.draw.reading import pixels_of, show_answer, show_number, show_steps
from mnist_cnn.ui.frame import page
from mnist_cnn.ui.networks import choose_network
from mnist_cnn.ui.text import _

page(_("Draw"), _("Draw a digit and see what the network makes of it, and how."))


@st.fragment
def draw() -> None:
    """Everything that a stroke changes."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        picture = picture_input()
    with right:
        chosen = choose_network(_("Network"))
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
        networks = [chosen] if chosen else []
        if compare:
            other = choose_network(_("Other network"), key="other_network")
            networks += [other] if other else []
        if not networks:
            return
        if picture is None:
            st.info(_("Nothing is drawn yet: the network waits for your digit."))
            return
        pixels, preparation = pixels_of(picture, only_resize=only_resize)
        if preparation.is_empty and picture.pixels is None:
            st.session_state.pop("drawing_pixels", None)
            st.info(_(preparation.message))
            return
        st.session_state["drawing_pixels"] = pixels
        if preparation.message:
            st.warning(_(preparation.message))
        if picture.note:
            st.caption(picture.note)
        several = (
            picture.pixels is None
            and not only_resize
            and show_number(picture, networks[0])
        )
        if not several:
            show_answer(pixels, networks)
    if picture.pixels is None and not several:
        st.subheader(_("From the drawing to the network"), anchor=False)
        show_steps(preparation)


draw()
