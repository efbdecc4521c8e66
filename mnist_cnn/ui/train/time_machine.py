"""A run's network as it was: its reading of a digit, and its first layer's kernels."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.figures.kernels import kernels_picture, weight_change_curves
from mnist_cnn.nn.weights import FIRST_KERNELS, NetworkError
from mnist_cnn.runs import Run, RunError, Status
from mnist_cnn.runs.metrics import Metrics
from mnist_cnn.runs.schema import KERNELS
from mnist_cnn.ui.board.beginning import when_it_began
from mnist_cnn.ui.board.drawing import drawn_digit
from mnist_cnn.ui.components.live_chart import live_chart, shared_figure
from mnist_cnn.ui.moments import (
    at_moment_or_now,
    choose_moment,
    linked_moment,
    moment_titles,
)
from mnist_cnn.ui.networks import Chosen, load_network
from mnist_cnn.ui.text import _
from mnist_cnn.ui.train.pictures import read


def time_machine(run: Run, status: Status, metrics: Metrics) -> None:
    """The newest kernels; once the run has ended, a mark goes through its past."""
    titles = moment_titles(run)
    left, right = st.columns(2)
    with left:
        chosen = _at_chosen_moment(run) if titles and status.is_final else None
    with right:
        if chosen is None:
            _show_kernels(run, _newest_kernels(run), _("as it is now"))
        else:
            kernels = chosen.network.weights.get(FIRST_KERNELS)
            _show_kernels(run, kernels, titles[chosen.step])
    if metrics.epochs:
        st.caption(
            _("How far each layer's weights moved in each epoch, against their length.")
        )
        live_chart(
            shared_figure(
                (str(run.path), metrics.version, "moved"),
                lambda: weight_change_curves(metrics.epochs, _=_),
            ),
            key=f"moved-{run.id}",
            label=_("How far each layer moved in each epoch"),
            height=260,
        )


def _newest_kernels(run: Run) -> np.ndarray | None:
    arrays = read(run.kernels_path, KERNELS)
    return arrays["kernels"][-1] if arrays and len(arrays["kernels"]) else None


def _at_chosen_moment(run: Run) -> Chosen | None:
    """The network then, after a mark or slider to choose the moment with."""
    try:
        now = load_network(run.id)
    except (RunError, NetworkError):  # no epoch was complete
        return None
    pixels, kept = drawn_digit(), run.drawing()
    if pixels is None and kept is not None:
        pixels = kept.astype(np.float32) / 255
    if pixels is None:
        chosen = choose_moment(now)
        st.caption(_("Draw a digit on Draw, and see here when it began to be read."))
    else:
        shown = np.kron(pixels, np.ones((3, 3)))
        st.image(shown, _("The digit that is read"), alt=_("The digit that is read"))
        when_it_began(now, pixels, f"when-{run.id}")
        chosen = at_moment_or_now(now, linked_moment(run))
    return chosen


def _show_kernels(run: Run, kernels: np.ndarray | None, moment: str) -> None:
    if kernels is None:
        st.caption(_("No kernel has been seen yet."))
        return
    st.caption(
        _(
            "The kernels of the first layer: blue is negative, orange positive, the "
            "fainter the nearer to zero. At the start they are noise; edges and "
            "strokes appear."
        )
    )
    live_chart(
        shared_figure(
            (str(run.path), kernels.tobytes(), "kernels"),
            lambda: kernels_picture(kernels, _=_),
        ),
        key=f"kernels-{run.id}",
        label=_("The first layer's kernels: {moment}").format(moment=moment),
        height=300,
    )
