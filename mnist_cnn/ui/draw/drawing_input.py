"""Ways for a digit to come in: canvas, file, camera, test set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from mnist_cnn.digits.image_files import MEGABYTES, ImageError, open_image
from mnist_cnn.digits.mnist import DataError
from mnist_cnn.ui.test_set import load_digits
from mnist_cnn.ui.text import _

CANVAS_SIDE = 280


@dataclass(frozen=True)
class Picture:
    """What came in.

    Attributes:
        image: for ``preprocessing.prepare``.
        pixels: float32 (28, 28) if it is a digit of the test set, which needs no
            preparation; else None.
        note: a sentence about it, or "".
    """

    image: np.ndarray | Image.Image
    pixels: np.ndarray | None = None
    note: str = ""


def picture_input() -> Picture | None:
    """Lets a digit be drawn, uploaded, photographed, or taken from the test set."""
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
    return {"draw": _canvas, "upload": _upload, "camera": _camera, "test": _digit}[
        way
    ]()


def _canvas() -> Picture | None:
    state = st.session_state
    number = state.setdefault("canvas_number", 0)
    key = f"canvas-{number}"
    if key not in state or "canvas_initial" not in state:
        # Just mounted, or back from another page: what was drawn comes back.
        state.canvas_initial = state.get("canvas_objects")
    brush = st.slider(_("Brush"), 6, 40, 20, key="brush", persist_state="session")
    # Importing it registers its component, which takes a running Streamlit.
    from streamlit_drawable_canvas import st_canvas

    result = st_canvas(
        stroke_width=brush,
        stroke_color="#FFFFFF",
        background_color="#000000",
        height=CANVAS_SIDE,
        width=CANVAS_SIDE,
        initial_drawing=state.canvas_initial,
        return_image_data=True,
        key=key,
    )
    st.button(_("Clear"), icon=":material/delete:", width=CANVAS_SIDE, on_click=_clear)
    # The file: a class's drawings as arrays would be a third of a megabyte each.
    if (drawn := result.image_bytes) is not None:
        state.canvas_file, state.canvas_objects = drawn, result.json_data
    return _opened(state.get("canvas_file"))


def _clear() -> None:
    """A new key is a new canvas."""
    st.session_state.canvas_number += 1
    for name in ("canvas_objects", "canvas_file", "drawing_pixels"):
        st.session_state.pop(name, None)


def _upload() -> Picture | None:
    # Any file may come: the reason against it is a sentence of ours, where Streamlit
    # would show it on hover only.
    st.file_uploader(
        _("A picture of a digit: PNG, JPEG, WebP, GIF or BMP"),
        max_upload_size=MEGABYTES,
        key="upload_box",
        on_change=_keep_file,
        args=("upload",),
    )
    return _opened(st.session_state.get("upload_file"))


def _camera() -> Picture | None:
    st.camera_input(
        _("A digit on paper, filling the picture"),
        key="camera_box",
        on_change=_keep_file,
        args=("camera",),
    )
    return _opened(st.session_state.get("camera_file"))


def _keep_file(way: str) -> None:
    """For after a page switch, when the box is empty, though nobody emptied it."""
    file = st.session_state[f"{way}_box"]
    st.session_state[f"{way}_file"] = file and file.getvalue()


def _opened(file: bytes | None) -> Picture | None:
    if file is None:
        return None
    try:
        return Picture(open_image(file))
    except ImageError as error:
        st.error(str(error))
        return None


def _digit() -> Picture | None:
    try:
        digits = load_digits()
    except DataError as error:
        st.error(str(error))
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
