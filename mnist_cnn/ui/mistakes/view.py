"""The numbers of the Mistakes page: accuracy, scores of each digit, calibration."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.analysis.calibration import Calibration, calibration
from mnist_cnn.analysis.evaluation import (
    accuracy,
    confusion_matrix,
    cross_entropy,
    digit_scores,
)
from mnist_cnn.figures.reliability import reliability_figure
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.text import _

# Below this a gap says little about a network tested on thousands of digits.
WELL_CALIBRATED = 0.01


def totals(predictions: Predictions) -> None:
    """Accuracy, loss and the number of mistakes, as metrics."""
    probabilities, labels = predictions.probabilities, predictions.labels
    wrong = int(np.sum(probabilities.argmax(axis=1) != labels))
    with st.container(horizontal=True):
        st.metric(
            _("Test accuracy"),
            f"{accuracy(probabilities, labels):.2%}",
            width="content",
        )
        st.metric(
            _("Test loss"),
            f"{cross_entropy(probabilities, labels):.4f}",
            width="content",
        )
        st.metric(
            _("Mistakes"),
            _("{wrong:,} of {all:,}").format(wrong=wrong, all=len(labels)),
            width="content",
        )


def scores(predictions: Predictions) -> None:
    """Precision, recall and F1 of each digit."""
    matrix = confusion_matrix(predictions.probabilities, predictions.labels)
    st.subheader(_("Digit by digit"), anchor=False)
    columns = (_("Digit"), _("Precision"), _("Recall"), _("F1"), _("Images"))
    rows = [
        f"| **{score.digit}** | {score.precision:.4f} | {score.recall:.4f} "
        f"| {score.f1:.4f} | {score.count:,} |"
        for score in digit_scores(matrix)
    ]
    st.markdown(
        "\n".join([f"| {' | '.join(columns)} |", "|:-:|--:|--:|--:|--:|", *rows])
    )
    st.caption(
        _(
            "Precision: when it says this digit, how often is it right? Recall: of the "
            "images of this digit, how many does it find? F1 is the harmonic mean of "
            "the two. Look for a digit whose precision and recall differ: the network "
            "says it too often, or too rarely."
        )
    )


def reliability(predictions: Predictions) -> None:
    """The reliability diagram, and what it means."""
    measured = calibration(predictions.probabilities, predictions.labels)
    st.subheader(_("Can its probabilities be believed?"), anchor=False)
    st.metric(_("Expected calibration error"), f"{measured.error:.2%}", width=260)
    sentence = reliability_sentence(measured)
    live_chart(
        reliability_figure(measured), key="reliability", label=sentence, height=340
    )
    st.caption(
        _(
            "Answers sorted by the probability the network gave them; each bar says "
            "how often they were right, and how many there were. On the dashed line, "
            "“80 %” comes true in 80 of 100 cases. A bar with few answers says little, "
            "and counts little."
        )
    )
    st.markdown(sentence)


def reliability_sentence(measured: Calibration) -> str:
    """What the expected calibration error means, with its number."""
    if measured.error < WELL_CALIBRATED:
        return _(
            "Its probabilities are off by {error:.2%} on average: when it says 80 %, "
            "you can believe about 80 %."
        ).format(error=measured.error)
    if measured.mean_gap > 0:
        return _(
            "Its probabilities are off by {error:.2%} on average, and it is too sure: "
            "it is right less often than it says."
        ).format(error=measured.error)
    return _(
        "Its probabilities are off by {error:.2%} on average, and it is too modest: "
        "it is right more often than it says."
    ).format(error=measured.error)
