"""Canvas, answer and living network on one screen: what Home begins with, and Draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import streamlit as st

from mnist_cnn import runs
from mnist_cnn.digits.photo.image_files import ImageError, open_image
from mnist_cnn.digits.preprocessing import resize_ink
from mnist_cnn.nn.damage import Damage
from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs import Run, RunError
from mnist_cnn.ui.board.beginning import when_it_began
from mnist_cnn.ui.board.drawing import Picture, drawn_digit
from mnist_cnn.ui.board.drawing_canvas import drawing_canvas, restore_drawing
from mnist_cnn.ui.board.server_reading import (
    prepared_digit,
    show_answers,
    show_details,
    show_steps,
)
from mnist_cnn.ui.components.browser_network import BrowserNetwork, browser_network
from mnist_cnn.ui.components.live_reading import (
    NEVER,
    YES,
    browser_reads,
    live_reading,
)
from mnist_cnn.ui.damage_link import WHOLE, linked_damage
from mnist_cnn.ui.frame import page_link
from mnist_cnn.ui.moments import at_moment, linked_moment
from mnist_cnn.ui.networks import (
    Chosen,
    broken,
    broken_title,
    load_network,
    network_titles,
)
from mnist_cnn.ui.text import _

NEW_EPOCH_SECONDS = 5.0  # between looks at a network in training

Way = Callable[[], Picture | None]
Shown = list[tuple[str, int | None]]


@dataclass(frozen=True)
class Reader:
    """Who reads a drawing: the browser or the server.

    Attributes:
        files: where a browser finds each network.
        is_browser: YES if this browser reads, NEVER if it cannot, None until it says.
    """

    files: list[BrowserNetwork | None]
    is_browser: str | None


def live_board(
    networks: list[tuple[Run, int | None]],
    canvas: str,
    choose_way: Callable[[], Way | None] = lambda: None,
    *,
    resized: bool = False,
    asks_when: bool = False,
) -> None:
    """The canvas, and what networks make of it; a stroke reruns the canvas only.

    Args:
        networks: runs, and the step of a moment if it is to be that network; the first
            one is shown with all its layers.
        canvas: its name.
        choose_way: chooses how a digit comes in, above the canvas; None is the canvas.
        resized: whether the drawing, only resized, is read beside it.
        asks_when: whether it is told when the first one began to read the digit.
    """
    is_any_in_training = any(_is_in_training(run) for run, _step in networks)
    every = NEW_EPOCH_SECONDS if is_any_in_training else None
    shown = [(run.id, step) for run, step in networks]
    labels = _labels(shown) if every else []
    st.fragment(_board, run_every=every)(
        shown, labels, canvas, choose_way, resized, asks_when
    )


def look_inside_this_digit() -> None:
    """A link to its arithmetic, in sight while there is one digit."""
    with st.container(key="look_inside"):
        page_link(
            "pages/4_Look_inside.py", _("Look inside this digit"), ":material/search:"
        )


def _is_in_training(run: Run) -> bool:
    try:
        return run.status().is_active
    except RunError:  # damaged: its network can be used all the same
        return False


def _labels(shown: Shown) -> list[str | None]:
    """What the boxes call them, with the epoch of those in training."""
    titles = network_titles()
    return [titles.get(run_id) for run_id, _step in shown]


def _board(
    shown: Shown,
    labels: list[str | None],
    canvas: str,
    choose_way: Callable[[], Way | None],
    resized: bool,
    asks_when: bool,
) -> None:
    if labels and labels != _labels(shown):
        st.rerun()  # an epoch later: what the page says beside the answer, too
    live = st.container(key="live_answer", gap=None)
    with st.container(key="live_way", gap=None):
        way = choose_way()
    reader = cache(partial(_reader, shown))
    picture, digit = None, []
    if way is None:
        # First, so that a browser builds the canvas while networks are loaded here.
        st.fragment(_canvas)(shown, canvas, resized, reader, asks_when)
    else:
        place = st.container(key="live_canvas")
        with place:
            picture = way()
        with st.container(key="server_answer"):
            if picture is not None:
                digit = _by_server(picture, shown, resized, reader().is_browser)
        if asks_when:
            with place:
                _when(*shown[0])
    networks = _networks(shown)
    damage = linked_damage(networks[0].network) if networks else WHOLE
    with live:
        live_reading(
            _named(networks, damage, reader()),
            digit=digit,
            follows_canvas=way is None,
            is_answered=picture is not None and not digit,
            resized=resized and len(digit) != 1,
            note=picture.note if picture else "",
            damage=damage,
            on_kept=restore_drawing,
        )


def _reader(shown: Shown) -> Reader:
    files = [browser_network(each.run, each.step) for each in _networks(shown)]
    return Reader(files, browser_reads() if files and all(files) else NEVER)


def _named(
    networks: list[Chosen], damage: Damage, reader: Reader
) -> list[tuple[str, BrowserNetwork | None]]:
    if not networks or reader.is_browser == NEVER:
        return []
    first, *others = networks
    titles = [broken_title(first.title, damage), *(each.title for each in others)]
    return list(zip(titles, reader.files, strict=True))


def _networks(shown: Shown) -> list[Chosen]:
    """As they are or were.

    If one has been deleted since, the page runs again, says so, and takes another.
    """
    try:
        return [_network(*each) for each in shown]
    except (RunError, NetworkError) as error:
        if any(run_id not in runs.BUNDLED for run_id, _step in shown):
            st.rerun()
        st.error(_(error.message))
        return []


def _network(run_id: str, step: int | None) -> Chosen:
    now = load_network(run_id)
    return now if step is None else at_moment(now, step)


def _canvas(
    shown: Shown,
    canvas: str,
    resized: bool,
    reader: Callable[[], Reader],
    asks_when: bool,
) -> None:
    """A browser that reads by itself has nothing to ask here: its drawing is kept."""
    with st.container(key="live_canvas", gap="small"):
        file = drawing_canvas(canvas)
        if asks_when:
            _when(*shown[0])
    if (reads := reader().is_browser) == YES:
        return
    with st.container(key="server_answer"):
        picture = _drawn(file)
        if picture is None:
            st.info(_("Nothing is drawn yet: the network waits for your digit."))
        else:
            _by_server(picture, shown, resized, reads)


def _when(run_id: str, step: int | None) -> None:
    try:
        now = load_network(run_id)
    except (RunError, NetworkError):
        st.rerun()
    if linked_moment(now.run) != step:
        st.rerun()  # the mark was dragged: the board takes that moment's network
    when_it_began(now, drawn_digit(), "when_it_began")


def _drawn(file: bytes | None) -> Picture | None:
    if file is None:
        return None
    try:
        return Picture(open_image(file), is_drawn=True)
    except ImageError as error:
        st.error(_(error.message))
        return None


def _by_server(
    picture: Picture, shown: Shown, resized: bool, reads: str | None
) -> list[np.ndarray]:
    """What the server has to say of the picture.

    Returns:
        What the browser reads: the digit prepared, and only resized if that is asked.
    """
    networks = _networks(shown)
    if not networks:
        return []
    # The first one is broken, if any is.
    networks[0] = broken(networks[0], linked_damage(networks[0].network))
    preparation = prepared_digit(picture, networks)
    if preparation is None:
        return []
    ways = {_("prepared like MNIST"): preparation.pixels}
    if resized and picture.pixels is None:
        ways[_("just resized")] = resize_ink(picture.ink).pixels
    if reads == YES:
        with st.container(key="server_steps"):
            show_steps(preparation.steps)
        return list(ways.values())
    show_answers(ways, networks)
    if picture.note:
        st.caption(picture.note)
    if reads == NEVER:
        show_details(ways, networks, preparation)
    return []
