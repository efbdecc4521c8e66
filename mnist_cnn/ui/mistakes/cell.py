"""Which cell of the confusion matrix is shown: the one in the link, if any.

Not by ``bind``: Back from Look inside stops at an address of this page that names only
what was clicked there, and a bound box would then be empty.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from mnist_cnn.digits import CLASSES
from mnist_cnn.ui.links import arrived_without
from mnist_cnn.ui.text import _
from mnist_cnn.ui.widget_keys import key_of, take_new

DIGITS = tuple(map(str, range(CLASSES)))
# The names in the link, of the true and of the predicted digit.
NAMES = ("true", "answer")
SEEN = "mistakes_link"


def linked_cell(otherwise: tuple[int, int]) -> tuple[int, int]:
    """True and predicted digit in the link; what is not there is of ``otherwise``."""
    state, query = st.session_state, st.query_params
    if arrived_without(*NAMES):
        query.update(state.get(SEEN, {}))
    for name in NAMES:
        if query.get(name, "0") not in DIGITS:
            del query[name]
            st.warning(
                _(
                    "The link names a cell that no confusion matrix has: digits are 0 "
                    "to 9."
                )
            )
    state[SEEN] = {name: query[name] for name in NAMES if name in query}
    true, predicted = (
        int(state[SEEN].get(name, digit))
        for name, digit in zip(NAMES, otherwise, strict=True)
    )
    return true, predicted


def choose_cell(true: int, predicted: int) -> None:
    """Two boxes that do what a click on the matrix does, for keyboard and phone."""
    for label, name, digit, take in (
        (_("True digit"), "true_box", true, partial(take_cell, predicted)),
        (_("Predicted"), "predicted_box", predicted, lambda x: take_cell(x, true)),
    ):
        key = key_of(name, digit)
        st.selectbox(
            label,
            range(CLASSES),
            key=key,
            width=110,
            on_change=partial(take_new, key, digit, take),
        )


def take_cell(x: Any, y: Any) -> None:
    """What a click on the matrix says: x is the predicted digit, y the true one."""
    if x in range(CLASSES) and y in range(CLASSES):
        # At once: each change of the link is one step for the browser's Back.
        st.query_params.update(zip(NAMES, (str(int(y)), str(int(x))), strict=True))
