"""The digit of this session: what was drawn or came as a picture, for every page.

The browser reads a drawing by itself; here it is only remembered, and prepared when
another page first asks for its pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from PIL import Image

from mnist_cnn.digits.drawing import Ink, drawn_ink
from mnist_cnn.digits.ink import ink_of
from mnist_cnn.digits.photo.grayscale import to_grayscale
from mnist_cnn.digits.photo.image_files import ImageError, open_image
from mnist_cnn.digits.preprocessing import prepare_ink
from mnist_cnn.digits.segmentation import split

FILE, PIXELS = "drawing_file", "drawing_pixels"


@dataclass(frozen=True)
class Picture:
    """What came in.

    Attributes:
        image: for ``preprocessing.prepare``.
        pixels: float32 (28, 28) if it is a digit of the test set, which needs no
            preparation; else None.
        note: a sentence about it, or "".
        is_drawn: whether it was drawn on the lab's canvas: then all ink is writing.
    """

    image: np.ndarray | Image.Image
    pixels: np.ndarray | None = None
    note: str = ""
    is_drawn: bool = False

    @cached_property
    def ink(self) -> Ink:
        """Where its ink is."""
        return (
            drawn_ink(to_grayscale(self.image)) if self.is_drawn else ink_of(self.image)
        )


def remember_drawing(file: bytes | None) -> None:
    """What the canvas holds, as a PNG."""
    if st.session_state.get(FILE) != file:
        st.session_state[FILE] = file
        st.session_state.pop(PIXELS, None)


def remember_digit(pixels: np.ndarray | None) -> None:
    """A digit as networks read it, float32 (28, 28); None if there is no single one."""
    st.session_state[FILE] = None
    st.session_state.pop(PIXELS, None)
    if pixels is not None:
        st.session_state[PIXELS] = pixels


def drawn_digit() -> np.ndarray | None:
    """The digit as networks read it, float32 (28, 28); None if there is none.

    Several digits are a number, not a digit.
    """
    state = st.session_state
    if PIXELS not in state and state.get(FILE):
        try:
            found = drawn_ink(to_grayscale(open_image(state[FILE])))
        except ImageError:  # a browser may send anything
            return None
        preparation = prepare_ink(found)
        if not preparation.is_empty and len(split(found.ink)) < 2:
            state[PIXELS] = preparation.pixels
    return state.get(PIXELS)
