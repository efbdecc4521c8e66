"""The images of the Mistakes page: those of a cell, and those worth a look."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.analysis.evaluation import (
    confident_mistakes,
    confusion_matrix,
    confusions,
    in_cell,
    least_confident_correct,
)
from mnist_cnn.ui.components.digit_gallery import Reader, digit_gallery
from mnist_cnn.ui.confusion import confusion_chart
from mnist_cnn.ui.mistakes.cell import choose_cell, linked_cell, take_cell
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.test_set import Source, look_inside
from mnist_cnn.ui.text import _, ngettext

NOTABLE = 12
# As large as its place is wide, and with its images in sight.
MATRIX_HEIGHT = "min(58vh, var(--matrix))"
STYLE = """<style>
.st-key-explore { container: explore / inline-size; }
.st-key-explore > * { --matrix: 48cqw; }
@container explore (width < 600px) {
  .st-key-explore > * { --matrix: 100cqw; }
  .st-key-explore [data-testid="stColumn"] { min-width: 100%; }
}
</style>"""
# The matrix's place is that high before it has come.
PLACE = f"<style>.st-key-confusion {{ min-height: {MATRIX_HEIGHT}; }}</style>"


@st.fragment
def explore(chosen: Chosen, source: Source) -> None:
    """The matrix, and beside it the images in the chosen cell; a click reruns this."""
    predictions = source.predictions
    matrix = confusion_matrix(predictions.probabilities, predictions.labels)
    true, predicted = linked_cell([*confusions(matrix), (0, 0, 0)][0][:2])
    st.html(STYLE + PLACE)
    with st.container(key="explore"):
        left, right = st.columns(2, gap="medium")
    with right:
        _cell(chosen, source, true, predicted)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            choose_cell(true, predicted)
            as_fractions = st.toggle(
                _("Percent of the true digit"),
                key="as_fractions",
                persist_state="session",
            )
    with left:
        confusion_chart(
            matrix,
            key="confusion",
            height=MATRIX_HEIGHT,
            on_click=take_cell,
            as_fractions=as_fractions,
            chosen=(true, predicted),
        )
    st.caption(
        _(
            "Click a cell of the matrix to see its images, the most confident first; "
            "click an image to see what mattered in it. Blue: right. Orange: mistakes, "
            "the deeper the more."
        )
    )


def _cell(chosen: Chosen, source: Source, true: int, predicted: int) -> None:
    predictions = source.predictions
    found = in_cell(predictions.probabilities, predictions.labels, true, predicted)
    said = (
        ngettext(
            "**{count:,}** image of a true **{true}** predicted correctly.",
            "**{count:,}** images of a true **{true}** predicted correctly.",
            len(found),
        )
        if true == predicted
        else ngettext(
            "**{count:,}** image of a true **{true}** predicted as **{predicted}**.",
            "**{count:,}** images of a true **{true}** predicted as **{predicted}**.",
            len(found),
        )
    )
    st.markdown(said.format(count=len(found), true=true, predicted=predicted))
    if len(found):
        _gallery(found, chosen, source, key="cell")


def notable(chosen: Chosen, source: Source) -> None:
    """The most confident mistakes, and the least confident correct predictions."""
    table = source.predictions.probabilities, source.predictions.labels
    left, right = st.columns(2, gap="medium")
    with left:
        st.header(_("Most confident mistakes"), anchor=False)
        found = confident_mistakes(*table, NOTABLE)
        if len(found):
            st.caption(
                _("Confident, and wrong. Would you have read what the test set says?")
            )
            _gallery(found, chosen, source, key="confident")
        else:
            st.caption(_("This network makes no mistake on this test set."))
    with right:
        st.header(_("Least confident, and right"), anchor=False)
        found = least_confident_correct(*table, NOTABLE)
        if len(found):
            st.caption(_("Right, but barely: one stroke more, and they are mistakes."))
            _gallery(found, chosen, source, key="least-confident")
        else:
            st.caption(_("This network gets nothing right on this test set."))


def _gallery(indices: np.ndarray, chosen: Chosen, source: Source, *, key: str) -> None:
    if source.digits is None:
        st.caption(_("Their images are not at hand; see above."))
        return
    opened = digit_gallery(
        indices, [Reader(source.predictions)], source.digits, key=f"gallery-{key}"
    )
    if opened is not None:
        look_inside(chosen, opened, source.digits)
