"""Start: one press, one run; what stands against it is said in a sentence."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count

import numpy as np
import streamlit as st

from mnist_cnn import runs
from mnist_cnn.experiments.config import RANGES, ConfigError, TrainingConfig
from mnist_cnn.jobs import worker
from mnist_cnn.runs import Run, RunError, ownership, retention
from mnist_cnn.runs.store import submit_seeds
from mnist_cnn.ui.board.drawing import drawn_digit
from mnist_cnn.ui.networks import expect_network
from mnist_cnn.ui.runs.queue import look_again, overview
from mnist_cnn.ui.runs.titles import offered_name
from mnist_cnn.ui.runs.train_link import show
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.train.form.experiment import begin, current_experiment
from mnist_cnn.ui.visitor import owner, visitor

# Pressing again within this time needs no explanation.
SAME_PRESS_SECONDS = 5.0
WAITING_A_BROWSER = 3
HIGHEST_SEED = int(RANGES["seed"][1])
PROBLEM, NOTE, STARTED = "start_problem", "start_note", "started"


def start(seeds: int = 1) -> None:
    """Queues what the fields say, and shows it; the callback of the button.

    Args:
        seeds: runs to queue, each with a seed of its own.
    """
    state, experiment = st.session_state, current_experiment()
    try:
        config = experiment.chosen()
    except ConfigError as error:
        state[PROBLEM] = _(error.message)
        return
    if not _is_going(config):
        preset = experiment.origin(config)
        name = state.get(experiment.key("name"), "")
        if _queue(config, seeds, preset, name or offered_name(preset)):
            begin(experiment.preset, config)


def start_other_seed(run: Run) -> None:
    """Queues the same training with a seed that no run here has had."""
    alike = replace(run.config, seed=0)
    had = {
        other.config.seed
        for other, _status in overview().runs
        if replace(other.config, seed=0) == alike
    }
    had.add(run.config.seed)
    others = (seed % (HIGHEST_SEED + 1) for seed in count(max(had) + 1))
    config = replace(run.config, seed=next(each for each in others if each not in had))
    _queue(config, 1, run.preset, offered_name(run.preset))


def _queue(config: TrainingConfig, count: int, preset: str, name: str) -> bool:
    state, drawing = st.session_state, _own_drawing()

    def name_of(seed: int) -> str:
        title = _("{name}, seed {seed}").format(name=name, seed=seed)
        return name if count == 1 else title

    try:
        _refuse_a_crowd(count)
        removed = retention.make_room(count, visitor(), config.start_from)
        options = {"preset": preset, "drawing": drawing, "owner": owner()}
        made = submit_seeds(config, count, name_of, **options)
        worker.ensure()
    except RunError as error:
        state[PROBLEM] = _(error.message)
        return False
    if removed:
        state[NOTE] = _removed_text(removed)
    look_again()
    state[STARTED] = (time.monotonic(), made[0].id)
    expect_network(made[0].id)
    show(made[0].id)
    return True


def result_of_start() -> None:
    """What the last press had to say, once."""
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(problem)
    if note := st.session_state.pop(NOTE, None):
        st.info(note)


def _is_going(config: TrainingConfig) -> bool:
    """Whether this session's newest run has these settings and goes on; shows it."""
    when, run_id = st.session_state.get(STARTED, (0.0, ""))
    try:
        run = runs.find(run_id)
        if run.config != config or run.status().is_final:
            return False
    except RunError:
        return False
    show(run_id)
    if time.monotonic() - when > SAME_PRESS_SECONDS:
        st.session_state[PROBLEM] = _(
            "This very training run is going on: the same settings and the same seed "
            "give the same curve. Change a setting to start another one."
        )
    return True


def _refuse_a_crowd(count: int) -> None:
    waiting = len(ownership.waiting(visitor()))
    if waiting + count > WAITING_A_BROWSER:
        raise RunError(
            _(
                "{count} training runs of yours are waiting already. Let others have "
                "their turn: start the next one when one of yours has begun, or stop "
                "one."
            ).format(count=waiting)
        )


def _removed_text(names: list[str]) -> str:
    shown = ", ".join(map(escape, names[:3])) + (", …" if len(names) > 3 else "")
    return _(
        "To make room, the oldest runs without a star were removed: {count} ({names})."
    ).format(count=len(names), names=shown)


def _own_drawing() -> np.ndarray | None:
    pixels = drawn_digit()
    if not isinstance(pixels, np.ndarray) or pixels.shape != (28, 28):
        return None
    return (
        (np.clip(pixels, 0, 1) * 255).round().astype(np.uint8) if pixels.any() else None
    )
