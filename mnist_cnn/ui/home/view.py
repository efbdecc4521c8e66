"""The pieces of the Home page."""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.digits import mnist
from mnist_cnn.nn.architecture import LECTURE_NETWORK, Architecture
from mnist_cnn.runs import RunError
from mnist_cnn.ui.board.live_board import live_board, look_inside_this_digit
from mnist_cnn.ui.frame import page_link, pages
from mnist_cnn.ui.text import _
from mnist_cnn.ui.volume_picture import volume_picture

CARDS = """<style>
.st-key-cards {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
}
.st-key-cards > * { width: auto; }
[class*="st-key-card_"] { position: relative; }
[class*="st-key-card_"]:hover { background: var(--st-secondary-background-color); }
[class*="st-key-card_"] a::after { content: ""; position: absolute; inset: 0; }
</style>"""


def draw_first() -> None:
    """A canvas and the network that comes along, alive, before any text."""
    with st.container(key="live"), st.container(key="live_board"):
        try:
            live_board([(runs.find(runs.PRETRAINED), None)], "home_canvas")
        except RunError as error:
            st.error(_(error.message))
        with st.container(key="live_settings", gap=None):
            look_inside_this_digit()
            page_link(
                "pages/3_Draw.py",
                _("Photos, and other networks"),
                ":material/draw:",
            )


def lesson() -> None:
    """What a CNN does, in two halves, beside a picture of the real network."""
    first, second = st.columns(2, gap="large")
    with first:
        st.header(_("1. It extracts features"), anchor=False)
        st.markdown(
            _(
                "**Convolution** finds strokes, corners and loops by sliding small "
                "kernels over the image. **Pooling** keeps what was found and shrinks "
                "the image. Again and again: the image gets smaller, and its features "
                "come out."
            )
        )
    with second:
        st.header(_("2. It classifies"), anchor=False)
        st.markdown(
            _(
                "**Fully connected layers** weigh all features against each other and "
                "give ten scores; **softmax** turns them into ten probabilities, one "
                "for each digit."
            )
        )
    volume_picture(_pretrained_network())


def _pretrained_network() -> Architecture:
    try:
        return runs.find(runs.PRETRAINED).config.network
    except RunError:
        return LECTURE_NETWORK


def ways() -> None:
    """The way through the pages."""
    sentences = {
        "pages/3_Draw.py": _("Draw a digit and see it read. Works at once."),
        "pages/1_Train.py": _("Train a network yourself and watch it learn."),
        "pages/2_Architecture.py": _("See what it is made of, and what that costs."),
        "pages/4_Look_inside.py": _("Follow your own digit through every layer."),
        "pages/5_Mistakes.py": _("Find the digits it gets wrong, and why."),
        "pages/6_Compare.py": _("Put networks side by side: curves, costs, mistakes."),
    }
    there = {script: (name, icon) for script, name, icon in pages()}
    shown = [script for script in there if script in sentences]
    st.html(CARDS)
    st.header(_("How a network learns to see"), anchor=False)
    with st.container(key="cards"):
        for number, script in enumerate(shown):
            name, icon = there[script]
            with st.container(border=True, key=f"card_{number}"):
                page_link(script, f"**{name}**", icon)
                st.markdown(sentences[script])


def in_use() -> None:
    """Which network and which digits are in use."""
    st.header(_("In use"), anchor=False)
    found = mnist.find()
    source = (
        _(found[1])
        if found
        else _(
            "no complete MNIST on this machine yet: the first training downloads it, "
            "or, with no network, takes 5,000 real MNIST digits that came along"
        )
    )
    st.markdown(_("**Digits**: {source}.").format(source=source))
    try:
        run = runs.find(runs.PRETRAINED)
        status = run.status()
    except RunError as error:
        st.warning(_(error.message))
        return
    st.markdown(
        _(
            "**Network**: until you train one, a pretrained one with {parameters:,} "
            "parameters, trained on {examples:,} digits; {accuracy:.2%} of {tests:,} "
            "test digits read correctly."
        ).format(
            parameters=run.config.network.parameters,
            examples=status.examples,
            accuracy=status.test_accuracy or 0.0,
            tests=status.test_examples,
        )
    )
