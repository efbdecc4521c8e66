"""Setting up a training: preset, every setting with a sentence on it, Start."""

from __future__ import annotations

import time
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from mnist_cnn import runs
from mnist_cnn.experiments.config import (
    OPTIMIZERS,
    RANGES,
    SCHEDULES,
    ConfigError,
    TrainingConfig,
)
from mnist_cnn.experiments.link import from_link, to_link
from mnist_cnn.experiments.presets import DEFAULT_PRESET, PRESETS
from mnist_cnn.jobs import worker
from mnist_cnn.runs import RunError, ownership, retention
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.train.augmentation import augmentation_choice
from mnist_cnn.ui.train.network_form import chosen_network, fill_network, network_form
from mnist_cnn.ui.train_link import show
from mnist_cnn.ui.training_queue import expect_training, look_again
from mnist_cnn.ui.visitor import owner, visitor

# Pressing again within this time needs no explanation.
SAME_PRESS_SECONDS = 5.0
WAITING_A_BROWSER = 3
DRAWING = "drawing_pixels"

# What "form_" begins in the session without being a setting.
_NO_SETTINGS = ("form_problem", "form_note", "form_started", "form_link_taken")
_KEPT = "kept_settings"


def training_form() -> None:
    """The settings and the Start button; a started run is shown at once."""
    if "form_epochs" not in st.session_state:
        expect_training()
        _take_link()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("Preset"),
            list(PRESETS),
            list(PRESETS).index(st.session_state.form_preset),
            format_func=lambda name: _(PRESETS[name].title),
            key="form_preset",
            on_change=_take_preset,
            width=260,
        )
        st.button(
            _("Start training"),
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            on_click=_start,
        )
    preset = PRESETS[st.session_state.form_preset]
    st.caption(f"{_(preset.reason)} {_(preset.look_for)}".strip())
    if problem := st.session_state.pop("form_problem", None):
        st.error(problem)
    if note := st.session_state.pop("form_note", None):
        st.info(note)
    with st.expander(_("All settings")):
        _settings()
    with st.expander(_("Build your own network")):
        network_form()
        _link_to_experiment()
    _keep_settings()


def _settings() -> None:
    state = st.session_state
    left, right = st.columns(2, gap="medium")
    with left:
        _whole_number("epochs", _("Epochs"), _("How often every digit is seen."))
        _whole_number(
            "batch_size",
            _("Batch size"),
            _("Digits in each step. Small: many noisy steps. Large: few smooth ones."),
        )
        _whole_number(
            "examples",
            _("Training digits"),
            _("Fewer are quicker and worse; 60,000 are all there are."),
        )
        _whole_number(
            "seed",
            _("Seed"),
            _("Of all randomness: the same seed gives the same curve again."),
        )
    with right:
        st.selectbox(
            _("Optimizer"),
            OPTIMIZERS,
            OPTIMIZERS.index(state.form_optimizer),
            key="form_optimizer",
        )
        st.caption(
            _(
                "How a step follows from the gradient. Adam gives every weight a step "
                "size of its own; SGD, here with momentum 0.9, is the textbook's."
            )
        )
        st.text_input(
            _("Learning rate"), state.form_learning_rate, key="form_learning_rate"
        )
        st.caption(
            _(
                "The size of a step, 0.000001 to 1. Try 0.1 once with Adam, and read "
                "what the page says about the curve."
            )
        )
        st.selectbox(
            _("Schedule"),
            SCHEDULES,
            SCHEDULES.index(state.form_schedule),
            format_func=lambda name: (
                _("Constant") if name == "constant" else _("Warm-up, then cosine")
            ),
            key="form_schedule",
        )
        st.caption(
            _(
                "Warm-up and cosine: the rate rises over the first tenth of the steps "
                "and then falls to 0, so that the network settles at the end."
            )
        )
        augmentation_choice("form_augmentation")


def _whole_number(name: str, title: str, sentence: str) -> None:
    low, high = map(int, RANGES[name])
    key = f"form_{name}"
    st.number_input(title, low, high, st.session_state[key], step=1, key=key)
    st.caption(sentence)


def _take_preset() -> None:
    state = st.session_state
    state.setdefault("form_preset", DEFAULT_PRESET)
    _fill(PRESETS[state.form_preset].config)


def _take_link() -> None:
    """The experiment in the link, once; or what was set before; or the preset."""
    state = st.session_state
    if "preset" in st.query_params and not state.get("form_link_taken"):
        state.form_link_taken = True
        try:
            preset, config = from_link(st.query_params.to_dict())
        except ConfigError as error:
            st.warning(_(str(error)))
        else:
            state.form_preset = preset
            _fill(config)
            return
    if kept := state.get(_KEPT):
        state.update(kept)
    else:
        _take_preset()


def _keep_settings() -> None:
    # Streamlit forgets the boxes' values as soon as another page is shown.
    state = st.session_state
    state[_KEPT] = {
        name: state[name]
        for name in map(str, state)
        if name.startswith("form_") and name not in _NO_SETTINGS
    }


def _fill(config: TrainingConfig) -> None:
    state = st.session_state
    fill_network(config.network)
    state.form_epochs = config.epochs
    state.form_batch_size = config.batch_size
    state.form_examples = config.examples or int(RANGES["examples"][1])
    state.form_seed = config.seed
    state.form_optimizer = config.optimizer
    state.form_learning_rate = f"{config.learning_rate:g}"
    state.form_schedule = config.schedule
    state.form_augmentation = list(config.augmentation)


def _config() -> TrainingConfig:
    state = st.session_state
    preset = PRESETS[state.form_preset].config
    examples = state.form_examples
    # What the form does not show, such as shuffled labels, stays as in the preset.
    return replace(
        preset,
        network=chosen_network(),
        epochs=state.form_epochs,
        batch_size=state.form_batch_size,
        optimizer=state.form_optimizer,
        learning_rate=as_rate(state.form_learning_rate),
        schedule=state.form_schedule,
        examples=None if examples == RANGES["examples"][1] else examples,
        seed=state.form_seed,
        augmentation=tuple(state.form_augmentation),
    )


def _link_to_experiment() -> None:
    address = (st.context.url or "").split("?")[0]
    try:
        link = to_link(st.session_state.form_preset, _config())
    except ConfigError:
        return
    st.caption(_("A link to exactly this experiment, for a class:"))
    st.code(f"{address}?{urlencode(link)}", language=None, wrap_lines=True)


def as_rate(text: str) -> float:
    """A learning rate as somebody typed it; ConfigError says what is wrong with it."""
    try:
        rate = float(str(text).strip().replace(",", "."))
    except ValueError:
        rate = text
    return TrainingConfig(learning_rate=rate).learning_rate


def _start() -> None:
    state = st.session_state
    try:
        config = _config()
        if _is_going(config):
            return
        _refuse_a_crowd()
        removed = retention.make_room(1, visitor())
        preset = state.form_preset
        if config != PRESETS[preset].config:
            preset = f"{preset}, changed"
        run = runs.submit(config, preset=preset, drawing=_own_drawing(), owner=owner())
        worker.ensure()
    except (ConfigError, RunError) as error:
        state.form_problem = str(error)
        return
    if removed:
        state.form_note = _removed_text(removed)
    look_again()
    state.form_started = (time.monotonic(), run.id)
    show(run.id)


def _is_going(config: TrainingConfig) -> bool:
    """Whether this session's newest run has these settings and goes on; shows it."""
    when, run_id = st.session_state.get("form_started", (0.0, ""))
    try:
        run = runs.find(run_id)
        if run.config != config or run.status().is_final:
            return False
    except RunError:
        return False
    show(run_id)
    if time.monotonic() - when > SAME_PRESS_SECONDS:
        st.session_state.form_problem = _(
            "This very training is going on: the same settings and the same seed give "
            "the same curve. Change a setting to start another one."
        )
    return True


def _refuse_a_crowd() -> None:
    waiting = len(ownership.waiting(visitor()))
    if waiting >= WAITING_A_BROWSER:
        raise RunError(
            _(
                "{count} trainings of yours are waiting already. Let others have their "
                "turn: start the next one when one of yours has begun, or stop one."
            ).format(count=waiting)
        )


def _removed_text(names: list[str]) -> str:
    shown = ", ".join(map(escape, names[:3])) + (", …" if len(names) > 3 else "")
    return _(
        "To make room, the oldest runs without a star were removed: {count} ({names})."
    ).format(count=len(names), names=shown)


def _own_drawing() -> np.ndarray | None:
    pixels = st.session_state.get(DRAWING)
    if not isinstance(pixels, np.ndarray) or pixels.shape != (28, 28):
        return None
    if not pixels.any():
        return None
    return (np.clip(pixels, 0, 1) * 255).round().astype(np.uint8)
