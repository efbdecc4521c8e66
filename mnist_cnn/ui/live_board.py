"""Canvas, answer and living network on one screen: what Home begins with, and Draw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from mnist_cnn.digits.image_files import ImageError, open_image
from mnist_cnn.digits.preprocessing import resize_ink
from mnist_cnn.runs import Run, RunError
from mnist_cnn.ui.browser_network import browser_network
from mnist_cnn.ui.components.live_reading import (
    NEVER,
    YES,
    browser_reads,
    live_reading,
)
from mnist_cnn.ui.drawing import Picture
from mnist_cnn.ui.drawing_canvas import drawing_canvas
from mnist_cnn.ui.moments import at_moment
from mnist_cnn.ui.networks import Chosen, load_network
from mnist_cnn.ui.server_reading import (
    prepared_digit,
    show_answers,
    show_details,
    show_steps,
)
from mnist_cnn.ui.text import _

NEW_EPOCH_SECONDS = 5.0  # between looks at a network in training

Way = Callable[[], Picture | None]


def live_board(
    networks: list[Chosen],
    canvas: str,
    choose_way: Callable[[], Way | None] = lambda: None,
    *,
    resized: bool = False,
) -> None:
    """The canvas, and what networks make of it; a stroke reruns only this.

    Args:
        networks: the first one is shown with all its layers.
        canvas: its name.
        choose_way: chooses how a digit comes in, above the canvas; None is the canvas.
        resized: whether the drawing, only resized, is read beside it.
    """
    is_any_in_training = any(_is_in_training(each.run) for each in networks)
    every = NEW_EPOCH_SECONDS if is_any_in_training else None
    shown = [(each.run.id, each.step) for each in networks]
    st.fragment(_board, run_every=every)(shown, canvas, choose_way, resized)


def _is_in_training(run: Run) -> bool:
    try:
        return run.status().is_active
    except RunError:  # damaged: its network can be used all the same
        return False


def _board(
    shown: list[tuple[str, int | None]],
    canvas: str,
    choose_way: Callable[[], Way | None],
    resized: bool,
) -> None:
    networks = [
        load_network(run_id) if step is None else at_moment(load_network(run_id), step)
        for run_id, step in shown
    ]
    files = [browser_network(each.run, each.step) for each in networks]
    reads = browser_reads() if files and all(files) else NEVER
    answer = st.container(key="live_answer", gap=None)
    with st.container(key="live_canvas", gap="small"):
        way = choose_way()
        picture = way() if way else _drawn(drawing_canvas(canvas), reads)
    with answer:
        with st.container(key="server_answer"):
            if picture is not None and networks:
                pixels = _by_server(picture, networks, resized, reads)
            else:
                pixels = None
                if way is None and reads != YES:
                    st.info(
                        _("Nothing is drawn yet: the network waits for your digit.")
                    )
        live_reading(
            [] if reads == NEVER else _named(networks, files),
            pixels=pixels if reads == YES else None,
            follows_canvas=way is None,
            resized=resized,
            note=picture.note if picture else "",
        )


def _drawn(file: bytes | None, reads: str | None) -> Picture | None:
    """The drawing, if the server is the one to read it."""
    if file is None or reads == YES:
        return None
    try:
        return Picture(open_image(file), is_drawn=True)
    except ImageError as error:
        st.error(str(error))
        return None


def _named(networks, files) -> list:
    return [(each.title, file) for each, file in zip(networks, files, strict=True)]


def _by_server(
    picture: Picture, networks: list[Chosen], resized: bool, reads: str | None
) -> np.ndarray | None:
    """What the server has to say of the picture; the pixels of the one digit in it."""
    preparation = prepared_digit(picture, networks)
    if preparation is None:
        return None
    ways = {_("prepared like MNIST"): preparation.pixels}
    if resized and picture.pixels is None:
        ways[_("just resized")] = resize_ink(picture.ink).pixels
    if reads == YES and not resized:
        with st.container(key="server_steps"):
            show_steps(preparation.steps)
        return preparation.pixels
    show_answers(ways, networks)
    if picture.note:
        st.caption(picture.note)
    if reads == NEVER:
        show_details(ways, networks, preparation)
    return None
