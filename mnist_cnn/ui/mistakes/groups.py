"""How each writer is read, or each kind of corruption."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.analysis.evaluation import accuracy_by_group
from mnist_cnn.digits.dataset import Dataset
from mnist_cnn.figures.groups import groups_figure
from mnist_cnn.runs.predictions import Predictions
from mnist_cnn.ui.components.live_chart import live_chart
from mnist_cnn.ui.text import _


def show_groups(predictions: Predictions, digits: Dataset | None) -> None:
    """A bar for each writer; nothing where nobody knows who wrote the digits."""
    if digits is None or digits.groups is None:
        return
    is_writer = digits.grouped_by == "writer"
    found = accuracy_by_group(
        predictions.probabilities, predictions.labels, digits.groups
    )
    worst, best = min(found, key=found.get), max(found, key=found.get)
    st.header(
        _("Writer by writer") if is_writer else _("One corruption after another"),
        anchor=False,
    )
    said = (
        _("Writer {worst} is read at {low:.1%}, writer {best} at {high:.1%}.")
        if is_writer
        else _("“{worst}” is read at {low:.1%}, “{best}” at {high:.1%}.")
    ).format(worst=worst, low=found[worst], best=best, high=found[best])
    live_chart(
        groups_figure(found, _("Writer") if is_writer else _("Corruption")),
        key="groups",
        label=said,
        height=260,
    )
    st.caption(
        said
        + " "
        + (
            _("An average over all hides how unevenly people are served.")
            if is_writer
            else _("A network knows what it was shown: these it was not.")
        )
    )
