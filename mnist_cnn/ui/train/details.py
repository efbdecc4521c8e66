"""The tabs below the curves: how the network learns, and the lecture's picture."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.figures.epoch_predictions import batch_picture, predictions_by_epoch
from mnist_cnn.figures.learning_curves import epoch_curves, learning_rate_curve
from mnist_cnn.runs import Run, Status
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.runs.schema import LAST_BATCH
from mnist_cnn.ui.components.live_chart import live_chart, shared_figure
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.pictures import read, watched_digits
from mnist_cnn.ui.train.time_machine import time_machine


def details(run: Run, status: Status, metrics: Metrics) -> None:
    """Predictions, time machine, the lecture's picture, learning rate, last batch."""
    st.toggle(_("Logarithmic loss"), key="log_loss", persist_state="session")
    names = {
        _("Predictions"): lambda: _predictions(run, status, metrics),
        _("Time machine"): lambda: time_machine(run, status, metrics),
        _("All four curves"): lambda: _lecture(run, metrics),
        _("Learning rate"): lambda: _learning_rate(run, metrics),
        _("Last batch"): lambda: _last_batch(run, status),
    }
    # Only the open tab is sent, so that looking again stays cheap.
    tabs = st.tabs(list(names), key="details", on_change="rerun")
    for tab, show in zip(tabs, names.values(), strict=True):
        if tab.open:
            with tab:
                show()


def _lecture(run: Run, metrics: Metrics) -> None:
    st.caption(_("The lecture's picture: loss and accuracy, by epoch."))
    live_chart(
        shared_figure(
            (str(run.path), metrics.version, "lecture"),
            lambda: epoch_curves(metrics, _=_),
        ),
        key=f"lecture-{run.id}",
        label=_("Loss and accuracy, training and validation, by epoch"),
        height=360,
    )


def _learning_rate(run: Run, metrics: Metrics) -> None:
    st.caption(_("The size of the steps: what the schedule, or you, made of it."))
    live_chart(
        shared_figure(
            (str(run.path), metrics.version, "rate"),
            lambda: learning_rate_curve(metrics, _=_),
        ),
        key=f"rate-{run.id}",
        label=_("Learning rate by batch"),
        height=260,
    )


def _predictions(run: Run, status: Status, metrics: Metrics) -> None:
    st.caption(
        _(
            "The network's predictions of the same digits after every epoch: a row is "
            "an epoch, 0 the untrained network; the number is the predicted class, the "
            "darker the more confident. Framed ones are wrong. "
            "Hover to see the three largest probabilities. Draw a digit on the Draw "
            "page before you press Start, and it is among them."
        )
    )
    predictions = metrics.predictions()
    if not predictions:
        st.caption(_("The first row comes before the first batch."))
        return
    live_chart(
        shared_figure(
            (str(run.path), len(predictions), metrics.version[0], "predictions"),
            lambda: predictions_by_epoch(predictions, watched_digits(run, status), _=_),
        ),
        key=f"predictions-{run.id}",
        label=_("Predictions for ten test digits after each epoch"),
        height=min(150 + 34 * len(predictions), 700),
    )


def _last_batch(run: Run, status: Status) -> None:
    is_paused = status.state == "paused"
    arrays = read(run.last_batch_path, LAST_BATCH) if is_paused else None
    if arrays is None:
        st.caption(_no_batch(status))
        return
    st.caption(
        _(
            "The digits of the last batch that cost most: the prediction (✗ if wrong) "
            "and its loss, −log of the probability given to the right digit. Mean loss "
            "of all {count}: {mean:.3f}, read again after the step, without dropout; "
            "the curve's point was measured before."
        ).format(count=len(arrays["losses"]), mean=float(arrays["losses"].mean()))
    )
    live_chart(
        shared_figure(
            (str(run.path), arrays["losses"].tobytes(), "batch"),
            lambda: batch_picture(*(arrays[name] for name in LAST_BATCH), _=_),
        ),
        key=f"batch-{run.id}",
        label=_("The digits of the last batch with the largest losses"),
        height=460,
    )


def _no_batch(status: Status) -> str:
    if status.is_final:
        return _(
            "The training run has ended. Pause one while it goes on, and the "
            "batch it has just learned from is here."
        )
    if status.state == "paused":
        return _(
            "It is paused before its first batch. After *One batch* that batch is here."
        )
    return _(
        "Pause the training run, and the batch it has just learned from is "
        "here: its images, the predictions, the losses."
    )
