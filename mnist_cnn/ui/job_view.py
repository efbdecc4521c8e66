"""Something made in the background: a button, its progress, why it failed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mnist_cnn.storage.background import BackgroundError, BackgroundFile
from mnist_cnn.ui.text import _

LOOK_SECONDS = 0.5


def offer_job(
    job: BackgroundFile,
    *,
    key: str,
    label: str,
    progress: Callable[[float], str],
    icon: str = ":material/play_arrow:",
    primary: bool = False,
    at_once: bool = False,
) -> None:
    """A button that starts the job, or its progress; the page runs again when done.

    Args:
        job: that is not done.
        key: of the button, unlike any other on the page.
        label: of the button.
        progress: a sentence on the fraction that is done, 0 to 1.
        icon: of the button.
        primary: whether the button is the page's main one.
        at_once: whether it starts by itself; the button is for when that fails.
    """
    if at_once and job.progress().state == "none":
        _start(job, f"{key}-problem")
    now = job.progress()
    if now.state == "running":
        st.fragment(_look, run_every=LOOK_SECONDS)(job, progress)
        return
    if problem := st.session_state.pop(f"{key}-problem", None) or now.reason:
        st.error(_(problem))
    st.button(
        label,
        key=key,
        type="primary" if primary else "secondary",
        icon=icon,
        on_click=_start,
        args=(job, f"{key}-problem"),
    )


def _look(job: BackgroundFile, progress: Callable[[float], str]) -> None:
    now = job.progress()
    if now.state != "running":
        st.rerun()
    fraction = min(1.0, now.fraction)
    st.progress(fraction, progress(fraction))


def _start(job: BackgroundFile, problem: str) -> None:
    try:
        job.start()
    except BackgroundError as error:
        st.session_state[problem] = _(error.message)
