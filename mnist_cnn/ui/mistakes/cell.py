"""Which cell of the confusion matrix is shown: the one in the link.

What nobody has chosen does not stand there. A choice writes the link, which is a step
for the browser's Back; the boxes show what the link says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from mnist_cnn.ui.frame import ARRIVED, MISTAKES_LINK
from mnist_cnn.ui.text import _

COUNTS, SHARES = "counts", "shares"
CLASSES = 10


@dataclass(frozen=True)
class Cell:
    """The images of one digit that got one answer."""

    true: int
    answer: int


def linked_cell(otherwise: tuple[int, int]) -> Cell:
    """The cell in the link; what is not there, or no digit, is of ``otherwise``."""
    state, query = st.session_state, st.query_params
    # Back from Look inside stops at an address that names only what was clicked.
    if state.pop(ARRIVED, False) and not {"true", "answer", "as"} & set(query):
        query.update(state.get(MISTAKES_LINK, {}))
    link = {name: query[name] for name in ("true", "answer", "as") if name in query}
    wrong = [
        name
        for name, text in link.items()
        if (text not in (COUNTS, SHARES) if name == "as" else as_digit(text) is None)
    ]
    for name in wrong:
        del link[name], query[name]
    if wrong:
        st.warning(
            _("The link names a cell that no confusion matrix has: digits are 0 to 9.")
        )
    state[MISTAKES_LINK] = link
    return Cell(
        int(link.get("true", otherwise[0])), int(link.get("answer", otherwise[1]))
    )


def choose_cell(cell: Cell) -> None:
    """Two boxes that do what a click on the matrix does, for keyboard and phone."""
    state = st.session_state
    state.true_box, state.answer_box = cell.true, cell.answer
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for label, key in ((_("True digit"), "true_box"), (_("Answer"), "answer_box")):
            st.selectbox(
                label, range(CLASSES), key=key, width=110, on_change=_take_boxes
            )


def _take_boxes() -> None:
    take_cell(st.session_state.answer_box, st.session_state.true_box)


def take_cell(x: Any, y: Any) -> None:
    """What a click on the matrix says: x is the answer, y the true digit."""
    answer, true = as_digit(x), as_digit(y)
    if answer is not None and true is not None:
        # At once: each change of the link is one step for the browser's Back.
        st.query_params.update({"true": str(true), "answer": str(answer)})


def as_digit(sent: Any) -> int | None:
    """The digit in what a browser or a link says; None if it is none."""
    if isinstance(sent, bool):
        return None
    if isinstance(sent, str) and len(sent) == 1 and sent in "0123456789":
        return int(sent)
    if isinstance(sent, int | float) and sent in range(CLASSES):
        return int(sent)
    return None


def show_as() -> bool:
    """Whether to show fractions of the true digit instead of counts."""
    titles = {COUNTS: _("Counts"), SHARES: _("Share of the true digit")}
    st.session_state.as_box = st.query_params.get("as", COUNTS)
    shown = st.segmented_control(
        _("Numbers"),
        list(titles),
        format_func=titles.get,
        required=True,
        key="as_box",
        on_change=_take_numbers,
        label_visibility="collapsed",
    )
    return shown == SHARES


def _take_numbers() -> None:
    st.query_params["as"] = st.session_state.as_box
