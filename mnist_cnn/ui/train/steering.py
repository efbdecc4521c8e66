"""Steering a training run while it goes on: each press is one command."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.experiments.config import RANGES, ConfigError
from mnist_cnn.jobs import worker
from mnist_cnn.runs import Run, RunError, Status, ownership, resume
from mnist_cnn.runs.commands import CommandReader
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.ui.components.command_bar import Command, command_bar
from mnist_cnn.ui.runs.queue import look_again
from mnist_cnn.ui.text import _
from mnist_cnn.ui.visitor import refusal, visitor

SMALLEST_SAID = 1e-6
FACTORS = {"÷10": 0.1, "÷3": 1 / 3, "×3": 3.0, "×10": 10.0}


def steering(run: Run, status: Status, metrics: Metrics) -> None:
    """Buttons that fit the state, and the learning rate; for others a sentence."""
    if sentence := refusal(run):
        st.caption(sentence)
        return
    running = status.state in ("running", "paused")
    if status.state == "paused":
        first = Command("resume", _("Resume"), "play_arrow")
    else:
        first = Command("pause", _("Pause"), "pause", running)
    stop = _("Takes it out of the queue.") if status.state == "queued" else ""
    peak = asked_rate(run, status, metrics)
    now = metrics.learning_rate[-1] if len(metrics) else peak
    command_bar(
        [
            (
                "",
                [
                    first,
                    Command("one_batch", _("One batch"), "skip_next", running),
                    Command("one_epoch", _("One epoch"), "fast_forward", running),
                    Command("stop", _("Stop"), "stop", about=stop),
                ],
            ),
            (
                _("Learning rate: now {rate}").format(rate=rate_text(now)),
                [
                    Command(
                        name,
                        name,
                        enabled=running and times(peak, factor) != peak,
                        about=_("With a schedule it is the peak that changes."),
                    )
                    for name, factor in FACTORS.items()
                ],
            ),
        ],
        key=f"steer_{run.id}",
        label=_("Steer the run"),
        on_press=lambda name: press(run, name),
    )
    _problem(run)


def press(run: Run, name: str) -> None:
    """Sends what a button says."""
    try:
        ownership.demand(run, visitor())
        if name in FACTORS:
            rate = asked_rate(run, run.recorded_status(), run.metrics())
            run.send("learning_rate", times(rate, FACTORS[name]))
        else:
            run.send(name)
    except (ConfigError, RunError) as error:
        st.session_state[f"steering_problem_{run.id}"] = _(error.message)


def asked_rate(run: Run, status: Status, metrics: Metrics) -> float:
    """The learning rate that was asked for last; with a schedule the peak.

    What waits to be obeyed counts; what was set in an epoch that was not complete when
    the run was resumed does not.
    """
    asked = [
        command.value
        for command in CommandReader(run.control_path, status.commands_read).new()
        if command.what == "learning_rate"
    ]
    return asked[-1] if asked else metrics.peak or run.config.learning_rate


def rate_text(rate: float) -> str:
    """A learning rate as a person reads it: at the end of a cosine it is almost 0."""
    if 0 < rate < SMALLEST_SAID:
        return _("almost 0")
    return f"{float(f'{rate:.3g}'):.9f}".rstrip("0").rstrip(".")


def times(rate: float, factor: float) -> float:
    """The rate times that factor, in three digits, as far as a rate may go."""
    low, high = RANGES["learning_rate"]
    return min(max(float(f"{rate * factor:.3g}"), low), high)


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
    _problem(run)


def _go_on(run: Run) -> None:
    try:
        ownership.demand(run, visitor())
        resume.resume(run)
        worker.ensure()
    except RunError as error:
        st.session_state[f"steering_problem_{run.id}"] = _(error.message)
    look_again()


def _problem(run: Run) -> None:
    if problem := st.session_state.pop(f"steering_problem_{run.id}", None):
        st.error(problem)
