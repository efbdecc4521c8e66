"""A drawing that a browser kept comes back, unless it is none."""

import base64
import io

import pytest
import streamlit as st
from PIL import Image

from mnist_cnn.ui.board import drawing_canvas
from mnist_cnn.ui.board.drawing import FILE


@pytest.fixture
def state(monkeypatch):
    """What a session remembers, without a session."""

    class State(dict):
        __getattr__ = dict.__getitem__
        __setattr__ = dict.__setitem__

    monkeypatch.setattr(st, "session_state", State())
    return st.session_state


@pytest.fixture
def drawing() -> str:
    """A PNG as a data URL."""
    file = io.BytesIO()
    Image.new("L", (720, 720)).save(file, "PNG")
    return drawing_canvas.PNG + base64.b64encode(file.getvalue()).decode()


def test_a_kept_drawing_fills_a_new_canvas(state, drawing):
    drawing_canvas.restore_drawing(drawing)
    (picture,) = state["canvas_objects"]["objects"]
    assert picture["src"] == drawing
    assert picture["width"] * picture["scaleX"] == drawing_canvas.SIDE
    assert state["canvas_number"] == 1
    assert state[FILE].startswith(b"\x89PNG")


def test_it_does_not_replace_what_has_been_drawn_meanwhile(state, drawing):
    drawn = {"objects": [{"type": "path"}]}
    state["canvas_objects"] = drawn
    drawing_canvas.restore_drawing(drawing)
    assert state == {"canvas_objects": drawn}


@pytest.mark.parametrize(
    "sent",
    [None, 7, [], "", "no", drawing_canvas.PNG + "AAAA", "https://example.org/a.png"],
)
def test_what_is_no_drawing_is_ignored(state, sent):
    drawing_canvas.restore_drawing(sent)
    assert state == {}
