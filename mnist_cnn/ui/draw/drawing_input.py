"""Ways for a digit to come in besides the canvas: file, camera, test set."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from mnist_cnn.digits.mnist import DataError
from mnist_cnn.ui.board.drawing import Picture
from mnist_cnn.ui.draw.photo_input import camera, upload
from mnist_cnn.ui.test_set import load_digits
from mnist_cnn.ui.text import _


def choose_way() -> Callable[[], Picture | None] | None:
    """Whether a digit is drawn (None), uploaded, photographed or from the test set."""
    ways = {
        "draw": _("Draw"),
        "upload": _("Upload"),
        "camera": _("Camera"),
        "test": _("Test digit"),
    }
    way = st.segmented_control(
        _("Input"),
        list(ways),
        format_func=ways.get,
        default="draw",
        required=True,
        label_visibility="collapsed",
        key="input_way",
        persist_state="session",
    )
    return {"upload": upload, "camera": camera, "test": _digit}.get(way)


def _digit() -> Picture | None:
    try:
        digits = load_digits()
    except DataError as error:
        st.error(_(error.message))
        return None
    count = len(digits.x_test)
    st.button(
        _("Another one"),
        icon=":material/casino:",
        on_click=_take_any_digit,
        args=(count,),
    )
    index = st.number_input(
        _("Number in the test set"),
        0,
        count - 1,
        key="draw_test_index",
        persist_state="session",
    )
    image = digits.x_test[index]
    note = _("The test set says this is a {digit}.").format(digit=digits.y_test[index])
    return Picture(image, image.astype(np.float32) / 255, note)


def _take_any_digit(count: int) -> None:
    st.session_state.draw_test_index = int(np.random.default_rng().integers(count))
