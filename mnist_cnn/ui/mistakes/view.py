"""The numbers of the Mistakes page: accuracy, scores of each digit, calibration."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.analysis.calibration import NEAR_CERTAIN, Calibration, calibration
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
    st.header(_("Digit by digit"), anchor=False)
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
    st.header(_("Can its probabilities be believed?"), anchor=False)
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
    """Whether the answers that are not near certain can be believed, with numbers."""
    uncertain = measured.uncertain
    if not uncertain.count:
        sentence = _(
            "All {all:,} answers were given more than {limit:.0%}: the expected "
            "calibration error is theirs."
        )
    elif uncertain.gap > 0:
        sentence = _(
            "Where it is not near certain, it is too sure: {count:,} of {all:,} "
            "answers were given {limit:.0%} or less, {confidence:.0%} on average, "
            "and only {accuracy:.0%} of them are right. The expected calibration error "
            "is the mean over all answers, {certain:,} of them near certain."
        )
    elif uncertain.gap < 0:
        sentence = _(
            "Where it is not near certain, it is too modest: {count:,} of {all:,} "
            "answers were given {limit:.0%} or less, {confidence:.0%} on average, and "
            "{accuracy:.0%} of them are right. The expected calibration error is the "
            "mean over all answers, {certain:,} of them near certain."
        )
    else:
        sentence = _(
            "Where it is not near certain, its probabilities are about right, as far "
            "as so many answers can tell: {count:,} of {all:,} were given {limit:.0%} "
            "or less, {confidence:.0%} on average, and {accuracy:.0%} of them are "
            "right."
        )
    all_answers = int(measured.counts.sum())
    return sentence.format(
        all=all_answers,
        certain=all_answers - uncertain.count,
        count=uncertain.count,
        confidence=uncertain.confidence,
        accuracy=uncertain.accuracy,
        limit=NEAR_CERTAIN,
    )
