"""Watching one run: state, progress, steering, curves, what they say.

Everything comes out of the run folder, so any number of people see the same.
"""

from __future__ import annotations

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.analysis.diagnosis import explain
from mnist_cnn.analysis.pace import Pace, duration_text, pace
from mnist_cnn.figures.learning_curves import accuracy_curve, loss_curve
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.runs.turns import yield_seconds
from mnist_cnn.ui.components.live_chart import live_chart, shared_figure
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.train.details import details
from mnist_cnn.ui.train.fine_tuning import gained_and_forgotten
from mnist_cnn.ui.train.steering import going_on, steering
from mnist_cnn.ui.training_queue import care_for_worker, look_again, overview
from mnist_cnn.ui.viewers import note_look

# Viewers who look within this time see the same.
SAME_SECONDS = 0.25
DIAGNOSIS_ICONS = {
    "improving": "trending_down",
    "random_labels": "psychology_alt",
    "by_heart": "psychology_alt",
    "plateau": "trending_flat",
    "overfitting": "psychology_alt",
}


def watch(run_id: str) -> None:
    """Show the run; while it lives, look again, as often as its viewers permit."""
    pace = None if _status_is_final(run_id) else note_look()
    st.session_state.watching_live = pace
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
        st.warning(str(error))
        return
    if status.is_final and st.session_state.get("watching_live"):
        # Ends the looking, and lets the list of runs show the result.
        look_again()
        st.rerun()
    if not status.is_final and st.session_state.get("watching_live") != note_look():
        # Viewers came or went: the page takes the new pace.
        st.rerun()
    metrics = run.metrics(0 if status.is_final else SAME_SECONDS)
    # Each part has its place, so that a new sentence above does not remount a chart.
    headline, progress, commands, sentences = (st.container() for _part in range(4))
    with headline:
        _headline(run, status)
    with progress:
        _progress(run, status, metrics)
    with commands:
        if status.is_final:
            going_on(run, status)
        else:
            steering(run, status, metrics)
    with sentences:
        gained_and_forgotten(run, status)
        _sentences(run, metrics)
    _curves(run, metrics)
    details(run, status, metrics)


def _sentences(run: Run, metrics: Metrics) -> None:
    for finding in explain(metrics, run.config):
        icon = DIAGNOSIS_ICONS.get(finding.kind, "warning")
        sentence = _(finding.message).format(**finding.values)
        st.info(sentence, icon=f":material/{icon}:")


def _headline(run: Run, status: Status) -> None:
    words = {
        "queued": _("waiting"),
        "preparing": _("preparing"),
        "running": _("training"),
        "paused": _("paused"),
        "done": _("done"),
        "stopped": _("stopped"),
        "failed": _("failed"),
    }
    colors = {"done": "green", "stopped": "orange", "failed": "red", "paused": "orange"}
    color = colors.get(status.state, "blue")
    name = escape(run.name)
    st.header(f"{_('Run')} {name} :{color}-badge[{words[status.state]}]", anchor=False)
    if status.reason:
        (st.error if status.state == "failed" else st.warning)(escape(_(status.reason)))
    if status.state == "queued":
        _waiting(run)
    elif status.state == "preparing":
        st.caption(_("Getting the digits and building the network."))


def _waiting(run: Run) -> None:
    try:
        if care_for_worker():
            st.warning(_("No worker was there to train it, so one was started."))
    except RunError as error:
        st.error(str(error))
    seen = overview()
    place = seen.place(run.id)
    if seen.problem:
        st.warning(_(seen.problem))
        if place:
            st.caption(_("Place {place} in the queue.").format(place=place))
        return
    if place is None:
        return
    if place == 1 and seen.waits[run.id] < 1:
        st.caption(_("First in the queue: it begins in a moment."))
        return
    st.caption(
        _("Place {place} in the queue; its turn comes in about {wait}.").format(
            place=place, wait=duration_text(seen.waits[run.id])
        )
    )
    for paused in seen.paused[:1]:
        st.caption(
            _(
                "It waits for {name}, which is paused. If nobody steers that run for "
                "{time}, it gives up its place, and goes on when its turn comes again."
            ).format(name=escape(paused.name), time=duration_text(yield_seconds()))
        )


def _progress(run: Run, status: Status, metrics: Metrics) -> None:
    now = pace(metrics, status, run.config)
    if not status.is_final:
        st.progress(now.share, text=_progress_text(now, status))
    values = []
    if metrics.epochs:
        newest = metrics.epochs[-1]
        values.append((_("Validation accuracy"), f"{newest.val_accuracy:.4f}"))
        values.append((_("Validation loss"), f"{newest.val_loss:.4f}"))
    elif len(metrics):
        values.append((_("Accuracy, last batch"), f"{metrics.accuracy[-1]:.3f}"))
        values.append((_("Loss, last batch"), f"{metrics.loss[-1]:.3f}"))
    if now.digits_per_second:
        values.append((_("Digits per second"), f"{now.digits_per_second:,.0f}"))
    if len(metrics):
        seconds = float(metrics.time[-1])
        values.append((_("Time trained"), duration_text(seconds)))
    with st.container(horizontal=True):
        for title, value in values:
            st.metric(title, value, width="content")


def _progress_text(now: Pace, status: Status) -> str:
    if not now.batches:
        return _("Epoch 1 of {epochs}").format(epochs=now.epochs)
    parts = [
        _("Epoch {epoch} of {epochs}").format(epoch=now.epoch, epochs=now.epochs),
        _("batch {batch:,} of {batches:,}").format(
            batch=now.batch, batches=now.batches
        ),
    ]
    if now.seconds_left is not None and status.state == "running":
        left = duration_text(now.seconds_left)
        parts.append(_("{time} left").format(time=left))
    return " · ".join(parts)


def _curves(run: Run, metrics: Metrics) -> None:
    log = st.toggle(_("Logarithmic loss"), key="log_loss")
    loss, accuracy = st.columns(2, gap="small")
    key = (str(run.path), metrics.version)
    with loss:
        st.markdown(f"**{_('Loss')}**")
        live_chart(
            shared_figure((*key, "loss", log), lambda: loss_curve(metrics, log=log)),
            key=f"loss-{run.id}",
            label=_label(_("Loss by batch"), metrics, "loss"),
        )
    with accuracy:
        st.markdown(f"**{_('Accuracy')}**")
        live_chart(
            shared_figure((*key, "accuracy"), lambda: accuracy_curve(metrics)),
            key=f"accuracy-{run.id}",
            label=_label(_("Accuracy by batch"), metrics, "accuracy"),
        )


def _label(title: str, metrics: Metrics, name: str) -> str:
    if not len(metrics):
        return _("{title}: no batch has been measured yet").format(title=title)
    text = _("{title}: {value:.3f} after batch {step:,}").format(
        title=title, value=getattr(metrics, name)[-1], step=int(metrics.step[-1])
    )
    for point in metrics.epochs[-1:]:
        text += _("; after epoch {epoch}: validation {value:.4f}").format(
            epoch=point.epoch, value=getattr(point, f"val_{name}")
        )
    return text
