"""Setting up a training run: preset, every setting with a sentence on it, Start."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from mnist_cnn.experiments.config import (
    OPTIMIZERS,
    RANGES,
    TITLES,
    ConfigError,
)
from mnist_cnn.experiments.link import WHOLE, to_link
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.augmentation import augmentation_choice
from mnist_cnn.ui.train.data_form import data_form
from mnist_cnn.ui.train.experiment import (
    ALL_DIGITS,
    EXPERIMENT,
    Experiment,
    begin,
    current_experiment,
)
from mnist_cnn.ui.train.network_form import network_form
from mnist_cnn.ui.train.start import result_of_start, start
from mnist_cnn.ui.training_queue import expect_training

SENTENCES = {
    "epochs": "How often every digit is seen.",
    "batch_size": (
        "Digits in each step. Small: many noisy steps. Large: few smooth ones."
    ),
    "examples": "Fewer are quicker and worse; 60,000 are all there are.",
    "validation_examples": (
        "Training digits to keep aside: they validate, and the test set is read at the "
        "end only. With 0 the test set validates, as in the lecture."
    ),
    "seed": "Of all randomness: the same seed gives the same curve again.",
    "optimizer": (
        "How a step follows from the gradient. Adam gives every weight a step size of "
        "its own; SGD, here with momentum 0.9, is the textbook's."
    ),
    "learning_rate": (
        "The size of a step, 0.000001 to 1. Try 0.1 once with Adam, and read what the "
        "page says about the curve."
    ),
    "schedule": (
        "Warm-up and cosine: the rate rises over the first tenth of the steps and then "
        "falls to 0, so that the network settles at the end."
    ),
}
SCHEDULE_TITLES = {"constant": "Constant", "cosine": "Warm-up, then cosine"}


def training_form() -> None:
    """The settings and the Start button; a started run is shown at once."""
    if EXPERIMENT not in st.session_state:
        expect_training()
    experiment = current_experiment()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = experiment.key("preset")
        st.selectbox(
            _("Preset"),
            list(PRESETS),
            list(PRESETS).index(experiment.preset),
            format_func=lambda name: _(PRESETS[name].title),
            key=key,
            on_change=lambda: begin(st.session_state[key]),
            width=260,
        )
        st.button(
            _("Start training"),
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            on_click=start,
        )
    preset = PRESETS[experiment.preset]
    st.caption(f"{_(preset.reason)} {_(preset.look_for)}".strip())
    result_of_start()
    with st.expander(_("All settings")):
        _settings(experiment)
    with st.expander(_("Data, and fine-tuning")):
        data_form(experiment)
    with st.expander(_("Build your own network")):
        network_form(experiment)
        _link_to(experiment)


def _settings(experiment: Experiment) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        for name in WHOLE:
            low, high = map(int, RANGES[name])
            value = getattr(experiment.config, name) or ALL_DIGITS * (
                name == "examples"
            )
            st.number_input(_(TITLES[name]), low, high, value, **_of(experiment, name))
            st.caption(_(SENTENCES[name]))
    with right:
        _choice(experiment, "optimizer", _("Optimizer"), {n: n for n in OPTIMIZERS})
        st.text_input(
            _(TITLES["learning_rate"]),
            str(experiment.config.learning_rate),
            **_of(experiment, "learning_rate"),
        )
        st.caption(_(SENTENCES["learning_rate"]))
        _choice(experiment, "schedule", _("Schedule"), SCHEDULE_TITLES)
        augmentation_choice(
            experiment.config.augmentation, **_of(experiment, "augmentation")
        )


def _choice(
    experiment: Experiment, name: str, title: str, titles: dict[str, str]
) -> None:
    st.selectbox(
        title,
        list(titles),
        list(titles).index(getattr(experiment.config, name)),
        format_func=lambda value: _(titles[value]),
        **_of(experiment, name),
    )
    st.caption(_(SENTENCES[name]))


def _of(experiment: Experiment, name: str) -> dict[str, str]:
    return {"key": experiment.key(name), "persist_state": "session"}


def _link_to(experiment: Experiment) -> None:
    address = (st.context.url or "").split("?")[0]
    try:
        link = to_link(experiment.preset, experiment.chosen())
    except ConfigError:
        return
    st.caption(_("A link to exactly this experiment, for a class:"))
    st.code(f"{address}?{urlencode(link)}", language=None, wrap_lines=True)
