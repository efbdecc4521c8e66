"""What the numbers of a network say: the finding, each digit's scores, calibration."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.analysis.calibration import NEAR_CERTAIN, Calibration, calibration
from mnist_cnn.analysis.evaluation import (
    accuracy,
    confusion_matrix,
    confusions,
    cross_entropy,
    digit_scores,
)
from mnist_cnn.figures.reliability import reliability_figure
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.text import _, escape, ngettext


def finding(name: str, predictions: Predictions) -> None:
    """How many mistakes the network makes, and which is the most frequent."""
    probabilities, labels = predictions.probabilities, predictions.labels
    matrix = confusion_matrix(probabilities, labels)
    wrong = int(matrix.sum() - matrix.trace())
    found = [
        ngettext(
            "“{name}” makes **{wrong:,} mistake** in {total:,} test digits: "
            "{right:.2%} are right.",
            "“{name}” makes **{wrong:,} mistakes** in {total:,} test digits: "
            "{right:.2%} are right.",
            wrong,
        ).format(
            name=escape(name),
            wrong=wrong,
            total=len(labels),
            right=accuracy(probabilities, labels),
        )
    ]
    for true, predicted, count in confusions(matrix)[:1]:
        found.append(
            ngettext(
                "The most frequent: a true **{true}** predicted as "
                "**{predicted}**, once.",
                "The most frequent: a true **{true}** predicted as "
                "**{predicted}**, {count:,} times.",
                count,
            ).format(true=true, predicted=predicted, count=count)
        )
    st.markdown(" ".join(found))


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
    sentence = reliability_sentence(measured)
    st.markdown(sentence)
    live_chart(
        reliability_figure(measured, _=_),
        key="reliability",
        label=sentence.replace("**", ""),
        height=340,
    )
    st.caption(
        _(
            "Each bar says how often the predictions given that probability were "
            "right; the number in it says how many there were. On the dashed line, "
            "“80%” comes true in 80 of 100 cases. A bar of few predictions says "
            "little. Expected calibration error, the mean distance from the line over "
            "all predictions: {error:.2%}. Test loss, which punishes what is confident "
            "and wrong: {loss:.4f}."
        ).format(
            error=measured.error,
            loss=cross_entropy(predictions.probabilities, predictions.labels),
        )
    )


def reliability_sentence(measured: Calibration) -> str:
    """Whether what is not near certain can be believed, and the bar that shows it."""
    uncertain, total = measured.uncertain, int(measured.counts.sum())
    if not uncertain.count:
        return _("All {total:,} predictions were given more than {limit:.0%}.").format(
            total=total, limit=NEAR_CERTAIN
        )
    if uncertain.gap > 0:
        verdict = _("Where it is not near certain, it is **overconfident**.")
    elif uncertain.gap < 0:
        verdict = _("Where it is not near certain, it is **underconfident**.")
    else:
        verdict = _(
            "Where it is not near certain, its probabilities are about right, as far "
            "as so few predictions can tell."
        )
    of_all = ngettext(
        "{count:,} of {total:,} predictions was given {limit:.0%} or less, "
        "{confidence:.0%} on average; {accuracy:.0%} of that is right.",
        "{count:,} of {total:,} predictions were given {limit:.0%} or less, "
        "{confidence:.0%} on average; {accuracy:.0%} of them are right.",
        uncertain.count,
    ).format(
        total=total,
        count=uncertain.count,
        confidence=uncertain.confidence,
        accuracy=uncertain.accuracy,
        limit=NEAR_CERTAIN,
    )
    if uncertain.gap:
        index = measured.clearest_bin
        low, high = measured.bounds[index : index + 2]
        of_all += " " + _(
            "The bar that shows it best: of {count:,} given {low:.0%} to {high:.0%}, "
            "{accuracy:.0%} are right."
        ).format(
            count=int(measured.counts[index]),
            low=low,
            high=high,
            accuracy=measured.accuracy[index],
        )
    return f"{verdict} {of_all}"
