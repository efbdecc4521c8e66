"""Widgets that show what is chosen elsewhere, too: by a link, or a click on a picture.

Told of another choice, a widget would undo it by what its browser sends before it
knows. So another widget takes its place then, under a new key. The old one may still
send what it was drawn with: that is nothing new, and ``take_new`` leaves it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def key_showing(name: str, shows_chosen: Callable[[Any], bool]) -> str:
    """Of the widget as the browser has it; of a new one, if that shows another choice.

    Args:
        name: of the widget.
        shows_chosen: whether a value, as the browser sent it, is what is chosen now.
    """
    state, counter = st.session_state, f"{name}-number"
    key = f"{name}-{state.get(counter, 0)}"
    if key in state and not shows_chosen(state[key]):
        state[counter] = state.get(counter, 0) + 1
        key = f"{name}-{state[counter]}"
    return key


def key_of(name: str, value: Any) -> str:
    """The same for a widget with one value, which a new one is given."""
    key = key_showing(name, lambda sent: sent == value)
    st.session_state.setdefault(key, value)
    return key


def take_new(key: str, drawn: Any, take: Callable[[Any], None]) -> None:
    """Takes what a widget sends, if it was not drawn with it; a callback."""
    if (sent := st.session_state[key]) != drawn:
        take(sent)
