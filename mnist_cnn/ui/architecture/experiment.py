"""The experiment in a link, on the page that shows networks: to look at, and to train.

The settings in the link are those that Train takes (``experiments.link``).
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from mnist_cnn.experiments.config import ConfigError
from mnist_cnn.experiments.link import from_link, link_of
from mnist_cnn.experiments.presets import PRESETS
from mnist_cnn.nn.architecture import Architecture
from mnist_cnn.runs import Run
from mnist_cnn.ui.runs.train_link import expect_experiment
from mnist_cnn.ui.text import _

TRAIN = "pages/1_Train.py"


def linked_network() -> Architecture | None:
    """The network of the experiment in the link, said so; None if there is none."""
    link = st.query_params.to_dict()
    if "preset" not in link:
        return None
    try:
        preset, config = from_link(link)
    except ConfigError as error:
        st.warning(_(error.message))
        return None
    st.info(
        _(
            "The network of the experiment in this link ({preset}). Nobody has "
            "trained it yet, so it has no weights."
        ).format(preset=_(PRESETS[preset].title))
    )
    with st.container(horizontal=True):
        _to_train(link, primary=True)
        st.button(_("Show the trained networks"), on_click=_leave_experiment)
    return config.network


def experiment_of(run: Run) -> None:
    """A link to the experiment that made this run, and a way to train it again."""
    found = link_of(run.preset, run.config)
    if found is None:
        return
    with st.expander(_("The same experiment for a class")):
        st.caption(
            _("This link shows this network; from there Train has all its settings:")
        )
        address = (st.context.url or "").split("?")[0]
        st.code(f"{address}?{urlencode(found)}", language=None, wrap_lines=True)
        if run.config.leave_out_offline_digits:
            st.caption(
                _(
                    "It was trained without the 5,000 digits that serve where there "
                    "is no network; the link's experiment takes those too."
                )
            )
        _to_train(found)


def _to_train(link: dict[str, str], *, primary: bool = False) -> None:
    if st.button(
        _("Set it up on Train"),
        type="primary" if primary else "secondary",
        icon=":material/model_training:",
    ):
        expect_experiment()
        st.switch_page(TRAIN, query_params=link)


def _leave_experiment() -> None:
    st.query_params.clear()
