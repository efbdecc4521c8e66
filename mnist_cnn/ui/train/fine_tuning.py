"""What a fine-tuned network gained on the new digits, and what it forgot of the old."""

from __future__ import annotations

import streamlit as st

from mnist_cnn.runs import Run, Status
from mnist_cnn.runs.status import DataTest
from mnist_cnn.ui.text import _, escape


def gained_and_forgotten(run: Run, status: Status) -> None:
    """Each data set, before and after, side by side; nothing for other runs."""
    if not status.tests:
        return
    if run.config.start_from:
        st.caption(
            _("It started from the network of run {name}.").format(
                name=escape(run.config.start_from[:10])
            )
        )
    with st.container(horizontal=True):
        for test in status.tests:
            _one(test)
    st.caption(
        _(
            "Test digits of each data set, by other people where the writers are "
            "known. Below the line: what was gained, or forgotten, since the start."
        )
    )


def _one(test: DataTest) -> None:
    value = "…" if test.after is None else f"{test.after:.2%}"
    change = None
    if test.before is not None:
        change = _("from {before:.2%}").format(before=test.before)
        if test.after is not None:
            points = 100 * (test.after - test.before)
            change = _("{points:+.2f} points, {change}").format(
                points=points, change=change
            )
    title = _("{title}, {count:,} digits").format(
        title=escape(test.title), count=test.examples
    )
    st.metric(
        title,
        value,
        change,
        delta_color="off" if test.after is None else "normal",
        width="content",
    )
