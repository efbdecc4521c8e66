"""Steering a training while it runs: each press is one command."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.experiments.config import ConfigError
from mnist_cnn.jobs import worker
from mnist_cnn.runs import Run, RunError, Status, ownership, resume
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.experiment import as_rate
from mnist_cnn.ui.training_queue import look_again
from mnist_cnn.ui.visitor import refusal, visitor


def steering(run: Run, status: Status) -> None:
    """Buttons that fit the state, and the new learning rate; for others a sentence."""
    if sentence := refusal(run):
        st.caption(sentence)
        return
    running = status.state in ("running", "paused")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if status.state == "paused":
            _command(run, "resume", _("Resume"), "play_arrow", running)
        else:
            _command(run, "pause", _("Pause"), "pause", running)
        _command(run, "one_batch", _("One batch"), "skip_next", running)
        _command(run, "one_epoch", _("One epoch"), "fast_forward", running)
        _command(run, "stop", _("Stop"), "stop", True)
        with st.popover(
            _("Learning rate"), disabled=not running, icon=":material/speed:"
        ):
            _new_learning_rate(run)
    if status.state == "queued":
        st.caption(_("Stop takes it out of the queue."))
    if problem := st.session_state.pop(f"steering_problem_{run.id}", None):
        st.error(problem)


def going_on(run: Run, status: Status) -> None:
    """A button that lets a run that died or was stopped go on, if it can."""
    if status.state == "done":
        return
    if sentence := refusal(run):
        st.caption(sentence)
        return
    if problem := resume.obstacle(run, status):
        st.caption(_(problem))
        return
    done = status.epochs_done
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _("Resume") if done else _("Start again"),
            key=f"go_on_{run.id}",
            icon=":material/play_arrow:" if done else ":material/replay:",
            on_click=_go_on,
            args=(run,),
        )
        st.caption(
            _("Goes on after epoch {epoch}, as if nothing had happened.").format(
                epoch=done
            )
            if done
            else _("Begins again from the start, with the same settings."),
            width="stretch",
        )
    if problem := st.session_state.pop(f"steering_problem_{run.id}", None):
        st.error(problem)


def _go_on(run: Run) -> None:
    try:
        ownership.demand(run, visitor())
        resume.resume(run)
        worker.ensure()
    except RunError as error:
        st.session_state[f"steering_problem_{run.id}"] = str(error)
    look_again()


def _command(run: Run, what: str, title: str, icon: str, enabled: bool) -> None:
    st.button(
        title,
        key=f"{what}_{run.id}",
        icon=f":material/{icon}:",
        disabled=not enabled,
        on_click=_send,
        args=(run, what),
    )


def _new_learning_rate(run: Run) -> None:
    key = f"new_rate_{run.id}"
    with st.form(f"rate_form_{run.id}", border=False):
        st.text_input(_("New learning rate"), key=key, placeholder="0.0005")
        st.caption(
            _(
                "With a schedule it becomes the new peak. Multiply it by ten and see "
                "the loss jump; divide it by ten and see the curve calm down."
            )
        )
        st.form_submit_button(_("Set"), on_click=_send_rate, args=(run, key))


def _send_rate(run: Run, key: str) -> None:
    try:
        _send(run, "learning_rate", as_rate(st.session_state.get(key, "")))
    except ConfigError as error:
        st.session_state[f"steering_problem_{run.id}"] = str(error)


def _send(run: Run, what: str, value: float | None = None) -> None:
    try:
        ownership.demand(run, visitor())
        run.send(what, value)
    except (ConfigError, RunError) as error:
        st.session_state[f"steering_problem_{run.id}"] = str(error)
