"""Setting up a training run: preset, every setting with a sentence on it, Start."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.experiments.config import (
    OPTIMIZERS,
    RANGES,
    TITLES,
    ConfigError,
)
from mnist_cnn.experiments.differences import differences
from mnist_cnn.experiments.link import WHOLE, link_of
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.runs import Run
from mnist_cnn.runs.schema import LONGEST_NAME
from mnist_cnn.ui.runs.queue import expect_training
from mnist_cnn.ui.runs.titles import offered_name, preset_title
from mnist_cnn.ui.runs.train_link import FOLDED
from mnist_cnn.ui.server.sharing import share
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.form.augmentation import augmentation_choice
from mnist_cnn.ui.train.form.data import data_form
from mnist_cnn.ui.train.form.experiment import (
    ALL_DIGITS,
    BAD_LINK,
    EXPERIMENT,
    Experiment,
    choose_preset,
    current_experiment,
    epochs_text,
)
from mnist_cnn.ui.train.form.network import network_form
from mnist_cnn.ui.train.form.start import result_of_start, start

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


def training_form(run: Run | None) -> None:
    """The settings and the Start button; folded into one line while a run is shown.

    Args:
        run: the one that the page shows.
    """
    if EXPERIMENT not in st.session_state:
        expect_training()
    experiment = current_experiment()
    if problem := st.session_state[BAD_LINK]:
        st.warning(_(problem))
    if is_invitation():
        _invitation(experiment)
    elif run is not None and st.session_state.get(FOLDED):
        _folded(experiment, run)
        result_of_start()
        return
    else:
        _first_line(experiment)
    result_of_start()
    with st.expander(_("All settings")):
        _settings(experiment)
    with st.expander(_("Data, and fine-tuning")):
        data_form(experiment)
    with st.expander(_("Build your own network")):
        network_form(experiment)


def is_invitation() -> bool:
    """Whether this page was opened by the link to an experiment; nothing else is shown
    until it is started."""
    return "preset" in st.query_params


def _invitation(experiment: Experiment) -> None:
    preset, config = PRESETS[experiment.preset], experiment.config
    found = differences([preset.config, config])
    what = ", ".join(
        _("{setting} {value}").format(setting=_(title).lower(), value=_(own))
        for title, (_usual, own) in found.items()
    )
    st.header(
        _("An experiment for you: {what}").format(what=what or _(preset.title)),
        anchor=False,
    )
    st.markdown(f"**{_(preset.title)}**: {_(preset.reason)}")
    for title, (usual, own) in found.items():
        st.markdown(
            _("- {title}: **{own}** instead of {usual}").format(
                title=_(title), own=_(own), usual=_(usual)
            )
        )
    _start_button()


def _folded(experiment: Experiment, run: Run) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="folded_form"
    ):
        title = preset_title(experiment.origin(experiment.config))
        st.markdown(
            f"**{title}** · {epochs_text(experiment.config.epochs)}", width="content"
        )
        st.button(
            _("Change settings"),
            key="unfold",
            icon=":material/tune:",
            on_click=_unfold,
        )
        _start_button("secondary")
        with st.popover(
            _("Share"), icon=":material/qr_code:", on_change="rerun", key="share_run"
        ) as box:
            if box.open:
                share(
                    _("Everybody who opens this link sees this run, live:"),
                    {"run": run.id},
                )
                _share_experiment(experiment)


def _unfold() -> None:
    st.session_state[FOLDED] = False


def _first_line(experiment: Experiment) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            _("Preset"),
            list(PRESETS),
            list(PRESETS).index(experiment.preset),
            format_func=lambda name: _preset_text(name, experiment),
            key=experiment.key("preset"),
            on_change=choose_preset,
            args=(experiment,),
            width="stretch",
        )
        st.text_input(
            _("Name of the run"),
            placeholder=offered_name(experiment.preset),
            max_chars=LONGEST_NAME,
            key=experiment.key("name"),
            width=170,
            persist_state="session",
        )
        _start_button()
        st.button(
            _("Three seeds"),
            icon=":material/casino:",
            help=_(
                "The same training three times, each with a seed of its own: how far "
                "the curves lie apart is chance."
            ),
            on_click=start,
            args=(3,),
        )
        with st.popover(
            _("Share"),
            icon=":material/qr_code:",
            on_change="rerun",
            key="share_experiment",
        ) as box:
            if box.open:
                _share_experiment(experiment)
    st.caption(_(PRESETS[experiment.preset].reason))


def _preset_text(name: str, experiment: Experiment) -> str:
    preset = PRESETS[name]
    return _("{group}: {title} · about {time}").format(
        group=_(preset.group), title=_(preset.title), time=_(experiment.times[name])
    )


def _start_button(kind: str = "primary") -> None:
    st.button(
        _("Start training"),
        key="start",
        type=kind,
        icon=":material/play_arrow:",
        on_click=start,
    )


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


def _share_experiment(experiment: Experiment) -> None:
    try:
        link = link_of(experiment.preset, experiment.chosen())
    except ConfigError:
        return
    if link is not None:  # of a network of somebody's own
        share(_("A link to exactly this experiment:"), link)
