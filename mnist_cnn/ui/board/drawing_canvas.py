"""The canvas that one draws on, and its button to clear it: on Draw and on Home."""

from __future__ import annotations

import base64
import binascii

import streamlit as st

from mnist_cnn.digits.photo.image_files import ImageError, open_image
from mnist_cnn.ui.board.drawing import remember_digit, remember_drawing
from mnist_cnn.ui.text import _

SIDE = 360  # pixels that it holds; the page makes it as wide as its place
BRUSH = 20  # of 280 pixels
PNG = "data:image/png;base64,"
LONGEST = 1_000_000  # characters of a drawing that a browser kept


def drawing_canvas(name: str) -> bytes | None:
    """What is drawn on it, as a PNG; it comes back after a look at another page.

    Args:
        name: of this canvas; each page has its own, with the same drawing.
    """
    state = st.session_state
    key = f"{name}-{state.setdefault('canvas_number', 0)}"
    if key not in state or "canvas_initial" not in state:
        # Just mounted, or back from another page: what was drawn comes back.
        state.canvas_initial = state.get("canvas_objects")
    # Importing it registers its component, which takes a running Streamlit.
    from streamlit_drawable_canvas import st_canvas

    result = st_canvas(
        stroke_width=round(state.get("brush", BRUSH) * SIDE / 280),
        stroke_color="#FFFFFF",
        background_color="#000000",
        height=SIDE,
        width=SIDE,
        initial_drawing=state.canvas_initial,
        return_image_data=True,
        key=key,
    )
    # drawing_canvas.js empties at once a canvas that has begun empty.
    is_restored = bool((state.canvas_initial or {}).get("objects"))
    with st.container(key="clear_restored" if is_restored else "clear"):
        st.button(_("Clear"), icon=":material/delete:", on_click=_clear)
    # The file: a class's drawings as arrays would be a third of a megabyte each.
    if (drawn := result.image_bytes) is not None:
        state.canvas_file, state.canvas_objects = drawn, result.json_data
    remember_drawing(state.get("canvas_file"))
    return state.get("canvas_file")


def restore_drawing(sent: object) -> None:
    """The drawing that a browser kept while its page was loaded anew.

    Args:
        sent: a PNG as a data URL; anything else is ignored.
    """
    state = st.session_state
    drawn = (state.get("canvas_objects") or {}).get("objects")
    if drawn or not isinstance(sent, str) or len(sent) > LONGEST:
        return
    try:
        file = base64.b64decode(sent.removeprefix(PNG), validate=True)
        width, height = open_image(file).size
    except (binascii.Error, ValueError, ImageError):
        return
    picture = {
        "type": "image",
        "src": PNG + base64.b64encode(file).decode(),
        "originX": "left",
        "originY": "top",
        "left": 0,
        "top": 0,
        "width": width,
        "height": height,
        "scaleX": SIDE / width,
        "scaleY": SIDE / height,
    }
    state.canvas_number = state.get("canvas_number", 0) + 1
    state.canvas_file, state.canvas_objects = file, {"objects": [picture]}
    remember_drawing(file)


def _clear() -> None:
    """A new key is a new canvas."""
    st.session_state.canvas_number += 1
    for name in ("canvas_objects", "canvas_file"):
        st.session_state.pop(name, None)
    remember_digit(None)
