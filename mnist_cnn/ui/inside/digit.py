"""Which digit the page looks into: the current drawing, a test digit, one in a link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from mnist_cnn.digits import mnist
from mnist_cnn.digits.link import LinkError, pack, unpack
from mnist_cnn.digits.mnist import DataError, Dataset
from mnist_cnn.runs import predictions
from mnist_cnn.runs.predictions import PredictionsError
from mnist_cnn.ui.board.drawing import drawn_digit
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _

DRAWING, LINKED, TEST = "drawing", "linked", "test"
SOURCE = "inside_source"


@dataclass(frozen=True)
class Digit:
    """A digit to look into.

    Attributes:
        pixels: float32 (28, 28) in [0, 1].
        label: what the test set says it is; None for a drawing.
        link: query parameters that name it, but for the test digit's number, which
            its own box keeps in the address.
    """

    pixels: np.ndarray
    label: int | None
    link: dict[str, str]


def choose_digit(chosen: Chosen) -> Digit | None:
    """The controls for the digit; None, with a sentence, if there is none."""
    state = st.session_state
    drawing = drawn_digit()
    linked = _adopt(drawing)
    names = {TEST: _("Test digit")}
    if linked is not None:
        names = {LINKED: _("Digit in the link")} | names
    if drawing is not None:
        names = {DRAWING: _("My drawing")} | names
    if state.get(SOURCE) not in names:
        state[SOURCE] = next(iter(names))
    if len(names) > 1:
        st.segmented_control(
            _("Digit"),
            list(names),
            format_func=names.get,
            required=True,
            key=SOURCE,
            persist_state="session",
        )
    if state[SOURCE] == TEST:
        return _test_digit(chosen)
    pixels = drawing if state[SOURCE] == DRAWING else linked
    return Digit(pixels, None, {"digit": pack(pixels)})


def _adopt(drawing: np.ndarray | None) -> np.ndarray | None:
    """What is new, a drawing or a link, is shown; returns the digit in the link."""
    state, query = st.session_state, st.query_params
    now = {
        DRAWING: None if drawing is None else pack(drawing),
        LINKED: query.get("digit"),
        TEST: query.get("test"),
    }
    if now[LINKED] == now[DRAWING]:
        now[LINKED] = None
    before = state.get("inside_digits", {})
    state["inside_digits"] = now
    if now[LINKED] is not None and now[LINKED] != before.get(LINKED):
        try:
            state["inside_linked"] = unpack(now[LINKED])
        except LinkError as error:
            st.warning(_(error.message))
            now[LINKED] = None
    for source, text in now.items():
        if text is not None and text != before.get(source):
            state[SOURCE] = source
    return state.get("inside_linked")


def _test_digit(chosen: Chosen) -> Digit | None:
    try:
        digits = mnist.load()
    except DataError as error:
        st.error(_(error.message))
        return None
    count, asked = len(digits.x_test), st.query_params.get("test")
    is_number = asked is None or (asked.isdecimal() and len(asked) < 10)
    if not is_number:
        del st.query_params["test"]
    if st.session_state.get("test") is None:
        st.session_state["test"] = 0
    index = st.number_input(
        _("Number in the test set"),
        0,
        count - 1,
        None,  # so that number 0 stands in the link, too
        key="test",
        # Streamlit drops what is no number of these, but fails at infinity.
        bind="query-params" if is_number else None,
        persist_state="session",
        width=170,
    )
    index = index or 0
    if asked is not None and "test" not in st.query_params:
        st.warning(
            _(
                "The link names a test digit that is not here: this test set has "
                "{count:,}, counted from 0."
            ).format(count=count)
        )
    st.button(
        _("Random"),
        icon=":material/casino:",
        on_click=_take,
        args=(int(np.random.default_rng().integers(count)),),
    )
    mistakes = _mistakes(chosen, digits)
    if len(mistakes):
        st.button(
            _("A mistake"),
            icon=":material/error:",
            help=_(
                "One of the {count:,} test digits this network predicts wrongly."
            ).format(count=len(mistakes)),
            on_click=_take,
            args=(int(np.random.default_rng().choice(mistakes)),),
        )
    pixels = digits.x_test[index].astype(np.float32) / np.float32(255)
    return Digit(pixels, int(digits.y_test[index]), {})


def _take(index: int) -> None:
    st.session_state["test"] = index


def _mistakes(chosen: Chosen, digits: Dataset) -> np.ndarray:
    """Indices of the test digits that the network predicts wrongly, as far as known."""
    try:
        found = predictions.of_run(chosen.run, digits)
    except PredictionsError:
        return np.empty(0, np.int64)
    if not found.matches(digits):
        return np.empty(0, np.int64)
    return np.flatnonzero(found.probabilities.argmax(axis=1) != found.labels)
