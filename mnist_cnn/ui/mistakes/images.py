"""The images of the Mistakes page: those of a cell, and those worth a look."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.analysis.evaluation import (
    confident_mistakes,
    confusion_matrix,
    in_cell,
    unsure_but_right,
    worst_confusion,
)
from mnist_cnn.digits.mnist import Dataset
from mnist_cnn.figures.confusion_matrix import confusion_figure, confusion_text
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.ui.components.digit_gallery import digit_gallery
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.mistakes.cell import (
    Cell,
    choose_cell,
    linked_cell,
    show_as,
    take_cell,
)
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.test_set import look_inside
from mnist_cnn.ui.text import _

SHOWN_AT_FIRST = 24
MORE = 48
NOTABLE = 12


@st.fragment
def explore(chosen: Chosen, predictions: Predictions, digits: Dataset | None) -> None:
    """The matrix, and beside it the images in the chosen cell; a click reruns this.

    Args:
        chosen: the network.
        predictions: its own.
        digits: whose images the predictions are of; None if they are not at hand.
    """
    matrix = confusion_matrix(predictions.probabilities, predictions.labels)
    cell = linked_cell(worst_confusion(matrix))
    left, right = st.columns(2, gap="medium")
    with left:
        _matrix(matrix, cell)
    with right:
        choose_cell(cell)
        _images(chosen, predictions, digits, cell)


def _matrix(matrix: np.ndarray, cell: Cell) -> None:
    as_fractions = show_as()
    live_chart(
        confusion_figure(
            matrix, as_fractions=as_fractions, chosen=(cell.true, cell.answer)
        ),
        key="confusion",
        label=confusion_text(matrix),
        height=430,
        on_click=take_cell,
    )
    st.caption(
        _(
            "A row is a true digit, a column the network's answer. Blue: right. "
            "Orange: mistakes, the deeper the more. Numbers are percent of the row's "
            "digit. Click a cell to see its images."
        )
        if as_fractions
        else _(
            "A row is a true digit, a column the network's answer. Blue: right. "
            "Orange: mistakes, the deeper the more. Click a cell to see its images."
        )
    )


def _images(
    chosen: Chosen, predictions: Predictions, digits: Dataset | None, cell: Cell
) -> None:
    found = in_cell(
        predictions.probabilities, predictions.labels, cell.true, cell.answer
    )
    said = (
        _("**{count:,}** images of a **{true}**, read rightly.")
        if cell.true == cell.answer
        else _("**{count:,}** images of a **{true}**, read as **{answer}**.")
    )
    st.markdown(said.format(count=len(found), true=cell.true, answer=cell.answer))
    if digits is None:
        st.caption(_("Their images are not at hand; see above."))
        return
    if not len(found):
        st.caption(_("None: the network never answers this. Choose another cell."))
        return
    st.caption(
        _("Most confident first: truth → answer, probability. Click: look inside.")
    )
    key = f"shown-{chosen.run.id}-{cell.true}-{cell.answer}"
    most = st.session_state.get(key, SHOWN_AT_FIRST)
    _gallery(found[:most], chosen, predictions, digits, key="cell")
    if len(found) > most:
        st.button(
            _("Show more ({count:,} left)").format(count=len(found) - most),
            on_click=_show_more,
            args=(key, most),
        )


def _show_more(key: str, shown: int) -> None:
    st.session_state[key] = shown + MORE


def notable(chosen: Chosen, predictions: Predictions, digits: Dataset | None) -> None:
    """The most confident mistakes, and the least sure right answers."""
    probabilities, labels = predictions.probabilities, predictions.labels
    left, right = st.columns(2, gap="medium")
    with left:
        st.header(_("Most confident mistakes"), anchor=False)
        st.caption(_("Sure, and wrong. Would you have read them as the test set says?"))
        _some(
            confident_mistakes(probabilities, labels, NOTABLE),
            _("This network makes no mistake on this test set."),
            chosen,
            predictions,
            digits,
            key="confident",
        )
    with right:
        st.header(_("Least sure, and right"), anchor=False)
        st.caption(_("Right, but barely: one stroke more, and they are mistakes."))
        _some(
            unsure_but_right(probabilities, labels, NOTABLE),
            _("This network gets nothing right on this test set."),
            chosen,
            predictions,
            digits,
            key="unsure",
        )


def _some(
    indices: np.ndarray,
    none: str,
    chosen: Chosen,
    predictions: Predictions,
    digits: Dataset | None,
    *,
    key: str,
) -> None:
    if digits is None:
        st.caption(_("Their images are not at hand; see above."))
    elif len(indices):
        _gallery(indices, chosen, predictions, digits, key=key)
    else:
        st.caption(none)


def _gallery(
    indices: np.ndarray,
    chosen: Chosen,
    predictions: Predictions,
    digits: Dataset,
    *,
    key: str,
) -> None:
    opened = digit_gallery(indices, predictions, digits, key=f"gallery-{key}")
    if opened is not None:
        look_inside(chosen, opened)
