"""Which cell of the confusion matrix is shown; once chosen, it stands in the link.

The session remembers it too, since the browser's Back can lose the link. What nobody
has chosen is not written: each change of the link is one more step for Back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from mnist_cnn.digits import CLASSES
from mnist_cnn.ui.text import _

TRUE, ANSWER, AS = "mistakes_true", "mistakes_answer", "mistakes_as"
COUNTS, SHARES = "counts", "shares"


@dataclass(frozen=True)
class Cell:
    """The images of one digit that got one answer."""

    true: int
    answer: int


def adopt_cell(otherwise: tuple[int, int]) -> Cell:
    """The cell in the link, else the one shown last, else ``otherwise``.

    Must come before the boxes of ``choose_cell``, since it fills them in.
    """
    state, query = st.session_state, st.query_params
    seen = state.setdefault("mistakes_link", {})
    asked = {
        name: query[name]
        for name in ("true", "answer", "as")
        if name in query and query[name] != seen.get(name)
    }
    seen.update(asked)
    wrong = False
    for name, key in (("true", TRUE), ("answer", ANSWER)):
        if name in asked:
            digit = as_digit(asked[name])
            wrong |= digit is None
            if digit is not None:
                state[key] = digit
    if TRUE in state or ANSWER in state:
        state.setdefault(TRUE, otherwise[0])
        state.setdefault(ANSWER, otherwise[1])
    if "as" in asked:
        if asked["as"] in (COUNTS, SHARES):
            state[AS] = asked["as"]
        else:
            wrong = True
    if wrong:
        st.warning(
            _("The link names a cell that no confusion matrix has: digits are 0 to 9.")
        )
    _write_link()
    return Cell(state.get(TRUE, otherwise[0]), state.get(ANSWER, otherwise[1]))


def choose_cell(cell: Cell) -> Cell:
    """Two boxes that do what a click on the matrix does, for keyboard and phone."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        true = _box(_("True digit"), TRUE, cell.true)
        answer = _box(_("Answer"), ANSWER, cell.answer)
    return Cell(true, answer)


def _box(label: str, key: str, digit: int) -> int:
    widget = f"{key}-box"
    if st.session_state.get(widget) != digit:
        st.session_state[widget] = digit
    return st.selectbox(
        label, range(CLASSES), digit, key=widget, width=110, on_change=_take_boxes
    )


def _take_boxes() -> None:
    for key in (TRUE, ANSWER):
        st.session_state[key] = st.session_state[f"{key}-box"]


def take_cell(x: Any, y: Any) -> None:
    """What a click on the matrix says: x is the answer, y the true digit."""
    answer, true = as_digit(x), as_digit(y)
    if answer is not None and true is not None:
        st.session_state[TRUE], st.session_state[ANSWER] = true, answer


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
    """Whether to show shares of the true digit instead of counts."""
    titles = {COUNTS: _("Counts"), SHARES: _("Share of the true digit")}
    state, widget = st.session_state, f"{AS}-box"
    if state.get(widget) != state.get(AS, COUNTS):
        state[widget] = state.get(AS, COUNTS)
    shown = st.segmented_control(
        _("Numbers"),
        list(titles),
        format_func=titles.get,
        default=state[widget],
        required=True,
        key=widget,
        on_change=_take_numbers,
        label_visibility="collapsed",
    )
    return shown == SHARES


def _take_numbers() -> None:
    st.session_state[AS] = st.session_state[f"{AS}-box"]


def _write_link() -> None:
    state = st.session_state
    chosen = {
        name: str(state[key])
        for name, key in (("true", TRUE), ("answer", ANSWER), ("as", AS))
        if key in state
    }
    state.mistakes_link = chosen
    if any(st.query_params.get(name) != value for name, value in chosen.items()):
        # All at once: each change is one step for the browser's Back, after which
        # another page's parameters can be left over.
        network = {"network": st.query_params.get("network", "")}
        st.query_params.from_dict(network | chosen)
