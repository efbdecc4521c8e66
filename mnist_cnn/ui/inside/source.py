"""Which digit the page looks into: the current drawing, a test digit, one in a link.

What is shown stands in the link, and the session remembers it too, since the browser's
Back can lose the link.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_cnn.digits import link as digit_link
from mnist_cnn.digits import mnist
from mnist_cnn.digits.mnist import DataError, Dataset
from mnist_cnn.runs import predictions
from mnist_cnn.runs.predictions import PredictionsError
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _

DRAWING, LINKED, TEST = "drawing", "linked", "test"
SOURCE = "inside_source"
BOX = "inside_source-box"
INDEX_BOX = "inside_test-box"


@dataclass(frozen=True)
class Digit:
    """A digit to look into.

    Attributes:
        pixels: float32 (28, 28) in [0, 1].
        label: what the test set says it is; None for a drawing.
        link: parameters of a link to it.
    """

    pixels: np.ndarray
    label: int | None
    link: dict[str, str]


def adopt_link() -> None:
    """Take over what a link asks for; what cannot be is said in a sentence."""
    state = st.session_state
    seen = state.setdefault("inside_link", {})
    drawing = state.get("drawing_pixels")
    mark = None if drawing is None else drawing.tobytes()
    if mark is not None and mark != state.get("inside_drawing_seen"):
        # Somebody has drawn since: that is what they want to see.
        state.inside_drawing_seen = mark
        state[SOURCE] = DRAWING
    for name, adopt in (("digit", _adopt_digit), ("test", _adopt_test)):
        text = st.query_params.get(name)
        if text is not None and text != seen.get(name):
            seen[name] = text
            adopt(text)


def _adopt_digit(text: str) -> None:
    try:
        st.session_state.inside_linked = digit_link.unpack(text)
    except digit_link.LinkError as error:
        st.warning(_(str(error)))
        return
    st.session_state[SOURCE] = LINKED


def _adopt_test(text: str) -> None:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        st.warning(_("The link names no test digit: its number cannot be read."))
        return
    st.session_state.test_index = int(text)
    st.session_state[SOURCE] = TEST


def choose_digit(chosen: Chosen) -> Digit | None:
    """The controls for the digit; None, with a sentence, if there is none."""
    state = st.session_state
    names = {TEST: _("Test digit")}
    if state.get("inside_linked") is not None:
        names = {LINKED: _("Digit in the link")} | names
    if state.get("drawing_pixels") is not None:
        names = {DRAWING: _("My drawing")} | names
    source = state.get(SOURCE)
    if source not in names:
        source = next(iter(names))
    # The box follows what a link or a new drawing asks for.
    if state.get("inside_boxed") != source or BOX not in state:
        state[BOX] = source
    if len(names) > 1:
        source = st.segmented_control(
            _("Digit"),
            list(names),
            format_func=names.get,
            default=state[BOX],
            required=True,
            key=BOX,
        )
    state[SOURCE] = state.inside_boxed = source
    if source == TEST:
        return _test_digit(chosen)
    pixels = state.drawing_pixels if source == DRAWING else state.inside_linked
    return Digit(pixels, None, {"digit": digit_link.pack(pixels)})


def _test_digit(chosen: Chosen) -> Digit | None:
    try:
        digits = mnist.load()
    except DataError as error:
        st.error(str(error))
        return None
    state, count = st.session_state, len(digits.x_test)
    index = state.get("test_index", 0)
    if not 0 <= index < count:
        st.warning(
            _(
                "There is no test digit {index:,}: this test set has {count:,}, "
                "counted from 0. This is the last one."
            ).format(index=index, count=count)
        )
        index = count - 1
    if state.get("inside_indexed") != index or INDEX_BOX not in state:
        state[INDEX_BOX] = index
    index = st.number_input(
        _("Number in the test set"), 0, count - 1, index, key=INDEX_BOX, width=170
    )
    state.test_index = state.inside_indexed = int(index)
    st.button(
        _("Random"),
        icon=":material/casino:",
        on_click=_take,
        args=(int(np.random.default_rng().integers(count)),),
    )
    wrong = _mistakes(chosen, digits)
    if len(wrong):
        st.button(
            _("A mistake"),
            icon=":material/error:",
            help=_(
                "One of the {count:,} test digits this network reads wrongly."
            ).format(count=len(wrong)),
            on_click=_take,
            args=(int(np.random.default_rng().choice(wrong)),),
        )
    pixels = digits.x_test[index].astype(np.float32) / np.float32(255)
    return Digit(pixels, int(digits.y_test[index]), {"test": str(index)})


def _mistakes(chosen: Chosen, digits: Dataset) -> np.ndarray:
    """Indices of the test digits that the network reads wrongly, as far as known."""
    try:
        found = predictions.load(chosen.run.predictions_path)
    except PredictionsError:
        return np.empty(0, np.int64)
    if not found.matches(digits):
        return np.empty(0, np.int64)
    return np.flatnonzero(found.probabilities.argmax(axis=1) != found.labels)


def _take(index: int) -> None:
    st.session_state.test_index = index


def write_link(digit: Digit, view: dict[str, str]) -> None:
    """Let the address name what is shown, and nothing that is not.

    All at once: each change of the address is a step for the browser's Back.
    """
    ours = ("digit", "test", "layer", "unit", "view")
    wanted = digit.link | view
    others = {n: v for n, v in st.query_params.to_dict().items() if n not in ours}
    st.session_state["inside_link"] = wanted
    if st.query_params.to_dict() != others | wanted:
        st.query_params.from_dict(others | wanted)
