"""When did it begin to read my 7? A chart of the reading, moment by moment."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_cnn.analysis.beginning import began_to_read
from mnist_cnn.nn.weights import NetworkError
from mnist_cnn.runs.history import moment_path
from mnist_cnn.ui.components.time_chart import time_chart
from mnist_cnn.ui.moments import at_moment, link_moment, linked_moment, moment_titles
from mnist_cnn.ui.networks import Chosen
from mnist_cnn.ui.text import _


def when_it_began(now: Chosen, pixels: np.ndarray | None, key: str) -> None:
    """What the run's networks read in a digit; its mark is the moment in the link.

    Args:
        now: the run and its network as it is.
        pixels: float32 (28, 28), or None if there is no single digit.
        key: of the chart; the same one is the same chart.
    """
    if pixels is None:
        st.caption(_("Draw one digit, and see when the network began to read it."))
        return
    steps, titles, read = [], [], []
    for step, title in moment_titles(now.run).items():
        try:
            read.append(_read(now, now.run.id, step, _version(now, step), pixels))
        except NetworkError:  # one that is damaged leaves the others
            continue
        steps.append(step)
        titles.append(title)
    if not steps:
        return  # they are gone since the page asked for them
    probabilities, step = np.array(read), linked_moment(now.run)
    time_chart(
        titles,
        probabilities,
        began=began_to_read(probabilities),
        chosen=steps.index(step if step in steps else None),
        key=key,
        on_choice=lambda index: link_moment(steps[index]),
    )


def _version(now: Chosen, step: int | None) -> int:
    try:
        path = moment_path(now.run, step) if step is not None else now.run.weights_path
        return path.stat().st_mtime_ns
    except OSError:
        return 0


# The mark is dragged over the same drawing.
@st.cache_data(max_entries=1000, ttl=600, show_spinner=False)
def _read(
    _now: Chosen, run_id: str, step: int | None, version: int, pixels: np.ndarray
) -> np.ndarray:
    network = (_now if step is None else at_moment(_now, step)).network
    return network.probabilities(pixels)[0]
