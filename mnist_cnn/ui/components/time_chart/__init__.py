"""Probabilities on the way of a run, with a mark to drag from moment to moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_cnn.ui.components.bundle import bundle
from mnist_cnn.ui.components.payload import packed
from mnist_cnn.ui.text import _

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "mnist_cnn_time_chart",
    css=(_HERE / "time_chart.css").read_text(encoding="utf-8"),
    js=bundle(_HERE / "time_chart.js"),
)


def time_chart(
    titles: Sequence[str],
    probabilities: np.ndarray,
    *,
    began: int,
    chosen: int,
    key: str,
    on_choice: Callable[[int], None],
) -> None:
    """Show a line for each digit over the moments, that of the one read last thick.

    Args:
        titles: of the moments, in order.
        probabilities: (moments, 10).
        began: since when the digit has been read as it is at the last moment.
        chosen: the moment that the mark stands on.
        key: the same key is the same chart.
        on_choice: called before the script runs again, with the moment that the mark
            was left on.
    """
    digit = int(probabilities[-1].argmax())
    since = _("Read as {digit} since: {moment}")
    if not began:
        since = _("Read as {digit} from the start, before any training")
    heading = {
        "titles": list(titles),
        "digit": digit,
        "began": began,
        "chosen": chosen,
        "words": {
            "since": since.format(digit=digit, moment=titles[began]),
            "label": _("The network on its way: drag, or use the arrow keys."),
            "right": _("{title}: {probability} for {digit}"),
            "wrong": _("{title}: {probability} for {digit}, read as {predicted}"),
        },
    }

    def report() -> None:
        sent = st.session_state[key].get("moment")
        if type(sent) is int and 0 <= sent < len(titles):
            on_choice(sent)

    _component(
        data=packed(heading, {"probabilities": probabilities}),
        key=key,
        height="content",
        on_moment_change=report,
    )
