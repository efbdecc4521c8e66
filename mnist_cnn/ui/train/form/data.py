"""What a run is trained on, and whose network it starts from."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from mnist_cnn import runs
from mnist_cnn.digits import datasets
from mnist_cnn.digits.dataset import DataError
from mnist_cnn.experiments.config import MAX_DATA, ConfigError
from mnist_cnn.runs import RunError
from mnist_cnn.ui.networks import network_titles
from mnist_cnn.ui.text import _, escape
from mnist_cnn.ui.train.fine_tuning import where_layers_start
from mnist_cnn.ui.train.form.experiment import (
    Experiment,
    begin,
    current_experiment,
    is_set_up,
)

UPLOAD_MEGABYTES = 50
COUNT, PROBLEM = "digit_files", "digit_file_problem"


def data_form(experiment: Experiment) -> None:
    """Data sets with their shares, a file of one's own, and the network to start."""
    left, right = st.columns(2, gap="medium")
    with left:
        _data(experiment)
    with right:
        _start(experiment)


def _data(experiment: Experiment) -> None:
    known = [*datasets.TRAINING_NAMES, *datasets.files()]
    known += [name for name in experiment.config.data if name not in known]
    chosen = st.multiselect(
        _("Trained on"),
        known,
        experiment.config.data,
        format_func=_title,
        max_selections=MAX_DATA,
        key=experiment.key("data"),
        persist_state="session",
    )
    if len(chosen) > 1:
        st.text_input(
            _("Shares, in that order"),
            ", ".join(f"{share:g}" for share in experiment.config.shares),
            placeholder=", ".join("1" * len(chosen)),
            key=experiment.key("shares"),
            persist_state="session",
        )
    for name in chosen:
        about = datasets.about(name)
        parts = [escape(_(about.title)), _(about.people), escape(about.license)]
        st.caption(" · ".join(filter(None, parts)))
        if how_to_get_it := datasets.missing(name):
            st.info(_(how_to_get_it))
    st.caption(
        _(
            "Several are mixed, as much of each if no shares are given; the first "
            "one's test set validates. Of pen digits and files every third writer is "
            "kept aside, to test how new people are read."
        )
    )
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(_(problem))
    # A new key empties the box, so that no file is taken twice.
    key = f"digit-file-{st.session_state.setdefault(COUNT, 0)}"
    st.file_uploader(
        _("Digits of your own: a list of pen strokes, UNIPEN, or an .npz with x and y"),
        max_upload_size=UPLOAD_MEGABYTES,
        key=key,
        on_change=_take,
        args=(key,),
    )


def _title(name: str) -> str:
    title = _(datasets.about(name).title)
    is_whole = name.endswith(datasets.ALL)
    return _("{title}, all writers").format(title=title) if is_whole else title


def _take(key: str) -> None:
    state = st.session_state
    uploaded = state.get(key)
    if uploaded is None:
        return
    state[COUNT] += 1
    try:
        name = datasets.add_file(uploaded.getvalue(), uploaded.name)
    except DataError as error:
        state[PROBLEM] = _(error.message)
        return
    _add(name)


def _add(name: str) -> None:
    """In new fields: to one that is shown Streamlit gives no other value."""
    experiment = current_experiment()
    try:
        config = experiment.chosen()
        data = (*config.data, name)
        if len(data) > MAX_DATA and name not in config.data:
            raise ConfigError(
                "The file is here, but no more than {limit} data sets are mixed: take "
                "one away, then choose it.",
                limit=MAX_DATA,
            )
        if name not in config.data:
            begin(experiment.preset, replace(config, data=data, shares=()))
    except ConfigError as error:
        st.session_state[PROBLEM] = _(error.message)


def _start(experiment: Experiment) -> None:
    titles = {"": _("Random weights")} | network_titles()
    begun = experiment.config.start_from
    if begun not in titles:
        titles[begun] = _("Run {name}, which is not here").format(name=begun[:6])
    key = experiment.key("start_from")
    # Each time: a browser that holds the label of an epoch ago gets the new one.
    st.session_state[key] = begun
    st.selectbox(
        _("Starts from"),
        list(titles),
        format_func=lambda each: titles.get(each, each),
        key=key,
        on_change=_take_network,
        args=(experiment, list(titles)),
    )
    if not begun:
        st.caption(
            _(
                "From random weights. From a finished run instead, its knowledge is "
                "kept and refined: fine-tuning. A quarter of the learning rate is a "
                "good beginning."
            )
        )
        return
    try:
        where_layers_start(runs.find(begun).config.network, experiment.network())
    except (RunError, ConfigError) as error:
        st.warning(_(error.message))


def _take_network(experiment: Experiment, offered: list[str]) -> None:
    """The network is that of the run: what starts there has its shape."""
    run_id = st.session_state[experiment.key("start_from")]
    if run_id not in offered or not is_set_up(experiment):
        return
    try:
        config = replace(experiment.chosen(), start_from=run_id)
        if run_id:
            config = replace(config, network=runs.find(run_id).config.network)
    except (ConfigError, RunError) as error:
        st.session_state[PROBLEM] = _(error.message)
        return
    begin(experiment.preset, config)
