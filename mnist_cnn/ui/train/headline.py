"""What a run is called, how it stands and how far it is, in two lines."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.analysis.pace import Pace, duration_text, pace
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.runs.turns import yield_seconds
from mnist_cnn.ui.runs.queue import care_for_worker, overview
from mnist_cnn.ui.runs.titles import run_title, state_title
from mnist_cnn.ui.text import _, escape, four_decimals

COLORS = {"done": "green", "stopped": "orange", "failed": "red", "paused": "orange"}


def headline(run: Run, status: Status, metrics: Metrics) -> None:
    """Name, state and progress; why it waits, stopped or failed."""
    color = COLORS.get(status.state, "blue")
    state = state_title(status.state)
    title = f"{escape(run_title(run))} :{color}-badge[{state}]"
    st.header(title, anchor=False, width="content")
    now = pace(metrics, status, run.config)
    fraction = 1.0 if status.state == "done" else now.fraction
    st.progress(fraction, text=_progress_text(run, status, now), width="stretch")
    if told := " ".join(_(each) for each in status.sentences):
        (st.error if status.state == "failed" else st.warning)(escape(told))
    if status.state == "queued":
        _care()


def numbers(run: Run, status: Status, metrics: Metrics) -> None:
    """The newest numbers, in a line that does not grow."""
    accuracy = loss = speed = "–"
    if metrics.epochs:
        newest = metrics.epochs[-1]
        accuracy = four_decimals(newest.val_accuracy)
        loss = four_decimals(newest.val_loss)
    elif len(metrics):
        accuracy, loss = f"{metrics.accuracy[-1]:.3f}", f"{metrics.loss[-1]:.3f}"
    if found := pace(metrics, status, run.config).digits_per_second:
        speed = f"{found:,.0f}"
    what = _("Validation") if metrics.epochs else _("Last batch")
    text = _("{what}: **{accuracy}** (loss {loss}) · {speed} digits/s").format(
        what=what, accuracy=accuracy, loss=loss, speed=speed
    )
    with st.container(key="run_numbers"):
        st.markdown(text + _at_the_end(status) + _own_digit(metrics))


def _at_the_end(status: Status) -> str:
    """What the test set says, which was read once if digits were kept aside."""
    if status.state != "done" or not status.validation_examples:
        return ""
    return " · " + _("test set, at the end only: **{accuracy:.4f}**").format(
        accuracy=status.test_accuracy or 0.0
    )


def _own_digit(metrics: Metrics) -> str:
    for probabilities in list(metrics.predictions().values())[-1:]:
        for own in probabilities[10:]:
            return " · " + _("yours: **{digit}** ({confidence})").format(
                digit=int(own.argmax()),
                confidence=f"{own.max():.0%}" if own.max() < 0.995 else _(">99%"),
            )
    return ""


def _progress_text(run: Run, status: Status, now: Pace) -> str:
    if status.state == "queued":
        return _position(run)
    if status.state == "preparing" and status.checking:
        return _("Drawing and preparing the digits, once: {fraction:.0%}").format(
            fraction=status.checked / status.checking
        )
    if status.state == "preparing":
        return _("Getting the digits and building the network.")
    if status.is_final:
        return _("{done} of {epochs} epochs in {time}").format(
            done=status.epochs_done,
            epochs=run.config.epochs,
            time=_(duration_text(status.seconds or 0)),
        )
    if status.checking:
        parts = [_("Checking on {count:,} digits …").format(count=status.checking)]
    else:
        parts = [
            _("Epoch {epoch} of {epochs}").format(epoch=now.epoch, epochs=now.epochs)
        ]
        if now.batches:
            text = _("batch {batch:,} of {batches:,}")
            parts.append(text.format(batch=now.batch, batches=now.batches))
    if now.seconds_left is not None and status.state == "running":
        left = _(duration_text(now.seconds_left))
        parts.append(_("{time} left").format(time=left))
    return " · ".join(parts)


def _position(run: Run) -> str:
    seen = overview()
    position = seen.position(run.id)
    if position is None:
        return _("It waits for its turn.")
    if seen.problem:
        return _("Position {position} in the queue.").format(position=position)
    if position == 1 and seen.waits[run.id] < 1:
        return _("First in the queue: it begins in a moment.")
    return _(
        "Position {position} in the queue; its turn comes in about {wait}."
    ).format(position=position, wait=_(duration_text(seen.waits[run.id])))


def _care() -> None:
    try:
        if care_for_worker():
            st.warning(_("No worker was there to train it, so one was started."))
    except RunError as error:
        st.error(_(error.message))
    seen = overview()
    if seen.problem:
        st.warning(_(seen.problem))
    for paused in [] if seen.problem else seen.paused[:1]:
        st.caption(
            _(
                "It waits for {name}, which is paused. If nobody steers that run for "
                "{time}, it gives up its place, and goes on when its turn comes again."
            ).format(
                name=escape(run_title(paused)), time=_(duration_text(yield_seconds()))
            )
        )
