"""Watching one run on one screen: state, steering, curves, kernels, predictions.

Everything comes out of the run folder, so any number of people see the same.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.diagnosis import explain
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.ui.runs.queue import look_again
from mnist_cnn.ui.runs.viewers import note_look
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.details import details
from mnist_cnn.ui.train.fine_tuning import gained_and_forgotten
from mnist_cnn.ui.train.headline import headline, numbers
from mnist_cnn.ui.train.next_steps import next_steps
from mnist_cnn.ui.train.pictures import curves, kernels, predictions_chart
from mnist_cnn.ui.train.steering import going_on, steering

# Viewers who look within this time see the same.
SAME_SECONDS = 0.25
STYLE = Path(__file__).with_name("train.css")
DIAGNOSIS_ICONS = {
    "improving": "trending_down",
    "settling": "hourglass_top",
    "random_labels": "psychology_alt",
    "by_heart": "psychology_alt",
    "plateau": "trending_flat",
    "overfitting": "psychology_alt",
}
GUESSES = ("about 10%", "about 50%", "about 90%", "more than 95%")


def watch(run_id: str) -> None:
    """Show the run; while it lives, look again, as often as its viewers permit."""
    pace = None if _status_is_final(run_id) else note_look()
    st.session_state.watching_live = pace
    st.html(STYLE)
    st.fragment(_look, run_every=pace)(run_id)


def _status_is_final(run_id: str) -> bool:
    try:
        return runs.find(run_id).status().is_final
    except RunError:
        return True


def _look(run_id: str) -> None:
    try:
        run = runs.find(run_id)
        status = run.status()
    except RunError as error:
        if st.session_state.get("watching_live"):
            st.rerun()
        st.warning(_(error.message))
        return
    if status.is_final and st.session_state.get("watching_live"):
        # Ends the looking, and lets the list of runs show the result.
        look_again()
        st.rerun()
    if not status.is_final and st.session_state.get("watching_live") != note_look():
        # Viewers came or went: the page takes the new pace.
        st.rerun()
    metrics = run.metrics(0 if status.is_final else SAME_SECONDS)
    # Each part has its place, so that what is new in one moves and remounts no other.
    with st.container(key="run_view", gap="xsmall"):
        with st.container(key="run_head", horizontal=True, vertical_alignment="center"):
            headline(run, status, metrics)
        with st.container(key="run_bar", vertical_alignment="center"):
            if status.is_final:
                next_steps(run)
            else:
                steering(run, status, metrics)
        with st.container():
            curves(run, metrics)
        numbers(run, status, metrics)
        left, right = st.columns([2, 3], gap="small", wrap=False)
        with left:
            kernels(run)
        with right:
            predictions_chart(run, status, metrics)
    with st.container():
        if status.is_final:
            going_on(run, status)
        gained_and_forgotten(run, status)
        _guess(run, status)
        _sentences(run, metrics)
    details(run, status, metrics)


def _guess(run: Run, status: Status) -> None:
    """Asks what will come of the run, and tells it only when it has ended."""
    preset = PRESETS.get(run.preset)
    if preset is None or not preset.look_for:
        return
    key = f"guess_{run.id}"
    if not status.is_final:
        st.pills(
            _("Your guess: how many of the test digits will it read?"),
            GUESSES,
            format_func=_,
            key=key,
            persist_state="session",
        )
    elif status.state == "done":
        text = _(preset.look_for)
        if guess := st.session_state.get(key):
            text = (
                _("You guessed {guess}; it reads {accuracy:.1%}.").format(
                    guess=_(guess), accuracy=status.test_accuracy or 0.0
                )
                + f" {text}"
            )
        st.info(text, icon=":material/visibility:")


def _sentences(run: Run, metrics: Metrics) -> None:
    for finding in explain(metrics, run.config):
        icon = DIAGNOSIS_ICONS.get(finding.kind, "warning")
        sentence = _(finding.message).format(**finding.values)
        st.info(sentence, icon=f":material/{icon}:")
    st.caption(
        _(
            "A thin point is one batch, the thick line the same smoothed. A round "
            "point is an epoch's mean over its batches, measured while the network "
            "still learned and with dropout; a diamond is the validation after the "
            "epoch, without dropout. So early on training may lie below validation; "
            "where validation turns back while training goes on, it learns by heart."
        )
    )
